/** Telling a client's own server of the end of its task: what is said, and what is remembered of it. */
import type { TaskRecord } from './record.js';

/** One request to a client's server, without its address. */
export interface CallbackRequest {
  readonly method: 'GET' | 'POST';
  /** Added to what the address has. */
  readonly query?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  /** Empty for GET. */
  readonly body: string;
}

/** How far the telling has come. */
export interface CallbackState {
  readonly tries: number;
  readonly triedAt: number | null;
  /** What went wrong last, in words that hold no secret. */
  readonly fault: string | null;
}

/** A task that has ended and whose client is to be told. */
export interface Callback {
  readonly record: TaskRecord;
  readonly state: CallbackState;
}

/** What has become of one callback: with neither time it has been delivered. */
export interface CallbackChange {
  readonly id: number;
  readonly state: CallbackState;
  /** When it is tried again. */
  readonly dueAt: number | null;
  /** When it was given up. */
  readonly deadAt: number | null;
}

/** What a try has brought; after `failed` comes another one. */
export type CallbackOutcome = 'delivered' | 'failed' | 'given_up';

/** Before the first try. */
export const UNTRIED: CallbackState = { tries: 0, triedAt: null, fault: null };

/**
 * Remembers who is still to be told. A task with `options.callbackUrl` is due as soon as it is settled, in the same
 * write; what is kept of it goes when the task is forgotten.
 */
export interface CallbackLedger {
  /**
   * Up to `limit` due at `now`, earliest first, of this process and of processes that are gone; this one's from then
   * on. Those under `except` are left out.
   */
  due(now: number, limit: number, except?: readonly number[]): Promise<readonly Callback[]>;
  /** Writes changes of one's own. */
  keep(changes: readonly CallbackChange[]): Promise<void>;
  /** Up to `limit` that were given up, newest first. */
  dead(limit: number): Promise<readonly Callback[]>;
  /** Makes one that was given up due at `now`, as if it had not been tried; false when there is no such one. */
  revive(id: number, now: number): Promise<boolean>;
}
