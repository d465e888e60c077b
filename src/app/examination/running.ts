/** Asks the gateway that may be running, the ports it would take, and the address that providers call. */
import { connect } from 'node:net';
import type { PortFacts, PublicUrlFacts, RunningFacts, RunningProvider } from '../../core/examination.js';
import type { StatusReport } from '../../ops/status.js';

/** Where a gateway may be, and what opens it. */
export interface Place {
  readonly url: string;
  readonly key: string | undefined;
  readonly isNamed: boolean;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: unknown;
}

const ANSWER_WITHIN_MS = 2_000;
const CONNECT_WITHIN_MS = 1_500;
const LONGEST_TEXT = 1_000_000;
/** What the path of providers' calls answers, whoever calls. */
const CALL_ANSWER = 'OK';

/** Health first, so that the key goes to nobody else. */
export async function examineRunning({ url, key, isNamed }: Place): Promise<RunningFacts> {
  const nobody: RunningFacts = { ...UNKNOWN, url, isNamed, hasKey: key !== undefined };
  const health = await ask(`${url}/healthz`);
  if ('failed' in health) return nobody;
  if (!isOk(health.json)) return { ...nobody, state: 'other' };
  const headers: Record<string, string> = key === undefined ? {} : { 'x-api-key': key };
  const [ready, status, callbacks] = await Promise.all([
    ask(`${url}/readyz`),
    ask(`${url}/status`, headers),
    ask(`${url}/admin/callbacks`, headers),
  ]);
  const isReady = 'status' in ready && ready.status === 200;
  const here = { ...nobody, state: 'gateway' as const, isReady };
  if ('failed' in status) return here;
  if (status.status !== 200 || !isStatus(status.json)) return { ...here, told: status.status };
  const { version, startedAt, providers } = status.json;
  return {
    ...here,
    told: 200,
    version,
    startedAt,
    providers: providers.map(toProvider),
    deadCallbacks: 'json' in callbacks ? lengthOf(callbacks.json) : 0,
  };
}

const UNKNOWN = {
  state: 'silent',
  isReady: false,
  told: null,
  version: null,
  startedAt: null,
  providers: [],
  deadCallbacks: 0,
} as const;

function toProvider(provider: StatusReport['providers'][number]): RunningProvider {
  const { id, use, priority, limit, state, cause, since, until, comesBack, balanceUsd, kinds } = provider;
  const times = kinds.map(({ kind, p50Ms }) => ({ kind, p50Ms }));
  return { id, use, priority, limit, state, cause, since, until, comesBack, balanceUsd, kinds: times };
}

/** What one account's page says of its balance. */
export interface ToldBalance {
  readonly amount: number | null;
  readonly currency: string;
  /** Whether the service may be asked now without breaking its pace. */
  readonly mayAsk: boolean;
}

/** What the gateway knows of an account's money; undefined where it has no such account. */
export async function askBalance({ url, key }: Place, id: string): Promise<ToldBalance | undefined> {
  const headers: Record<string, string> = key === undefined ? {} : { 'x-api-key': key };
  const answer = await ask(`${url}/admin/providers/${encodeURIComponent(id)}`, headers);
  if ('failed' in answer || answer.status !== 200) return undefined;
  const { balance, gates } = Object(answer.json);
  const { amount, currency, askableAt } = Object(balance);
  const isShut =
    Array.isArray(gates) && gates.some((gate) => gate?.state === 'open' || gate?.state === 'half-open');
  return {
    amount: typeof amount === 'number' ? amount : null,
    currency: String(currency),
    mayAsk: askableAt === null && !isShut,
  };
}

/** Whether a gateway answers there, whichever it is. */
export async function isGatewayAt(url: string): Promise<boolean> {
  const health = await ask(`${url}/healthz`);
  return 'json' in health && isOk(health.json);
}

/** Whether a port is free, has the gateway that was found, or something else. */
export async function examinePort(
  place: Pick<PortFacts, 'path' | 'port'>,
  host: string,
  isGateway: boolean,
): Promise<PortFacts> {
  if (!(await isOpen(host, place.port))) return { ...place, state: 'free' };
  return { ...place, state: isGateway ? 'gateway' : 'other' };
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_WITHIN_MS });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

/** Calls the way providers do, with a token that means nothing. */
export async function examinePublicUrl(url: string): Promise<PublicUrlFacts> {
  const answer = await ask(`${url.replace(/\/+$/, '')}/callbacks/doctor`);
  if ('failed' in answer) return { url, state: 'failed', detail: answer.failed };
  const isOurs = answer.status === 200 && answer.text === CALL_ANSWER;
  return { url, state: isOurs ? 'gateway' : 'other', detail: `HTTP ${answer.status}` };
}

/** Never throws; what failed is told in the system's word. */
async function ask(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer | { readonly failed: string }> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const answer = await fetch(url, { headers, signal, redirect: 'manual' });
    const text = (await answer.text()).slice(0, LONGEST_TEXT);
    return { status: answer.status, text, json: parse(text) };
  } catch (error) {
    return { failed: wordOf(error) };
  }
}

function wordOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return 'no answer in time';
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause ? String(cause.code) : cause.message;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isOk(json: unknown): boolean {
  return Object(json).status === 'ok';
}

function isStatus(json: unknown): json is StatusReport {
  const { version, providers } = Object(json);
  return typeof version === 'string' && Array.isArray(providers);
}

function lengthOf(json: unknown): number {
  const { callbacks } = Object(json);
  return Array.isArray(callbacks) ? callbacks.length : 0;
}
