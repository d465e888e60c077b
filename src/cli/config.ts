import { parseArgs } from 'node:util';
import { ConfigError, jsonSchema, readConfig } from '../app.js';
import type { Command } from '../main.js';

/** `check` reports every fault of a config file at once; `schema` prints the JSON Schema for editors. */
export default {
  summary: 'check a config file, or print its JSON Schema',
  usage: 'config check [--config FILE] [--json] | config schema',
  async run(args) {
    const options = {
      config: { type: 'string', default: 'config.json' },
      json: { type: 'boolean', default: false },
    } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (positionals[0] === 'schema') {
      process.stdout.write(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
      return 0;
    }
    if (positionals[0] !== 'check') {
      process.stderr.write('Usage: captcha-gateway config check [--config FILE] [--json] | config schema\n');
      return 2;
    }
    return await check(values.config, values.json);
  },
} satisfies Command;

async function check(configPath: string, asJson: boolean): Promise<number> {
  try {
    const { accounts, clients } = await readConfig({ configPath, env: process.env });
    const found = { ok: true, providers: accounts.map(({ id }) => id), clients: clients.map(({ id }) => id) };
    const text = `${configPath} is valid: providers ${found.providers.join(', ')}; clients ${found.clients.join(', ')}`;
    process.stdout.write(`${asJson ? JSON.stringify(found) : text}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stdout.write(
      asJson ? `${JSON.stringify({ ok: false, issues: error.issues })}\n` : `${error.message}\n`,
    );
    return 2;
  }
}
