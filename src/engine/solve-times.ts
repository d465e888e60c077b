/** How long an account takes to solve a kind, learnt from polls as a hazard rate: what is soon due to be solved, and when. */

/** A result that was not there at `afterMs` and was at `byMs`, counted from the acceptance. */
export interface Arrival {
  readonly afterMs: number;
  readonly byMs: number;
  /** What was waited until then is counted by `unseen`; absent for nothing. */
  readonly countedMs?: number | undefined;
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
/** Unless that many tasks were just so far: so few may have been due to come soon, or so many ought to have come before. */
const MOST_SOON_DUE = 1;
const LEAST_DUE_BEFORE = 5;
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
  /** Where the ends of what was learnt begin. */
  #soonMs = 0;
  #lateMs = 0;
  /** Solves that were due within the soon end since one came later, and before the late end since one came there. */
  #dueSoon = 0;
  #dueBefore = 0;

  /** A result came: the polls before and after it say when. */
  arrived(arrival: Arrival, now: number): void {
    this.#age(now, 0.5 ** (1 / HALF_LIFE_SOLVES));
    const hasChanged = this.#isSurprise(arrival);
    this.#add(arrival);
    if (hasChanged) {
      this.#scale(LEFT_AFTER_CHANGE);
      for (const { afterMs, byMs } of this.#surprises.arrivals) this.#add({ afterMs, byMs });
      this.#surprises = { isLate: false, arrivals: [] };
      this.#dueSoon = 0;
      this.#dueBefore = 0;
    }
    this.#findEnds();
  }

  /**
   * No result was there at `afterMs`; until `sinceMs` that was known before. Told of each poll, for those that still wait
   * say as much as those that are solved: of many tasks that begin together, the quick ones come first.
   */
  unseen(afterMs: number, now: number, sinceMs = 0): void {
    this.#age(now, 1);
    this.#expect(sinceMs, afterMs);
    this.#wait(sinceMs, afterMs, () => 1);
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
    this.#findEnds();
  }

  #hazard(bin: number, priorPerMs: number, fade: number): number {
    if (bin >= BINS) return priorPerMs;
    const widthMs = edge(bin + 1) - edge(bin);
    const arrivals = (this.#arrivals[bin] ?? 0) * fade;
    const waited = (this.#waited[bin] ?? 0) * fade;
    return (arrivals / widthMs + PRIOR_TASKS * priorPerMs) / (waited + PRIOR_TASKS);
  }

  /** Within its interval a result may have come at any time. */
  #add({ afterMs, byMs, countedMs = 0 }: Arrival): void {
    const lengthMs = Math.max(1, byMs - afterMs);
    const endMs = afterMs + lengthMs;
    this.#wait(countedMs, afterMs, () => 1);
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
    const atMs = (arrival.afterMs + arrival.byMs) / 2;
    this.#expect(arrival.countedMs ?? 0, atMs);
    const isKnown = this.solves >= KNOWN_SOLVES;
    const isLate = isKnown && atMs > this.#lateMs;
    const isSurprise = isLate || (isKnown && atMs < this.#soonMs);
    if (!isSurprise || isLate) this.#dueSoon = 0;
    if (!isLate) this.#dueBefore = 0;
    const isSame = isSurprise && isLate === this.#surprises.isLate;
    const arrivals = isSurprise ? [...(isSame ? this.#surprises.arrivals : []), arrival] : [];
    this.#surprises = { isLate, arrivals };
    if (arrivals.length < SURPRISES) return false;
    return isLate ? this.#dueBefore >= LEAST_DUE_BEFORE : this.#dueSoon <= MOST_SOON_DUE;
  }

  /** A task has waited from then to then: how many solves that should have brought. */
  #expect(fromMs: number, toMs: number): void {
    const untilMs = Math.min(toMs, this.#lateMs);
    for (let bin = binOf(fromMs), at = fromMs; at < untilMs && bin < BINS; bin += 1, at = edge(bin)) {
      const end = Math.min(edge(bin + 1), untilMs);
      const perMs = this.#duePer(bin) / (edge(bin + 1) - edge(bin));
      this.#dueBefore += perMs * (end - at);
      this.#dueSoon += perMs * Math.max(0, Math.min(end, this.#soonMs) - at);
    }
  }

  /** Solves of a task that waits throughout the bin. */
  #duePer(bin: number): number {
    return (this.#arrivals[bin] ?? 0) / Math.max(this.#waited[bin] ?? 0, 1e-6);
  }

  #findEnds(): void {
    this.#soonMs = this.#timeOf(END_SHARE);
    this.#lateMs = this.#timeOf(1 - END_SHARE);
  }

  /** Before when that share of the solves comes. */
  #timeOf(share: number): number {
    let left = -Math.log(1 - share);
    for (let bin = 0; bin < BINS; bin += 1) {
      const due = this.#duePer(bin);
      if (due > 0 && due >= left) return edge(bin) + (left / due) * (edge(bin + 1) - edge(bin));
      left -= due;
    }
    return Number.POSITIVE_INFINITY;
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
