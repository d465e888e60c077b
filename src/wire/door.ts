/** What every door reads from a request and writes beside an answer. */
import { SolveError } from '../core/errors.js';
import type { TaskRecord } from '../core/store.js';

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
