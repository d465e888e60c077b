/** Clients that wait for something: each for a time, and no longer than it or the gateway itself does. */
import type { Clock } from '../core/clock.js';

export class Waits {
  readonly #ends = new Set<() => void>();
  /** Promises never let go of who listens: each is listened to once, however many come and go. */
  readonly #waiting = new WeakMap<Promise<unknown>, Set<() => void>>();
  #isOver = false;

  constructor(private readonly clock: Clock) {}

  /** Clients that wait now. */
  get size(): number {
    return this.#ends.size;
  }

  /** Waits for `event`, at most `waitMs`. */
  until(event: Promise<unknown>, waitMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted || this.#isOver) return Promise.resolve();
    const waiting = this.#waitingFor(event);
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        this.#ends.delete(end);
        waiting.delete(end);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.clock.after(waitMs, end);
      this.#ends.add(end);
      signal?.addEventListener('abort', end, { once: true });
      waiting.add(end);
    });
  }

  #waitingFor(event: Promise<unknown>): Set<() => void> {
    const known = this.#waiting.get(event);
    if (known) return known;
    const waiting = new Set<() => void>();
    this.#waiting.set(event, waiting);
    const tell = () => {
      this.#waiting.delete(event);
      for (const end of [...waiting]) end();
    };
    event.then(tell, tell);
    return waiting;
  }

  /** Lets everybody go, and whoever comes later at once. */
  release(): void {
    this.#isOver = true;
    for (const end of [...this.#ends]) end();
  }
}
