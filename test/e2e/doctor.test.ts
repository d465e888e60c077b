/** `captcha-gateway doctor` as a process, against real services and running gateways. */
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readCertificate } from '../../src/app/certificate.js';
import { type AccountEntry, ADMIN_KEY } from '../support/gateway-in-process.js';
import { runCommand, startGatewayProcess } from '../support/gateway-process.js';
import { configWith, doctor, freePort, KEY, listening, sandbox, service } from './doctor-run.js';
import { nativeDoor } from './doors.js';

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
    expect(stdout).toMatch(/\n1 fault, \d warnings?, \d notes?\.\n$/);
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
    const { configPath } = configWith([{ url: wrong.url }, { url: well.url }], { server });
    const gateway = await startGatewayProcess(configPath);
    onTestFinished(async () => void (await gateway.stop()));
    await nativeDoor.solve(gateway.url);
    const { found, findings } = await doctor(['--config', configPath]);
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
