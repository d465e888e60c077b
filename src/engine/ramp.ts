/** The way back of what was closed to new work: a tenth of it first, then half of it, then all. */

import type { Clock } from '../core/clock.js';

const FIRST_SHARE = 0.1;
const SECOND_SHARE = 0.5;

export class Ramp {
  /** What it was closed for. */
  cause: string | null = null;
  since = 0;
  until = 0;

  /** Nothing ramps when `rampMs` is 0, but since when the way is open is known all the same. */
  start(cause: string, now: number, rampMs: number): void {
    this.cause = cause;
    this.since = now;
    this.until = now + rampMs;
  }

  end(): void {
    this.cause = null;
    this.until = 0;
  }

  isRunning(now: number): boolean {
    return this.cause !== null && now < this.until;
  }

  /** The share of new work that is let in first. Asked for each candidate of each task: the clock only when needed. */
  share(clock: Clock): number {
    if (this.cause === null) return 1;
    const now = clock.now();
    if (!this.isRunning(now)) return 1;
    return now - this.since < (this.until - this.since) / 2 ? FIRST_SHARE : SECOND_SHARE;
  }
}
