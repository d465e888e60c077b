import { parseArgs } from 'node:util';
import { logCrash } from '../app/logging.js';
import { runOperator } from '../app/operator-client.js';
import { startGateway } from '../app.js';
import type { Command } from '../main.js';
import { type OptionTable, usageOf } from '../terminal/help.js';

const OPTIONS = {
  config: { type: 'string', value: 'FILE', default: 'config.json', help: 'what to serve' },
  json: { type: 'boolean', default: false, help: 'the log as JSON lines, also in a terminal' },
} as const satisfies OptionTable;

const USAGE = usageOf('serve', OPTIONS);

/** How soon a new config is noticed. */
const WATCH_EVERY_MS = 500;

/** Serves until SIGTERM or SIGINT, reads the config again on SIGHUP and when it changes; then closes in order; a second signal ends it at once. */
export default {
  summary: 'serve the gateway described by a config file',
  usage: USAGE,
  options: OPTIONS,
  notes:
    'It serves until SIGTERM or SIGINT; SIGHUP, or a change of its files, has it read the config again.\nIts first log line names the address.',
  examples: ['serve --config config.json'],
  exits: [
    [0, 'stopped in order'],
    [1, 'the ledger or a port cannot be had, or stopped by a second signal'],
    [2, 'asked wrongly, or the config has faults'],
  ],
  run: (args) => runOperator(USAGE, () => serve(args), args),
} satisfies Command;

async function serve(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  // Whoever reads the log may leave; the clients stay.
  process.stdout.on('error', () => {});
  // Before the start: the line that names the address may be answered with a signal at once.
  const stop = signalled();
  const started = startGateway({
    configPath: values.config,
    env: process.env,
    logFormat: values.json ? 'json' : undefined,
    watchEveryMs: WATCH_EVERY_MS,
  });
  // Also while it starts: without a listener the signal ends the process.
  process.on('SIGHUP', () => {
    void started.then(
      (gateway) => gateway.reload('signal'),
      () => {},
    );
  });
  const gateway = await started;
  logCrash(gateway.log);
  await stop;
  await gateway.close();
  return 0;
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve();
      });
    }
  });
}
