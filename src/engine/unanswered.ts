/** Submits that an account has not answered yet: one that hangs makes others the better choice. */

/** While a submit has gone unanswered for this long, other accounts are asked first. */
const SLOW_MS = 1_500;

export class Unanswered {
  /** The oldest first. */
  readonly #since = new Set<{ readonly at: number }>();

  /** Returns what is called when the answer is there. */
  begin(at: number): () => void {
    const waiting = { at };
    this.#since.add(waiting);
    return () => this.#since.delete(waiting);
  }

  /** Asked for every decision; `now` only where something waits. */
  isSlow(now: () => number): boolean {
    if (this.#since.size === 0) return false;
    const [oldest] = this.#since;
    return oldest !== undefined && now() - oldest.at > SLOW_MS;
  }
}
