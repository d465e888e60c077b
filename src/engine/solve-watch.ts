/** What the polls of one attempt tell about the provider's solve times. */
import type { SolveTimes } from './solve-times.js';

export interface Watched {
  readonly times: SolveTimes;
  readonly acceptedAt: number;
  /** Polls of an earlier process are not known: when the result came is then known after the first of ours only. */
  readonly isResumed: boolean;
}

export class SolveWatch {
  #emptyAt: number | undefined;

  constructor(private readonly watched: Watched) {
    if (!watched.isResumed) this.#emptyAt = watched.acceptedAt;
  }

  /** A poll left at `at` was answered; `isExact` when the provider had told that time by itself. */
  saw(at: number, isThere: boolean, isExact: boolean): void {
    const { times, acceptedAt } = this.watched;
    if (!isThere) {
      if (this.#emptyAt !== undefined) times.unseen(at - acceptedAt, at, this.#emptyAt - acceptedAt);
      this.#emptyAt = at;
      return;
    }
    const afterAt = isExact ? at : this.#emptyAt;
    if (afterAt === undefined) return;
    const countedMs = (this.#emptyAt ?? acceptedAt) - acceptedAt;
    times.arrived({ afterMs: afterAt - acceptedAt, byMs: at - acceptedAt, countedMs }, at);
  }
}
