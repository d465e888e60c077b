/** Spells one request for the socket: the only place where a key and a request come together. */
import type { UpstreamRequest } from '../core/provider.js';

/** What undici is asked to write: nothing in here is safe to log. */
export interface FilledRequest {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** Puts the key where the request says it belongs; `prefix` is the path of the account's base URL. */
export function fillRequest(prefix: string, request: UpstreamRequest, apiKey: string): FilledRequest {
  const { path, method } = request;
  const query = new URLSearchParams({ ...request.query, ...keyFor(request, 'query', apiKey) }).toString();
  const whole = `${prefix.replace(/\/+$/, '')}${path}`;
  return {
    path: query === '' ? whole : `${whole}${path.includes('?') ? '&' : '?'}${query}`,
    method,
    ...fillBody(request, apiKey),
  };
}

function fillBody(request: UpstreamRequest, apiKey: string): Pick<FilledRequest, 'headers' | 'body'> {
  const accept = '*/*';
  if (request.json !== undefined || request.key.startsWith('json.')) {
    const body = JSON.stringify({ ...request.json, ...keyFor(request, 'json', apiKey) });
    return { headers: { accept, 'content-type': 'application/json' }, body };
  }
  if (request.form !== undefined || request.key.startsWith('form.')) {
    const body = new URLSearchParams({ ...request.form, ...keyFor(request, 'form', apiKey) }).toString();
    return { headers: { accept, 'content-type': 'application/x-www-form-urlencoded' }, body };
  }
  return { headers: { accept }, body: null };
}

function keyFor(request: UpstreamRequest, place: string, apiKey: string): Record<string, string> {
  if (!request.key.startsWith(`${place}.`)) return {};
  return { [request.key.slice(place.length + 1)]: apiKey };
}
