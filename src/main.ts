#!/usr/bin/env node
/** The command line: finds the command by its file name and runs it. */
import { isJsonAsked, tellFault, UsageError } from './app/command-faults.js';
import { packageVersion } from './app/version.js';
import { suggest } from './config/suggest.js';
import { findFolder, loadFolder } from './registry.js';
import { type Help, helpText, helpValue, overviewText } from './terminal/help.js';

/** One file of `cli/`: how it explains itself, and what it does. */
export interface Command extends Help {
  /** Resolves with the exit code; a command that serves resolves when it has stopped. */
  run(args: readonly string[]): Promise<number>;
}

/** Each is loaded when it is wanted: most need a part of the program only. */
type Commands = ReadonlyMap<string, () => Promise<Command>>;

const CLI = new URL('./cli/', import.meta.url);
const USAGE = 'COMMAND [options]';

async function main(args: readonly string[]): Promise<number> {
  const commands = await findFolder<Command>(CLI);
  const [name, ...rest] = args;
  let usage = USAGE;
  try {
    if (name === '--version' || name === '-v') return sayVersion(rest);
    if (name === undefined) return await sayHelp(commands, [], 2);
    if (name === '--help' || name === '-h' || name === 'help') return await sayHelp(commands, rest, 0);
    const command = await commandOf(commands, name);
    usage = command.usage;
    if (rest.includes('--help') || rest.includes('-h')) return await sayHelp(commands, [name, ...rest], 0);
    return await command.run(rest);
  } catch (error) {
    const { code, text } = tellFault(error, { usage, args });
    process.stderr.write(text);
    return code;
  }
}

/** @throws UsageError with the command that was meant. */
async function commandOf(commands: Commands, name: string): Promise<Command> {
  const load = commands.get(name);
  if (load) return await load();
  const meant = suggest(name, [...commands.keys()]);
  const hint =
    meant === undefined ? `the commands are ${[...commands.keys()].join(', ')}` : `did you mean ${meant}?`;
  throw new UsageError(`There is no command ${JSON.stringify(name)}; ${hint}`);
}

/** Of one command where one is named, otherwise of all. */
async function sayHelp(commands: Commands, args: readonly string[], code: number): Promise<number> {
  const name = args.find((each) => !each.startsWith('-'));
  if (name === undefined) sayOverview(await loadFolder<Command>(CLI), args);
  else {
    const command = await commandOf(commands, name);
    if (isJsonAsked(args)) say(JSON.stringify(helpValue(command)));
    else process.stdout.write(helpText(command));
  }
  return code;
}

function sayOverview(commands: ReadonlyMap<string, Command>, args: readonly string[]): void {
  if (isJsonAsked(args)) say(JSON.stringify(overviewValue(commands)));
  else process.stdout.write(overviewText(commands));
}

function overviewValue(commands: ReadonlyMap<string, Command>): object {
  return { commands: Object.fromEntries([...commands].map(([name, help]) => [name, helpValue(help)])) };
}

function sayVersion(args: readonly string[]): number {
  const version = packageVersion();
  say(isJsonAsked(args) ? JSON.stringify({ version }) : version);
  return 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Nobody reads on, as with `| head`: that is no fault. A command that has something to put away listens itself. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (process.stdout.listenerCount('error') > 1) return;
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

main(process.argv.slice(2)).then(
  // A connection that is still being opened would keep the process for seconds.
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`captcha-gateway: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
