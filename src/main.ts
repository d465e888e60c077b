#!/usr/bin/env node
import { isJsonAsked, tellFault, UsageError } from './app/command-faults.js';
/** The command line: finds the command by its file name and runs it. */
import { packageVersion } from './app.js';
import { suggest } from './config/suggest.js';
import { loadFolder } from './registry.js';
import { type Help, helpText, helpValue, overviewText } from './terminal/help.js';

/** One file of `cli/`: how it explains itself, and what it does. */
export interface Command extends Help {
  /** Resolves with the exit code; a command that serves resolves when it has stopped. */
  run(args: readonly string[]): Promise<number>;
}

type Commands = ReadonlyMap<string, Command>;

const USAGE = 'COMMAND [options]';

async function main(args: readonly string[]): Promise<number> {
  const commands = await loadFolder<Command>(new URL('./cli/', import.meta.url));
  const [name, ...rest] = args;
  try {
    if (name === '--version' || name === '-v') return sayVersion(rest);
    if (name === undefined) return sayHelp(commands, [], 2);
    if (name === '--help' || name === '-h' || name === 'help') return sayHelp(commands, rest, 0);
    const command = commandOf(commands, name);
    if (rest.includes('--help') || rest.includes('-h')) return sayHelp(commands, [name, ...rest], 0);
    return await command.run(rest);
  } catch (error) {
    const { code, text } = tellFault(error, { usage: commands.get(name ?? '')?.usage ?? USAGE, args });
    process.stderr.write(text);
    return code;
  }
}

/** @throws UsageError with the command that was meant. */
function commandOf(commands: Commands, name: string): Command {
  const command = commands.get(name);
  if (command) return command;
  const meant = suggest(name, [...commands.keys()]);
  const hint =
    meant === undefined ? `the commands are ${[...commands.keys()].join(', ')}` : `did you mean ${meant}?`;
  throw new UsageError(`There is no command ${JSON.stringify(name)}; ${hint}`);
}

/** Of one command where one is named, otherwise of all. */
function sayHelp(commands: Commands, args: readonly string[], code: number): number {
  const name = args.find((each) => !each.startsWith('-'));
  const command = name === undefined ? undefined : commandOf(commands, name);
  if (isJsonAsked(args)) say(JSON.stringify(command ? helpValue(command) : overviewValue(commands)));
  else process.stdout.write(command ? helpText(command) : overviewText(commands));
  return code;
}

function overviewValue(commands: Commands): object {
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
