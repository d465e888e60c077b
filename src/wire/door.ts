/** What every door reads from a request and writes beside an answer. */
import { createHash } from 'node:crypto';
import { SolveError } from '../core/errors.js';
import type { Client, Gateway, Submission } from '../core/gateway.js';
import type { TaskRecord } from '../core/store.js';
import { isObject, parseJson } from './values.js';

const LARGEST_ID = 2_147_483_647;

/** The client's key: the dialect's own field, else `Authorization: Bearer`, else `X-Api-Key`. */
export function keyOf(headers: Headers, given: unknown): string | undefined {
  if (typeof given === 'string' && given !== '') return given;
  if (typeof given === 'number') return String(given);
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '');
  return bearer?.[1] ?? headers.get('x-api-key') ?? undefined;
}

/** A task id as a client sends it, as number or text; undefined when it cannot be one of ours. */
export function readTaskId(value: unknown): number | undefined {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
  if (!/^\d{1,10}$/.test(text)) return undefined;
  const id = Number(text);
  return id >= 1 && id <= LARGEST_ID ? id : undefined;
}

/** A hash of any JSON value that does not depend on the order of its members. */
export function fingerprintOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('base64url');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

/**
 * Takes a submit on one of the old wires and waits with `wait`. The same request, sent again soon after the client
 * hung up before it heard the id, is the same task: these clients know no other way to repeat one.
 */
export async function submitOnce(
  {
    gateway,
    client,
    signal,
  }: { readonly gateway: Gateway; readonly client: Client; readonly signal: AbortSignal },
  submission: Submission,
  wait: (id: number) => Promise<TaskRecord>,
): Promise<TaskRecord> {
  const request = () => fingerprintOf({ ...submission.task, dialect: submission.origin.dialect });
  const id = gateway.repeated(client, request) ?? (await gateway.submit(client, submission)).id;
  const record = await wait(id);
  if (signal.aborted) gateway.unheard(client, request, id);
  return record;
}

/**
 * What a poll brings; undefined while the ledger cannot be reached, of which the old wires' clients know nothing:
 * for them the task is not ready.
 */
export async function unlessAway(polled: Promise<TaskRecord>): Promise<TaskRecord | undefined> {
  try {
    return await polled;
  } catch (thrown) {
    if (thrown instanceof SolveError && thrown.code === 'overloaded') return undefined;
    throw thrown;
  }
}

/** Extra facts travel beside the answer, because typed clients break on unknown members. */
export function gatewayHeaders(record: TaskRecord, ignored: readonly string[] = []): Record<string, string> {
  const headers: Record<string, string> = {
    'x-gateway-task': String(record.id),
    'x-gateway-attempts': String(record.attempts.length),
  };
  const provider = record.provider ?? record.attempts.at(-1)?.provider;
  if (provider !== undefined) headers['x-gateway-provider'] = provider;
  if (ignored.length > 0)
    headers['x-gateway-ignored'] = ignored
      .join(', ')
      .replace(/[^\x20-\x7e]/g, '?')
      .slice(0, 500);
  return headers;
}

/** The body as text. @throws SolveError `bad_request` when it is not UTF-8. */
export function bodyText(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new SolveError('bad_request', { detail: 'The body is not UTF-8 text.' });
  }
}

/** Deeper than any client nests; whatever recurses over a task later must not run out of stack. */
const DEEPEST = 50;

/**
 * The JSON of a body; undefined when it is none. The depth is looked at before parsing: a body of nothing but
 * brackets takes V8 a second.
 * @throws SolveError `bad_request` when it is nested too deep.
 */
export function parseBody(text: string): unknown {
  if (!isDeeper(text, DEEPEST)) return parseJson(text);
  throw new SolveError('bad_request', { detail: `The body is nested more than ${DEEPEST} levels deep.` });
}

function isDeeper(text: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') at = endOfString(text, at);
    else if (letter === '[' || letter === '{') depth += 1;
    else if (letter === ']' || letter === '}') depth -= 1;
    if (depth > most) return true;
  }
  return false;
}

/** Where the string that begins here ends; the end of the text when it does not. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}
