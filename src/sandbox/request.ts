/** One HTTP request as it arrives: the last part of its path, its query and its whole body. */
import type { IncomingMessage } from 'node:http';
import { isObject, parseJson } from '../wire/values.js';

export interface SentRequest {
  readonly method: string;
  /** `/in.php`: whatever stands before it is a prefix, as in a base URL with a path. */
  readonly path: string;
  readonly wholePath: string;
  readonly query: string;
  readonly body: string;
  /** The media types that the caller wants to read. */
  readonly accept: string;
  /** The parts of a multipart body, files as base64; absent for any other. */
  readonly parts?: Readonly<Record<string, string>>;
  /** Names of the parts that came as files. */
  readonly files?: readonly string[];
}

const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Calls back with the request once all of it is here; never for one that breaks off or is too big. */
export function readRequest(message: IncomingMessage, onRequest: (request: SentRequest) => void): void {
  const { method = 'GET', url = '/' } = message;
  const cut = url.indexOf('?');
  const query = cut < 0 ? '' : url.slice(cut + 1);
  const wholePath = cut < 0 ? url : url.slice(0, cut);
  const path = lastPart(wholePath);
  const { accept = '*/*', 'content-type': type = '' } = message.headers;
  const chunks: Buffer[] = [];
  let size = 0;
  message.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) message.destroy();
    else chunks.push(chunk);
  });
  message.on('end', () => {
    const [first] = chunks;
    const bytes = first && chunks.length === 1 ? first : Buffer.concat(chunks);
    const request = { method, path, wholePath, query, body: bytes.toString(), accept };
    if (!/^multipart\/form-data/i.test(type)) return onRequest(request);
    readParts(bytes, type).then((read) => onRequest({ ...request, ...read }));
  });
}

/** Empty for a body that is not what it is labelled as. */
async function readParts(
  bytes: Buffer,
  type: string,
): Promise<Required<Pick<SentRequest, 'parts' | 'files'>>> {
  const headers = { 'content-type': type };
  const form = await new Response(bytes, { headers }).formData().catch(() => new FormData());
  const parts: Record<string, string> = {};
  const files: string[] = [];
  for (const [name, value] of form) {
    const isText = typeof value === 'string';
    parts[name] = isText ? value : Buffer.from(await value.arrayBuffer()).toString('base64');
    if (!isText) files.push(name);
  }
  return { parts, files };
}

function lastPart(path: string): string {
  const trimmed = path.endsWith('/') ? path.replace(/\/+$/, '') : path;
  return trimmed.slice(Math.max(trimmed.lastIndexOf('/'), 0)) || '/';
}

/** Query and form merged; a body that is JSON is taken as such, whatever it is labelled. */
export function formOf({ query, body, parts }: SentRequest): Readonly<Record<string, unknown>> {
  const fromQuery = query === '' ? {} : pairsOf(query);
  if (parts) return { ...fromQuery, ...parts };
  if (body === '') return fromQuery;
  const fromBody = body.startsWith('{') ? parseJson(body) : pairsOf(body);
  return isObject(fromBody) ? { ...fromQuery, ...fromBody } : fromQuery;
}

function pairsOf(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}
