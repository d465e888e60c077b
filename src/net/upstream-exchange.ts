/** One request on its way to a provider: what has left, what has come back, and how it ends. */
import type { Dispatcher } from 'undici';
import type { SolveError } from '../core/errors.js';
import type { UpstreamReply } from '../core/provider.js';

type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** Invalid bytes become U+FFFD and a leading byte order mark is dropped: readers parse the rest. */
const utf8 = new TextDecoder();

/**
 * Listens to undici for one request and ends exactly once, with a reply or a failure.
 * Undici's own `request` tells nobody whether a request that failed had left; that decides about money here.
 */
export class RunningExchange implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  readonly #onReply: (reply: UpstreamReply) => void;
  readonly #onError: (error: unknown) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #location: string | undefined;
  #isOver = false;

  constructor(onReply: (reply: UpstreamReply) => void, onError: (error: unknown) => void) {
    this.#onReply = onReply;
    this.#onError = onError;
  }

  /** True once the request has been handed to an established connection. */
  get isSent(): boolean {
    return this.#controller !== undefined;
  }

  /** Ends the exchange now: what has not left never will, and what comes back is not read. */
  giveUp(failure: SolveError): void {
    if (!this.#end()) return;
    this.#controller?.abort(failure);
    this.#onError(failure);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection. A throw drops it unsent; abort would cost the socket too.
    if (this.#isOver) throw new Error('given up before it was sent');
    this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.#status = status;
    this.#location = typeof headers.location === 'string' ? headers.location : undefined;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (!this.#end()) return;
    const location = this.#location === undefined ? {} : { location: this.#location };
    this.#onReply({ status: this.#status, body: utf8.decode(Buffer.concat(this.#chunks)), ...location });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#end()) this.#onError(error);
  }

  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    return true;
  }
}
