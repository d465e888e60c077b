/** A clock that a test moves by hand. */
import type { Clock } from '../../src/core/clock.js';

export class ManualClock implements Clock {
  #now = 1_790_000_000_000;
  readonly #timers = new Set<{ readonly at: number; readonly action: () => void }>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, action: () => void) {
    const timer = { at: this.#now + Math.max(delayMs, 0), action };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** How many timers are waiting. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Lets time pass, and whatever falls due happen in order. */
  advance(passedMs: number): void {
    const until = this.#now + passedMs;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.action();
    }
    this.#now = until;
  }
}
