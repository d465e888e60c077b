/** The tasks that an earlier process left open: nobody's until they are adopted. */
import type { Move } from '../core/store.js';

/** Ids only, oldest first: the file belongs to one process, so nothing joins them while it runs. */
export class Orphans {
  #left: readonly number[];
  readonly #ids: Set<number>;

  constructor(ids: readonly number[]) {
    this.#left = ids;
    this.#ids = new Set(ids);
  }

  /** The oldest `limit` of them; they are ours from then on. */
  take(limit: number): readonly number[] {
    const left = this.#left.filter((id) => this.#ids.has(id));
    const taken = left.slice(0, Math.max(0, limit));
    this.#left = left.slice(taken.length);
    for (const id of taken) this.#ids.delete(id);
    return taken;
  }

  /** Whether the moves are of a task that is not ours and may be written by its owner only. */
  forbids(id: number, moves: readonly Move[]): boolean {
    if (!this.#ids.has(id)) return false;
    // One that was cancelled and forgotten leaves its id to a new task, which is ours.
    if (moves[0]?.move === 'created') this.#ids.delete(id);
    return this.#ids.has(id) && !moves.every(isForAnybody);
  }
}

/** Moves that may be written for anybody's task. */
function isForAnybody(move: Move): boolean {
  const isReport = move.move === 'reported' || move.move === 'report-taken';
  return isReport || (move.move === 'settled' && move.status === 'cancelled');
}
