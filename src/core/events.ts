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
  /** A call of this gateway, the operator, another replica, the time that was stated, or a new config. */
  readonly by:
    | 'submit'
    | 'poll'
    | 'balance'
    | 'threads'
    | 'report'
    | 'operator'
    | 'replica'
    | 'time'
    | 'config';
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

/** What asked for the config to be read again. */
export type ReloadedBy = 'signal' | 'file' | 'operator';

/** The config was read again and holds. */
export interface ConfigReload {
  readonly by: ReloadedBy;
  /** JSON paths of what is new; empty when nothing is. Never a value. */
  readonly changed: readonly string[];
  /** Paths whose new values wait for the next start. */
  readonly needsRestart: readonly string[];
  readonly tookMs: number;
}

/** The config was read again and cannot be used: the one before goes on. */
export interface ConfigRefusal {
  readonly by: ReloadedBy;
  readonly issues: readonly { readonly path: string; readonly message: string; readonly hint?: string }[];
  readonly tookMs: number;
}

/** What was crossed: the money is gone, it lasts too short a time, or it is too little. */
export type BalanceThreshold = 'empty' | 'emptyWithinHours' | 'balanceBelowUsd';

/** An account's money has become low. */
export interface LowBalance {
  readonly provider: string;
  /** Null where the service counts in anything else. */
  readonly balanceUsd: number | null;
  /** In the service's own currency; null where it has told none. */
  readonly amount: number | null;
  readonly currency: string;
  readonly hoursToEmpty: number | null;
  readonly threshold: BalanceThreshold;
  /** The figure at which it is crossed. */
  readonly limit: number;
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
  'balance-low': LowBalance;
  'task-ended': { readonly record: TaskRecord };
  'callback-tried': {
    readonly taskId: string;
    readonly clientId: string;
    readonly outcome: CallbackOutcome;
    readonly tries: number;
    readonly fault: string | null;
  };
  'config-reloaded': ConfigReload;
  'config-refused': ConfigRefusal;
  /** A file of the config was written anew, and says the same. */
  'config-unchanged': ConfigReload;
  /** The operator's own server was told of an event, or not. */
  'webhook-tried': {
    readonly told: OperatorEvent;
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

/** Events that are the operator's business and no client's: what an operator's own server may be told of. */
export const OPERATOR_EVENTS = [
  'balance-low',
  'breaker-opened',
  'breaker-closed',
  'config-reloaded',
  'config-refused',
] as const satisfies readonly EventName[];

export type OperatorEvent = (typeof OPERATOR_EVENTS)[number];

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
