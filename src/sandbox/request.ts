/** One HTTP request as it arrives: the last part of its path, its query and its whole body. */
import type { IncomingMessage } from 'node:http';
import { isObject, parseJson } from '../wire/rows.js';

export interface SentRequest {
  readonly method: string;
  /** `/in.php`: whatever stands before it is a prefix, as in a base URL with a path. */
  readonly path: string;
  readonly query: string;
  readonly body: string;
}

const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Calls back with the request once all of it is here; never for one that breaks off or is too big. */
export function readRequest(message: IncomingMessage, onRequest: (request: SentRequest) => void): void {
  const { method = 'GET', url = '/' } = message;
  const cut = url.indexOf('?');
  const query = cut < 0 ? '' : url.slice(cut + 1);
  const path = lastPart(cut < 0 ? url : url.slice(0, cut));
  const chunks: Buffer[] = [];
  let size = 0;
  message.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) message.destroy();
    else chunks.push(chunk);
  });
  message.on('end', () => {
    const [first] = chunks;
    const body = first && chunks.length === 1 ? first : Buffer.concat(chunks);
    onRequest({ method, path, query, body: body.toString() });
  });
}

function lastPart(path: string): string {
  const trimmed = path.endsWith('/') ? path.replace(/\/+$/, '') : path;
  return trimmed.slice(Math.max(trimmed.lastIndexOf('/'), 0)) || '/';
}

/** Query and form merged; a body that is JSON is taken as such, whatever it is labelled. */
export function formOf({ query, body }: SentRequest): Readonly<Record<string, unknown>> {
  const fromQuery = query === '' ? {} : pairsOf(query);
  if (body === '') return fromQuery;
  const fromBody = body.startsWith('{') ? parseJson(body) : pairsOf(body);
  return isObject(fromBody) ? { ...fromQuery, ...fromBody } : fromQuery;
}

function pairsOf(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}
