/** How the operator's commands find a running gateway, and what they ask it. */
import { parseArgs } from 'node:util';
import type { TimelineEntry } from '../core/timeline.js';
import type { ProviderReport, StatusReport } from '../ops/status.js';
import type { OptionTable } from '../terminal/help.js';
import { plain } from '../terminal/text.js';
import { issuesIn, Refused, tellFault, UsageError } from './command-faults.js';
import { readConfig } from './read-config.js';

export { Refused, UsageError } from './command-faults.js';

/** What every operator's command takes. */
export const OPERATOR_OPTIONS = {
  config: {
    type: 'string',
    value: 'FILE',
    help: "the gateway's config, which has its address and key (config.json)",
  },
  url: {
    type: 'string',
    value: 'URL',
    help: 'the address of the gateway, where the config does not tell it',
  },
  key: { type: 'string', value: 'KEY', help: 'the admin key; also GATEWAY_ADMIN_KEY in the environment' },
  json: { type: 'boolean', default: false, help: 'JSON instead of text, for faults on stderr too' },
} as const satisfies OptionTable;

/** What `hold` and `admit` take. */
export const SWITCH_OPTIONS = {
  reason: { type: 'string', value: 'TEXT', help: 'why, for the log and for those who ask later' },
  ...OPERATOR_OPTIONS,
} as const satisfies OptionTable;

/** Where the gateway is and how it is opened, as far as the command line says. */
export interface GatewayPlace {
  readonly config?: string | undefined;
  readonly url?: string | undefined;
  readonly key?: string | undefined;
}

/** A gateway and what opens it. */
export interface Target {
  readonly url: string;
  readonly key: string | undefined;
}

const KEY_VARIABLE = 'GATEWAY_ADMIN_KEY';
const ANSWER_WITHIN_MS = 10_000;

/** Asks for the state of the gateway. @throws UsageError, ConfigError or Refused. */
export function askStatus(place: GatewayPlace): Promise<StatusReport> {
  return ask(place, '/status');
}

/** One task, whoever's it is, with its timeline. */
export interface TaskStory {
  readonly taskId: string;
  readonly status: string;
  readonly clientId: string;
  readonly timeline: readonly (Omit<TimelineEntry, 'at'> & { readonly at: string | null })[];
}

/** Asks for the story of one task. @throws like `askStatus`; Refused also when there is no such task. */
export function askTask(place: GatewayPlace, id: string): Promise<TaskStory> {
  return ask(place, `/admin/tasks/${encodeURIComponent(id)}`);
}

/** Runs `hold PROVIDER` or `admit PROVIDER`: the exit code. @throws like `askStatus`. */
export async function runSwitch(verb: 'hold' | 'admit', args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: SWITCH_OPTIONS,
    allowPositionals: true,
  });
  const [id, ...rest] = positionals;
  if (id === undefined || rest.length > 0) throw new UsageError('Name one provider by its id in the config');
  const path = `/admin/providers/${encodeURIComponent(id)}/${verb}` as const;
  const { providers } = await ask<StatusReport>(values, path, { body: { reason: values.reason } });
  const provider = providers.find((each) => each.id === id);
  if (!provider) throw new Refused(`There is no provider ${id}`);
  process.stdout.write(`${values.json ? JSON.stringify(provider) : switched(provider)}\n`);
  return 0;
}

/** Runs a command and turns what went wrong into its exit code: 1 not done, 2 asked wrongly. */
export async function runOperator(
  usage: string,
  run: () => Promise<number>,
  args: readonly string[] = process.argv,
): Promise<number> {
  try {
    return await run();
  } catch (error) {
    const { code, text } = tellFault(error, { usage, args });
    process.stderr.write(text);
    return code;
  }
}

function switched({ id, state, cause }: ProviderReport): string {
  return plain(`${id} is ${state}${cause === null ? '' : `: ${cause}`}`);
}

/** What is asked beside the path. */
export interface Asking {
  /** Sent as JSON by POST; a GET without one. */
  readonly body?: object | undefined;
  /** How long the answer may take; 10 s unless given. */
  readonly withinMs?: number | undefined;
}

/** Asks the gateway, within a time limit. @throws UsageError, ConfigError or Refused. */
export async function ask<Answer>(place: GatewayPlace, path: `/${string}`, asking?: Asking): Promise<Answer> {
  return await askAt<Answer>(await findGateway(place), path, asking);
}

/** Asks one gateway, within a time limit. @throws Refused. */
export async function askAt<Answer>(
  { url, key }: Target,
  path: `/${string}`,
  { body, withinMs = ANSWER_WITHIN_MS }: Asking = {},
): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...(key && { 'x-api-key': key }) };
  const signal = AbortSignal.timeout(withinMs);
  const sent = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  const answer = await fetch(`${url}${path}`, { ...sent, headers, signal, redirect: 'error' }).catch(
    (error: unknown) => {
      throw new Refused(`No gateway answers at ${url}: ${reasonOf(error)}`);
    },
  );
  const told: unknown = await answer.json().catch(() => null);
  if (answer.ok && told !== null) return told as Answer;
  const detail = told !== null && typeof told === 'object' && 'detail' in told ? String(told.detail) : '';
  const faults = issuesIn(told).map(({ path: where, message, hint }) => {
    return `\n${plain(`${where || 'config'}: ${message}${hint === undefined ? '' : `; ${hint}`}`)}`;
  });
  const said = plain(`${url} answered ${answer.status}${detail && `: ${detail}`}`);
  throw new Refused(`${said}${faults.join('')}`, told);
}

/** Where the gateway is and what opens it. @throws UsageError or ConfigError. */
export async function findGateway({ config: path, url, key }: GatewayPlace): Promise<Target> {
  const environmentKey = process.env[KEY_VARIABLE];
  if (url !== undefined && path === undefined) return { url: normalized(url), key: key ?? environmentKey };
  const { config } = await readConfig({ configPath: path ?? 'config.json', env: process.env });
  const written = config.admin?.key;
  const isHashed = written?.startsWith('sha256:') ?? false;
  const found = key ?? (isHashed ? environmentKey : written);
  if (isHashed && found === undefined)
    throw new UsageError(`The config has only the hash of the admin key: give --key, or set ${KEY_VARIABLE}`);
  return { url: normalized(url ?? urlOf(config.server)), key: found };
}

/** An address that stands for all of them is reached at the loopback one. */
export function urlOf({ host, port }: { readonly host: string; readonly port: number }): string {
  if (port === 0) throw new UsageError('The config leaves the port to the system: give --url');
  const reached = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}

/** An address as the command line gives it, without its trailing slash. @throws UsageError. */
export function normalized(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError('--url must be like http://127.0.0.1:8080');
  return url.replace(/\/+$/, '');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.cause instanceof Error ? error.cause.message : error.message;
}
