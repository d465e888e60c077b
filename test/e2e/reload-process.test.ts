/** The built gateway as a process: SIGHUP, files that change under it, certificates, and the command `reload`. */
import { copyFileSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readCertificate } from '../../src/app/certificate.js';
import { openSandbox } from '../../src/app.js';
import { systemClock } from '../../src/core/clock.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { ADMIN_KEY, type ConfigFolder, configFor, writeConfig } from '../support/gateway-in-process.js';
import { type GatewayProcess, runCommand, startGatewayProcess } from '../support/gateway-process.js';
import { nativeDoor } from './doors.js';
import { replaceFile } from './reload-scene.js';

const SOON = { timeout: 10_000, interval: 10 };
const RIGHT_KEY = 'upstream-key-that-is-right';

let sandbox: Sandbox;
let folder: ConfigFolder;
let gateway: GatewayProcess;

const at = (...names: readonly string[]) => join(folder.path, ...names);

/** Each with another certificate. */
async function makeCertificate(name: string): Promise<void> {
  mkdirSync(at(name));
  await readCertificate({ directory: at(name), storePath: 'x.db', host: '127.0.0.1' }, systemClock.now());
}

/** The config with these sections; its one account has its key in a mounted secret. */
function write(sections: object = {}): void {
  const account = { url: sandbox.url, entry: { apiKey: '@./secrets/key' } };
  const tls = { port: 0, cert: 'cert.pem', key: 'key.pem' };
  const config = configFor([account], { admin: { key: ADMIN_KEY }, server: { port: 0, tls }, ...sections });
  replaceFile(folder.configPath, JSON.stringify(config));
}

/** Lines about reloads, the newest last. */
const told = (event = 'config-reloaded') => gateway.lines().filter((line) => line.event === event);

/** The next line about a reload after `count` of them. */
async function next(count: number, event?: string) {
  return await vi.waitFor(() => told(event)[count] ?? expect.fail('nothing was reloaded'), SOON);
}

beforeAll(async () => {
  sandbox = await openSandbox({ keys: [RIGHT_KEY], script: { solve: { default: { fixedMs: 10 } } } });
  folder = writeConfig('{}');
  // As secrets are mounted: the file is a link through a link, which is swapped.
  for (const [version, key] of Object.entries({ v1: 'upstream-key-that-is-wrong', v2: RIGHT_KEY })) {
    mkdirSync(at('secrets', version), { recursive: true });
    writeFileSync(at('secrets', version, 'key'), `${key}\n`);
  }
  symlinkSync('v1', at('secrets', '..data'));
  symlinkSync(join('..data', 'key'), at('secrets', 'key'));
  await makeCertificate('one');
  await makeCertificate('two');
  copyFileSync(at('one', 'tls-cert.pem'), at('cert.pem'));
  copyFileSync(at('one', 'tls-key.pem'), at('key.pem'));
  write();
  gateway = await startGatewayProcess(folder.configPath);
});
afterAll(async () => {
  await gateway.stop();
  await sandbox.close();
  folder.remove();
});

it('SIGHUP has the config read again', async () => {
  const before = told().length;
  gateway.signal('SIGHUP');
  expect(await next(before)).toMatchObject({ by: 'signal', changed: [], needsRestart: [] });
});

describe('a file that changes', () => {
  it('is taken by itself, whether renamed over or written in place', async () => {
    const before = told().length;
    write({ breaker: { failures: 7 } });
    const line = await next(before);
    expect(line).toMatchObject({ by: 'file', changed: expect.arrayContaining(['breaker.failures']) });
    writeFileSync(
      folder.configPath,
      readFileSync(folder.configPath, 'utf8').replace('"failures":7', '"failures":8'),
    );
    expect(await next(before + 1)).toMatchObject({ by: 'file', changed: ['breaker.failures'] });
  });

  it('is taken when it is a mounted secret, and the account begins anew with its key', async () => {
    expect(await nativeDoor.solve(gateway.url)).toHaveProperty('refusal');
    const before = told().length;
    symlinkSync('v2', at('secrets', '..data_tmp'));
    renameSync(at('secrets', '..data_tmp'), at('secrets', '..data'));
    expect(await next(before)).toMatchObject({ by: 'file', changed: ['providers[0].apiKey'] });
    expect(await nativeDoor.solve(gateway.url)).toHaveProperty('token');
    expect(gateway.output()).not.toContain('upstream-key');
  });

  it('and is wrong leaves the gateway as it is', async () => {
    const before = told('config-refused').length;
    const good = readFileSync(folder.configPath, 'utf8');
    replaceFile(folder.configPath, good.slice(0, -20));
    expect(await next(before, 'config-refused')).toMatchObject({ by: 'file', issues: [/^config: line 1/] });
    expect(await nativeDoor.solve(gateway.url)).toHaveProperty('token');
    const reloads = told().length;
    replaceFile(folder.configPath, good);
    expect(await next(reloads)).toMatchObject({ by: 'file', changed: [] });
  });
});

describe('a certificate', () => {
  const tlsPort = () => Number(gateway.lines().find(({ event }) => event === 'listening')?.tlsPort);

  function open(): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port: tlsPort(), host: '127.0.0.1', rejectUnauthorized: false }, () =>
        resolve(socket),
      );
      socket.once('error', reject);
    });
  }

  async function shown(): Promise<string> {
    const socket = await open();
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  }

  it('that is renewed is shown to whoever connects next; who is connected stays', async () => {
    const [before, first, connected] = [told().length, await shown(), await open()];
    replaceFile(at('key.pem'), readFileSync(at('two', 'tls-key.pem'), 'utf8'));
    replaceFile(at('cert.pem'), readFileSync(at('two', 'tls-cert.pem'), 'utf8'));
    const line = await next(before);
    expect(line).toMatchObject({
      by: 'file',
      changed: ['server.tls.cert', 'server.tls.key'],
      needsRestart: [],
    });
    expect(await shown()).not.toBe(first);
    connected.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    const answer = await new Promise((resolve) => connected.once('data', (chunk) => resolve(String(chunk))));
    expect(answer).toContain('200 OK');
    connected.destroy();
  });

  it('that does not fit its key is refused', async () => {
    const [before, first] = [told('config-refused').length, await shown()];
    replaceFile(at('key.pem'), readFileSync(at('one', 'tls-key.pem'), 'utf8'));
    expect(await next(before, 'config-refused')).toMatchObject({
      issues: ['server.tls.key: does not belong to the certificate'],
    });
    replaceFile(at('cert.pem'), 'nonsense');
    expect(await next(before + 1, 'config-refused')).toMatchObject({
      issues: ['server.tls.cert: is not a readable PEM file'],
    });
    expect(await shown()).toBe(first);
    const reloads = told().length;
    replaceFile(at('cert.pem'), readFileSync(at('one', 'tls-cert.pem'), 'utf8'));
    await next(reloads);
    expect(await shown()).not.toBe(first);
  });
});

describe('the command', () => {
  const direct = () => ['--url', gateway.url, '--key', ADMIN_KEY];

  it('has the gateway take the config, and says what is new and what waits', async () => {
    const nothing = await runCommand(['reload', ...direct()]);
    expect([nothing.code, nothing.stdout]).toEqual([0, 'nothing has changed\n']);
    const tls = { port: 0, cert: 'cert.pem', key: 'key.pem' };
    write({ server: { port: 1, tls }, breaker: { failures: 9 } });
    const { code, stdout } = await runCommand(['reload', '--json', ...direct()]);
    expect(code).toBe(0);
    // The files are watched, too: whoever comes first has the news, and the port waits either way.
    expect(JSON.parse(stdout)).toMatchObject({ by: 'operator', needsRestart: ['server.port'] });
    const again = await runCommand(['reload', ...direct()]);
    expect(again.stdout).toContain('waits for a restart: server.port\n');
  });

  it('prints every fault of a config that is refused, and ends with 1', async () => {
    const good = readFileSync(folder.configPath, 'utf8');
    replaceFile(folder.configPath, good.replace(/"failures":\d+/, '"failures":"nine"').replace('"qa"', '""'));
    const text = await runCommand(['reload', ...direct()]);
    expect([text.code, text.stdout]).toEqual([1, '']);
    expect(text.stderr).toContain(`${gateway.url} answered 422: The config before goes on.`);
    expect(text.stderr).toContain('\nbreaker.failures: must be a number\n');
    const json = await runCommand(['reload', '--json', ...direct()]);
    expect([json.code, JSON.parse(json.stderr).issues.length]).toEqual([1, 2]);
    replaceFile(folder.configPath, good);
  });
});
