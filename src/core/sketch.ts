/** Many times in few numbers: counts on a logarithmic scale, which can be added up and still tell every quantile. */

/** Each bucket ends this much later than the one before: its middle is within 1 % of all that is in it. */
const RATIO = 1.01 / 0.99;
const LOG_RATIO = Math.log(RATIO);
/** Holds what took no time. */
const NO_TIME = -1;
const BASE = 36;

/** Times in ms. Quantiles are told within 1 % and half a millisecond, however many sketches were added up. */
export class Sketch {
  readonly #counts = new Map<number, number>();
  #total = 0;

  /** What `toJSON` has made. */
  static from(text: string): Sketch {
    const sketch = new Sketch();
    let bucket = 0;
    for (const word of text === '' ? [] : text.split(' ')) {
      const [step = '', count = '1'] = word.split('*');
      bucket += Number.parseInt(step, BASE);
      sketch.#add(bucket, Number.parseInt(count, BASE));
    }
    return sketch;
  }

  add(ms: number): void {
    this.#add(bucketOf(ms), 1);
  }

  addAll(other: Sketch): void {
    for (const [bucket, count] of other.#counts) this.#add(bucket, count);
  }

  /** The least time that at least this share of all times do not exceed, in whole ms; null when there are none. */
  quantile(share: number): number | null {
    const rank = Math.max(1, Math.ceil(share * this.#total));
    let passed = 0;
    for (const [bucket, count] of this.#sorted()) {
      passed += count;
      if (passed >= rank) return Math.round(middleOf(bucket));
    }
    return null;
  }

  /** Short, for every hour keeps many: the step from bucket to bucket, and `*` with the count where it is not one. */
  toJSON(): string {
    let last = 0;
    const words = this.#sorted().map(([bucket, count]) => {
      const step = (bucket - last).toString(BASE);
      last = bucket;
      return count === 1 ? step : `${step}*${count.toString(BASE)}`;
    });
    return words.join(' ');
  }

  #sorted(): readonly (readonly [bucket: number, count: number])[] {
    return [...this.#counts].sort(([one], [other]) => one - other);
  }

  #add(bucket: number, count: number): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
    this.#total += count;
  }
}

function bucketOf(ms: number): number {
  return ms > 0 ? Math.max(0, Math.ceil(Math.log(ms) / LOG_RATIO)) : NO_TIME;
}

function middleOf(bucket: number): number {
  return bucket === NO_TIME ? 0 : (2 * RATIO ** bucket) / (RATIO + 1);
}
