/** `status --watch` as an operator runs it: in a terminal, on a pipe, and over a restart of the gateway. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox } from '../../src/app.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { widthOf } from '../../src/terminal/width.js';
import { ADMIN_KEY, type ConfigFolder, configFor, writeConfig } from '../support/gateway-in-process.js';
import { type GatewayProcess, runCommand, startGatewayProcess } from '../support/gateway-process.js';
import { noTerminal, runInTerminal, screenOf } from '../support/terminal.js';
import { nativeDoor } from './doors.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const WITHIN = { timeout: 10_000, interval: 20 };
const SHOW_CURSOR = '\u001b[?25h';
const OWN_SCREEN = '\u001b[?1049l';

let sandbox: Sandbox;
let full: Sandbox;
let gateway: GatewayProcess;
let folder: ConfigFolder;

beforeAll(async () => {
  full = await openSandbox({ script: { submit: { code: 'ERROR_NO_SLOT_AVAILABLE' } } });
  sandbox = await openSandbox({ script: { solve: { default: { fixedMs: 10 } } } });
  const accounts = [{ url: full.url, entry: { kinds: ['recaptcha_v2'] } }, { url: sandbox.url }];
  const config = (port: number) => configFor(accounts, { server: { port }, admin: { key: ADMIN_KEY } });
  const probe = await openSandbox({});
  await probe.close();
  // A port that was free a moment ago, so that the gateway comes back at the same one.
  folder = writeConfig(config(probe.port));
  gateway = await startGatewayProcess(folder.configPath);
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([full.close(), sandbox.close()]);
  folder.remove();
});

const direct = () => ['--url', gateway.url, '--key', ADMIN_KEY];

describe.skipIf(noTerminal)(noTerminal ? `in a terminal (skipped: ${noTerminal})` : 'in a terminal', () => {
  it('shows what happens as it happens, bears a restart, fits, and ends with q', async () => {
    const run = runInTerminal(['status', '--watch', ...direct()]);
    await expect.poll(run.output, WITHIN).toContain('q ends it');
    expect(run.output()).toContain('\u001b[?1049h');
    expect(run.output()).not.toContain('handed on');
    await nativeDoor.solve(gateway.url);
    await expect.poll(() => screenOf(run.output()), WITHIN).toMatch(/recaptcha_v2 +open +no_slot/);
    await expect
      .poll(() => screenOf(run.output()), WITHIN)
      .toMatch(/\d+ +recaptcha_v2 +first +second +no_slot/);

    await gateway.stop();
    await expect.poll(run.output, WITHIN).toContain('Not answering for');
    const until = run.output().length;
    gateway = await startGatewayProcess(folder.configPath);
    await expect.poll(() => run.output().slice(until), WITHIN).toMatch(/up for [0-9] s/);

    const before = run.output().length;
    run.resize(40, 8);
    await expect.poll(() => run.output().slice(before), WITHIN).toContain('more lines');
    const frames = run.output().slice(before).split('\u001b[?2026h');
    const frame = frames.find((each) => each.includes('more lines')) ?? '';
    const narrow = screenOf(frame.split('\u001b[?2026l')[0] ?? '').split('\n');
    expect(narrow).toHaveLength(8);
    for (const line of narrow) expect(widthOf(line)).toBeLessThanOrEqual(40);

    run.press('q');
    expect(await run.ended()).toBe(0);
    expect(run.output().trimEnd().endsWith(`${OWN_SCREEN}${SHOW_CURSOR}`)).toBe(true);
  }, 40_000);

  it('ends with Ctrl-C and gives the cursor back', async () => {
    const run = runInTerminal(['status', '--watch', ...direct()]);
    await expect.poll(run.output, WITHIN).toContain('q ends it');
    run.press('\u0003');
    expect(await run.ended()).toBe(0);
    expect(run.output()).toContain(SHOW_CURSOR);
  });

  it('tells times from now in a single table, with colours for nobody who does not want them', async () => {
    await runCommand(['hold', 'second', ...direct()]);
    const run = runInTerminal(['status', ...direct()], { NO_COLOR: '1' });
    expect(await run.ended()).toBe(0);
    await runCommand(['admit', 'second', ...direct()]);
    expect(run.output()).toMatch(/second +held-out +held by the operator +(now|\d+ s ago)/);
    expect(run.output()).not.toContain('\u001b');
  });

  it.each([{ TERM: 'dumb' }, { CI: 'true' }])('moves no cursor with %j', async (env) => {
    const run = runInTerminal(['status', '--watch', ...direct()], env);
    await expect.poll(run.output, WITHIN).toContain('provider');
    run.press('\u0003');
    expect(await run.ended()).toBe(0);
    expect(run.output()).not.toContain('\u001b');
  });

  it('leaves the terminal alone where it is refused', async () => {
    const run = runInTerminal(['status', '--watch', '--url', gateway.url, '--key', 'wrong']);
    expect(await run.ended()).toBe(1);
    expect(run.output()).toContain('401');
    expect(run.output()).not.toContain('\u001b');
  });
});

describe('on a pipe', () => {
  /** The command, and what it has written. */
  function start(...args: readonly string[]) {
    const child = spawn(process.execPath, [MAIN, 'status', '--watch', ...direct(), ...args]);
    const said = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text;
    });
    return { child, said, closed: once(child, 'close') };
  }

  it('--json says a line at every change, and none without', async () => {
    const { child, said, closed } = start('--json');
    const lines = () => said.out.split('\n').slice(0, -1);
    await expect.poll(lines, WITHIN).toHaveLength(1);
    const state = () => JSON.parse(lines().at(-1) ?? '').providers[1].state;
    // Without the stream of events it would take up to 5 s each time.
    for (const _turn of [1, 2]) {
      await runCommand(['hold', 'second', ...direct()]);
      await expect.poll(state, { timeout: 3_000, interval: 20 }).toBe('held-out');
      await runCommand(['admit', 'second', ...direct()]);
      await expect.poll(state, { timeout: 3_000, interval: 20 }).toBe('closed');
    }
    expect(lines().every((line, index) => line !== lines()[index + 1])).toBe(true);
    child.kill('SIGINT');
    expect(await closed).toEqual([0, null]);
    expect(said.err).toBe('');
  });

  it('prints a table at every change', async () => {
    const { child, said, closed } = start();
    await expect.poll(() => said.out, WITHIN).toMatch(/^\d{4}-\S+Z\nprovider +state/);
    await runCommand(['hold', 'second', ...direct()]);
    await expect.poll(() => said.out, WITHIN).toMatch(/\n\n\d{4}-\S+Z\nprovider[\s\S]*second +held-out/);
    await runCommand(['admit', 'second', ...direct()]);
    child.kill('SIGTERM');
    expect(await closed).toEqual([0, null]);
    expect(said.out).not.toContain('\u001b');
  });

  it('ends when nobody reads on', async () => {
    const { child, said, closed } = start('--json');
    await expect.poll(() => said.out, WITHIN).toContain('\n');
    child.stdout.destroy();
    await runCommand(['hold', 'second', ...direct()]);
    expect(await closed).toEqual([0, null]);
    await runCommand(['admit', 'second', ...direct()]);
    expect(said.err).toBe('');
  });
});
