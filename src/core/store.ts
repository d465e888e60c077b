/** The ledger: what is remembered of a task, the moves that change it, and what every store promises. */
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
}

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
  /** Whatever the caller wants back with the task. */
  readonly meta?: unknown;
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
}

/** Everything that can happen to a task. Attempts are numbered from 0 in the order they were begun. */
export type Move =
  | { readonly move: 'created'; readonly record: TaskRecord }
  | {
      readonly move: 'attempt-begun';
      readonly attempt: number;
      readonly provider: string;
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
  | { readonly move: 'reported'; readonly isAccepted: boolean };

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
 */
export function applyMove(record: TaskRecord, move: Exclude<Move, { move: 'created' }>): TaskRecord {
  switch (move.move) {
    case 'attempt-begun':
      return { ...record, attempts: [...record.attempts, beginAttempt(move.provider, move.at)] };
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
  }
}

function beginAttempt(provider: string, at: number): Attempt {
  return {
    provider,
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

/** Remembers tasks. What `write` has resolved survives the death of the process. */
export interface TaskStore {
  /** Reserves `count` ids that no other caller gets and no kept task has; the first of the run. */
  reserveIds(count: number): Promise<number>;
  /**
   * Writes the moves of one task, all or none, in their order.
   * False, with nothing written, when they settle a task that was settled before: the first outcome stands.
   */
  write(id: number, moves: readonly Move[]): Promise<boolean>;
  find(id: number): Promise<TaskRecord | undefined>;
  /** Every task that still waits for an answer, oldest first. */
  unfinished(): Promise<readonly TaskRecord[]>;
  /** What the tasks of this client, created at or after `since`, may have cost in USD. */
  spentUsd(clientId: string, since: number): Promise<number>;
  /** Forgets up to `limit` expired rows of each sort; how many it touched. */
  forget(before: ForgetBefore, limit: number): Promise<number>;
  /** Resolves while the store can be written. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Times in ms since 1970: solutions of tasks finished before, and whole tasks finished before, may go. */
export interface ForgetBefore {
  readonly solutions: number;
  readonly tasks: number;
}
