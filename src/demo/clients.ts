/** Three clients of the gateway, one for each of its APIs: each asks by real HTTP and waits as such clients do. */
import { type Api, CLASSIC_FORMS, type DemoKind, JSON_TASKS, NATIVE_BODIES } from './requests.js';

export interface Door {
  readonly url: string;
  readonly key: string;
  /** Ends every request under way. */
  readonly signal: AbortSignal;
}

export interface Wish {
  readonly kind: DemoKind;
  /** Tells one captcha from the next. */
  readonly visit: number;
}

/** What the client was left with. */
export interface Answer {
  readonly taskId: string;
  readonly isSolved: boolean;
  /** The refusal, as the client read it. */
  readonly word: string | undefined;
}

/** Between two polls; the gateway holds each of them open until the answer is there. */
const POLL_EVERY_MS = 50;

/** Has one captcha solved through each API. */
export const CLIENTS: Readonly<Record<Api, (door: Door, wish: Wish) => Promise<Answer>>> = {
  classic: askClassic,
  json: askJson,
  native: askNative,
};

async function askClassic(door: Door, { kind, visit }: Wish): Promise<Answer> {
  const form = new URLSearchParams({ key: door.key, ...CLASSIC_FORMS[kind](visit) });
  const submitted = await (await send(door, '/in.php', { method: 'POST', body: form })).text();
  const [, taskId] = /^OK\|(\d+)$/.exec(submitted) ?? [];
  if (taskId === undefined) return { taskId: '', isSolved: false, word: submitted };
  const query = new URLSearchParams({ key: door.key, action: 'get', id: taskId });
  while (true) {
    const said = await (await send(door, `/res.php?${query}`)).text();
    if (said.startsWith('OK|')) return { taskId, isSolved: true, word: undefined };
    if (said !== 'CAPCHA_NOT_READY') return { taskId, isSolved: false, word: said };
    await pause(POLL_EVERY_MS);
  }
}

interface JsonAnswer {
  readonly errorId: number;
  readonly errorCode?: string;
  readonly taskId?: number;
  readonly status?: string;
}

async function askJson(door: Door, { kind, visit }: Wish): Promise<Answer> {
  const clientKey = door.key;
  const created = await post<JsonAnswer>(door, '/createTask', { clientKey, task: JSON_TASKS[kind](visit) });
  if (created.taskId === undefined) return { taskId: '', isSolved: false, word: created.errorCode };
  const taskId = String(created.taskId);
  while (true) {
    const said = await post<JsonAnswer>(door, '/getTaskResult', { clientKey, taskId: created.taskId });
    if (said.status === 'ready') return { taskId, isSolved: true, word: undefined };
    if (said.errorId !== 0) return { taskId, isSolved: false, word: said.errorCode };
    await pause(POLL_EVERY_MS);
  }
}

async function askNative(door: Door, { kind, visit }: Wish): Promise<Answer> {
  const said = await post<{ taskId?: string; status: unknown; code?: string }>(
    door,
    '/v1/solve',
    NATIVE_BODIES[kind](visit),
  );
  return { taskId: said.taskId ?? '', isSolved: said.status === 'solved', word: said.code };
}

/** A task with its whole story, as the native API tells it whichever API it came through. */
export interface TaskStory {
  readonly taskId: string;
  readonly status: string;
  readonly provider: string | null;
  readonly costUsd: number | null;
  readonly attempts: readonly { readonly provider: string; readonly outcome: string }[];
  readonly passedOver: readonly { readonly provider: string; readonly why: string }[];
}

/** Asks the gateway who was tried for a task, and what came of it. */
export async function explain(door: Door, taskId: string): Promise<TaskStory> {
  return (await (await send(door, `/v1/tasks/${taskId}`)).json()) as TaskStory;
}

interface State {
  readonly state: string;
  readonly until: string | null;
}

interface ProviderState extends State {
  readonly id: string;
  readonly kinds: readonly (State & { readonly kind: string })[];
}

/** Half-open ways are tried by the next task as soon as their time has come. */
function isWelcome(place: State | undefined): boolean {
  if (place?.state !== 'half-open') return place?.state === 'closed';
  return place.until === null || Date.parse(place.until) <= Date.now();
}

/** Waits until the gateway would ask this service for this kind again, at most `atMostMs`. */
export async function untilWelcome(door: Door, id: string, kind: DemoKind, atMostMs: number): Promise<void> {
  const giveUpAt = Date.now() + atMostMs;
  while (Date.now() < giveUpAt) {
    const { providers } = (await (await send(door, '/status')).json()) as { providers: ProviderState[] };
    const provider = providers.find((candidate) => candidate.id === id);
    const ofKind = provider?.kinds.find((candidate) => candidate.kind === kind);
    if (isWelcome(provider) && isWelcome(ofKind)) return;
    await pause(POLL_EVERY_MS);
  }
}

async function post<Reply>(door: Door, path: string, body: object): Promise<Reply> {
  const headers = { 'content-type': 'application/json' };
  return (await (
    await send(door, path, { method: 'POST', headers, body: JSON.stringify(body) })
  ).json()) as Reply;
}

function send({ url, key, signal }: Door, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = path.startsWith('/v1/') ? { ...init.headers, 'x-api-key': key } : init.headers;
  return fetch(`${url}${path}`, { ...init, ...(headers ? { headers } : {}), signal });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
