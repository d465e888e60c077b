/** The HTTPS door beside the HTTP one: the same answers under a service's name, and no way from one to the other. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGateway } from '../../src/app.js';
import {
  ADMIN_KEY,
  CLIENT_KEY,
  type ConfigFolder,
  configFor,
  writeConfig,
} from '../support/gateway-in-process.js';
import { send } from '../support/http.js';

const PATH = `/res.php?key=${CLIENT_KEY}&action=getpingback`;

let folder: ConfigFolder;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let tlsPort: number;
const lines: string[] = [];

beforeAll(async () => {
  const accounts = [{ url: 'http://127.0.0.1:9' }];
  folder = writeConfig(
    configFor(accounts, { server: { port: 0, tls: { port: 0 } }, admin: { key: ADMIN_KEY } }),
  );
  const logTo = { write: (line: string) => void lines.push(line) };
  gateway = await startGateway({ configPath: folder.configPath, env: {}, logTo });
  tlsPort = JSON.parse(lines.find((line) => line.includes('"listening"')) ?? '{}').tlsPort;
});
afterAll(async () => {
  await gateway.close();
  folder.remove();
});

/** What a client hears that has the name in its hosts file and trusts the gateway's certificate. */
function sendTls(servername: string, ca: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { host: servername };
    const options = { host: '127.0.0.1', port: tlsPort, path: PATH, headers, servername, ca, agent: false };
    const outgoing = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(`${response.statusCode} ${text}`));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

const certificate = () => readFileSync(join(folder.path, 'tls-cert.pem'), 'utf8');

it.each(['2captcha.com', 'api.solvecaptcha.com', 'ru.api.capmonster.cloud', 'localhost'])(
  'answers as %s, with a certificate of that name',
  async (servername) => {
    expect(await sendTls(servername, certificate())).toBe('200 OK|');
  },
);

it('is not believed under a name of nobody', async () => {
  await expect(sendTls('example.com', certificate())).rejects.toThrow(/does not match certificate/);
});

it('is not believed by a client that does not know its certificate', async () => {
  await expect(sendTls('2captcha.com', undefined)).rejects.toThrow(/self-signed certificate/);
});

it('leaves plain HTTP as it is: no redirect, no word of the other door', async () => {
  const { status, text, headers } = await send(gateway.url, PATH, { headers: { host: '2captcha.com' } });
  expect([status, text]).toEqual([200, 'OK|']);
  expect([headers.location, headers['strict-transport-security']]).toEqual([undefined, undefined]);
});

it('gives the operator a cookie that never travels without TLS', async () => {
  const cookie = await new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port: tlsPort,
      path: '/admin/session',
      method: 'POST',
      agent: false,
    };
    const outgoing = request({ ...options, servername: 'localhost', ca: certificate() }, (response) => {
      response.resume();
      resolve(String(response.headers['set-cookie']));
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify({ key: ADMIN_KEY }));
  });
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict; Secure$/);
});
