/** What clients may speak to us: a table of routes over standard requests and responses. */
import type { SolveError } from './errors.js';
import type { Gateway } from './gateway.js';

export interface DoorRequest {
  readonly method: string;
  /** The path without the flavour's prefix, normalized: no double, no trailing slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** The whole body, already within the configured bound. */
  readonly body: Uint8Array;
  /** The service named by the path prefix or the Host header. */
  readonly flavour: string | undefined;
  /** Values of the route's `:name` parts. */
  readonly params: Readonly<Record<string, string>>;
  /** Aborts when the client hangs up. */
  readonly signal: AbortSignal;
}

export type Handler = (request: DoorRequest, gateway: Gateway) => Promise<Response>;

export interface Dialect {
  readonly id: string;
  /** `METHOD /path`, with `:name` parts. */
  readonly routes: Readonly<Record<string, Handler>>;
  /** Every refusal in this dialect's own form: malformed bodies and unknown paths too. */
  readonly refuse: (
    error: SolveError,
    request: Pick<DoorRequest, 'path' | 'query' | 'body' | 'headers'>,
  ) => Response;
}
