import { parseArgs } from 'node:util';
import { runOperator, UsageError } from '../app/operator-client.js';
import { loadProviders, readConfig } from '../app/read-config.js';
import { openTransport } from '../app.js';
import { toAccounts } from '../config/accounts.js';
import { baseUrlFault, normalizeBaseUrl } from '../config/base-url.js';
import { configSchema } from '../config/schema.js';
import { systemClock } from '../core/clock.js';
import type { Account } from '../core/provider.js';
import { isKind, type Kind } from '../core/task.js';
import type { Command } from '../main.js';
import { idFor, type Pace, type ProbeOptions, probe, variableFor } from '../probe/probe.js';
import { conclusion, findingLine, HEADING } from '../probe/table.js';
import type { OptionTable } from '../terminal/help.js';

const OPTIONS = {
  'api-key': {
    type: 'string',
    value: 'KEY',
    help: `the key at the service, or \${NAME}, a variable of the environment; absent: PROBE_API_KEY`,
  },
  config: { type: 'string', value: 'FILE', help: 'where PROVIDER is an entry (config.json)' },
  kinds: { type: 'string', value: 'KIND,…', help: 'the kinds to ask about, instead of the common ones' },
  solve: { type: 'boolean', default: false, help: 'buy one task of each of --kinds from a public demo page' },
  json: { type: 'boolean', default: false, help: 'one JSON object instead of a table' },
} as const satisfies OptionTable;

const USAGE =
  'probe URL [--api-key KEY] [--kinds KIND,…] [--solve] [--json] | probe PROVIDER [--config FILE] …';

/** Asks a service what it speaks; 0 when the gateway can use it, 1 when not. Without `--solve` it costs nothing. */
export default {
  summary: 'learn what a compatible service speaks and lacks, and its config entry',
  usage: USAGE,
  options: OPTIONS,
  notes: 'It asks gently: one call at a time, with pauses. Use an account that carries no traffic.',
  examples: [
    `probe https://solver.example.net --api-key '\${HOUSE_KEY}'`,
    'probe house --config config.json --kinds turnstile --solve',
  ],
  exits: [
    [0, 'the gateway can use the service'],
    [1, 'it cannot'],
    [2, 'asked wrongly, or the config has faults'],
  ],
  run: (args) =>
    runOperator(
      USAGE,
      async () => {
        const { values, positionals } = parseArgs({
          args: [...args],
          options: OPTIONS,
          allowPositionals: true,
        });
        return await run(await targetOf(values, positionals), values);
      },
      args,
    ),
} satisfies Command;

interface Values {
  readonly config?: string | undefined;
  readonly 'api-key'?: string | undefined;
  readonly kinds?: string | undefined;
  readonly solve: boolean;
  readonly json: boolean;
}

type Target = Pick<ProbeOptions, 'accounts' | 'variable' | 'kinds' | 'prefers'>;

const LIMIT_MS = 10 * 60_000;
/** The longest that any kind takes. */
const SOLVE_LIMIT_MS = 10 * 60_000;

/** Public services ban accounts that ask for their balance more often than once a minute. */
function paceOf({ isPublic }: Account): Pace {
  const answerWithinMs = 15_000;
  if (isPublic) return { pauseMs: 1_500, balanceEveryMs: 60_000, answerWithinMs };
  return { pauseMs: 20, balanceEveryMs: 0, answerWithinMs };
}

async function run(target: Target, { json, solve }: Values): Promise<number> {
  const { classic } = target.accounts;
  const kinds = target.kinds?.length ?? 0;
  if (solve && kinds === 0)
    throw new UsageError('--solve buys one task of each kind: name them with --kinds');
  const write = (line: string) => void process.stdout.write(`${line}\n`);
  const transport = openTransport();
  if (!json) write(`${classic.baseUrl}\n\n${HEADING}`);
  try {
    const report = await probe({
      ...target,
      transport,
      clock: systemClock,
      pace: paceOf(classic),
      signal: AbortSignal.timeout(LIMIT_MS + (solve ? kinds * SOLVE_LIMIT_MS : 0)),
      isSolving: solve,
      onFinding: (finding) => json || write(findingLine(finding)),
    });
    write(json ? JSON.stringify({ baseUrl: classic.baseUrl, ...report }) : `\n${conclusion(report)}`);
    return report.isUsable ? 0 : 1;
  } finally {
    await transport.close();
  }
}

async function targetOf(values: Values, positionals: readonly string[]): Promise<Target> {
  const [target, ...rest] = positionals;
  if (target === undefined || rest.length > 0)
    throw new UsageError('Name one service: its URL, or its id in the config');
  const kinds = values.kinds === undefined ? undefined : kindsOf(values.kinds);
  const found = target.includes('://') ? await fromUrl(target, values) : await fromConfig(target, values);
  return { ...found, kinds };
}

function kindsOf(written: string): readonly Kind[] {
  const names = [...new Set(written.split(',').map((name) => name.trim()))].filter(Boolean);
  const unknown = names.filter((name) => !isKind(name));
  if (unknown.length > 0) throw new UsageError(`There is no kind ${unknown.join(', ')}`);
  return names.filter(isKind);
}

async function fromUrl(url: string, { config, 'api-key': written }: Values): Promise<Target> {
  if (config !== undefined) throw new UsageError('--config goes with the id of a provider, not with a URL');
  const fault = baseUrlFault(url);
  if (fault) throw new UsageError(`The URL ${fault}`);
  const baseUrl = normalizeBaseUrl(url);
  const id = idFor(baseUrl);
  const [, named] = /^\$\{([A-Za-z_]\w*)\}$/.exec(written ?? '') ?? [];
  const apiKey = named === undefined ? (written ?? process.env.PROBE_API_KEY) : process.env[named];
  if (named !== undefined && !apiKey) throw new UsageError(`The environment variable ${named} is not set`);
  if (!apiKey) throw new UsageError('The key is missing: --api-key, or PROBE_API_KEY in the environment');
  if (!/^[!-~]+$/.test(apiKey)) throw new UsageError('The key must be printable characters without spaces');
  return { accounts: await accountsAt({ id, baseUrl, apiKey }), variable: named ?? variableFor(id) };
}

async function fromConfig(id: string, { config, 'api-key': key }: Values): Promise<Target> {
  if (key !== undefined)
    throw new UsageError('--api-key goes with a URL; a provider has its key in the config');
  const loaded = await readConfig({ configPath: config ?? 'config.json', env: process.env });
  const account = loaded.accounts.find((each) => each.id === id);
  if (!account)
    throw new UsageError(
      `The config has no provider ${id}, but ${loaded.accounts.map((each) => each.id).join(', ')}`,
    );
  const { wire: prefers, title } = account.provider;
  if (prefers !== 'classic' && prefers !== 'json')
    throw new UsageError(`${title} has a wire of its own, which nothing is compatible with`);
  const accounts = { ...(await accountsAt(account)), [prefers]: account };
  return { accounts, prefers, variable: variableFor(account.id) };
}

/** The account on either wire, as an entry that uses `classic` or `json` would be. */
async function accountsAt({ id, baseUrl, apiKey }: Pick<Account, 'id' | 'baseUrl' | 'apiKey'>) {
  const entry = { id, baseUrl, apiKey };
  const config = configSchema.parse({
    clients: [{ id: 'probe', key: 'probe' }],
    providers: [
      { ...entry, use: 'classic' },
      { ...entry, use: 'json' },
    ],
  });
  const [classic, json] = toAccounts(config, await loadProviders());
  if (!classic || !json) throw new TypeError('an entry became no account');
  return { classic, json };
}
