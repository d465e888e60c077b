/** What is remembered of a task, and the moves that change it: the whole state machine of the ledger. */
import type { ErrorCode } from './errors.js';
import type { UpstreamId } from './provider.js';
import type { Solution } from './solution.js';
import type { Task } from './task.js';

export type TaskStatus = 'queued' | 'solving' | 'solved' | 'failed' | 'cancelled';

/** How the client asked, so that polls, which do not repeat it, are answered alike. */
export interface Origin {
  readonly dialect: string;
  /** The service whose particulars the answers follow; absent for the form that most clients accept. */
  readonly flavour?: string | undefined;
  /** The type name it was asked under, where its clients expect the solution in a form of its own. */
  readonly type?: string | undefined;
}

/**
 * `submitting`: the intent is on disk, no answer yet; `solving`: accepted; `solved`; `cancelled`;
 * otherwise the code of what went wrong.
 */
export type AttemptOutcome = 'submitting' | 'solving' | 'solved' | ErrorCode;

export interface Attempt {
  /** The account's id. */
  readonly provider: string;
  /** Why it was this account's turn, in words. */
  readonly why?: string | undefined;
  readonly outcome: AttemptOutcome;
  /** The provider's own word. */
  readonly upstreamCode: string | null;
  readonly upstreamId: UpstreamId | null;
  readonly startedAt: number;
  /** When the provider took the task; null while it has not. */
  readonly acceptedAt: number | null;
  readonly endedAt: number | null;
  readonly polls: number;
  /** In USD; null where nobody knows the price. */
  readonly costUsd: number | null;
  /** True when the provider may charge for it: accepted, or ambiguous. */
  readonly mayBeCharged: boolean;
  /** Set when the provider took the report on its answer. */
  readonly tookReport?: true | undefined;
}

/** The `why` of an attempt that is made beside another one. */
export const HEDGE_WHY = 'hedge: the one before takes long';

/** A candidate that was not asked, and the reason in words. */
export interface PassedOver {
  readonly provider: string;
  readonly why: string;
}

export interface TaskError {
  readonly code: ErrorCode;
  readonly upstreamCode: string | null;
  readonly detail: string | null;
}

export interface TaskOptions {
  /** Providers the caller insists on; absent for all. */
  readonly providers?: readonly string[] | undefined;
  readonly maxUsd?: number | undefined;
  /** Where the client wants to be told of the end. */
  readonly callbackUrl?: string | undefined;
  /** Whatever the caller wants back with the task. */
  readonly meta?: unknown;
}

/** What a client repeats so that a request counts once. */
export interface Idempotency {
  /** Unique among the tasks of one client that are still kept. */
  readonly key: string;
  /** Of the request that the key came with first: another one under the same key is a conflict. */
  readonly fingerprint: string;
}

export interface TaskRecord {
  /** 1 to 2³¹−1. */
  readonly id: number;
  readonly clientId: string;
  readonly origin: Origin;
  readonly task: Task;
  readonly options: TaskOptions;
  readonly status: TaskStatus;
  readonly createdAt: number;
  readonly deadlineAt: number;
  readonly finishedAt: number | null;
  readonly attempts: readonly Attempt[];
  readonly passedOver: readonly PassedOver[];
  /** The account whose answer it is. */
  readonly provider: string | null;
  readonly solution: Solution | null;
  readonly error: TaskError | null;
  /** What the client was told about the answer's use: true for good, false for bad. */
  readonly reported: boolean | null;
  readonly idempotency?: Idempotency | undefined;
  /** What the task may cost at most, in USD, while nobody knows better; counts towards its client's day. */
  readonly reservedUsd?: number | undefined;
}

/** Everything that can happen to a task. Attempts are numbered from 0 in the order they were begun. */
export type Move =
  | {
      readonly move: 'created';
      readonly record: TaskRecord;
      /** Refuses the task when it would take its client over this. */
      readonly budget?: Budget | undefined;
    }
  | {
      readonly move: 'attempt-begun';
      readonly attempt: number;
      readonly provider: string;
      readonly why?: string | undefined;
      readonly at: number;
    }
  | {
      readonly move: 'attempt-accepted';
      readonly attempt: number;
      readonly upstreamId: UpstreamId | null;
      readonly at: number;
      readonly costUsd: number | null;
    }
  | {
      readonly move: 'attempt-ended';
      readonly attempt: number;
      readonly outcome: AttemptOutcome;
      readonly upstreamCode: string | null;
      readonly at: number;
      readonly polls: number;
      readonly costUsd: number | null;
      readonly mayBeCharged: boolean;
    }
  | {
      readonly move: 'settled';
      readonly status: 'solved' | 'failed' | 'cancelled';
      readonly at: number;
      readonly provider: string | null;
      readonly solution: Solution | null;
      readonly error: TaskError | null;
      readonly passedOver: readonly PassedOver[];
    }
  | { readonly move: 'reported'; readonly isAccepted: boolean }
  | { readonly move: 'report-taken'; readonly attempt: number };

/** What a client may spend. */
export interface Budget {
  readonly limitUsd: number;
  /** Tasks created at or after this count, in ms since 1970. */
  readonly since: number;
}

const OPEN: readonly TaskStatus[] = ['queued', 'solving'];

/** Whether the task still waits for an answer. */
export function isOpen(record: TaskRecord): boolean {
  return OPEN.includes(record.status);
}

/** What the provider may have charged for this task so far, in USD; unknown prices count as nothing. */
export function spentUsd(record: TaskRecord): number {
  return record.attempts.reduce(
    (sum, { mayBeCharged, costUsd }) => sum + (mayBeCharged ? (costUsd ?? 0) : 0),
    0,
  );
}

/**
 * The record after one move: the whole state machine of a task.
 * queued → solving (first attempt accepted) → solved | failed | cancelled; the first settlement stands.
 * An attempt goes submitting → solving → its outcome, or submitting → its outcome.
 *
 * | move             | whose         | task: from → to                            | attempt: from → to               |
 * |------------------|---------------|--------------------------------------------|----------------------------------|
 * | created          | becomes one's | none → queued; refused: KeyTaken, BudgetSpent | none                          |
 * | attempt-begun    | one's own     | any, unchanged                             | none → submitting, the next number |
 * | attempt-accepted | one's own     | queued → solving; others unchanged         | any → solving, may be charged    |
 * | attempt-ended    | one's own     | any, unchanged                             | any → its outcome                |
 * | settled          | one's own; a cancellation anybody's | queued, solving → its status, images gone; ended: refused | unchanged |
 * | reported         | anybody's     | any, unchanged                             | unchanged                        |
 * | report-taken     | anybody's     | any, unchanged                             | any, unchanged; took its report  |
 * | adopted          | nobody's → one's | queued, solving, unchanged              | unchanged                        |
 * | forgotten        | anybody's     | ended → without solution → none            | gone with the task               |
 *
 * Attempts move on after the settlement too: a late answer is still booked. One's own: created or adopted by this run.
 */
export function applyMove(record: TaskRecord, move: Exclude<Move, { move: 'created' }>): TaskRecord {
  switch (move.move) {
    case 'attempt-begun':
      return { ...record, attempts: [...record.attempts, beginAttempt(move)] };
    case 'attempt-accepted': {
      const { upstreamId, at, costUsd } = move;
      const accepted = {
        outcome: 'solving',
        upstreamId,
        acceptedAt: at,
        costUsd,
        mayBeCharged: true,
      } as const;
      const status = record.status === 'queued' ? 'solving' : record.status;
      return { ...withAttempt(record, move.attempt, accepted), status };
    }
    case 'attempt-ended': {
      const { outcome, upstreamCode, at, polls, costUsd, mayBeCharged } = move;
      return withAttempt(record, move.attempt, {
        outcome,
        upstreamCode,
        endedAt: at,
        polls,
        costUsd,
        mayBeCharged,
      });
    }
    case 'settled': {
      if (!isOpen(record)) return record;
      const { status, at, provider, solution, error, passedOver } = move;
      return { ...record, status, finishedAt: at, provider, solution, error, passedOver };
    }
    case 'reported':
      return { ...record, reported: move.isAccepted };
    case 'report-taken':
      return withAttempt(record, move.attempt, { tookReport: true });
  }
}

/** An attempt at its beginning: the intent is written, nothing has left. */
export function beginAttempt({ provider, why, at }: Extract<Move, { move: 'attempt-begun' }>): Attempt {
  return {
    provider,
    ...(why !== undefined && { why }),
    outcome: 'submitting',
    upstreamCode: null,
    upstreamId: null,
    startedAt: at,
    acceptedAt: null,
    endedAt: null,
    polls: 0,
    costUsd: null,
    mayBeCharged: false,
  };
}

function withAttempt(record: TaskRecord, index: number, change: Partial<Attempt>): TaskRecord {
  const attempts = record.attempts.map((attempt, at) => (at === index ? { ...attempt, ...change } : attempt));
  return { ...record, attempts };
}
