/** What clients may speak to us: a table of routes over standard requests and responses. */
import type { CallbackRequest } from './callback.js';
import type { SolveError } from './errors.js';
import type { Gateway } from './gateway.js';
import type { Holds } from './holds.js';
import type { TaskRecord } from './store.js';

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

/** What a door needs beside the gateway. */
export interface DoorServices {
  /** Why nothing will ever be sent to this URL, in words; undefined when it may be tried. */
  readonly callbackFault: (url: string) => string | undefined;
  readonly holds: Holds;
}

export type Handler = (request: DoorRequest, gateway: Gateway, services: DoorServices) => Promise<Response>;

export interface Dialect {
  readonly id: string;
  /** `METHOD /path`, with `:name` parts. */
  readonly routes: Readonly<Record<string, Handler>>;
  /** What a client that asked in this dialect expects at its own server when its task has ended. */
  readonly callback: (record: TaskRecord) => CallbackRequest;
  /** Every refusal in this dialect's own form: malformed bodies and unknown paths too. */
  readonly refuse: (
    error: SolveError,
    request: Pick<DoorRequest, 'path' | 'query' | 'body' | 'headers'>,
  ) => Response;
}
