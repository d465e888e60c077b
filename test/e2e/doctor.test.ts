/** `captcha-gateway doctor` as a process, against real ports, files, certificates and services. */
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readCertificate } from '../../src/app/certificate.js';
import { openSandbox } from '../../src/app.js';
import type { Finding } from '../../src/doctor/facts.js';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.js';
import {
  type AccountEntry,
  ADMIN_KEY,
  CLIENT_KEY,
  type ConfigFolder,
  configFor,
  writeConfig,
} from '../support/gateway-in-process.js';
import { type Ended, runCommand, startGatewayProcess } from '../support/gateway-process.js';
import { nativeDoor } from './doors.js';

const KEY = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const DAY_MS = 86_400_000;

/** What depends on the machine that the tests run on. */
const OF_THE_MACHINE =
  /^(ledger-not-kept|disk-|open-files-low|memory-limit-low|proxy-variables-ignored|ledger-on-network)/;

async function sandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const opened = await openSandbox({ record: true, ...options });
  onTestFinished(() => opened.close());
  return opened;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

async function service(answer: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listening(createServer(answer))}`;
}

/** A folder with a config that only its owner may read. */
function configWith(accounts: readonly AccountEntry[], sections: object = {}): ConfigFolder {
  const clients = [{ id: 'qa', key: CLIENT_KEY }];
  const entries = accounts.map(({ entry, ...account }, index) => ({
    ...account,
    entry: { apiKey: `${KEY.slice(2)}${10 + index}`, timing: { firstPollMs: 20, pollEveryMs: 20 }, ...entry },
  }));
  const folder = writeConfig(configFor(entries, { clients, ...sections }));
  chmodSync(folder.configPath, 0o600);
  onTestFinished(() => folder.remove());
  return folder;
}

interface Told extends Ended {
  readonly findings: readonly Finding[];
  /** `id where`, without what the machine is to blame for. */
  readonly found: readonly string[];
}

async function doctor(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Told> {
  const ended = await runCommand(['doctor', '--json', ...args], env);
  expect(ended.stderr).toBe('');
  const { findings }: { readonly findings: readonly Finding[] } = JSON.parse(ended.stdout);
  const own = findings.filter(({ id }) => !OF_THE_MACHINE.test(id));
  return { ...ended, findings, found: own.map(({ id, where }) => `${id} ${where}`) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a gateway that lacks nothing', () => {
  it('is found well, and left as it was', async () => {
    const services = [await sandbox(), await sandbox()];
    const accounts = services.map(({ url }) => ({ url }));
    const folder = configWith(accounts, { server: { port: await freePort() } });
    const { code, found } = await doctor(['--config', folder.configPath]);
    expect([code, found]).toEqual([0, []]);
    expect(readdirSync(folder.path)).toEqual(['config.json']);
    for (const { stats } of services)
      expect(stats().calls).toEqual({ submit: 0, poll: 0, balance: 1, report: 0 });
  });

  it('is asked nothing with --offline', async () => {
    const well = await sandbox();
    const folder = configWith([{ url: well.url }, { url: well.url }], { server: { port: await freePort() } });
    const { code, stdout } = await doctor(['--offline', '--config', folder.configPath]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).unseen).toEqual(
      expect.arrayContaining(['reach', 'accounts', 'running gateway']),
    );
    expect(well.requests()).toEqual([]);
  });

  it('is told of in a few lines of text, without a colour', async () => {
    const folder = configWith([{ url: 'http://127.0.0.1:9' }], { server: { port: await freePort() } });
    const { code, stdout, stderr } = await runCommand(['doctor', '--config', folder.configPath]);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(
      /^fault {4}providers\[0\]: Nobody listens at .* \[service-refuses-connection\]\n {9}cause {2}.+\n {9}fix {4}.+\n\n/,
    );
    expect(stdout).toMatch(/\nok {7}\d+ checks passed; nothing found in: .*\n/);
    expect(stdout).toMatch(/\n1 fault, 1 warning, \d notes?\.\n$/);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain(KEY.slice(2));
  });
});

describe('services', () => {
  it('are told apart by what they answer', async () => {
    const json = '{"errorId":0,"balance":3}';
    const tls = await readCertificate(
      { directory: configWith([]).path, storePath: 'x.db', host: '127.0.0.1' },
      Date.now(),
    );
    const tlsPort = await listening(createTlsServer(tls, (_, response) => response.end('{}')));
    const accounts: readonly AccountEntry[] = [
      { url: (await sandbox({ script: { balanceUsd: 0 } })).url },
      { url: (await sandbox({ keys: ['another-key-altogether'] })).url },
      { url: (await sandbox({ script: { balance: { code: 'IP_BANNED' } } })).url },
      { url: (await sandbox({ script: { balance: { code: 'ERROR_IP_NOT_ALLOWED' } } })).url },
      { url: (await sandbox({ script: { balance: 'hang' } })).url },
      { url: (await sandbox({ script: { balanceUsd: 0.2 } })).url },
      { url: await service((_, response) => response.end('<html>Welcome</html>')) },
      { url: await service((_, response) => response.end(json)) },
      {
        url: await service((_, response) =>
          response.writeHead(301, { location: 'https://x.example/' }).end(),
        ),
      },
      { url: await service((_, response) => response.writeHead(404).end('not found')) },
      { url: `https://127.0.0.1:${tlsPort}` },
      { url: `http://127.0.0.1:${await freePort()}` },
      // No label is that long: the resolver refuses it without asking anybody.
      { url: `https://${'x'.repeat(64)}.invalid` },
    ];
    const folder = configWith(accounts, { server: { port: await freePort() } });
    const startedAt = Date.now();
    const { code, found, stdout } = await doctor(['--config', folder.configPath]);
    expect(code).toBe(1);
    expect(found.toSorted()).toEqual([
      'address-not-allowed providers[2]',
      'address-not-allowed providers[3]',
      'balance-low providers[5]',
      'balance-zero providers[0]',
      'key-refused providers[1]',
      'service-answers-html providers[6]',
      'service-name-unknown providers[12]',
      'service-other-wire providers[7]',
      'service-other-wire providers[9]',
      'service-redirects providers[8]',
      'service-refuses-connection providers[11]',
      'service-silent providers[4]',
      'service-tls providers[10]',
    ]);
    expect(stdout).not.toContain(KEY.slice(2));
    expect(Date.now() - startedAt).toBeLessThan(15_000);
  });

  it('are asked once for two entries of one account', async () => {
    const well = await sandbox();
    const entry = { apiKey: KEY, threads: 5 };
    const accounts = [
      { url: well.url, entry },
      { url: well.url, entry },
    ];
    const folder = configWith(accounts, { server: { port: await freePort() } });
    const { found } = await doctor(['--config', folder.configPath]);
    expect(found).toEqual(['threads-add-up providers[1].threads']);
    expect(well.stats().calls.balance).toBe(1);
  });

  it("show by their Date headers that this machine's clock is wrong", async () => {
    const date = new Date(Date.now() + 10 * 60_000).toUTCString();
    const url = await service((_, response) =>
      response.setHeader('date', date).end('{"status":1,"request":"5"}'),
    );
    const folder = configWith([{ url }, { url }], { server: { port: await freePort() } });
    const { found, code } = await doctor(['--config', folder.configPath]);
    expect([code, found]).toEqual([0, ['clock-skew clock']]);
  });
});

describe('the config file', () => {
  it('is told of when it is not there, not JSON, or lacks a variable', async () => {
    const missing = await doctor(['--config', '/nowhere/config.json']);
    expect([missing.code, missing.found]).toEqual([1, ['config-missing /nowhere/config.json']]);
    const folder = configWith([]);
    writeFileSync(folder.configPath, '{ "clients": [], }');
    expect((await doctor(['--config', folder.configPath])).found).toEqual([
      `config-syntax ${folder.configPath}`,
    ]);
    const secret = join(folder.path, 'secret');
    const providers = [
      { id: 'one', use: '2captcha', apiKey: `\${NOT_THERE}` },
      { id: 'two', use: '2captcha', apiKey: `\${NOTHING}` },
      { id: 'three', use: '2captcha', apiKey: '@./secret' },
      { id: 'four', use: '2capcha', apiKey: KEY },
    ];
    writeFileSync(folder.configPath, JSON.stringify({ clients: [{ id: 'qa', key: CLIENT_KEY }], providers }));
    const { found } = await doctor(['--config', folder.configPath], { NOTHING: '' });
    expect(found).toEqual([
      'variable-unset providers[0].apiKey',
      'variable-empty providers[1].apiKey',
      'secret-file-unreadable providers[2].apiKey',
      'config-invalid providers[3].use',
    ]);
    writeFileSync(secret, KEY);
    chmodSync(folder.configPath, 0o644);
    const env = { NOT_THERE: `${KEY.slice(2)}aa`, NOTHING: `${KEY.slice(2)}bb` };
    const other = await doctor(['--config', folder.configPath, '--offline'], env);
    expect(other.found).toEqual([
      'config-invalid providers[3].use',
      `config-readable-by-others ${folder.configPath}`,
    ]);
  });
});

describe('ports', () => {
  it('that another program has are faults; that of this gateway is none', async () => {
    const { url } = await sandbox();
    const port = await listening(createServer((_, response) => response.end('something else')));
    const accounts = [{ url }, { url: (await sandbox()).url }];
    const taken = configWith(accounts, { server: { port } });
    const { code, found } = await doctor(['--config', taken.configPath]);
    expect([code, found]).toEqual([1, ['port-taken server.port']]);
    const own = configWith(accounts, { server: { port: await freePort() } });
    const gateway = await startGatewayProcess(own.configPath);
    onTestFinished(async () => void (await gateway.stop()));
    expect((await doctor(['--config', own.configPath])).found).toEqual([]);
  });
});

describe('the ledger', () => {
  const accounts = [{ url: 'http://127.0.0.1:9' }, { url: 'http://127.0.0.1:9' }];
  const offline = async (folder: ConfigFolder) =>
    (await doctor(['--offline', '--config', folder.configPath])).found;

  it('of another program, of a newer version, damaged, open to all, or in no folder is told of', async ({
    expect,
  }) => {
    const folder = configWith(accounts);
    const path = join(folder.path, 'gateway.db');
    writeFileSync(path, 'a letter, and no database at all', { mode: 0o600 });
    expect(await offline(folder)).toEqual(['ledger-foreign store.path']);
    writeFileSync(path, '');
    expect(await offline(folder)).toEqual([]);
    const database = new Database(path);
    database.exec('CREATE TABLE notes (text)');
    expect(await offline(folder)).toEqual(['ledger-foreign store.path']);
    database.exec(`PRAGMA application_id = ${0x63_67_77_79}; PRAGMA user_version = 99;`);
    expect(await offline(folder)).toEqual(['ledger-newer store.path']);
    chmodSync(path, 0o644);
    expect(await offline(folder)).toEqual([
      'ledger-newer store.path',
      'ledger-readable-by-others store.path',
    ]);
    database.close();
    const below = configWith(accounts, { store: { path: 'config.json/data/gateway.db' } });
    expect(await offline(below)).toEqual(['ledger-folder-unwritable store.path']);
  });

  it('that is cut short is told of', async () => {
    const folder = configWith(accounts);
    const path = join(folder.path, 'gateway.db');
    writeFileSync(`${path}-wal`, 'what was to be written');
    writeFileSync(path, '', { mode: 0o600 });
    expect(await offline(folder)).toEqual(['ledger-damaged store.path']);
  });

  it('that another gateway has is told of, and its lock is left alone', async () => {
    const { url } = await sandbox();
    const accounts = [{ url }, { url: (await sandbox()).url }];
    const first = configWith(accounts, { server: { port: await freePort() } });
    const store = { path: join(first.path, 'gateway.db') };
    const second = configWith(accounts, { server: { port: await freePort() }, store });
    const gateway = await startGatewayProcess(first.configPath);
    onTestFinished(async () => void (await gateway.stop()));
    const { code, found } = await doctor(['--config', second.configPath]);
    expect([code, found]).toEqual([1, ['ledger-held store.path']]);
    expect(await nativeDoor.solve(gateway.url).catch(() => 'failed')).not.toBe('failed');
    await gateway.kill();
    expect((await doctor(['--config', second.configPath])).found).toEqual([]);
  });
});

describe('the certificate', () => {
  it('is judged by its dates, its key, its names and who may read them', async () => {
    const folder = configWith([{ url: 'http://127.0.0.1:9' }, { url: 'http://127.0.0.1:9' }], {
      server: {
        port: 0,
        publicUrl: 'https://gateway.example.com',
        tls: { port: 0, cert: 'old/tls-cert.pem', key: 'new/tls-key.pem' },
      },
      admin: { key: ADMIN_KEY },
    });
    for (const [name, at] of [
      ['old', Date.now() - 900 * DAY_MS],
      ['new', Date.now()],
    ] as const) {
      mkdirSync(join(folder.path, name));
      await readCertificate({ directory: join(folder.path, name), storePath: 'x.db', host: '127.0.0.1' }, at);
    }
    const { found } = await doctor(['--offline', '--config', folder.configPath]);
    expect(found).toEqual([
      'certificate-expired server.tls.cert',
      'certificate-key-mismatch server.tls.key',
      'certificate-name server.tls.cert',
    ]);
    chmodSync(join(folder.path, 'new/tls-key.pem'), 0o644);
    const open = await doctor(['--offline', '--config', folder.configPath]);
    expect(open.found).toContain('certificate-key-readable-by-others server.tls.key');
    writeFileSync(join(folder.path, 'new/tls-key.pem'), 'no key');
    const unreadable = await doctor(['--offline', '--config', folder.configPath]);
    expect(unreadable.found).toEqual(['certificate-unreadable server.tls.key']);
  });
});

describe('a running gateway', () => {
  it('saves questions to the services, and is compared with the config', async () => {
    const broke = await sandbox({ script: { balanceUsd: 0, submit: { code: 'ERROR_ZERO_BALANCE' } } });
    const well = await sandbox({ script: { solve: { default: { fixedMs: 10 } } } });
    const admin = { key: ADMIN_KEY };
    const port = await freePort();
    const folder = configWith([{ url: broke.url }, { url: well.url }], { server: { port }, admin });
    const gateway = await startGatewayProcess(folder.configPath);
    onTestFinished(async () => void (await gateway.stop()));
    await nativeDoor.solve(gateway.url);
    await expect.poll(() => broke.stats().calls.balance).toBe(1);
    const { code, found } = await doctor(['--config', folder.configPath]);
    expect([code, found]).toEqual([1, ['balance-zero providers[0]']]);
    expect(broke.stats().calls.balance).toBe(1);
    const renamed = configWith([{ url: broke.url, id: 'renamed' }, { url: well.url }], {
      server: { port },
      admin,
    });
    expect((await doctor(['--config', renamed.configPath])).found).toContain(
      `gateway-older-config ${gateway.url}`,
    );
    const otherKey = ['--config', folder.configPath, '--key', 'another-admin-key'];
    expect((await doctor(otherKey)).found).toContain(`gateway-key-refused ${gateway.url}`);
  });

  it('says which key a service refuses, so that nobody asks again', async () => {
    const wrong = await sandbox({ keys: ['another-key-altogether'] });
    const well = await sandbox({ script: { solve: { default: { fixedMs: 10 } } } });
    const server = { port: await freePort() };
    const gateway = await startGatewayProcess(
      configWith([{ url: wrong.url }, { url: well.url }], { server }).configPath,
    );
    onTestFinished(async () => void (await gateway.stop()));
    await nativeDoor.solve(gateway.url);
    const { found, findings } = await doctor(['--url', gateway.url]);
    expect(found).toEqual(['account-open-for-key first']);
    expect(findings[0]?.fix).toContain('captcha-gateway admit first');
    expect(wrong.stats().calls.balance).toBe(0);
  });

  it('is called at its public address, the way providers do', async () => {
    const accounts = [{ url: (await sandbox()).url }, { url: (await sandbox()).url }];
    const elsewhere = await service((_, response) => response.writeHead(404).end('nothing here'));
    const port = await freePort();
    const at = (publicUrl: string) => configWith(accounts, { server: { port, publicUrl } }).configPath;
    const own = at(`http://127.0.0.1:${port}`);
    const gateway = await startGatewayProcess(own);
    onTestFinished(async () => void (await gateway.stop()));
    expect((await doctor(['--config', own])).found).toEqual([]);
    const wrong = await doctor(['--config', at(elsewhere)]);
    expect([wrong.code, wrong.found]).toEqual([1, ['public-url-elsewhere server.publicUrl']]);
    const dead = await doctor(['--config', at(`http://127.0.0.1:${await freePort()}`)]);
    expect([dead.code, dead.found]).toEqual([0, ['public-url-unreachable server.publicUrl']]);
  });

  it('is missed where --url names one', async () => {
    const port = await freePort();
    const { url } = await sandbox();
    const folder = configWith([{ url }, { url: (await sandbox()).url }], { server: { port: 0 } });
    const { code, found } = await doctor([
      '--config',
      folder.configPath,
      '--url',
      `http://127.0.0.1:${port}`,
    ]);
    expect([code, found]).toEqual([1, [`gateway-silent http://127.0.0.1:${port}`]]);
  });
});

describe('wrong usage', () => {
  it.each([
    ['an unknown option', ['--watch'], 'Unknown option'],
    ['no URL', ['--url', 'gateway'], '--url must be like'],
    ['a URL and nobody to ask', ['--offline', '--url', 'http://127.0.0.1:8080'], '--offline asks nobody'],
  ])('exits with 2: %s', async (_name, args, words) => {
    const { code, stdout, stderr } = await runCommand(['doctor', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
    expect(stderr).toContain('Usage: captcha-gateway doctor');
  });
});
