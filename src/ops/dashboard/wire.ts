/** What the page reads of the gateway's answers; a test holds it against what the gateway writes. */

export type State = 'closed' | 'open' | 'half-open' | 'ramping' | 'held-out';
export type ComesBack = 'probe' | 'balance' | 'time' | 'operator';

export interface ChangedBy {
  readonly by: string;
  readonly upstreamCode: string | null;
  readonly taskId: string | null;
  readonly reason: string | null;
}

/** What an account and a kind have in common. */
export interface Condition {
  readonly state: State;
  readonly cause: string | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly comesBack: ComesBack | null;
  readonly openedBy: ChangedBy | null;
}

export interface Kind extends Condition {
  readonly kind: string;
  readonly successRate: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

export interface Provider extends Condition {
  readonly id: string;
  readonly use: string;
  readonly balanceUsd: number | null;
  readonly hoursToEmpty: number | null;
  readonly inFlight: number;
  readonly limit: number | null;
  readonly kinds: readonly Kind[];
}

export interface PassedOver {
  readonly provider: string;
  readonly why: string;
}

export interface Serving {
  readonly kind: string;
  readonly provider: string | null;
  readonly next: readonly string[];
  readonly passedOver: readonly PassedOver[];
}

export interface Failover {
  readonly at: string;
  readonly taskId: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly cause: string;
}

/** `GET /status`. */
export interface Status {
  readonly version: string;
  readonly startedAt: string;
  readonly tasks: {
    readonly inFlight: number;
    readonly solvedLastHour: number;
    readonly failedLastHour: number;
  };
  readonly providers: readonly Provider[];
  readonly serving: readonly Serving[];
  readonly failovers: readonly Failover[];
}

export interface Figures {
  readonly id: string;
  readonly solved: number;
  readonly failed: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly spendUsd: number;
  readonly lostUsd: number;
  readonly lostMs: number;
}

export interface Minute {
  readonly at: string;
  readonly providers: readonly Figures[];
}

export interface Change {
  readonly at: string;
  readonly change: 'opened' | 'closed';
  readonly provider: string;
  readonly scope: string;
  readonly kind: string | null;
  readonly cause: string;
  readonly since: string;
  readonly until: string | null;
  readonly changedBy: ChangedBy | null;
}

/** `GET /admin/history`. */
export interface History {
  readonly from: string;
  readonly to: string;
  readonly minutes: readonly Minute[];
  readonly providers: readonly Figures[];
  readonly kinds: readonly { readonly kind: string; readonly solved: number; readonly failed: number }[];
  readonly changes: readonly Change[];
}

export interface Attempt {
  readonly provider: string;
  readonly outcome: string;
  readonly upstreamCode: string | null;
  readonly upstreamId: string | null;
  readonly startedAt: string | null;
  readonly tookMs: number | null;
  readonly polls: number;
  readonly costUsd: number | null;
  readonly mayBeCharged: boolean;
  readonly why?: string;
}

/** One step of a task, where the gateway tells them. */
export interface Step {
  readonly at: string | null;
  readonly step: string;
  readonly provider?: string | null;
  readonly attempt?: number | null;
  readonly outcome?: string | null;
  readonly text?: string;
}

/** `GET /admin/tasks/{id}`. */
export interface Task {
  readonly taskId: string;
  readonly clientId: string;
  readonly status: string;
  readonly kind: string;
  readonly provider: string | null;
  readonly costUsd: number | null;
  readonly createdAt: string | null;
  readonly finishedAt: string | null;
  readonly deadlineAt: string | null;
  readonly error?: {
    readonly code: string;
    readonly upstreamCode: string | null;
    readonly detail: string | null;
  };
  readonly attempts: readonly Attempt[];
  readonly passedOver: readonly PassedOver[];
  readonly timeline?: readonly Step[];
}

/** `GET /admin/session`. */
export interface Session {
  readonly proof: 'key' | 'session' | 'address' | null;
  readonly hasKey: boolean;
  readonly expiresAt: string | null;
}
