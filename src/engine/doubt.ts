/**
 * What follows from a submit that failed as a call. The account stays open, because one failure proves little,
 * but others are asked first until one task, alone and with little time, has shown that it answers again:
 * so a hung provider costs one task one timeout, and the next ones nothing.
 */
import type { Clock } from '../core/clock.js';
import type { ChangedBy } from '../core/events.js';
import type { Backoff } from './gate.js';

export class Doubt {
  cause: string | null = null;
  since = 0;
  until = 0;
  openedBy: ChangedBy | null = null;
  /** The task that is finding out. */
  #try: object | undefined;
  #raisedAt = 0;
  #failures = 0;

  constructor(
    private readonly clock: Clock,
    private readonly backoff: Backoff,
  ) {}

  /** Others are asked first: nobody may try yet, or somebody is trying. */
  get isRaised(): boolean {
    return this.cause !== null && (this.#try !== undefined || this.clock.now() < this.until);
  }

  /** The next task is the one that finds out. */
  get isDue(): boolean {
    return this.cause !== null && !this.isRaised;
  }

  /** Lets the caller find out, alone, until it calls what is returned. */
  lease(): () => void {
    const mine = {};
    this.#try = mine;
    return () => {
      if (this.#try === mine) this.#try = undefined;
    };
  }

  /** The pause doubles with every failure in a row; a call that left before the last one failed says nothing new. */
  raise(cause: string, askedAt: number, by: ChangedBy): void {
    const now = this.clock.now();
    if (this.cause !== null && askedAt <= this.#raisedAt) return;
    this.#raisedAt = now;
    if (this.cause === null) this.since = now;
    this.cause = cause;
    this.openedBy = by;
    this.until = now + Math.min(this.backoff.cooldownMs * 2 ** this.#failures, this.backoff.maxCooldownMs);
    this.#failures += 1;
  }

  /** An answer to a call that left before the last failure ends no doubt; an operator's word does. */
  clear(askedAt = Number.POSITIVE_INFINITY): void {
    if (this.cause !== null && askedAt < this.#raisedAt) return;
    this.cause = null;
    this.openedBy = null;
    this.#failures = 0;
    this.#try = undefined;
  }
}
