/** What an account × kind has shown lately: how often it solves and how long it takes. */

import { SolveTimes, type SolveTimesFigures } from './solve-times.js';

const KEPT = 200;
/** Times that are older than this say nothing about now. */
const TIMES_KEPT_MS = 3_600_000;

/** What a score is made of, to be kept beyond the process. */
export interface ScoreFigures {
  readonly solveMs: readonly number[];
  readonly solved: number;
  readonly failed: number;
  /** What the polls have shown; absent in what earlier versions kept. */
  readonly times?: SolveTimesFigures | undefined;
}

interface SolveTime {
  readonly tookMs: number;
  readonly at: number;
}

/** The last few outcomes; old ones are overwritten. */
export class Score {
  /** When results come, for the polls; the figures below are for people and for choosing an account. */
  readonly times = new SolveTimes();
  readonly #solves: SolveTime[] = [];
  readonly #isSolved: boolean[] = [];
  /** How many of them are. */
  #solved = 0;
  #next = 0;
  #nextTime = 0;
  #sorted: { readonly times: readonly number[]; readonly until: number } | undefined;
  /** Something was added since `figures` was asked for last. */
  hasChanged = false;

  constructor(private readonly now: () => number = () => 0) {}

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
    return {
      solveMs: this.#lately(this.now()),
      solved,
      failed: this.#isSolved.length - solved,
      times: this.times.figures(),
    };
  }

  /** Takes what an earlier process has learnt, where nothing is known yet. */
  restore({ solveMs, solved, failed, times }: ScoreFigures): void {
    if (this.#isSolved.length > 0) return;
    this.times.restore(times);
    for (let count = 0; count < failed; count += 1) this.#add(false);
    for (let count = 0; count < solved; count += 1) this.#add(true);
    for (const tookMs of solveMs) this.#time(tookMs);
    this.hasChanged = false;
  }

  #time(tookMs: number): void {
    this.#solves[this.#nextTime] = { tookMs, at: this.now() };
    this.#nextTime = (this.#nextTime + 1) % KEPT;
    this.#sorted = undefined;
  }

  /** Outcomes that are known. */
  get outcomes(): number {
    return this.#isSolved.length;
  }

  /** Null before the first outcome. */
  get successRate(): number | null {
    if (this.#isSolved.length === 0) return null;
    return this.#solved / this.#isSolved.length;
  }

  /** How many solve times are known at `now`: those of the hour before. */
  solvesAt(now: number): number {
    return this.#lately(now).length;
  }

  /** The solve time that the given share of tasks stays within, in ms; null when nothing was solved for an hour. */
  percentileMs(share: number, now: number = this.now()): number | null {
    const times = this.#lately(now);
    return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? null;
  }

  /** The times of the last hour, in ms and sorted; every decision asks for them, so they are sorted once a solve. */
  #lately(now: number): readonly number[] {
    if (this.#sorted && now < this.#sorted.until) return this.#sorted.times;
    const lately = this.#solves.filter(({ at }) => at > now - TIMES_KEPT_MS);
    const until = Math.min(...lately.map(({ at }) => at + TIMES_KEPT_MS));
    const times = lately.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
    this.#sorted = { times, until };
    return times;
  }
}
