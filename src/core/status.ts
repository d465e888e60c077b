/** The state of the providers as the operator sees it: the shape of `GET /status`, times still in ms. */
import type { TaskKind } from './task.js';

export type ProviderState = 'closed' | 'open' | 'half-open' | 'ramping' | 'held-out';

export interface KindStatus {
  readonly kind: TaskKind;
  readonly state: ProviderState;
  readonly cause: string | null;
  readonly since: number | null;
  readonly until: number | null;
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
  readonly balanceUsd: number | null;
  readonly hoursToEmpty: number | null;
  readonly inFlight: number;
  readonly limit: number | null;
  readonly kinds: readonly KindStatus[];
}
