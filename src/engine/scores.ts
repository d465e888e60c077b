/** What an account × kind has shown lately: how often it solves and how long it takes. */

const KEPT = 200;

/** The last few outcomes; old ones are overwritten. */
export class Score {
  readonly #solveMs: number[] = [];
  readonly #isSolved: boolean[] = [];
  #next = 0;
  #nextTime = 0;

  solved(tookMs: number): void {
    this.#solveMs[this.#nextTime] = tookMs;
    this.#nextTime = (this.#nextTime + 1) % KEPT;
    this.#add(true);
  }

  failed(): void {
    this.#add(false);
  }

  #add(isSolved: boolean): void {
    this.#isSolved[this.#next] = isSolved;
    this.#next = (this.#next + 1) % KEPT;
  }

  /** Null before the first outcome. */
  get successRate(): number | null {
    if (this.#isSolved.length === 0) return null;
    return this.#isSolved.filter(Boolean).length / this.#isSolved.length;
  }

  /** The solve time that the given share of tasks stays within, in ms; null before the first solve. */
  percentileMs(share: number): number | null {
    const sorted = [...this.#solveMs].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
  }
}
