/** How the operator's commands find a running gateway, and what they ask it. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ConfigError, readConfig } from '../app.js';
import type { TimelineEntry } from '../core/timeline.js';
import type { ProviderReport, StatusReport } from '../ops/status.js';
import { plain } from '../terminal/text.js';

/** What every operator's command takes. */
export const OPERATOR_OPTIONS = {
  config: { type: 'string' },
  url: { type: 'string' },
  key: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

/** The part of a command's usage that goes with those options. */
export const OPERATOR_USAGE = '[--config FILE] [--url URL] [--key KEY] [--json]';

/** Where the gateway is and how it is opened, as far as the command line says. */
export interface GatewayPlace {
  readonly config?: string | undefined;
  readonly url?: string | undefined;
  readonly key?: string | undefined;
}

interface Target {
  readonly url: string;
  readonly key: string | undefined;
}

const KEY_VARIABLE = 'GATEWAY_ADMIN_KEY';
const ANSWER_WITHIN_MS = 10_000;

/** The command line is wrong; its message never holds the key. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The gateway did not do what it was asked. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

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
  const options = { ...OPERATOR_OPTIONS, reason: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [id, ...rest] = positionals;
  if (id === undefined || rest.length > 0) throw new UsageError('Name one provider by its id in the config');
  const path = `/admin/providers/${encodeURIComponent(id)}/${verb}` as const;
  const { providers } = await ask<StatusReport>(values, path, { reason: values.reason });
  const provider = providers.find((each) => each.id === id);
  if (!provider) throw new Refused(`There is no provider ${id}`);
  process.stdout.write(`${values.json ? JSON.stringify(provider) : switched(provider)}\n`);
  return 0;
}

/** Runs a command of the operator and turns what went wrong into its exit code: 1 refused, 2 asked wrongly. */
export async function runOperator(usage: string, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isUsage = error instanceof UsageError || isParseFault(error);
    if (!isUsage && !(error instanceof ConfigError) && !(error instanceof Refused)) throw error;
    process.stderr.write(`${error.message}\n${isUsage ? `\nUsage: captcha-gateway ${usage}\n` : ''}`);
    return error instanceof Refused ? 1 : 2;
  }
}

function switched({ id, state, cause }: ProviderReport): string {
  return plain(`${id} is ${state}${cause === null ? '' : `: ${cause}`}`);
}

function isParseFault(error: Error): boolean {
  return 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

async function ask<Answer>(place: GatewayPlace, path: `/${string}`, body?: object): Promise<Answer> {
  const { url, key } = await targetOf(place);
  const headers = { 'content-type': 'application/json', ...(key && { 'x-api-key': key }) };
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const sent = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  const answer = await fetch(`${url}${path}`, { ...sent, headers, signal, redirect: 'error' }).catch(
    (error: unknown) => {
      throw new Refused(`No gateway answers at ${url}: ${reasonOf(error)}`);
    },
  );
  const told: unknown = await answer.json().catch(() => null);
  if (answer.ok && told !== null) return told as Answer;
  const detail = told !== null && typeof told === 'object' && 'detail' in told ? String(told.detail) : '';
  throw new Refused(plain(`${url} answered ${answer.status}${detail && `: ${detail}`}`));
}

async function targetOf({ config: path, url, key }: GatewayPlace): Promise<Target> {
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
function urlOf({ host, port }: { readonly host: string; readonly port: number }): string {
  if (port === 0) throw new UsageError('The config leaves the port to the system: give --url');
  const reached = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}

function normalized(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError('--url must be like http://127.0.0.1:8080');
  return url.replace(/\/+$/, '');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.cause instanceof Error ? error.cause.message : error.message;
}
