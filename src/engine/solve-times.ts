/** How long an account takes to solve a kind, learnt from polls as a hazard rate: what is soon due to be solved, and when. */

/** A result that was not there at `afterMs` and was at `byMs`, counted from the acceptance. */
export interface Arrival {
  readonly afterMs: number;
  readonly byMs: number;
}

/** What was learnt, to be kept beyond the process: both lists by bin. */
export interface SolveTimesFigures {
  readonly at: number;
  readonly arrivals: readonly number[];
  readonly waited: readonly number[];
}

/** Bins grow with the time: what takes long need not be known as sharply. */
const FIRST_EDGE_MS = 50;
const GROWTH = 1.08;
const BINS = 128;
/** After so many solves, and after so long, what was learnt counts half. */
const HALF_LIFE_SOLVES = 100;
const HALF_LIFE_MS = 3_600_000;
/** Solves in a row beyond the same end of what was learnt: the service has changed its pace. */
const SURPRISES = 5;
const END_SHARE = 0.1;
/** What is left then of all that was known before. */
const LEFT_AFTER_CHANGE = 0.02;
/** Fewer solves than this surprise nobody. */
const KNOWN_SOLVES = 10;
/** How many tasks the published pace counts as, in every bin. */
const PRIOR_TASKS = 1;

const EDGES: readonly number[] = Array.from({ length: BINS + 1 }, (_, index) =>
  index === 0 ? 0 : FIRST_EDGE_MS * GROWTH ** (index - 1),
);

/** Where a bin begins; beyond the last one nothing is ever known. */
function edge(index: number): number {
  return EDGES[index] ?? Number.POSITIVE_INFINITY;
}

function binOf(ms: number): number {
  if (ms < FIRST_EDGE_MS) return 0;
  const index = Math.floor(Math.log(ms / FIRST_EDGE_MS) / Math.log(GROWTH)) + 1;
  // Rounding may put an edge on its wrong side.
  if (ms < edge(index)) return index - 1;
  return ms >= edge(index + 1) ? index + 1 : index;
}

export class SolveTimes {
  readonly #arrivals = new Float64Array(BINS);
  /** Tasks that were waited for throughout the bin. */
  readonly #waited = new Float64Array(BINS);
  #at = 0;
  #surprises: { readonly isLate: boolean; readonly arrivals: Arrival[] } = { isLate: false, arrivals: [] };

  /** A result came: the polls before and after it say when. */
  arrived(arrival: Arrival, now: number): void {
    this.#age(now, 0.5 ** (1 / HALF_LIFE_SOLVES));
    const hasChanged = this.#isSurprise(arrival);
    this.#add(arrival);
    if (!hasChanged) return;
    this.#scale(LEFT_AFTER_CHANGE);
    for (const recent of this.#surprises.arrivals) this.#add(recent);
    this.#surprises = { isLate: false, arrivals: [] };
  }

  /** No result was there at `afterMs`, and nobody asked any more. */
  unseen(afterMs: number, now: number): void {
    this.#age(now, 1);
    this.#wait(0, afterMs, () => 1);
  }

  /** How many solves that is made of, those of long ago counting less. */
  get solves(): number {
    return this.#arrivals.reduce((sum, count) => sum + count, 0);
  }

  /** Adds up `density(hazard)` from `fromMs` on until it comes to 1: when that is, at most `toMs`. */
  reach(fromMs: number, toMs: number, rate: HazardTerms): number {
    const fade = 0.5 ** (Math.max(0, rate.now - this.#at) / HALF_LIFE_MS);
    let left = 1;
    for (let bin = binOf(fromMs), at = fromMs; at < toMs; bin += 1, at = edge(bin)) {
      const end = Math.min(edge(bin + 1), toMs);
      const density = rate.density(this.#hazard(bin, rate.priorPerMs, fade));
      const sum = density * (end - at);
      if (sum >= left) return at + left / density;
      left -= sum;
    }
    return toMs;
  }

  figures(): SolveTimesFigures {
    return { at: this.#at, arrivals: rounded(this.#arrivals), waited: rounded(this.#waited) };
  }

  /** Takes what an earlier process has learnt; anything else is nothing. */
  restore(figures: unknown): void {
    const { at, arrivals, waited } = (figures ?? {}) as Partial<SolveTimesFigures>;
    if (!Number.isFinite(at) || !isCounts(arrivals) || !isCounts(waited)) return;
    this.#at = Number(at);
    this.#arrivals.set(arrivals);
    this.#waited.set(waited);
  }

  #hazard(bin: number, priorPerMs: number, fade: number): number {
    if (bin >= BINS) return priorPerMs;
    const widthMs = edge(bin + 1) - edge(bin);
    const arrivals = (this.#arrivals[bin] ?? 0) * fade;
    const waited = (this.#waited[bin] ?? 0) * fade;
    return (arrivals / widthMs + PRIOR_TASKS * priorPerMs) / (waited + PRIOR_TASKS);
  }

  /** Within its interval a result may have come at any time. */
  #add({ afterMs, byMs }: Arrival): void {
    const lengthMs = Math.max(1, byMs - afterMs);
    const endMs = afterMs + lengthMs;
    this.#wait(0, afterMs, () => 1);
    this.#wait(afterMs, endMs, (from, to) => (endMs - (from + to) / 2) / lengthMs);
    for (let bin = binOf(afterMs); bin < BINS && edge(bin) < endMs; bin += 1) {
      const overlapMs = Math.min(edge(bin + 1), endMs) - Math.max(edge(bin), afterMs);
      this.#arrivals[bin] = (this.#arrivals[bin] ?? 0) + overlapMs / lengthMs;
    }
  }

  #wait(fromMs: number, toMs: number, share: (from: number, to: number) => number): void {
    for (let bin = binOf(fromMs); bin < BINS && edge(bin) < toMs; bin += 1) {
      const from = Math.max(edge(bin), fromMs);
      const to = Math.min(edge(bin + 1), toMs);
      const part = (to - from) / (edge(bin + 1) - edge(bin));
      this.#waited[bin] = (this.#waited[bin] ?? 0) + part * share(from, to);
    }
  }

  /** Whether this is one of several in a row that came sooner, or later, than nine in ten did before. */
  #isSurprise(arrival: Arrival): boolean {
    const before = this.solves < KNOWN_SOLVES ? 0.5 : this.#shareBefore((arrival.afterMs + arrival.byMs) / 2);
    const isLate = before > 1 - END_SHARE;
    const isSurprise = isLate || before < END_SHARE;
    const isSame = isSurprise && isLate === this.#surprises.isLate;
    const arrivals = isSurprise ? [...(isSame ? this.#surprises.arrivals : []), arrival] : [];
    this.#surprises = { isLate, arrivals };
    return arrivals.length >= SURPRISES;
  }

  #shareBefore(ms: number): number {
    let open = 0;
    for (let bin = 0; bin < BINS && edge(bin) < ms; bin += 1) {
      const part = Math.min(1, (ms - edge(bin)) / (edge(bin + 1) - edge(bin)));
      open += (part * (this.#arrivals[bin] ?? 0)) / Math.max(this.#waited[bin] ?? 0, 1e-6);
    }
    return 1 - Math.exp(-open);
  }

  #age(now: number, factor: number): void {
    const sinceMs = this.#at === 0 ? 0 : Math.max(0, now - this.#at);
    this.#at = now;
    this.#scale(factor * 0.5 ** (sinceMs / HALF_LIFE_MS));
  }

  #scale(factor: number): void {
    for (let bin = 0; bin < BINS; bin += 1) {
      this.#arrivals[bin] = (this.#arrivals[bin] ?? 0) * factor;
      this.#waited[bin] = (this.#waited[bin] ?? 0) * factor;
    }
  }
}

/** How a hazard becomes a density of polls. */
export interface HazardTerms {
  readonly now: number;
  /** The hazard of what nobody has seen yet. */
  readonly priorPerMs: number;
  readonly density: (hazardPerMs: number) => number;
}

function rounded(counts: Float64Array): readonly number[] {
  return Array.from(counts, (count) => Math.round(count * 1_000) / 1_000);
}

function isCounts(list: unknown): list is readonly number[] {
  return Array.isArray(list) && list.length === BINS && list.every((count) => Number(count) >= 0);
}
