/** HTTP as tests want it: one call, the whole answer, no redirects, an end in any case. */
import { request } from 'node:http';

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  /** Sent as JSON, labelled as such unless the headers say otherwise. */
  readonly json?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly tookMs: number;
}

const TIMEOUT_MS = 20_000;

/**
 * Sends a request whose path goes out exactly as written.
 * Node's own client, because fetch normalizes paths, forbids Host and adds headers.
 */
export function send(base: string, path: string, sent: Sent = {}): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const body = sent.json === undefined ? sent.body : JSON.stringify(sent.json);
  const label: Record<string, string> = sent.json === undefined ? {} : { 'content-type': 'application/json' };
  const { method = body === undefined ? 'GET' : 'POST', timeoutMs = TIMEOUT_MS } = sent;
  const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(sent.signal ? [sent.signal] : [])]);
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { ...lengthOf(body, sent.headers), ...label, ...sent.headers };
    const options = { hostname, port, path, method, headers, signal, agent: false as const };
    const outgoing = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const tookMs = performance.now() - startedAt;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, tookMs });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Node announces no length for methods that usually have no body. */
function lengthOf(body: Sent['body'], headers: Sent['headers'] = {}): Record<string, string> {
  const isAnnounced = body === undefined || 'content-length' in headers || 'transfer-encoding' in headers;
  return isAnnounced ? {} : { 'content-length': String(Buffer.byteLength(body)) };
}

/** The answer's JSON object. */
export function jsonOf({ text }: Pick<Answer, 'text'>): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null)
    throw new TypeError(`no JSON object: ${text.slice(0, 200)}`);
  return parsed as Readonly<Record<string, unknown>>;
}
