/** The operator's commands against a running gateway: what they print, what they do, how they end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox } from '../../src/app.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { ADMIN_KEY, type ConfigFolder, configFor, writeConfig } from '../support/gateway-in-process.js';
import { type GatewayProcess, runCommand, startGatewayProcess } from '../support/gateway-process.js';
import { nativeDoor } from './doors.js';

const HASHED = { key: 'sha256:66d54e92a7e3bde3b6ed5be7b0e6f8fa5c0e4f8dcb1ae23c2d6a2a3f1e54d0c1' };

let full: Sandbox;
let well: Sandbox;
let gateway: GatewayProcess;
const folders: ConfigFolder[] = [];

/** The gateway's config as the commands read it. */
function configAt(server: object, admin: object = { key: ADMIN_KEY }): string {
  const kinds = { kinds: ['turnstile', 'recaptcha_v2'] };
  const accounts = [{ url: full.url, entry: { ...kinds, threads: 7 } }, { url: well.url }];
  const folder = writeConfig(configFor(accounts, { server, admin }));
  folders.push(folder);
  return folder.configPath;
}

beforeAll(async () => {
  full = await openSandbox({ script: { submit: { code: 'ERROR_NO_SLOT_AVAILABLE' } } });
  well = await openSandbox({ script: { solve: { default: { fixedMs: 10 } } } });
  gateway = await startGatewayProcess(configAt({ port: 0 }));
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([full.close(), well.close()]);
  for (const folder of folders) folder.remove();
});

/** Finds the gateway by its address and key. */
const direct = () => ['--url', gateway.url, '--key', ADMIN_KEY];
const port = () => Number(new URL(gateway.url).port);

function cells(line = ''): readonly string[] {
  return line.split(/ {2,}/);
}

describe('status', () => {
  it('prints one table of the providers, with the kinds that are open', async () => {
    expect(await nativeDoor.solve(gateway.url)).toHaveProperty('token');
    const { code, stdout, stderr } = await runCommand(['status', ...direct()]);
    expect([code, stderr]).toEqual([0, '']);
    const [title, first, second, ...rest] = stdout.split('\n');
    expect(cells(title)).toEqual([
      'provider',
      'state',
      'cause',
      'since',
      'until',
      'comes back by',
      'balance $',
      'empty in',
      'in flight',
      'open kinds',
    ]);
    const open = 'recaptcha_v2 open (no_slot)';
    expect(cells(first)).toEqual(['first', 'closed', '-', '-', '-', '-', '-', '-', '0 of 7', open]);
    expect(cells(second)).toEqual(['second', 'closed', '-', '-', '-', '-', '-', '-', '0', '-']);
    expect(rest).toEqual(['']);
  });

  it('finds the gateway and its key in the config; --json prints what /status answers', async () => {
    const config = configAt({ host: '0.0.0.0', port: port() });
    const { code, stdout } = await runCommand(['status', '--json', '--config', config]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ providers: [{ id: 'first' }, { id: 'second' }] });
  });

  it('takes the key from the environment where the config has its hash', async () => {
    const config = configAt({ port: port() }, HASHED);
    const without = await runCommand(['status', '--config', config]);
    expect([without.code, without.stdout]).toEqual([2, '']);
    expect(without.stderr).toContain('GATEWAY_ADMIN_KEY');
    const given = await runCommand(['status', '--config', config], { GATEWAY_ADMIN_KEY: ADMIN_KEY });
    expect([given.code, given.stderr]).toEqual([0, '']);
  });
});

describe('hold and admit', () => {
  it('switch a provider, with a reason that is kept', async () => {
    const held = await runCommand(['hold', 'second', '--reason', 'invoice \u001b[31munpaid', ...direct()]);
    expect([held.code, held.stdout]).toEqual([0, 'second is held-out: invoice  [31munpaid\n']);
    const { stdout: table } = await runCommand(['status', ...direct()]);
    expect(cells(table.split('\n')[2]).slice(0, 3)).toEqual(['second', 'held-out', 'invoice']);
    expect(table).not.toContain('\u001b');
    const admitted = await runCommand(['admit', 'second', '--reason', 'paid', '--json', ...direct()]);
    expect(admitted.code).toBe(0);
    expect(JSON.parse(admitted.stdout)).toMatchObject({ id: 'second', state: 'closed' });
    const changes = gateway.lines().filter(({ scope }) => scope === 'operator');
    expect(changes).toMatchObject([
      { event: 'breaker-opened', by: 'operator', reason: 'invoice  [31munpaid' },
      { event: 'breaker-closed', by: 'operator', reason: 'paid' },
    ]);
  });

  it('need no reason', async () => {
    const { stdout } = await runCommand(['hold', 'second', ...direct()]);
    await runCommand(['admit', 'second', ...direct()]);
    expect(stdout).toBe('second is held-out: held by the operator\n');
  });
});

describe('what goes wrong', () => {
  it.each<readonly [string, () => readonly string[], number, string]>([
    ['a provider that is not there', () => ['hold', 'nobody', ...direct()], 1, 'There is no such provider'],
    ['a wrong key', () => ['status', '--url', gateway.url, '--key', 'wrong'], 1, '401'],
    ['nobody there', () => ['status', '--url', 'http://127.0.0.1:1'], 1, 'No gateway answers at'],
    ['no provider named', () => ['admit', ...direct()], 2, 'Usage: captcha-gateway admit PROVIDER'],
    ['two providers named', () => ['hold', 'a', 'b', ...direct()], 2, 'Usage: captcha-gateway hold'],
    ['an unknown option', () => ['status', '--watchful'], 2, 'Usage: captcha-gateway status'],
    ['no URL', () => ['status', '--url', 'gateway'], 2, '--url must be like'],
    ['a port that only the gateway knows', () => ['status', '--config', configAt({ port: 0 })], 2, '--url'],
    ['no config', () => ['status', '--config', '/nothing/there.json'], 2, '/nothing/there.json'],
  ])('%s is said on stderr', async (_name, args, code, words) => {
    const ended = await runCommand(args());
    expect([ended.code, ended.stdout]).toEqual([code, '']);
    expect(ended.stderr).toContain(words);
    expect(ended.stderr).not.toContain(ADMIN_KEY);
  });

  it.each(['status', 'hold', 'admit'])('%s --help says how to ask', async (command) => {
    const { code, stdout } = await runCommand([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: captcha-gateway ${command}`);
    for (const option of ['--config', '--url', '--key', '--json']) expect(stdout).toContain(option);
  });
});
