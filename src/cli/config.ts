import { parseArgs } from 'node:util';
import { runOperator, UsageError } from '../app/operator-client.js';
import { readConfig } from '../app/read-config.js';
import { ConfigError } from '../config/config-error.js';
import { jsonSchema } from '../config/outline.js';
import type { Command } from '../main.js';
import type { OptionTable } from '../terminal/help.js';

const OPTIONS = {
  config: { type: 'string', value: 'FILE', help: 'what to check (config.json)' },
  json: { type: 'boolean', default: false, help: 'one JSON object; the schema always is one' },
} as const satisfies OptionTable;

const USAGE = 'config check [--config FILE] [--json] | config schema [--json]';

/** `check` reports every fault of a config file at once; `schema` prints the JSON Schema for editors. */
export default {
  summary: 'check a config file, or print its JSON Schema',
  usage: USAGE,
  options: OPTIONS,
  notes: 'check names every fault at once: its place, what was expected, and what you may have meant.',
  examples: ['config check --config config.json', 'config schema > config.schema.json'],
  exits: [
    [0, 'the config can be used'],
    [2, 'it has faults, or asked wrongly'],
  ],
  run: (args) => runOperator(USAGE, () => run(args), args),
} satisfies Command;

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [verb, ...rest] = positionals;
  if ((verb !== 'check' && verb !== 'schema') || rest.length > 0) throw new UsageError('Say check or schema');
  if (verb === 'check') return await check(values.config ?? 'config.json', values.json);
  if (values.config !== undefined)
    throw new UsageError('The schema is that of any config: leave --config out');
  process.stdout.write(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
  return 0;
}

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
