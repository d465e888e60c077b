import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type CheckPlace, openCheckPlace } from '../app/check-place.js';
import {
  askAt,
  findGateway,
  OPERATOR_OPTIONS,
  Refused,
  runOperator,
  UsageError,
} from '../app/operator-client.js';
import { openSolvingClient } from '../app/solving-client.js';
import { type Fixture, parseFixtures } from '../check/fixture.js';
import { type Candidate, costText, type Plan, planChecks } from '../check/plan.js';
import { type Result, runChecks, type Tools } from '../check/run.js';
import { STARTER_FIXTURES } from '../check/starter.js';
import { isGood, progressLines, reportText, sums } from '../check/table.js';
import { didYouMean } from '../config/faults.js';
import { isKind, KIND_NAMES, type Kind } from '../core/task.js';
import type { Command } from '../main.js';
import { isAgreed } from '../terminal/ask.js';
import { type OptionTable, usageOf } from '../terminal/help.js';
import { openLive } from '../terminal/live.js';
import { isColoured, isLive, painter } from '../terminal/text.js';

const OPTIONS = {
  providers: { type: 'string', value: 'ID,…', help: 'whom to check, instead of all' },
  kinds: { type: 'string', value: 'KIND,…', help: 'what to check, instead of every kind' },
  fixtures: { type: 'string', value: 'FILE', help: 'your own fixtures, instead of those that come along' },
  repeat: { type: 'string', value: 'N', default: '1', help: 'how often each is asked' },
  'max-usd': { type: 'string', value: 'X', help: 'buy no more than this together' },
  'client-key': {
    type: 'string',
    value: 'KEY',
    help: 'whose key buys where a gateway runs; absent: GATEWAY_CLIENT_KEY, or one of the config',
  },
  yes: { type: 'boolean', default: false, help: 'buy without asking, as in CI' },
  ...OPERATOR_OPTIONS,
  key: {
    type: 'string',
    value: 'KEY',
    help: 'the admin key, to be told who takes no tasks now, where a gateway runs',
  },
} as const satisfies OptionTable;

const USAGE = usageOf('check', OPTIONS);

/** Buys known captchas at every provider, side by side, and judges the answers; it says the price first. */
export default {
  summary: 'buy known captchas at your providers, side by side, and judge the answers',
  usage: USAGE,
  options: OPTIONS,
  notes:
    'It costs money, says how much at most, and asks first. It goes through the gateway of the config,\n' +
    'or through one of its own, with its ledger in a temporary folder, where that does not run.',
  examples: [
    'check --kinds turnstile,recaptcha_v2 --providers captchaai,2captcha',
    'check --kinds image_to_text --repeat 5 --max-usd 0.05 --yes --json',
    'check --fixtures my-fixtures.json --url http://127.0.0.1:8080 --client-key KEY',
  ],
  exits: [
    [0, 'everything was solved, and right where that can be known'],
    [1, 'not everything, or no gateway answers'],
    [2, 'asked wrongly, nothing to ask, or the config or the fixtures have faults'],
  ],
  run: (args) => runOperator(USAGE, () => run(args), args),
} satisfies Command;

type Values = ReturnType<typeof read>;

function read(args: readonly string[]) {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const repeat = Number(values.repeat);
  if (!/^\d{1,3}$/.test(values.repeat) || repeat < 1)
    throw new UsageError('--repeat must be a whole number from 1');
  const maxUsd = values['max-usd'] === undefined ? undefined : Number(values['max-usd']);
  if (maxUsd !== undefined && !(maxUsd >= 0)) throw new UsageError('--max-usd must be a number of dollars');
  const kinds = listOf(values.kinds)?.map(kindOf);
  return { ...values, repeat, maxUsd, kinds, providers: listOf(values.providers) };
}

function listOf(written: string | undefined): readonly string[] | undefined {
  if (written === undefined) return undefined;
  return [...new Set(written.split(',').map((each) => each.trim()))].filter(Boolean);
}

function kindOf(name: string): Kind {
  if (isKind(name)) return name;
  throw new UsageError(`There is no kind ${name}; ${didYouMean(name, KIND_NAMES) ?? 'see GET /v1/kinds'}`);
}

async function run(args: readonly string[]): Promise<number> {
  const values = read(args);
  const fixtures = values.fixtures === undefined ? STARTER_FIXTURES : readFixtures(values.fixtures);
  if (!values.yes && !(process.stdin.isTTY && process.stderr.isTTY))
    throw new UsageError('A check costs money, and nobody is here to agree: say --yes');
  const end = new AbortController();
  const stop = () => end.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  process.stdout.on('error', stop);
  const place = await openCheckPlace({ ...values, clientKey: values['client-key'] });
  try {
    return await check({ values, fixtures, place, signal: end.signal });
  } finally {
    await place.close();
  }
}

function readFixtures(path: string): readonly Fixture[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${path}: ${error instanceof Error ? error.message : 'cannot be read'}`);
  }
  return parseFixtures(json);
}

interface Errand {
  readonly values: Values;
  readonly fixtures: readonly Fixture[];
  readonly place: CheckPlace;
  readonly signal: AbortSignal;
}

async function check({ values, fixtures, place, signal }: Errand): Promise<number> {
  const { kinds, repeat, maxUsd, json } = values;
  const candidates = await candidatesOf(place, values.providers);
  const plan = planChecks({ fixtures, candidates, kinds, repeat, maxUsd });
  const say = (text: string) => void (json ? process.stderr : process.stdout).write(text);
  const intent = `${plan.jobs.length} solves for ${costText(plan)}, ${placeText(place)}`;
  if (!json || !values.yes) say(`${intent}.\n${await troubleText(place, values, plan)}`);
  if (plan.jobs.length > 0 && !values.yes && !(await isAgreed('Buy them?', signal))) return 1;
  const results = await buy(plan, place, signal);
  const isAll = plan.jobs.length > 0 && results.length === plan.jobs.length && !isCut(plan);
  const isFine = isAll && results.every(isGood);
  const paint = painter(isColoured(process.stdout));
  const { url, isOwn } = place;
  const { skipped, mostUsd, unpriced } = plan;
  const told = { gateway: { url, isOwn }, mostUsd, unpriced, isGood: isFine, results, skipped };
  process.stdout.write(
    json
      ? `${JSON.stringify({ ...told, providers: sums(results) })}\n`
      : `\n${reportText(results, skipped, paint)}`,
  );
  if (isFine) return 0;
  return plan.jobs.length === 0 && !isCut(plan) ? 2 : 1;
}

/** Whether something that could be asked was left out for its price. */
function isCut({ skipped }: Plan): boolean {
  return skipped.some(({ why }) => why.includes('--max-usd'));
}

function placeText({ url, isOwn }: CheckPlace): string {
  return isOwn ? 'through a gateway of its own, as none runs' : `through the gateway at ${url}`;
}

/** Those that the gateway lets this client use. @throws UsageError for a provider that is not among them. */
async function candidatesOf(
  { url, clientKey, loaded }: CheckPlace,
  wanted: readonly string[] | undefined,
): Promise<readonly Candidate[]> {
  const offers = await openSolvingClient(url, clientKey).offers();
  const ids = [...new Set(offers.flatMap(({ providers }) => providers))];
  for (const id of wanted ?? []) {
    if (ids.includes(id)) continue;
    throw new UsageError(
      `There is no provider ${id} for this client; ${didYouMean(id, ids) ?? `there are ${ids.join(', ')}`}`,
    );
  }
  return (wanted ?? ids).map((id) => ({
    id,
    kinds: new Set(offers.filter(({ providers }) => providers.includes(id)).map(({ kind }) => kind)),
    priceUsd: (kind) => loaded?.accounts.find((account) => account.id === id)?.priceUsd(kind) ?? null,
  }));
}

interface Status {
  readonly providers: readonly {
    readonly id: string;
    readonly state: string;
    readonly cause: string | null;
  }[];
}

/** What the operator is told of providers that take no tasks now; only a key that was given has to fit. */
async function troubleText(place: CheckPlace, values: Values, { jobs }: Plan): Promise<string> {
  if (place.isOwn) return '';
  const config = values.config ?? (values.url === undefined ? 'config.json' : undefined);
  const target = await findGateway({ url: place.url, key: values.key, config }).catch(() => undefined);
  const status = await askAt<Status>(target ?? { url: place.url, key: values.key }, '/status').catch(
    (error: unknown) => {
      if (values.key !== undefined && error instanceof Refused) throw error;
      return { providers: [] };
    },
  );
  const asked = new Set(jobs.map(({ provider }) => provider));
  return status.providers
    .filter(({ id, state }) => asked.has(id) && (state === 'open' || state === 'held-out'))
    .map(({ id, state, cause }) => `${id} takes no tasks now: ${state}, ${cause}.\n`)
    .join('');
}

async function buy(plan: Plan, place: CheckPlace, signal: AbortSignal): Promise<readonly Result[]> {
  const paint = painter(isColoured(process.stderr));
  const live = isLive(process.stderr) ? openLive({ stream: process.stderr }) : undefined;
  const done: Result[] = [];
  const draw = () => live?.show(progressLines(plan.jobs, done, paint));
  if (plan.jobs.length > 0) draw();
  try {
    return await runChecks({
      jobs: plan.jobs,
      tools: toolsAt(place),
      signal,
      onResult(result) {
        done.push(result);
        draw();
      },
    });
  } finally {
    live?.close();
  }
}

const PAGE_WITHIN_MS = 15_000;
/** The price may not grow by being written as a decimal. */
const ROUNDING = 1.000_001;

function toolsAt({ url, clientKey }: CheckPlace): Tools {
  const client = openSolvingClient(url, clientKey);
  const within = (signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(PAGE_WITHIN_MS)]);
  return {
    solve: (task, { provider, priceUsd, fixture }, signal) =>
      // No second purchase where the first one fails: what was said is all that is spent.
      client.solve(
        task,
        {
          provider,
          maxUsd: priceUsd === null ? undefined : priceUsd * ROUNDING,
          deadlineMs: fixture.deadlineMs,
        },
        signal,
      ),
    report: (taskId, accepted) => client.report(taskId, accepted),
    async send({ url: page, contentType, body }, signal) {
      const headers = { 'content-type': contentType };
      const answer = await fetch(page, { method: 'POST', headers, body, signal: within(signal) });
      return { status: answer.status, text: await answer.text() };
    },
    async read(page, signal) {
      const answer = await fetch(page, { signal: within(signal) });
      if (!answer.ok) throw new Error(`${page} answered ${answer.status}`);
      return (await answer.json()) as Readonly<Record<string, unknown>>;
    },
  };
}
