/** Why something is closed to new work, since when and until when. */

import type { Clock } from '../core/clock.js';
import type { BreakerChange, BreakerScope, Events } from '../core/events.js';
import type { Kind } from '../core/task.js';

export interface GateOwner {
  readonly clock: Clock;
  readonly events: Events;
  readonly provider: string;
}

export interface Backoff {
  readonly cooldownMs: number;
  readonly maxCooldownMs: number;
}

/** One cause at one scope; open means that nothing new passes. */
export class Gate {
  cause: string | null = null;
  since = 0;
  until: number | null = null;
  /** Before this not even the last resort may ask. */
  askableAt = 0;
  /** A probe is under way: nobody else may pass meanwhile. */
  isProbing = false;
  #openings = 0;

  constructor(
    readonly scope: BreakerScope,
    readonly kind: Kind | null,
    private readonly owner: GateOwner,
  ) {}

  get isOpen(): boolean {
    return this.cause !== null;
  }

  /** Whether the time to try again has come; never where somebody has to act. */
  isDue(now: number): boolean {
    return this.isOpen && this.until !== null && now >= this.until;
  }

  /** Whether one task may try the way now: closed gates aside, only when it is due and nobody else is trying. */
  isTriable(now: number): boolean {
    return this.isDue(now) && !this.isProbing && (this.scope === 'kind' || this.scope === 'transport');
  }

  /** Closes the way until `until`; null until somebody acts. Opening again moves the time and keeps `since`. */
  open(cause: string, until: number | null): void {
    if (!this.isOpen) this.since = this.owner.clock.now();
    this.cause = cause;
    this.until = until;
    this.isProbing = false;
    this.owner.events.emit('breaker-opened', this.#change(cause));
  }

  /** Opens for a time that doubles with every opening in a row, never shorter than `atLeastMs`. */
  backOff(cause: string, { cooldownMs, maxCooldownMs }: Backoff, atLeastMs = cooldownMs): void {
    const doubled = Math.min(cooldownMs * 2 ** this.#openings, maxCooldownMs);
    this.#openings += 1;
    // Up to a tenth more, so that many gateways do not come back in the same moment.
    const jittered = doubled * (1 + Math.random() / 10);
    const now = this.owner.clock.now();
    this.open(cause, now + Math.max(jittered, atLeastMs));
    this.askableAt = now + atLeastMs;
  }

  close(): void {
    this.#openings = 0;
    this.isProbing = false;
    const { cause } = this;
    if (cause === null) return;
    this.owner.events.emit('breaker-closed', this.#change(cause));
    this.cause = null;
    this.until = null;
  }

  #change(cause: string): BreakerChange {
    return {
      provider: this.owner.provider,
      scope: this.scope,
      kind: this.kind,
      cause,
      since: this.since,
      until: this.until,
    };
  }
}
