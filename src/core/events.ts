/** What happens in the gateway, told once to whoever listens: logs, metrics, status. */
import type { CallbackOutcome } from './callback.js';
import type { Attempt, TaskRecord } from './store.js';
import type { TaskKind } from './task.js';

/** Why an account or kind is closed to new tasks; null when it is not. */
export type Cause = string;

export type BreakerScope = 'transport' | 'kind' | 'money' | 'key' | 'ban' | 'operator';

/** What ends an open state: a try that succeeds, a balance that shows money, its time, or an operator. */
export type ComesBack = 'probe' | 'balance' | 'time' | 'operator';

/** Who changed what keeps tasks away, and on what grounds. */
export interface ChangedBy {
  /** A call of this gateway, the operator, another replica, or the time that was stated. */
  readonly by: 'submit' | 'poll' | 'balance' | 'threads' | 'report' | 'operator' | 'replica' | 'time';
  /** The provider's own word, where it said one. */
  readonly upstreamCode: string | null;
  /** The task whose call it was. */
  readonly taskId: string | null;
  /** The operator's own words. */
  readonly reason: string | null;
}

export interface Failover {
  readonly taskId: string;
  readonly kind: TaskKind;
  readonly from: string;
  readonly to: string;
  readonly cause: string;
}

export interface BreakerChange {
  readonly provider: string;
  readonly scope: BreakerScope;
  readonly kind: TaskKind | null;
  readonly cause: Cause;
  readonly since: number;
  /** Null: until an operator or the config acts. */
  readonly until: number | null;
  /** Openings in a row, this one included: each lasts twice as long as the one before. */
  readonly openings: number;
  /** Null where an earlier version did not note it. */
  readonly openedBy: ChangedBy | null;
  /** Who made this change. */
  readonly changedBy: ChangedBy | null;
}

export interface EventMap {
  'task-accepted': { readonly record: TaskRecord; readonly provider: string };
  'attempt-ended': {
    readonly record: TaskRecord;
    readonly attempt: Attempt;
    /** It was told before, as ended otherwise. */
    readonly isLate?: boolean;
  };
  failover: Failover & { readonly clientId?: string };
  'breaker-opened': BreakerChange;
  'breaker-closed': BreakerChange;
  'task-ended': { readonly record: TaskRecord };
  'callback-tried': {
    readonly taskId: string;
    readonly clientId: string;
    readonly outcome: CallbackOutcome;
    readonly tries: number;
    readonly fault: string | null;
  };
  /** A service has called by itself for one of its tasks. */
  'provider-called': { readonly provider: string; readonly taskId: string };
  /** A service was asked to call, and has not for this many results in a row: it is polled as one that does not. */
  'calls-missed': { readonly provider: string; readonly results: number };
  /** One write to the ledger; refused: for what stands there. */
  'ledger-written': { readonly outcome: 'done' | 'refused' | 'failed'; readonly tookMs: number };
  exchange: {
    readonly provider: string;
    readonly call: string;
    readonly outcome: string;
    readonly tookMs: number;
  };
}

export type EventName = keyof EventMap;
export type Listener<Name extends EventName> = (event: EventMap[Name] & { readonly at: number }) => void;

/** A listener that throws is its own problem: it is reported and the next one is told. */
export class Events {
  readonly #listeners = new Map<EventName, Set<(event: never) => void>>();
  readonly #now: () => number;
  readonly #onError: (error: unknown) => void;

  constructor(now: () => number, onError: (error: unknown) => void) {
    this.#now = now;
    this.#onError = onError;
  }

  /** Returns what ends the subscription. */
  on<Name extends EventName>(name: Name, listener: Listener<Name>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  emit<Name extends EventName>(name: Name, event: EventMap[Name]): void {
    const told = { ...event, at: this.#now() } as never;
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        listener(told);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
