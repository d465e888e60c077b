import { parseArgs } from 'node:util';
import { faultText, logCrash } from '../app/logging.js';
import { ConfigError, startGateway } from '../app.js';
import type { Command } from '../main.js';

/** Serves until SIGTERM or SIGINT, then closes in order; a second signal ends it at once. */
export default {
  summary: 'serve the gateway described by a config file',
  usage: 'serve --config FILE',
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { config: { type: 'string', default: 'config.json' } },
    });
    try {
      const gateway = await startGateway({ configPath: values.config, env: process.env });
      logCrash(gateway.log);
      await signalled();
      await gateway.close();
      return 0;
    } catch (error) {
      if (!(error instanceof ConfigError)) {
        process.stderr.write(`captcha-gateway: ${faultText(error)}\n`);
        return 1;
      }
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
