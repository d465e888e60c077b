import { parseArgs } from 'node:util';
import { runOperator } from '../app/operator-client.js';
import { portOf } from '../app/port.js';
import { runDemo } from '../demo/demo.js';
import type { Command } from '../main.js';
import { type OptionTable, usageOf } from '../terminal/help.js';
import { isColoured } from '../terminal/text.js';

const OPTIONS = {
  once: { type: 'boolean', default: false, help: 'end after the table instead of serving on' },
  port: { type: 'string', value: 'N', default: '0', help: "the gateway's port; 0 takes a free one" },
  json: { type: 'boolean', default: false, help: 'JSON lines: one for each captcha, then the sum' },
} as const satisfies OptionTable;

const USAGE = usageOf('demo', OPTIONS);

/** The whole gateway on this machine, against sandbox services that fail on purpose; nothing is asked outside. */
export default {
  summary: 'watch the gateway fail over between sandbox services',
  usage: USAGE,
  options: OPTIONS,
  examples: ['demo', 'demo --once --json'],
  exits: [
    [0, 'every captcha was solved, none bought twice, no rule broken; or you ended it'],
    [1, 'not so'],
    [2, 'asked wrongly'],
  ],
  run: (args) => runOperator(USAGE, () => run(args), args),
} satisfies Command;

async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  return await runDemo({
    isOnce: values.once,
    port: portOf(values.port),
    stop: stopSignal(),
    write: (text) => void process.stdout.write(text),
    isColoured: isColoured(process.stdout),
    isJson: values.json,
  });
}

/** `timeout` and npm pass on a signal that has reached the whole group already: the same Ctrl-C comes twice. */
const SAME_SIGNAL_MS = 1_000;

/** Aborts on Ctrl-C, SIGTERM, and when nobody reads the output any more; a later signal ends the process at once. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  process.stdout.on('error', () => stop.abort());
  let stoppedAt: number | undefined;
  const onSignal = () => {
    stoppedAt ??= Date.now();
    if (Date.now() - stoppedAt > SAME_SIGNAL_MS) process.exit(1);
    stop.abort();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
  return stop.signal;
}
