/** When an account was in the config: which attempts under an id are its, and how long it has been out. */

interface Span {
  readonly from: number;
  /** Infinite while it lasts. */
  to: number;
}

/** An account that goes in and out more often is known by its last times. */
const MOST_SPANS = 100;

export class Tenure {
  #spans: Span[] = [];

  /** Since before anything that is known, unless told otherwise. */
  constructor(from = Number.NEGATIVE_INFINITY) {
    this.begin(from);
  }

  begin(at: number): void {
    this.#spans = [...this.#spans.slice(1 - MOST_SPANS), { from: at, to: Number.POSITIVE_INFINITY }];
  }

  end(at: number): void {
    const last = this.#spans.at(-1);
    if (last) last.to = Math.min(last.to, at);
  }

  /** When it began last. */
  get since(): number {
    return this.#spans.at(-1)?.from ?? Number.NEGATIVE_INFINITY;
  }

  /** When it ended; infinite while it lasts. */
  get until(): number {
    return this.#spans.at(-1)?.to ?? Number.POSITIVE_INFINITY;
  }

  covers(at: number): boolean {
    return this.#spans.some(({ from, to }) => from <= at && at < to);
  }
}
