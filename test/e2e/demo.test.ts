/** The demo as its reader starts it: a process of its own, piped, against its own sandbox services. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const WITHIN_MS = 60_000;

interface Demo {
  readonly output: () => string;
  readonly errors: () => string;
  kill(signal: 'SIGINT' | 'SIGTERM'): void;
  readonly ended: Promise<unknown[]>;
}

function startDemo(...args: readonly string[]): Demo {
  const child = spawn(process.execPath, [main, 'demo', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return {
    output: () => output,
    errors: () => errors,
    kill: (signal) => void child.kill(signal),
    ended: once(child, 'close'),
  };
}

/** The cells of each row: two or more blanks part them. */
function rowsOf(output: string): string[][] {
  return output
    .split('\n')
    .filter((line) => /^ *\d+ {2}/.test(line))
    .map((line) => line.trim().split(/ {2,}/));
}

describe.concurrent('demo', () => {
  it('solves everything while the first service fails, says how, and ends by itself', {
    timeout: WITHIN_MS,
  }, async () => {
    const demo = startDemo('--once');
    expect(await demo.ended).toEqual([0, null]);
    const output = demo.output();
    const rows = rowsOf(output);
    expect(rows.map(([number]) => number)).toEqual(rows.map((_, index) => String(index + 1)));
    expect(rows.every((cells) => cells.length === 8)).toBe(true);
    expect(new Set(rows.map(([, api]) => api))).toEqual(new Set(['classic', 'json', 'native']));
    expect(new Set(rows.map(([, , kind]) => kind))).toEqual(
      new Set(['recaptcha_v2', 'turnstile', 'image_to_text', 'geetest_v3', 'hcaptcha']),
    );
    const paths = rows.map(([, , , state, path]) => `${state} | ${path}`);
    expect(paths).toContain('works | captchaai: solved');
    expect(paths).toContain('has no slot | captchaai: no_slot -> 2captcha: solved');
    expect(paths).toContain('has no balance | captchaai: zero_balance -> 2captcha: solved');
    expect(paths).toContain('hangs | captchaai: timeout -> 2captcha: solved');
    expect(output).toContain(`solved                  ${rows.length}/${rows.length}\n`);
    expect(output).toContain('bought twice            0\n');
    expect(output).toContain('provider rules broken   0\n');
    expect(output).not.toContain('{"level"');
    expect(output).not.toContain('\u001b[');
    expect(demo.errors()).toBe('');
  });

  it('says the same in JSON lines', { timeout: WITHIN_MS }, async () => {
    const demo = startDemo('--once', '--json');
    expect(await demo.ended).toEqual([0, null]);
    const lines = demo
      .output()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const solves = lines.slice(0, -1);
    expect(solves.every(({ event, isSolved }) => event === 'solve' && isSolved)).toBe(true);
    expect(solves.map(({ number }) => number)).toEqual(solves.map((_, index) => index + 1));
    const totals = { solved: solves.length, tasks: solves.length, boughtTwice: 0, rulesBroken: [] };
    expect(lines.at(-1)).toMatchObject({ event: 'summary', ...totals, failovers: { zero_balance: 1 } });
    expect(demo.errors()).toBe('');
  });

  it('serves on until Ctrl-C, then leaves nothing behind', { timeout: WITHIN_MS }, async () => {
    const demo = startDemo();
    await expect.poll(demo.output, { timeout: WITHIN_MS, interval: 100 }).toContain('is solved.\n');
    const [, url, key, log = ''] = /url +(\S+)\n +key +(\S+)\n[\s\S]*log +(\S+)\n/.exec(demo.output()) ?? [];
    const solved = await fetch(`${url}/v1/solve`, {
      method: 'POST',
      headers: { 'x-api-key': String(key) },
      body: JSON.stringify({ kind: 'recaptcha_v2', siteKey: '6Le-demo', pageUrl: 'https://example.com/' }),
    });
    expect(await solved.json()).toMatchObject({ status: 'solved', provider: 'captchaai' });
    expect(existsSync(log)).toBe(true);
    expect(demo.output()).toContain(`page     ${url}/\n`);
    expect(await (await fetch(`${url}/`)).text()).toContain('<h1 id="verdict">');
    demo.kill('SIGINT');
    expect(await demo.ended).toEqual([0, null]);
    expect(existsSync(dirname(log))).toBe(false);
    expect(demo.errors()).toBe('');
  });

  it('can be ended in the middle of the table', { timeout: WITHIN_MS }, async () => {
    const demo = startDemo();
    await expect.poll(demo.output, { timeout: WITHIN_MS, interval: 20 }).toMatch(/\n *1 {2}classic/);
    // As `timeout` does, and npm: the group is told as well as the child.
    demo.kill('SIGTERM');
    demo.kill('SIGINT');
    expect(await demo.ended).toEqual([0, null]);
    expect(demo.errors()).toBe('');
  });
});
