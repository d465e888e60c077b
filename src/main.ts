#!/usr/bin/env node
/** The command line: finds the command by its file name and runs it. */
import { loadFolder } from './registry.js';

export interface Command {
  /** One line for `--help`. */
  readonly summary: string;
  readonly usage: string;
  /** Resolves with the exit code; a command that serves resolves when it has stopped. */
  run(args: readonly string[]): Promise<number>;
}

async function main([name, ...args]: readonly string[]): Promise<number> {
  const commands = await loadFolder<Command>(new URL('./cli/', import.meta.url));
  const command = commands.get(name ?? '');
  if (!command) {
    const isAsked = name === undefined || name === '--help' || name === '-h' || name === 'help';
    (isAsked ? process.stdout : process.stderr).write(usage(commands, isAsked ? undefined : name));
    return isAsked && name !== undefined ? 0 : 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${command.summary}\n\nUsage: captcha-gateway ${command.usage}\n`);
    return 0;
  }
  return await command.run(args);
}

function usage(commands: ReadonlyMap<string, Command>, unknown: string | undefined): string {
  const lines = [...commands].map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  const problem = unknown === undefined ? '' : `There is no command ${JSON.stringify(unknown)}.\n\n`;
  return `${problem}Usage: captcha-gateway <command> [options]\n\n${lines.join('\n')}\n`;
}

main(process.argv.slice(2)).then(
  // A connection that is still being opened would keep the process for seconds.
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`captcha-gateway: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
