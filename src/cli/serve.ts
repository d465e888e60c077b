import { parseArgs } from 'node:util';
import { ConfigError, startGateway } from '../app.js';
import type { Command } from '../main.js';

/** How soon a new config is noticed. */
const WATCH_EVERY_MS = 500;

/** Serves until SIGTERM or SIGINT, reads the config again on SIGHUP and when it changes; then closes in order; a second signal ends it at once. */
export default {
  summary: 'serve the gateway described by a config file',
  usage: 'serve --config FILE',
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { config: { type: 'string', default: 'config.json' } },
    });
    try {
      const started = startGateway({
        configPath: values.config,
        env: process.env,
        watchEveryMs: WATCH_EVERY_MS,
      });
      // Also while it starts: without a listener the signal ends the process.
      process.on(
        'SIGHUP',
        () =>
          void started.then(
            (gateway) => gateway.reload('signal'),
            () => {},
          ),
      );
      const gateway = await started;
      await signalled();
      await gateway.close();
      return 0;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      process.stderr.write(`${error.message}\n`);
      return 2;
    }
  },
} satisfies Command;

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
