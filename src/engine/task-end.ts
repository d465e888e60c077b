/** How a task ends: once, by its deadline at the latest, first on disk and then for whoever waits. */
import type { Clock } from '../core/clock.js';
import type { Events } from '../core/events.js';
import type { Move, TaskError } from '../core/store.js';
import { dropped, type TaskMove } from './attempt-moves.js';
import type { AttemptRun } from './attempt-run.js';
import type { TaskLedger } from './task-ledger.js';

export type Outcome = Pick<Extract<Move, { move: 'settled' }>, 'status' | 'provider' | 'solution' | 'error'>;

export interface EndTools {
  readonly clock: Clock;
  readonly events: Events;
  readonly ledger: TaskLedger;
  /** The attempts of this process, by their numbers. */
  readonly attempts: ReadonlyMap<number, AttemptRun>;
}

const DEADLINE: TaskError = {
  code: 'deadline',
  upstreamCode: null,
  detail: 'The deadline passed before an answer came.',
};

const BROKEN: TaskError = {
  code: 'internal',
  upstreamCode: null,
  detail: 'The gateway failed on this task.',
};

export class TaskEnd {
  /** Settles when the task has ended and that is on disk. */
  readonly told: Promise<void>;
  /** When the task fails for want of an answer. */
  deadlineAt: number;
  /** Aborts when nothing is to be asked for this task any more. */
  readonly #over = new AbortController();
  #tell = () => {};
  /** The attempts whose end was told. */
  readonly #toldEnded = new Set<number>();
  #isSettling = false;
  #isStopped = false;

  constructor(private readonly tools: EndTools) {
    this.deadlineAt = tools.ledger.record.deadlineAt;
    this.told = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Nothing more is decided: the task has ended or is about to, or the process is. */
  get isNear(): boolean {
    return this.#isSettling || this.#isStopped;
  }

  /** Starts the deadline; `notBefore` for one that passed while nobody was there. */
  startDeadline(notBefore: number): void {
    const { clock, ledger } = this.tools;
    if (this.signal.aborted) return;
    this.deadlineAt = Math.max(ledger.record.deadlineAt, notBefore);
    const cancel = clock.after(this.deadlineAt - clock.now(), () => void this.fail(DEADLINE));
    this.signal.addEventListener('abort', cancel, { once: true });
  }

  /** Leaves the task as it stands on disk. */
  stop(): void {
    this.#isStopped = true;
    this.#over.abort();
  }

  async broken(): Promise<void> {
    await this.fail(BROKEN);
  }

  async fail(error: TaskError, before: readonly TaskMove[] = []): Promise<void> {
    await this.settle({ status: 'failed', provider: null, solution: null, error }, before);
  }

  /** The first settlement stands, written with the moves that led to it. False when it is not the first. */
  async settle(outcome: Outcome, before: readonly TaskMove[] = []): Promise<boolean> {
    const { clock, events, ledger } = this.tools;
    if (this.#isSettling || ledger.record.finishedAt !== null) return false;
    this.#isSettling = true;
    const at = clock.now();
    const settled: Move = { move: 'settled', at, passedOver: ledger.record.passedOver, ...outcome };
    let ended: readonly TaskMove[] = [];
    await ledger.save(() => {
      ended = [...before, ...this.#dropped(outcome.error, before)];
      return [...ended, settled];
    });
    this.tellEnded(ended);
    this.#over.abort();
    events.emit('task-ended', { record: ledger.record });
    this.#tell();
    return true;
  }

  /** Writes how attempts have ended, and tells of it. */
  async book(moves: readonly TaskMove[]): Promise<void> {
    await this.tools.ledger.save(() => moves);
    this.tellEnded(moves);
  }

  /** Tells of the attempts that these moves have ended. */
  tellEnded(moves: readonly TaskMove[]): void {
    const { events, ledger } = this.tools;
    for (const move of moves) {
      const attempt = move.move === 'attempt-ended' ? ledger.record.attempts[move.attempt] : undefined;
      if (!attempt || move.move !== 'attempt-ended') continue;
      const isLate = this.#toldEnded.has(move.attempt);
      this.#toldEnded.add(move.attempt);
      events.emit('attempt-ended', { record: ledger.record, attempt, isLate });
    }
  }

  /** The attempts that the end of the task leaves without an answer. */
  #dropped(error: TaskError | null, before: readonly TaskMove[]): readonly TaskMove[] {
    const { attempts, ledger } = this.tools;
    const told = new Set(before.flatMap((move) => (move.move === 'attempt-ended' ? [move.attempt] : [])));
    const isLate = error?.code === 'deadline';
    return ledger.record.attempts.flatMap(({ endedAt, acceptedAt }, index) => {
      const attempt = attempts.get(index);
      if (endedAt !== null || told.has(index) || !attempt) return [];
      if (isLate && acceptedAt !== null) attempt.score.failed();
      return [dropped(isLate ? 'deadline' : 'cancelled', attempt.moment)];
    });
  }
}
