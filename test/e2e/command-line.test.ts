/** The command line as a whole: help, versions, faults as text and as JSON, and silence where nobody reads. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openSandbox } from '../../src/app.js';
import { CLIENT_KEY, configFor, writeConfig } from '../support/gateway-in-process.js';
import { runCommand } from '../support/gateway-process.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const COMMANDS = readdirSync(new URL('../../src/cli/', import.meta.url)).map((file) => file.slice(0, -3));
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const ESCAPE = '\u001b';

describe('help', () => {
  it('lists every command', async () => {
    const asked = await Promise.all([['--help'], ['help'], ['-h']].map((args) => runCommand(args)));
    for (const { code, stdout, stderr } of asked) {
      expect([code, stderr]).toEqual([0, '']);
      const listed = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
      expect(listed.sort()).toEqual([...COMMANDS].sort());
    }
  });

  it('explains one command, however it is asked', async () => {
    const asked = [
      ['help', 'hold'],
      ['hold', '--help'],
      ['hold', 'captchaai', '-h'],
      ['--help', 'hold'],
    ];
    const [first, ...rest] = await Promise.all(asked.map((args) => runCommand(args)));
    expect(first?.code).toBe(0);
    expect(first?.stdout).toMatch(
      /^Keep new tasks from a provider\.\n\nUsage: captcha-gateway hold PROVIDER /,
    );
    expect(first?.stdout).toMatch(/^ {2}--reason TEXT +why/m);
    expect(first?.stdout).toMatch(/^Examples:\n {2}captcha-gateway hold captchaai/m);
    expect(first?.stdout).toMatch(/^Exit codes:\n {2}0 +done\n {2}1 .*\n {2}2 /m);
    for (const other of rest) expect(other).toEqual(first);
  });

  it('is a value for programs', async () => {
    const one = JSON.parse((await runCommand(['status', '--help', '--json'])).stdout);
    expect(one).toMatchObject({ options: { url: { type: 'string', help: expect.any(String) } } });
    const all = JSON.parse((await runCommand(['--help', '--json'])).stdout);
    expect(Object.keys(all.commands).sort()).toEqual([...COMMANDS].sort());
  });
});

describe('the version', () => {
  it('is that of the package', async () => {
    expect(await runCommand(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
    const { stdout } = await runCommand(['--version', '--json']);
    expect(JSON.parse(stdout)).toEqual({ version });
  });
});

describe('what is asked wrongly', () => {
  it.each([
    [['stauts'], 'There is no command "stauts"; did you mean status?'],
    [['help', 'seve'], 'There is no command "seve"; did you mean serve?'],
    [['qqqqqqqq'], 'the commands are admit'],
    [['hold', 'x', '--reson', 'y'], "Unknown option '--reson'; did you mean --reason?"],
  ] as const)('%j', async (args, words) => {
    const text = await runCommand(args);
    expect([text.code, text.stdout]).toEqual([2, '']);
    expect(text.stderr).toContain(words);
    const json = await runCommand([...args.slice(0, 1), '--json', ...args.slice(1)]);
    expect([json.code, json.stdout]).toEqual([2, '']);
    expect(json.stderr.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(json.stderr).error).toContain(words);
  });

  it('says how to ask, in JSON too', async () => {
    expect((await runCommand(['key'])).stderr).toContain('\n\nUsage: captcha-gateway key new');
    const { stderr } = await runCommand(['key', '--json']);
    expect(JSON.parse(stderr).usage).toMatch(/^captcha-gateway key new/);
  });

  it('names every fault of a config in JSON', async ({ onTestFinished }) => {
    const folder = writeConfig({ clients: [], providers: [] });
    onTestFinished(() => folder.remove());
    const { code, stderr } = await runCommand(['serve', '--json', '--config', folder.configPath]);
    expect(code).toBe(2);
    expect(JSON.parse(stderr).issues).toMatchObject([{ path: 'clients' }, { path: 'providers' }]);
  });

  it('a refusal in JSON ends with 1', async () => {
    const { code, stdout, stderr } = await runCommand(['status', '--json', '--url', 'http://127.0.0.1:1']);
    expect([code, stdout]).toEqual([1, '']);
    expect(JSON.parse(stderr)).toEqual({ error: expect.stringContaining('No gateway answers at') });
  });

  it('without any command, the list is shown', async () => {
    const { code, stdout } = await runCommand([]);
    expect(code).toBe(2);
    expect(stdout).toContain('Usage: captcha-gateway COMMAND');
  });
});

describe('commands that say something', () => {
  it('key new, in JSON', async () => {
    const { key, hash } = JSON.parse((await runCommand(['key', 'new', '--json'])).stdout);
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('serve --json logs JSON lines', async ({ onTestFinished }) => {
    const sandbox = await openSandbox({});
    onTestFinished(() => sandbox.close());
    const folder = writeConfig(configFor([{ url: sandbox.url }]));
    onTestFinished(() => folder.remove());
    const child = spawn(process.execPath, [MAIN, 'serve', '--json', '--config', folder.configPath]);
    const [line] = await once(child.stdout, 'data');
    expect(JSON.parse(String(line))).toMatchObject({ event: 'listening' });
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  it('sandbox --json says its address in one line', async () => {
    const child = spawn(process.execPath, [MAIN, 'sandbox', '--json', '--key', CLIENT_KEY]);
    const [line] = await once(child.stdout, 'data');
    const { url, port } = JSON.parse(String(line));
    expect(url).toBe(`http://127.0.0.1:${port}`);
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});

it('key hash hashes what stands on its standard input, and nothing else', async () => {
  const hash = async (input: string) => {
    const child = spawn(process.execPath, [MAIN, 'key', 'hash']);
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stdin.end(input);
    const [code] = await once(child, 'close');
    return [code, stdout];
  };
  const sha256 = createHash('sha256').update('a-key').digest('hex');
  expect(await hash('a-key\n')).toEqual([0, `sha256:${sha256}\n`]);
  expect(await hash('\n')).toEqual([2, '']);
});

describe('nobody reads on', () => {
  it.each([
    ['config', 'schema'],
    // Goes on after its first line, so that it lives to hear of it.
    ['sandbox', '--json'],
  ])('%s %s ends quietly', async (...args) => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(stderr).toBe('');
  });

  it.each(['status', 'check'])(
    '%s --help has no colours on a pipe, even where colours are forced',
    async (name) => {
      const { stdout } = await runCommand([name, '--help'], { FORCE_COLOR: '1' });
      expect(stdout).not.toContain(ESCAPE);
    },
  );
});
