/** What an account × kind has shown lately: how often it solves and how long it takes. */

const KEPT = 200;

/** What a score is made of, to be kept beyond the process. */
export interface ScoreFigures {
  readonly solveMs: readonly number[];
  readonly solved: number;
  readonly failed: number;
}

/** The last few outcomes; old ones are overwritten. */
export class Score {
  readonly #solveMs: number[] = [];
  readonly #isSolved: boolean[] = [];
  /** How many of them are. */
  #solved = 0;
  #next = 0;
  #nextTime = 0;
  #sorted: number[] | undefined;
  /** Something was added since `figures` was asked for last. */
  hasChanged = false;

  solved(tookMs: number): void {
    this.#time(tookMs);
    this.#add(true);
  }

  failed(): void {
    this.#add(false);
  }

  #add(isSolved: boolean): void {
    if (this.#isSolved[this.#next]) this.#solved -= 1;
    if (isSolved) this.#solved += 1;
    this.#isSolved[this.#next] = isSolved;
    this.#next = (this.#next + 1) % KEPT;
    this.hasChanged = true;
  }

  figures(): ScoreFigures {
    this.hasChanged = false;
    const solved = this.#solved;
    return { solveMs: [...this.#solveMs], solved, failed: this.#isSolved.length - solved };
  }

  /** Takes what an earlier process has learnt, where nothing is known yet. */
  restore({ solveMs, solved, failed }: ScoreFigures): void {
    if (this.#isSolved.length > 0) return;
    for (let count = 0; count < failed; count += 1) this.#add(false);
    for (let count = 0; count < solved; count += 1) this.#add(true);
    for (const tookMs of solveMs) this.#time(tookMs);
    this.hasChanged = false;
  }

  #time(tookMs: number): void {
    this.#solveMs[this.#nextTime] = tookMs;
    this.#nextTime = (this.#nextTime + 1) % KEPT;
    this.#sorted = undefined;
  }

  /** Outcomes that are known. */
  get outcomes(): number {
    return this.#isSolved.length;
  }

  /** Solve times that are known. */
  get solves(): number {
    return this.#solveMs.length;
  }

  /** Null before the first outcome. */
  get successRate(): number | null {
    if (this.#isSolved.length === 0) return null;
    return this.#solved / this.#isSolved.length;
  }

  /** The solve time that the given share of tasks stays within, in ms; null before the first solve. */
  percentileMs(share: number): number | null {
    this.#sorted ??= [...this.#solveMs].sort((a, b) => a - b);
    const { length } = this.#sorted;
    return this.#sorted[Math.min(length - 1, Math.floor(length * share))] ?? null;
  }
}
