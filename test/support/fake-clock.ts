/** A clock that stands still until a test moves it: nothing here waits for real time. */
import { setImmediate } from 'node:timers/promises';
import type { Cancel, Clock } from '../../src/core/clock.js';

interface Timer {
  readonly at: number;
  readonly action: () => void;
}

/** Where a fake clock starts unless told otherwise: noon, UTC. */
export const NOON = Date.UTC(2026, 0, 1, 12);

export class FakeClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();

  constructor(startAt = NOON) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, action: () => void): Cancel {
    const timer = { at: this.#now + Math.max(delayMs, 0), action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that nobody has cancelled and whose time has not come. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Runs every timer of the next `ms` at its own time, in order, and lets promises settle between them. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (let timer = this.#next(until); timer; timer = this.#next(until)) {
      this.#timers.delete(timer);
      this.#now = timer.at;
      timer.action();
      await settle();
    }
    this.#now = until;
  }

  /** The earliest timer that is due by then; of two at the same time the one that was set first. */
  #next(until: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= until && (!next || timer.at < next.at)) next = timer;
    }
    return next;
  }
}

/** Lets every promise that can settle without a timer do so. */
export async function settle(): Promise<void> {
  await setImmediate();
}
