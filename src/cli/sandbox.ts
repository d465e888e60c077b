import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runOperator, UsageError } from '../app/operator-client.js';
import { portOf } from '../app/port.js';
import { openSandbox, parseScript } from '../app.js';
import { SolveError } from '../core/errors.js';
import type { Command } from '../main.js';
import { type OptionTable, usageOf } from '../terminal/help.js';

const OPTIONS = {
  port: { type: 'string', value: 'N', default: '0', help: 'where it listens; 0 takes a free port' },
  host: { type: 'string', value: 'ADDRESS', default: '127.0.0.1', help: 'the address it listens on' },
  script: { type: 'string', value: 'FILE', help: 'JSON: how it behaves' },
  key: { type: 'string', value: 'KEY', multiple: true, help: 'a key it takes; without one it takes any' },
  json: { type: 'boolean', default: false, help: 'its address as one line of JSON, also in a terminal' },
} as const satisfies OptionTable;

const USAGE = usageOf('sandbox', OPTIONS);

/** A solving service on this machine, for your own integration tests; site keys like `sandbox-unsolvable` choose the outcome. */
export default {
  summary: 'run a sandbox solving service that speaks every wire',
  usage: USAGE,
  options: OPTIONS,
  notes:
    'Site keys such as sandbox-unsolvable, sandbox-no-slot or sandbox-slow-3000 choose the outcome.\n' +
    'It serves until SIGTERM or SIGINT; on a pipe its address is one line of JSON.',
  examples: ['sandbox --port 9000', 'sandbox --script outage.json --json'],
  exits: [
    [0, 'stopped'],
    [1, 'the port cannot be had'],
    [2, 'asked wrongly, or the script has faults'],
  ],
  run: (args) => runOperator(USAGE, () => run(args), args),
} satisfies Command;

async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const port = portOf(values.port);
  const script = values.script === undefined ? {} : readScript(values.script);
  const sandbox = await openSandbox({ host: values.host, port, keys: values.key, script });
  // Before its address is known, which may be answered with a signal at once.
  const stop = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  const isForPeople = process.stdout.isTTY && !values.json;
  const told = JSON.stringify({ event: 'listening', url: sandbox.url, port: sandbox.port });
  process.stdout.write(
    isForPeople ? `The sandbox listens on ${sandbox.url}; Ctrl-C ends it.\n` : `${told}\n`,
  );
  await stop;
  await sandbox.close();
  return 0;
}

function readScript(path: string): ReturnType<typeof parseScript> {
  try {
    return parseScript(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const detail = error instanceof SolveError ? error.evidence.detail : undefined;
    throw new UsageError(
      `The script ${path}: ${detail ?? (error instanceof Error ? error.message : 'wrong')}`,
    );
  }
}
