/** One task, in memory and on disk: a move counts when it has been written. */
import { applyMove, type Move, type PassedOver, type TaskRecord, type TaskStore } from '../core/store.js';
import type { TaskMove } from './attempt-moves.js';

export class TaskLedger {
  #record: TaskRecord;
  /** Moves that could not be written: they go first with the next ones. */
  #unwritten: readonly TaskMove[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(
    record: TaskRecord,
    private readonly store: TaskStore,
    /** Told of a write that failed; the task goes on in memory. */
    private readonly onError: (error: unknown) => void,
  ) {
    this.#record = record;
  }

  get record(): TaskRecord {
    return this.#record;
  }

  /** Remembers who was not asked, until the end writes it down. */
  passOver(passedOver: readonly PassedOver[]): void {
    this.#record = { ...this.#record, passedOver };
  }

  /** Writes the new task with its first moves. Rejects when that fails: nothing has happened then. */
  async create(moves: readonly TaskMove[]): Promise<void> {
    const created: Move = { move: 'created', record: this.#record };
    await this.store.write(this.#record.id, [created, ...moves]);
    this.#apply(moves);
  }

  /** Writes moves and applies them, one call after the other; `moves` is asked when its turn has come. */
  save(moves: () => readonly TaskMove[]): Promise<void> {
    this.#last = this.#last.then(async () => {
      const next = moves();
      await this.#write(next);
      this.#apply(next);
    });
    return this.#last;
  }

  /** Resolves when all that was to be saved so far has been tried. */
  get idle(): Promise<void> {
    return this.#last;
  }

  async #write(moves: readonly TaskMove[]): Promise<void> {
    const all = [...this.#unwritten, ...moves];
    try {
      await this.store.write(this.#record.id, all);
      this.#unwritten = [];
    } catch (error) {
      this.#unwritten = all;
      this.onError(error);
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
