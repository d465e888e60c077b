/** What every store promises. */
import type { CallbackLedger } from './callback.js';
import type { Move, TaskRecord } from './record.js';
import type { Span } from './scorecard.js';
import type { Tally } from './tally.js';

export {
  type Attempt,
  type AttemptOutcome,
  applyMove,
  type Budget,
  beginAttempt,
  HEDGE_WHY,
  type Idempotency,
  isOpen,
  type Move,
  type Origin,
  type PassedOver,
  spentUsd,
  type TaskError,
  type TaskOptions,
  type TaskRecord,
  type TaskStatus,
} from './record.js';

/** Another process works on this task now: nothing was written, and nothing more may be done for it here. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** A kept task of this client has this idempotency key already. */
export class KeyTaken extends Error {
  override readonly name = 'KeyTaken';

  constructor(readonly taskId: number) {
    super(`task ${taskId} has this idempotency key`);
  }
}

/** The task would take its client over its budget. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent';
}

/** What others, or we ourselves before a restart, have left to know; newest value of each key. */
export type Facts = ReadonlyMap<string, unknown>;

/** Told by the store when another process has changed something. */
export interface StoreWatch {
  /** A task was settled, or is to be looked at again. */
  readonly onTask: (id: number) => void;
  readonly onFact: (key: string, value: unknown) => void;
}

/**
 * Remembers tasks. What `write` has resolved survives the death of the process.
 * A store belongs to one run of one process, its owner. A task belongs to the owner that created or adopted it;
 * the owner holds it by a lease that the store renews by itself.
 */
export interface TaskStore {
  /** Reserves `count` ids that no other caller gets and no kept task has; the first of the run. */
  reserveIds(count: number): Promise<number>;
  /**
   * Writes the moves of one task, all or none, in their order.
   * False, with nothing written, when they settle a task that was settled before: the first outcome stands.
   * A cancellation, a report and that it was taken may be written for anybody's task; everything else for one's own only.
   * @throws LeaseLost for somebody else's task, KeyTaken and BudgetSpent for a `created` that may not be.
   */
  write(id: number, moves: readonly Move[]): Promise<boolean>;
  /** Whether this process may still act for its tasks; false when its lease may have run out unnoticed. */
  readonly isHeld: boolean;
  /**
   * How often the lease may have run out so far: what was one's own before may have been adopted since.
   * A `write` without moves tells, by LeaseLost.
   */
  readonly lapses: number;
  find(id: number): Promise<TaskRecord | undefined>;
  /** The kept task of this client with this idempotency key. */
  findByKey(clientId: string, key: string): Promise<TaskRecord | undefined>;
  /**
   * Takes over up to `limit` open tasks that nobody holds (of a process that is gone), oldest first: they are
   * this owner's from then on, and writes of the former one are refused.
   */
  adopt(limit: number): Promise<readonly TaskRecord[]>;
  /**
   * What the tasks of this client, created at or after `since`, may have cost in USD; an open task counts with
   * what it has reserved when that is more.
   */
  spentUsd(clientId: string, since: number): Promise<number>;
  readonly callbacks: CallbackLedger;
  /** Keeps a fact under a key, in place of the one before; other processes are told. Never throws: facts are hints. */
  remember(key: string, value: unknown): void;
  /** Every fact that is kept. */
  recall(): Promise<Facts>;
  /** Tells of what other processes change; call what is returned to stop. */
  watch(watch: StoreWatch): () => void;
  /**
   * Adds up everything that ended in the span: kept tasks by their end, forgotten ones by the hour of it, which
   * counts whole when it begins in the span. Each task counts once, whatever is forgotten meanwhile, here or by
   * another process. Goes in small steps between which others get their turn.
   */
  tally(span: Span, tally: Tally): Promise<void>;
  /** Forgets up to `limit` expired rows of each sort; how many it touched. Forgotten tasks stay in `tally`. */
  forget(before: ForgetBefore, limit: number): Promise<number>;
  /** Resolves while the store can be written. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Times in ms since 1970: solutions of tasks finished before, and whole tasks finished before, may go. */
export interface ForgetBefore {
  readonly solutions: number;
  readonly tasks: number;
  /** What forgotten tasks counted in hours that were over before; absent for never. */
  readonly scores?: number | undefined;
}
