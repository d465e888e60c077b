/** `check` as an operator runs it: through a running gateway and without one, against sandbox providers. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox } from '../../src/app.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import {
  ADMIN_KEY,
  CLIENT_KEY,
  type ConfigFolder,
  configFor,
  writeConfig,
} from '../support/gateway-in-process.js';
import { type GatewayProcess, runCommand, startGatewayProcess } from '../support/gateway-process.js';
import { openReceiver, type Receiver, SILENT } from '../support/receiver.js';
import { noTerminal, runInTerminal, screenOf } from '../support/terminal.js';

const WITHIN = { timeout: 10_000, interval: 20 };
const PICTURE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk';
const PRICES = { pricesUsdPer1000: { turnstile: 2, hcaptcha: 3, image_to_text: 1 } };

let sandboxes: readonly Sandbox[] = [];
let pages: Receiver;
let gateway: GatewayProcess;
let folder: ConfigFolder;
/** The config of a gateway that does not run. */
let alone: ConfigFolder;
let verdict = 'good';

/** Another file of fixtures in the folder of the config. */
function fixtures(list: readonly object[], name = 'fixtures.json'): string {
  const path = join(folder.path, name);
  writeFileSync(path, JSON.stringify({ fixtures: list }));
  return path;
}

const widget = (siteKey: string, more: object = {}) => ({
  kind: 'turnstile',
  fields: { pageUrl: 'https://example.com/', siteKey },
  ...more,
});
const tried = () => ({
  verify: { url: `${pages.url}/verify`, json: { answer: '{token}' }, contains: 'good', rejects: 'bad' },
});

beforeAll(async () => {
  const script = { solve: { default: { fixedMs: 20 } }, ...PRICES };
  sandboxes = [await openSandbox({ script }), await openSandbox({ script })];
  pages = await openReceiver((response) => void response.end(verdict));
  const accounts = sandboxes.map(({ url }) => ({ url, entry: PRICES }));
  folder = writeConfig(configFor(accounts, { admin: { key: ADMIN_KEY } }));
  gateway = await startGatewayProcess(folder.configPath);
  alone = writeConfig(configFor(accounts, { clients: [{ id: 'qa', key: `sha256:${'0'.repeat(64)}` }] }));
});
beforeEach(() => {
  verdict = 'good';
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([...sandboxes.map((sandbox) => sandbox.close()), pages.close()]);
  folder.remove();
  alone.remove();
});

const running = () => ['--url', gateway.url, '--client-key', CLIENT_KEY];
const bought = () => sandboxes.reduce((sum, sandbox) => sum + sandbox.stats().accepted, 0);
const cells = (line = '') => line.split(/ {2,}/);

describe('through the gateway that runs', () => {
  it('solves, tries the answers, reports them, and ends with 0', async () => {
    const before = sandboxes.map((sandbox) => sandbox.stats().accepted);
    const path = fixtures([widget('sandbox-slow-300', { ...tried(), id: 'slow' }), widget('plain', tried())]);
    const { code, stdout, stderr } = await runCommand(['check', '--yes', '--fixtures', path, ...running()]);
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe(
      `4 solves for at most $0.00000, and 4 of unknown price, through the gateway at ${gateway.url}.`,
    );
    expect(lines.slice(2, 7).map((line) => cells(line).filter((_, index) => index !== 3))).toEqual([
      ['provider', 'fixture', 'solved', 'cost $', 'accepted', 'trouble'],
      ['first', 'slow', '1 of 1', '0.00200', '1 of 1', '-'],
      ['second', 'slow', '1 of 1', '0.00200', '1 of 1', '-'],
      ['first', 'turnstile', '1 of 1', '0.00200', '1 of 1', '-'],
      ['second', 'turnstile', '1 of 1', '0.00200', '1 of 1', '-'],
    ]);
    expect(lines[8]).toMatch(/^first: 2 of 2 solved, 2 of 2 accepted, median \d+\.\d s, \$0\.00400\.$/);
    expect(stdout).not.toContain('\u001b');
    expect(sandboxes.map((sandbox) => sandbox.stats().accepted)).toEqual(before.map((count) => count + 2));
    expect(JSON.parse(pages.received.at(-1)?.body ?? '').answer).toMatch(/^0\.sandbox-/);
    const reports = () => sandboxes.map((sandbox) => sandbox.stats().calls.report);
    await expect.poll(() => reports().every((count) => count >= 2), WITHIN).toBe(true);
  });

  it('ends with 1 and says what was not solved or not right, in JSON too', async () => {
    verdict = 'bad';
    const image = { kind: 'image_to_text', fields: { imageBase64: PICTURE }, answer: { text: 'no such' } };
    const list = [widget('sandbox-unsolvable', { id: 'hopeless' }), widget('plain', tried()), image];
    const args = ['check', '--yes', '--json', '--providers', 'first', '--fixtures', fixtures(list)];
    const { code, stdout, stderr } = await runCommand([...args, ...running()]);
    expect([code, stderr]).toEqual([1, '']);
    const { results, ...rest } = JSON.parse(stdout);
    expect(results).toMatchObject([
      { fixture: 'hopeless', provider: 'first', isSolved: false, code: 'unsolvable', accepted: null },
      { fixture: 'turnstile', isSolved: true, accepted: false, costUsd: 0.002 },
      { fixture: 'image_to_text', isSolved: true, accepted: false },
    ]);
    expect(rest).toMatchObject({
      gateway: { url: gateway.url, isOwn: false },
      isGood: false,
      providers: [{ provider: 'first', asked: 3, solved: 2, accepted: 0, rejected: 2 }],
    });
  });

  it('finds gateway, client and prices in the config, and buys no more than it may', async () => {
    const port = Number(new URL(gateway.url).port);
    const accounts = sandboxes.map(({ url }) => ({ url, entry: PRICES }));
    const config = writeConfig(configFor(accounts, { server: { port } }));
    const before = bought();
    const path = fixtures([widget('plain'), { ...widget('k'), kind: 'hcaptcha' }]);
    const args = ['check', '--yes', '--fixtures', path, '--config', config.configPath, '--max-usd', '0.0045'];
    const { code, stdout } = await runCommand(args);
    config.remove();
    expect(code).toBe(1);
    expect(stdout).toContain(`2 solves for at most $0.00400, through the gateway at ${gateway.url}.`);
    expect(stdout).toContain('Not asked, beyond --max-usd: hcaptcha at first, hcaptcha at second.');
    expect(bought()).toBe(before + 2);
  });

  it('buys once where the first purchase fails and the price is known', async () => {
    const port = Number(new URL(gateway.url).port);
    const config = writeConfig(
      configFor(
        sandboxes.map(({ url }) => ({ url, entry: PRICES })),
        { server: { port } },
      ),
    );
    const before = bought();
    const path = fixtures([widget('sandbox-unsolvable')]);
    const args = [
      'check',
      '--yes',
      '--providers',
      'second',
      '--fixtures',
      path,
      '--config',
      config.configPath,
    ];
    const { code } = await runCommand(args);
    config.remove();
    expect(code).toBe(1);
    expect(bought()).toBe(before + 1);
  });

  it('says who takes no tasks now, by the key in the config too', async () => {
    const port = Number(new URL(gateway.url).port);
    const accounts = sandboxes.map(({ url }) => ({ url, entry: PRICES }));
    const config = writeConfig(configFor(accounts, { server: { port }, admin: { key: ADMIN_KEY } }));
    await runCommand(['hold', 'first', '--config', config.configPath]);
    const path = fixtures([widget('plain')]);
    const args = ['check', '--yes', '--fixtures', path, '--max-usd', '0.002', '--config', config.configPath];
    const { stdout } = await runCommand(args);
    await runCommand(['admit', 'first', '--config', config.configPath]);
    config.remove();
    expect(stdout).toContain('first takes no tasks now: held-out, held by the operator.');
  });

  it('says who takes no tasks now', async () => {
    const admin = ['--url', gateway.url, '--key', ADMIN_KEY];
    await runCommand(['hold', 'second', '--reason', 'invoice', ...admin]);
    const path = fixtures([widget('plain', { deadlineMs: 300 })]);
    const args = ['check', '--yes', '--fixtures', path, '--client-key', CLIENT_KEY, ...admin];
    const { code, stdout } = await runCommand(args);
    await runCommand(['admit', 'second', ...admin]);
    expect(stdout).toContain('second takes no tasks now: held-out, invoice.');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^second +turnstile +0 of 1/m);
  });
});

describe('where no gateway runs', () => {
  it('makes one of its own, and leaves nothing behind', async () => {
    const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('captcha-gateway-check-'));
    const before = left();
    const path = fixtures([widget('sandbox-slow-100', { ...tried(), deadlineMs: 20_000 })]);
    const args = ['check', '--yes', '--fixtures', path, '--repeat', '2', '--config', alone.configPath];
    const { code, stdout, stderr } = await runCommand(args);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('4 solves for at most $0.00800, through a gateway of its own, as none runs.');
    expect(stdout).toMatch(/^first +turnstile +2 of 2 +\d+\.\d s +0\.00400 +2 of 2 +-$/m);
    expect(left()).toEqual(before);
    expect(existsSync(join(alone.path, 'gateway.db'))).toBe(false);
  });
});

it('starts none beside one that is only slow', async () => {
  const slow = await openReceiver(SILENT);
  const port = Number(new URL(slow.url).port);
  const config = writeConfig(configFor([{ url: sandboxes[0]?.url ?? '' }], { server: { port } }));
  const { code, stderr } = await runCommand(['check', '--yes', '--config', config.configPath]);
  config.remove();
  await slow.close();
  expect([code, stderr]).toEqual([1, `Something answers at ${slow.url}, but no gateway\n`]);
});

describe('what is asked wrongly', () => {
  it('buys nothing on a pipe that nobody has agreed to', async () => {
    const before = bought();
    const { code, stderr } = await runCommand(['check', ...running()]);
    expect(code).toBe(2);
    expect(stderr).toContain('say --yes');
    expect(bought()).toBe(before);
  });

  it.each<readonly [string, () => readonly string[], number, string]>([
    ['a provider that is misspelt', () => [...running(), '--providers', 'frist'], 2, 'did you mean "first"?'],
    ['a kind that is misspelt', () => ['--kinds', 'turnstyle'], 2, 'did you mean "turnstile"?'],
    ['no number', () => ['--repeat', 'often'], 2, '--repeat must be'],
    ['no dollars', () => ['--max-usd', 'few'], 2, '--max-usd must be'],
    ['no file', () => ['--fixtures', '/nowhere.json'], 2, '/nowhere.json'],
    ['a gateway without a key for it', () => ['--url', gateway.url], 2, '--client-key'],
    ['a wrong client key', () => ['--url', gateway.url, '--client-key', 'wrong'], 1, '401'],
    ['a wrong admin key', () => [...running(), '--kinds', 'turnstile', '--key', 'wrong'], 1, '401'],
    ['no URL', () => ['--url', 'gateway', '--config', folder.configPath], 2, '--url must be like'],
    ['nobody there', () => ['--url', 'http://127.0.0.1:1', '--client-key', 'k'], 1, 'No gateway answers at'],
    ['something else there', () => ['--url', sandboxes[0]?.url ?? '', '--client-key', 'k'], 1, 'No gateway'],
  ])('%s', async (_name, args, code, words) => {
    const before = bought();
    const ended = await runCommand(['check', '--yes', ...args()]);
    expect(ended.stderr).toContain(words);
    expect(ended.code).toBe(code);
    expect(bought()).toBe(before);
  });

  it('names the faults of the fixtures', async () => {
    const path = fixtures([{ kind: 'turnstile', field: {} }], 'faulty.json');
    const { code, stderr } = await runCommand(['check', '--yes', '--json', '--fixtures', path, ...running()]);
    expect(code).toBe(2);
    expect(JSON.parse(stderr).issues).toContainEqual(
      expect.objectContaining({ path: 'fixtures[0].field', hint: 'did you mean "fields"?' }),
    );
  });

  it('ends with 2 where there is nothing to ask', async () => {
    const { code, stdout } = await runCommand(['check', '--yes', '--kinds', 'keycaptcha', ...running()]);
    expect(code).toBe(2);
    expect(stdout).toContain('Not asked, the inputs of its demo page last for one visit: keycaptcha.');
  });
});

describe.skipIf(noTerminal)(noTerminal ? `in a terminal (skipped: ${noTerminal})` : 'in a terminal', () => {
  it('asks before it buys, and shows how far it is', async () => {
    const path = fixtures([widget('sandbox-slow-400', tried())]);
    const run = runInTerminal(['check', '--fixtures', path, ...running()]);
    await expect.poll(run.output, WITHIN).toContain('Buy them? [y/N]');
    const before = bought();
    run.press('y\r');
    expect(await run.ended()).toBe(0);
    expect(bought()).toBe(before + 2);
    const screen = screenOf(run.output());
    expect(screen).toMatch(/first +░{24} +0 of 1/);
    expect(screen).toMatch(/second +█{24} +1 of 1/);
    expect(screen).toMatch(/first +turnstile +1 of 1/);
    expect(run.output()).toContain('\u001b[?25h');
  });

  it.each(['n\r', '\r', '\u0004', '\u0003'])('buys nothing after %j', async (keys) => {
    const before = bought();
    const run = runInTerminal(['check', '--fixtures', fixtures([widget('plain')]), ...running()]);
    await expect.poll(run.output, WITHIN).toContain('Buy them? [y/N]');
    run.press(keys);
    expect(await run.ended()).toBe(1);
    expect(bought()).toBe(before);
  });

  it('ended in the middle shows what it has, and gives the cursor back', async () => {
    const path = fixtures([widget('plain', tried()), widget('sandbox-slow-60000', { id: 'slow' })]);
    const run = runInTerminal(['check', '--yes', '--fixtures', path, ...running()]);
    await expect.poll(() => screenOf(run.output()), WITHIN).toMatch(/second +█{12}░{12} +1 of 2/);
    run.press('\u0003');
    expect(await run.ended()).toBe(1);
    expect(screenOf(run.output())).toMatch(/first +turnstile +1 of 1/);
    expect(run.output()).toContain('\u001b[?25h');
  });
});
