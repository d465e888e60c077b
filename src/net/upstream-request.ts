/** Spells one request for the socket: the only place where a key and a request come together. */
import { FormData } from 'undici';
import type { KeyPlace, UpstreamRequest } from '../core/provider.js';

/** What undici is asked to write: nothing in here is safe to log. */
export interface FilledRequest {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | FormData | null;
}

/** Puts the key where the request says it belongs; `prefix` is the path of the account's base URL. */
export function fillRequest(prefix: string, request: UpstreamRequest, apiKey: string): FilledRequest {
  const { path, method, accept = '*/*' } = request;
  const query = new URLSearchParams({ ...request.query, ...keyFor(request, 'query', apiKey) }).toString();
  const whole = `${prefix.replace(/\/+$/, '')}${path}`;
  const { body, type } = fillBody(request, apiKey);
  return {
    path: query === '' ? whole : `${whole}${path.includes('?') ? '&' : '?'}${query}`,
    method,
    headers: type === undefined ? { accept } : { accept, 'content-type': type },
    body,
  };
}

interface Body {
  readonly body: FilledRequest['body'];
  /** Left to undici for multipart: it draws the boundary. */
  readonly type?: string;
}

function fillBody(request: UpstreamRequest, apiKey: string): Body {
  const { json, form, multipart, files, key } = request;
  if (json !== undefined || key.startsWith('json.')) {
    const body = JSON.stringify({ ...json, ...keyFor(request, 'json', apiKey) });
    return { body, type: 'application/json' };
  }
  if (form !== undefined || key.startsWith('form.')) {
    const body = new URLSearchParams({ ...form, ...keyFor(request, 'form', apiKey) }).toString();
    return { body, type: 'application/x-www-form-urlencoded' };
  }
  if (multipart === undefined && files === undefined && !key.startsWith('multipart.')) return { body: null };
  return { body: partsOf(request, apiKey) };
}

function partsOf(request: UpstreamRequest, apiKey: string): FormData {
  const parts = new FormData();
  for (const [name, { base64, name: fileName }] of Object.entries(request.files ?? {})) {
    parts.set(name, new Blob([Buffer.from(base64, 'base64')]), fileName);
  }
  const texts = { ...request.multipart, ...keyFor(request, 'multipart', apiKey) };
  for (const [name, text] of Object.entries(texts)) parts.set(name, text);
  return parts;
}

function keyFor({ key }: UpstreamRequest, place: string, apiKey: string): Record<string, string> {
  if (!key.startsWith(`${place}.`)) return {};
  const names = key.slice(place.length + 1);
  const login = LOGIN.exec(names);
  if (!login) return { [names]: apiKey };
  const [, user = '', password = '', token = ''] = login;
  const cut = apiKey.indexOf(':');
  if (cut < 0) return { [token]: apiKey };
  return { [user]: apiKey.slice(0, cut), [password]: apiKey.slice(cut + 1) };
}

const LOGIN = /^([^:|]+):([^:|]+)\|([^:|]+)$/;

/** Shorter ones are no real keys, and stand in answers by chance. */
const SHORTEST_KEY = 8;
/** People choose shorter ones; words of answers that are shorter still must stay readable. */
const SHORTEST_PASSWORD = 6;

/** The texts that give an account away, the longest first: its key, and both halves of one that is a login. */
export function secretsOf(place: KeyPlace, apiKey: string): readonly string[] {
  const cut = place.includes('|') ? apiKey.indexOf(':') : -1;
  const [user, password] = cut < 0 ? ['', ''] : [apiKey.slice(0, cut), apiKey.slice(cut + 1)];
  const keys = [apiKey, user].filter(({ length }) => length >= SHORTEST_KEY);
  const passwords = [password].filter(({ length }) => length >= SHORTEST_PASSWORD);
  return [...keys, ...passwords].sort((one, other) => other.length - one.length);
}
