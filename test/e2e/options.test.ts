/** What each command takes is what its help shows: both come from one table, and this would notice if they did not. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Command } from '../../src/main.js';
import { loadFolder } from '../../src/registry.js';
import { helpText, type Option } from '../../src/terminal/help.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const commands = await loadFolder<Command>(new URL('../../src/cli/', import.meta.url));

/** The options of a command's table; of its usage where it has no table. */
function optionsOf({ options, usage }: Command): Readonly<Record<string, Option['type']>> {
  if (options) return Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, type]));
  const written = [...usage.matchAll(/--([a-z-]+)(?: ([A-Z$]+))?/g)];
  return Object.fromEntries(written.map(([, name, value]) => [name, value ? 'string' : 'boolean']));
}

/** What the command says about an argument list that ends with an option that nobody has. */
async function faultOf(command: Command, args: readonly string[]): Promise<string> {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(await command.run([...args, '--nobody-has-this'])).toBe(2);
  return stderr.mock.calls.map(([text]) => String(text)).join('');
}

const everyName = new Set([...commands.values()].flatMap((command) => Object.keys(optionsOf(command))));

afterEach(() => {
  vi.restoreAllMocks();
});

describe('what is asked wrongly', () => {
  it.each([
    [['status', '--jsno'], "Unknown option '--jsno'; did you mean --json?"],
    [['serve', 'config.json'], "Unexpected argument 'config.json'"],
    [['status', '--url'], "Option '--url <value>' argument missing"],
    [['demo', '--port', 'http'], '--port must be a number from 0 to 65535'],
    [['sandbox', '--port', '70000'], '--port must be a number from 0 to 65535'],
    [['sandbox', '--script', '/nowhere.json'], 'The script /nowhere.json'],
    [['sandbox', '--script', 'package.json'], 'The script package.json'],
    [['key', 'make'], 'Say new or hash'],
    [['key', 'new', '--kind', 'x'], "Unknown option '--kind'"],
    [['config', 'schema', '--config', 'x'], 'leave --config out'],
    [['config'], 'Say check or schema'],
    [['serve', '--config', '/nowhere.json'], '/nowhere.json cannot be read'],
  ] as const)('%j ends with 2, and says so as text and as JSON', async ([name, ...args], words) => {
    const said: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    const stdout = vi.spyOn(process.stdout, 'write');
    expect(await commands.get(name)?.run(args)).toBe(2);
    expect(await commands.get(name)?.run(['--json', ...args])).toBe(2);
    expect(said).toHaveLength(2);
    expect(said[0]).toContain(words);
    expect(JSON.parse(said[1] ?? '').error).toContain(words);
    expect(stdout).not.toHaveBeenCalled();
  });
});

describe.each([...commands])('%s', (name, command) => {
  const own = Object.entries(optionsOf(command));

  it.each(own)('takes the option --%s that its help shows', async (option, type) => {
    const told = await faultOf(command, type === 'string' ? [`--${option}=1`] : [`--${option}`]);
    expect(told).toContain("Unknown option '--nobody-has-this'");
    expect(helpText(command)).toMatch(new RegExp(`--${option}\\b`));
    expect(command.usage).toMatch(new RegExp(`--${option}\\b`));
  });

  it('takes none that its help does not show', async () => {
    const names = own.map(([name]) => name);
    for (const name of [...everyName].filter((each) => !names.includes(each))) {
      expect(await faultOf(command, [`--${name}`])).toContain(`Unknown option '--${name}'`);
      vi.restoreAllMocks();
    }
    const shown = [...helpText(command).matchAll(/^ {2}--([a-z-]+)/gm)].map(([, option]) => option);
    if (command.options) expect(shown.sort()).toEqual([...names, 'help'].sort());
  });

  it('has examples, here and in the README, that it would take', () => {
    const shown = [...readme.matchAll(/^captcha-gateway (.*)$|`captcha-gateway ([^`]*)`/gm)];
    const lines = [...(command.examples ?? []), ...shown.map(([, block, inline]) => block ?? inline ?? '')];
    for (const line of lines.filter((each) => each.split(' ')[0] === name)) {
      const used = [...line.matchAll(/ --([a-z-]+)/g)].map(([, option = '']) => option);
      expect(own.map(([option]) => option)).toEqual(expect.arrayContaining(used));
    }
  });

  it('has a help that fits on a page', () => {
    for (const line of helpText(command).split('\n')) expect(line.length, line).toBeLessThanOrEqual(110);
  });

  it('can answer in JSON', () => {
    expect(own.map(([name]) => name)).toContain('json');
  });
});
