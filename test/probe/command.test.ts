/** The command as an operator runs it: exit codes, the entry it prints, and the key that it never prints. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, type TestContext, vi } from 'vitest';
import { readConfig } from '../../src/app.js';
import command from '../../src/cli/probe.js';
import { type Ended, runCommand } from '../support/gateway-process.js';
import { API_KEY, deadUrl, withSandbox, withService } from './services.js';

const ENV = { HOUSE_KEY: API_KEY } as const;
const KEY = ['--api-key', `\${HOUSE_KEY}`] as const;
const CLIENTS = [{ id: 'qa', key: 'qa-key' }] as const;

function probe(args: readonly string[], env: NodeJS.ProcessEnv = ENV): Promise<Ended> {
  return runCommand(['probe', ...args], env);
}

/** A config file in a folder of its own, removed after the test. */
function configWith(providers: readonly unknown[], onTestFinished: TestContext['onTestFinished']): string {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-probe-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify({ clients: CLIENTS, providers }));
  return path;
}

describe.concurrent('captcha-gateway probe', () => {
  it('prints a table and an entry that a config takes', async ({ expect, onTestFinished }) => {
    await withSandbox({}, async ({ url }) => {
      const { code, stdout, stderr } = await probe([url, ...KEY]);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^ok +classic +balance +res\.php action=getbalance json=1 +The account holds/m);
      const entry = JSON.parse(stdout.slice(stdout.indexOf('\n{')));
      const configPath = configWith([entry], onTestFinished);
      const { accounts } = await readConfig({ configPath, env: ENV });
      expect(accounts).toMatchObject([{ id: 'house', baseUrl: url, apiKey: API_KEY }]);
    });
  });

  it('prints one object with --json', async ({ expect }) => {
    await withSandbox({}, async ({ url }) => {
      const { code, stdout } = await probe([url, '--json'], { PROBE_API_KEY: API_KEY });
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        baseUrl: url,
        isUsable: true,
        speaks: ['classic', 'json'],
        stopped: null,
        findings: expect.arrayContaining([
          { wire: 'json', about: 'balance', asked: 'getBalance', verdict: 'ok', says: expect.any(String) },
        ]),
        entry: { id: 'house', apiKey: `\${HOUSE_KEY}` },
      });
    });
  });

  it('probes a provider of the config on its own wire, and buys with its pace', async ({
    expect,
    onTestFinished,
  }) => {
    await withSandbox({ script: { solve: { default: { fixedMs: 5 } } } }, async (sandbox) => {
      const timing = { firstPollMs: 10, pollEveryMs: 10 };
      const entry = { id: 'my-house', use: 'classic', baseUrl: sandbox.url, apiKey: API_KEY, timing };
      const config = configWith([entry], onTestFinished);
      const args = ['my-house', '--config', config, '--kinds', 'turnstile', '--solve', '--json'];
      const { code, stdout } = await probe(args);
      expect(code).toBe(0);
      expect(JSON.parse(stdout).entry).toMatchObject({
        id: 'my-house',
        use: 'classic',
        apiKey: `\${MY_HOUSE_KEY}`,
        kinds: ['turnstile'],
      });
      expect(sandbox.stats().accepted).toBe(1);
    });
  });

  it('exits with 1 for a dead port and for a page of HTML', async ({ expect }) => {
    const dead = await probe([await deadUrl(), ...KEY]);
    expect(dead.code).toBe(1);
    expect(dead.stdout).toContain('It speaks neither wire.');
    await withService(
      () => ({ status: 404, body: '<html></html>' }),
      async (url) => {
        expect((await probe([url, ...KEY, '--json'])).code).toBe(1);
      },
    );
  });
});

describe('wrong usage', () => {
  /** In this process, because there are many ways to be wrong. */
  async function refusal(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
    for (const name of ['HOUSE_KEY', 'PROBE_API_KEY']) vi.stubEnv(name, env[name]);
    const stdout = vi.spyOn(process.stdout, 'write');
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(await command.run(args)).toBe(2);
    expect(stdout).not.toHaveBeenCalled();
    return stderr.mock.calls.map(([text]) => String(text)).join('');
  }
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it.each<readonly [string, readonly string[], Readonly<Record<string, string>>]>([
    ['Name one service', [], ENV],
    ['Name one service', ['http://127.0.0.1:9', 'http://127.0.0.1:9', ...KEY], ENV],
    ['The key is missing', ['http://127.0.0.1:9'], {}],
    ['The environment variable HOUSE_KEY is not set', ['http://127.0.0.1:9', ...KEY], {}],
    ['The key must be printable', ['http://127.0.0.1:9', '--api-key', `${API_KEY} `], {}],
    ['must be https', ['http://solver.example.net', ...KEY], ENV],
    ['must not hold credentials', [`http://user:${API_KEY}@127.0.0.1:9`, ...KEY], ENV],
    ['There is no kind hcapcha', ['http://127.0.0.1:9', ...KEY, '--kinds', 'turnstile,hcapcha'], ENV],
    ['name them with --kinds', ['http://127.0.0.1:9', ...KEY, '--solve'], ENV],
    ["Unknown option '--key'", ['http://127.0.0.1:9', `--key=${API_KEY}`], ENV],
    ['--config goes with', ['http://127.0.0.1:9', ...KEY, '--config', 'config.json'], ENV],
    ['--api-key goes with', ['house', ...KEY], ENV],
  ])('exits with 2: %s', async (message, args, env) => {
    const told = await refusal(args, env);
    expect(told).toContain(message);
    expect(told).toContain('Usage: captcha-gateway probe');
    expect(told).not.toContain(API_KEY);
  });

  it('exits with 2 without a config', async () => {
    const told = await refusal(['house', '--config', '/nowhere/config.json'], ENV);
    expect(told).toContain('/nowhere/config.json cannot be read');
  });

  it('names the providers there are', async ({ onTestFinished }) => {
    const config = configWith([{ id: 'other', use: '2captcha', apiKey: API_KEY }], onTestFinished);
    const told = await refusal(['house', '--config', config], ENV);
    expect(told).toContain('The config has no provider house, but other');
  });
});

describe.concurrent('the key', () => {
  const ECHOES: readonly ((sent: string, key: string) => string)[] = [
    (sent) => JSON.stringify({ status: 0, request: sent, errorId: 1, errorCode: sent }),
    (_sent, key) => JSON.stringify({ status: 0, request: key, errorId: 1, errorCode: key }),
    (_sent, key) => `ERROR_${key}`,
    (sent) => sent,
  ];

  it.each(['0123456789abcdef0123456789abcdef', 'UPPER_CASE_LIKE_A_CODE', 'SHORT', 'with%signs&"quotes"'])(
    '%s is never printed, however it comes back',
    async (apiKey) => {
      let calls = 0;
      await withService(
        ({ query, body }) => {
          const echo = ECHOES[calls++ % ECHOES.length];
          return { body: echo?.(`${query} ${body}`, apiKey) ?? '' };
        },
        async (url) => {
          const { stdout, stderr } = await probe([url, '--api-key', apiKey]);
          expect(calls).toBeGreaterThan(20);
          for (const text of [apiKey, encodeURIComponent(apiKey), JSON.stringify(apiKey).slice(1, -1)]) {
            expect(stdout + stderr).not.toContain(text);
          }
        },
      );
    },
  );
});

describe('the README', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, line = ''] = /^captcha-gateway (probe .+)$/m.exec(readme) ?? [];

  it('shows a command that works', async () => {
    expect(line).toMatch(/^probe https:\/\/solver\.example\.net /);
    await withSandbox({}, async ({ url }) => {
      const args = line.replace('https://solver.example.net', url).replaceAll("'", '').split(' ');
      const { code, stdout } = await runCommand(args, ENV);
      expect(code).toBe(0);
      expect(stdout).toContain(`"apiKey": "\${HOUSE_KEY}"`);
    });
  });
});
