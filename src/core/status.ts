/** The state of the providers as the operator sees it: the shape of `GET /status`, times still in ms. */
import type { BreakerScope, ChangedBy, ComesBack } from './events.js';
import type { PassedOver } from './store.js';
import type { Kind, TaskKind } from './task.js';

export type ProviderState = 'closed' | 'open' | 'half-open' | 'ramping' | 'held-out';

export interface KindStatus {
  readonly kind: TaskKind;
  readonly state: ProviderState;
  readonly cause: string | null;
  readonly since: number | null;
  readonly until: number | null;
  /** What ends the state; null when closed. */
  readonly comesBack: ComesBack | null;
  /** Who opened it; null when closed, and where an earlier version did not note it. */
  readonly openedBy: ChangedBy | null;
  /** Solved ÷ ended attempts that say something about quality; null before the first. */
  readonly successRate: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

export interface ProviderStatus {
  readonly id: string;
  readonly use: string;
  readonly priority: number;
  readonly state: ProviderState;
  readonly cause: string | null;
  readonly since: number | null;
  /** Null with `open`: until an operator or the config acts. */
  readonly until: number | null;
  /** What ends the state; null when closed. */
  readonly comesBack: ComesBack | null;
  /** Who opened it; null when closed, and where an earlier version did not note it. */
  readonly openedBy: ChangedBy | null;
  readonly balanceUsd: number | null;
  /** At its present pace; 0 when it is empty, null while nobody knows. */
  readonly hoursToEmpty: number | null;
  readonly inFlight: number;
  readonly limit: number | null;
  readonly kinds: readonly KindStatus[];
}

/** Who serves a kind now. */
export interface KindServing {
  readonly kind: Kind;
  /** The account that a task would ask; null when it would have to wait, or fail. */
  readonly provider: string | null;
  /** Who would be asked next, should each one before refuse. */
  readonly next: readonly string[];
  /** Those that would be asked later or not at all, and why in words. */
  readonly passedOver: readonly PassedOver[];
}

/** One thing that keeps tasks away, or does not. */
export interface GateStatus
  extends Pick<ProviderStatus, 'state' | 'cause' | 'since' | 'until' | 'comesBack' | 'openedBy'> {
  readonly scope: BreakerScope;
  /** Openings in a row: what the next cooldown is reckoned from. */
  readonly openings: number;
  /** The share of the tasks that are let in first: below 1 only while it ramps, 0 while it is open. */
  readonly share: number;
}

/** One change of what keeps tasks away. */
export interface GateChange {
  readonly at: number;
  readonly change: 'opened' | 'closed';
  readonly scope: BreakerScope;
  readonly cause: string;
  /** Until when it was to stay open; null with `opened`: until somebody acts. */
  readonly until: number | null;
  /** Null where an earlier version did not note it. */
  readonly by: ChangedBy | null;
}

/** One kind at one account, with what happened to it. */
export interface KindStory extends KindStatus {
  /** Tasks of this kind at the provider or on their way to it. */
  readonly inFlight: number;
  /** How many it takes at once, as its refusals tell; null while it has refused none. */
  readonly learnedLimit: number | null;
  /** The share of its answers that work, as clients report, with what is taken for granted before they do. */
  readonly acceptedRate: number;
  readonly openings: number;
  readonly share: number;
  /** Newest first. */
  readonly changes: readonly GateChange[];
}

/** Everything that is known of one account: the shape of `GET /admin/providers/{id}`, times still in ms. */
export interface ProviderStory extends Omit<ProviderStatus, 'kinds'> {
  /** The gravest first. */
  readonly gates: readonly GateStatus[];
  /** Why others are asked first although nothing is open; null without such a reason. */
  readonly doubt: { readonly cause: string; readonly since: number; readonly until: number } | null;
  readonly balance: {
    /** In the service's own currency, as last told; null while unknown. */
    readonly amount: number | null;
    readonly currency: string;
    readonly toldAt: number | null;
    /** When the service may be asked again; null when at once. */
    readonly askableAt: number | null;
  };
  /** What happened to the account as a whole, newest first. */
  readonly changes: readonly GateChange[];
  readonly kinds: readonly KindStory[];
}
