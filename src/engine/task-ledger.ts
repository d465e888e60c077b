/** One task, in memory and on disk: a move counts when it has been written. */
import { type Clock, sleepUntil } from '../core/clock.js';
import {
  applyMove,
  type Budget,
  LeaseLost,
  type Move,
  type PassedOver,
  type TaskRecord,
  type TaskStore,
} from '../core/store.js';
import type { TaskMove } from './attempt-moves.js';

export interface LedgerTools {
  readonly store: TaskStore;
  readonly clock: Clock;
  /** Told of a write that failed; the task goes on in memory, and the write is tried again. */
  readonly onStoreError: (error: unknown) => void;
}

/** How soon a write that failed is tried again. */
const RETRY_MS = 500;

export class TaskLedger {
  /** Settles when another process has taken the task over: nothing more may be done for it here. */
  readonly lost: Promise<void>;
  #record: TaskRecord;
  /**
   * Writes that have not succeeded, in their order. Each is tried again exactly as it was, so that a store whose
   * answer was lost knows it for the same.
   */
  #unwritten: readonly (readonly TaskMove[])[] = [];
  #last: Promise<void> = Promise.resolve();
  #isLost = false;
  #isRetrying = false;
  #isFailing = false;
  #isStopped = false;
  #tellLost = () => {};

  constructor(
    record: TaskRecord,
    private readonly tools: LedgerTools,
  ) {
    this.#record = record;
    this.lost = new Promise((resolve) => {
      this.#tellLost = resolve;
    });
  }

  get record(): TaskRecord {
    return this.#record;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Remembers who was not asked, until the end writes it down. */
  passOver(passedOver: readonly PassedOver[]): void {
    this.#record = { ...this.#record, passedOver };
  }

  /** Writes the new task with its first moves. Rejects when that fails: nothing has happened then. */
  async create(moves: readonly TaskMove[], budget?: Budget): Promise<void> {
    const created: Move = { move: 'created', record: this.#record, ...(budget && { budget }) };
    await this.tools.store.write(this.#record.id, [created, ...moves]);
    this.#apply(moves);
  }

  /** Writes moves and applies them, one call after the other; `moves` is asked when its turn has come. */
  save(moves: () => readonly TaskMove[]): Promise<void> {
    this.#last = this.#last.then(async () => {
      const next = moves();
      const isFirst = await this.#write(next);
      this.#apply(next);
      if (!isFirst) await this.#learnOutcome();
    });
    return this.#last;
  }

  /**
   * Writes an intent, and does not go on without it: nothing may leave that is not on disk. Tried again until it
   * is written or `signal` aborts; false, with nothing applied, when it was not.
   */
  async begin(move: TaskMove, signal: AbortSignal): Promise<boolean> {
    let isWritten = false;
    const write = async () => {
      await this.#last;
      isWritten = !signal.aborted && (await this.#writeIntent(move));
      if (isWritten) this.#apply([move]);
    };
    const { clock } = this.tools;
    do {
      this.#last = write();
      await this.#last;
    } while (!isWritten && !this.#isLost && (await sleepUntil(clock, clock.now() + RETRY_MS, signal)));
    return isWritten;
  }

  /** Asks the store whether the task is still this process's own; false when it is not, or when nobody answers. */
  async isOwn(): Promise<boolean> {
    let isOwn = false;
    this.#last = this.#last.then(async () => {
      try {
        await this.tools.store.write(this.#record.id, []);
        isOwn = true;
      } catch (error) {
        this.#failed(error);
      }
    });
    await this.#last;
    return isOwn;
  }

  /** Another process works on the task now. */
  lose(): void {
    this.#isLost = true;
    this.#unwritten = [];
    this.#tellLost();
  }

  /** Resolves when all that was to be saved is on disk, or is given up: after a stop nothing is tried again. */
  async written(): Promise<void> {
    const { clock } = this.tools;
    await this.#last;
    while (this.#unwritten.length > 0 && !this.#isStopped) {
      await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve));
      await this.#last;
    }
  }

  /** What fails from now on is not tried again. */
  stop(): void {
    this.#isStopped = true;
  }

  async #writeIntent(move: TaskMove): Promise<boolean> {
    if (this.#isLost) return false;
    try {
      await this.#flush();
      await this.tools.store.write(this.#record.id, [move]);
      this.#isFailing = false;
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  /** False when these moves settle a task that somebody else has settled before; the rest of them is written then. */
  async #write(moves: readonly TaskMove[]): Promise<boolean> {
    if (this.#isLost) return true;
    if (moves.length > 0) this.#unwritten = [...this.#unwritten, moves];
    try {
      return await this.#flush();
    } catch (error) {
      this.#failed(error);
      return true;
    }
  }

  async #flush(): Promise<boolean> {
    const { store } = this.tools;
    let isFirst = true;
    for (let [next, ...later] = this.#unwritten; next; [next, ...later] = this.#unwritten) {
      if (await store.write(this.#record.id, next)) this.#unwritten = later;
      else {
        isFirst = false;
        const rest = next.filter(({ move }) => move !== 'settled');
        this.#unwritten = rest.length > 0 ? [rest, ...later] : later;
      }
    }
    this.#isFailing = false;
    return isFirst;
  }

  #failed(error: unknown): void {
    if (error instanceof LeaseLost) {
      this.lose();
      return;
    }
    // Told once, until a write succeeds: every task tries again and again while the ledger is away.
    if (!this.#isFailing) this.tools.onStoreError(error);
    this.#isFailing = true;
    this.#retryLater();
  }

  /** What was settled in memory has no next move to go with: it is tried again by itself. */
  #retryLater(): void {
    if (this.#isRetrying || this.#isStopped || this.#unwritten.length === 0) return;
    this.#isRetrying = true;
    this.tools.clock.after(RETRY_MS, () => {
      this.#isRetrying = false;
      if (!this.#isStopped) void this.save(() => []);
    });
  }

  /** The first outcome stands, also when it came from elsewhere. */
  async #learnOutcome(): Promise<void> {
    try {
      this.#record = (await this.tools.store.find(this.#record.id)) ?? this.#record;
    } catch (error) {
      this.tools.onStoreError(error);
    }
  }

  #apply(moves: readonly TaskMove[]): void {
    for (const move of moves) {
      this.#record = applyMove(this.#record, move);
      if (move.move === 'attempt-begun') this.passOver(without(move.provider, this.#record.passedOver));
    }
  }
}

/** Whoever is asked after all has not been passed over. */
function without(provider: string, passedOver: readonly PassedOver[]): readonly PassedOver[] {
  return passedOver.filter((other) => other.provider !== provider);
}
