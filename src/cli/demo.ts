import { parseArgs } from 'node:util';
import { runDemo } from '../demo/demo.js';
import type { Command } from '../main.js';
import { isColoured } from '../terminal/text.js';

/** The whole gateway on this machine, against sandbox services that fail on purpose; nothing is asked outside. */
export default {
  summary: 'watch the gateway fail over between sandbox services',
  usage: 'demo [--once] [--port N]',
  async run(args) {
    const options = {
      once: { type: 'boolean', default: false },
      port: { type: 'string', default: '0' },
    } as const;
    const { values } = parseArgs({ args: [...args], options });
    return await runDemo({
      isOnce: values.once,
      port: Number(values.port),
      stop: stopSignal(),
      write: (text) => void process.stdout.write(text),
      isColoured: isColoured(process.stdout),
    });
  },
} satisfies Command;

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
