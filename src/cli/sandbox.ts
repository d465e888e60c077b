import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openSandbox, parseScript } from '../app.js';
import type { Command } from '../main.js';

/** A solving service on this machine, for your own integration tests; site keys like `sandbox-unsolvable` choose the outcome. */
export default {
  summary: 'run a sandbox solving service that speaks every wire',
  usage: 'sandbox [--port N] [--host ADDRESS] [--script FILE] [--key KEY …]',
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '0' },
        host: { type: 'string', default: '127.0.0.1' },
        script: { type: 'string' },
        key: { type: 'string', multiple: true },
      },
    });
    const script =
      values.script === undefined ? {} : parseScript(JSON.parse(readFileSync(values.script, 'utf8')));
    const sandbox = await openSandbox({
      host: values.host,
      port: Number(values.port),
      keys: values.key,
      script,
    });
    process.stdout.write(`${JSON.stringify({ event: 'listening', url: sandbox.url, port: sandbox.port })}\n`);
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    });
    await sandbox.close();
    return 0;
  },
} satisfies Command;
