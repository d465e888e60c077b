/** Whatever comes in, the answer is a well-formed refusal in the caller's dialect, and the gateway stays well. */
import { createConnection } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox } from '../../src/app.js';
import { fieldsOf, KIND_NAMES } from '../../src/core/task.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { CLIENT_KEY, type ConfigFolder, configFor, writeConfig } from '../support/gateway-in-process.js';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.js';
import { type Answer, jsonOf, type Sent, send } from '../support/http.js';
import { AUTHORIZED, DOORS } from './doors.js';
import { HOSTILE_BODIES, HOSTILE_PATHS, type Hostile, MAX_BODY_BYTES } from './hostile-input.js';
import {
  CLASSIC,
  CLASSIC_WORD,
  expectClassic,
  expectFor,
  expectNative,
  isOld,
  JSON_PATHS,
} from './refusals.js';

let upstream: Sandbox;
let folder: ConfigFolder;
let gateway: GatewayProcess;

beforeAll(async () => {
  upstream = await openSandbox({ script: { solve: { default: { fixedMs: 10 } } } });
  const sections = { server: { port: 0, maxBodyBytes: MAX_BODY_BYTES }, polling: { holdMs: 50 } };
  folder = writeConfig(configFor([{ url: upstream.url }], sections));
  gateway = await startGatewayProcess(folder.configPath);
});
afterAll(async () => {
  if (!gateway.hasEnded()) await gateway.kill();
  folder.remove();
  await upstream.close();
});

const NATIVE: readonly [method: string, path: string][] = [
  ['POST', '/v1/solve'],
  ['POST', '/v1/tasks'],
  ['POST', '/v1/tasks/1/report'],
  ['GET', '/v1/tasks/1'],
  ['DELETE', '/v1/tasks/7'],
  ['PUT', '/v1/tasks'],
  ['POST', '/v1/nothing'],
];
const OPERATOR = ['/admin/providers/nobody/hold', '/admin/providers/nobody/admit'];

function ask(path: string, sent: Sent): Promise<Answer> {
  return send(gateway.url, path, { timeoutMs: 10_000, ...sent });
}

const ROUTES: readonly (readonly [method: string, path: string])[] = [
  ...[...CLASSIC, ...JSON_PATHS, ...OPERATOR].map((path) => ['POST', path] as const),
  ...NATIVE.filter(([method]) => method !== 'GET'),
];

describe.each(ROUTES)('%s %s', (method, path) => {
  const expectRefusal = expectFor(path, method);
  const headersFor = ({ headers }: Pick<Hostile, 'headers'>) => ({
    ...(path.startsWith('/v1') ? AUTHORIZED : {}),
    ...headers,
  });

  it('refuses every hand-made body', async () => {
    for (const hostile of HOSTILE_BODIES) {
      const answer = await ask(path, { method, body: hostile.body, headers: headersFor(hostile) });
      try {
        expectRefusal(answer);
      } catch (error) {
        throw new Error(`${hostile.name}: ${answer.status} ${answer.text.slice(0, 300)}`, { cause: error });
      }
    }
  });

  it('refuses random bytes, however they are labelled', async () => {
    const label = fc.constantFrom('application/json', 'multipart/form-data; boundary=x', 'text/plain', '');
    const bytes = fc.uint8Array({ maxLength: 300 });
    const begun = fc
      .tuple(fc.constantFrom('{"', '--x\r\n', 'key=', '{"clientKey":', ''), bytes)
      .map(([start, rest]) => {
        return Buffer.concat([Buffer.from(start), rest]);
      });
    const property = fc.asyncProperty(label, begun, async (type, body) => {
      const headers = headersFor(type === '' ? {} : { headers: { 'content-type': type } });
      expectRefusal(await ask(path, { method, body, headers }));
    });
    await fc.assert(property, { numRuns: 40 });
  });
});

describe('every route', () => {
  const METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];
  const PATHS = [
    ...CLASSIC,
    ...JSON_PATHS,
    '/v1/solve',
    '/v1/tasks/1',
    '/status',
    '/metrics',
    '/healthz',
    '/',
    '/admin',
  ];

  it.each(METHODS)('answers %s without a fault', async (method) => {
    for (const path of PATHS) {
      const { status, headers, text } = await ask(path, { method });
      expect(status, `${method} ${path}`).toBeLessThan(500);
      if (CLASSIC.includes(path))
        expect([status, text === '' || CLASSIC_WORD.test(text)]).toEqual([200, true]);
      if (isOld(path) && !CLASSIC.includes(path))
        expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    }
  });

  it.each(HOSTILE_PATHS.map((path) => [path.slice(0, 60), path]))(
    'is not confused by %s',
    async (_, path) => {
      for (const method of ['GET', 'POST']) {
        const answer = await ask(path, { method, headers: AUTHORIZED });
        expect(answer.status).toBeLessThan(500);
        expect(answer.headers).not.toHaveProperty('x-evil');
        if (path.replace(/^\/+/, '').startsWith('in.php')) expectClassic(answer);
        if (path.startsWith('/v1')) expectNative(answer);
      }
    },
  );

  it.each([
    '2captcha.com:443',
    '[::1]:80',
    'a..b',
    'under_score.example',
    'xn--nxasmq6b',
    'A'.repeat(4_000),
    'x:99999',
    '',
    ' ',
    'a b',
    '[',
    'a/b@c',
  ])('takes Host: %s', async (host) => {
    const { status, text } = await ask(`/res.php?key=${CLIENT_KEY}&action=get&id=7`, { headers: { host } });
    expect([status, text]).toEqual([200, 'ERROR_WRONG_CAPTCHA_ID']);
  });
});

describe('the wrong side of HTTP', () => {
  it.each<Readonly<Record<string, string>>>([{}, { 'transfer-encoding': 'chunked' }])(
    'a body without end is not read to its end: %o',
    async (headers) => {
      // Whether the answer still gets through depends on how fast the other side notices.
      const sending = ask('/in.php', { body: 'x'.repeat(100 * MAX_BODY_BYTES), headers });
      const told = await sending.then(({ text }) => text).catch((error: Error) => error.message);
      expect(told).toMatch(/^ERROR_TOO_BIG_CAPTCHA_FILESIZE$|EPIPE|ECONNRESET|socket hang up/);
    },
  );

  it('headers over Node’s limit are refused before they are read', async () => {
    const { status } = await ask('/in.php', { headers: { 'x-long': 'x'.repeat(60_000) } });
    expect(status).toBe(431);
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['TLS on the plain port', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['HTTP/2 without asking', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['two lengths', 'POST /in.php HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx'],
    [
      'a length and chunks',
      'POST /in.php HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a length that is none', 'POST /in.php HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'],
    ['chunks that are none', 'POST /in.php HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['a body that never comes', 'POST /in.php HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nkey='],
    ['no Host', 'GET /res.php?action=get HTTP/1.1\r\n\r\n'],
    ['HTTP/1.0', 'GET /res.php?action=get HTTP/1.0\r\n\r\n'],
    ['an absolute path', 'GET http://elsewhere.example/res.php?action=get HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a star', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['CONNECT', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n'],
    ['an upgrade', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['a path of bytes', 'GET /\xff\xfe\x80 HTTP/1.1\r\nHost: x\r\n\r\n'],
  ])('survives %s', async (_, bytes) => {
    const answer = await rawAnswer(bytes);
    expect(answer).not.toMatch(/^HTTP\/1\.1 5\d\d/);
    expect(gateway.hasEnded()).toBe(false);
  });
});

/** What comes back within a moment, or until the other side closes. */
function rawAnswer(bytes: string): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = createConnection(Number(port), hostname);
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(chunks).toString('latin1'));
    };
    const timer = setTimeout(done, 2_000);
    socket.on('error', done).on('close', done);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      done();
    });
    socket.end(Buffer.from(bytes, 'latin1'));
  });
}

describe('the native door', () => {
  const wrong = fc.constantFrom<unknown>(7.5, {}, [], [[]], { a: { b: 1 } });

  it('names each bad field', async () => {
    const input = fc.constantFrom(...KIND_NAMES).chain((kind) => {
      const fields = fieldsOf(kind).filter(
        (name) => !['enterprisePayload', 'data', 'minScore', 'challengeJson', 'angle'].includes(name),
      );
      const names = fc.uniqueArray(fc.constantFrom(...fields), { minLength: 1, maxLength: 5 });
      return fc.record({
        kind: fc.constant(kind),
        names,
        values: fc.array(wrong, { minLength: 5, maxLength: 5 }),
        extra: fc.constantFrom('colour', 'toString', '__defineGetter__'),
      });
    });
    const property = fc.asyncProperty(input, async ({ kind, names, values, extra }) => {
      // 7.5 is a number in its place, an empty object is a map without cookies.
      const entries = names.map((name, index) => [name, isFine(name, values[index]) ? [] : values[index]]);
      const json = { ...Object.fromEntries(entries), kind, [extra]: 1 };
      const answer = await ask('/v1/tasks', { json, headers: AUTHORIZED });
      expectNative(answer);
      expect(answer.status).toBe(400);
      const { issues } = jsonOf(answer) as { readonly issues: readonly { readonly path: string }[] };
      const named = issues.map(({ path }) => path.split('.')[0]);
      expect(named).toEqual(expect.arrayContaining([...names, extra]));
    });
    await fc.assert(property, { numRuns: 150 });
  });

  function isFine(name: string, value: unknown): boolean {
    return name === 'confidenceThreshold' || (name === 'cookies' && JSON.stringify(value) === '{}');
  }

  it('refuses meta that cannot be kept', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const body = `{"kind":"turnstile","siteKey":"k","pageUrl":"https://example.com/","meta":${deep}}`;
    expectNative(await ask('/v1/tasks', { body, headers: AUTHORIZED }));
  });
});

describe('after all that', () => {
  it.each(DOORS)('a solve through the $id door works', async (door) => {
    expect(await door.solve(gateway.url)).toHaveProperty('token');
  });

  it('nothing of our own broke, and memory is bounded', async () => {
    const { text } = await ask('/metrics', {});
    const rss = Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]);
    expect(rss).toBeGreaterThan(0);
    expect(rss / 2 ** 20).toBeLessThan(300);
    expect(gateway.lines().filter(({ event }) => event === 'fault')).toEqual([]);
    const { code, stderr } = await gateway.stop();
    expect([code, stderr]).toEqual([0, '']);
  });
});
