/** `captcha-gateway doctor` as a process, against real files: config, ledger, certificate. */
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readCertificate } from '../../src/app/certificate.js';
import { ADMIN_KEY, CLIENT_KEY, type ConfigFolder } from '../support/gateway-in-process.js';
import { startGatewayProcess } from '../support/gateway-process.js';
import { configWith, doctor, freePort, KEY, sandbox } from './doctor-run.js';
import { nativeDoor } from './doors.js';

const DAY_MS = 86_400_000;

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

  it('that is cut short or overwritten is told of', async () => {
    const folder = configWith(accounts);
    const path = join(folder.path, 'gateway.db');
    writeFileSync(`${path}-wal`, 'what was to be written');
    writeFileSync(path, '', { mode: 0o600 });
    expect(await offline(folder)).toEqual(['ledger-damaged store.path']);
    const other = configWith(accounts);
    const junk = Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4_096, 'x')]);
    writeFileSync(join(other.path, 'gateway.db'), junk, { mode: 0o600 });
    expect(await offline(other)).toEqual(['ledger-damaged store.path']);
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
    const left = readdirSync(first.path);
    expect(left).toContain('gateway.db-wal');
    expect((await doctor(['--config', second.configPath])).found).toEqual([]);
    expect(readdirSync(first.path)).toEqual(left);
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
