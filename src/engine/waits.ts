/** Clients that wait for something: each for a time, and no longer than it or the gateway itself does. */
import type { Clock } from '../core/clock.js';

export class Waits {
  readonly #ends = new Set<() => void>();
  #isOver = false;

  constructor(private readonly clock: Clock) {}

  /** Waits for `event`, at most `waitMs`. */
  until(event: Promise<unknown>, waitMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted || this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        this.#ends.delete(end);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.clock.after(waitMs, end);
      this.#ends.add(end);
      signal?.addEventListener('abort', end, { once: true });
      void event.then(end, end);
    });
  }

  /** Lets everybody go, and whoever comes later at once. */
  release(): void {
    this.#isOver = true;
    for (const end of [...this.#ends]) end();
  }
}
