/** Why something is closed to new work, since when and until when. */

import type { Clock } from '../core/clock.js';
import type { BreakerChange, BreakerScope, Events } from '../core/events.js';
import type { TaskKind } from '../core/task.js';

export interface GateOwner {
  readonly clock: Clock;
  readonly events: Events;
  readonly provider: string;
  /** Told when an open gate closes. */
  readonly onClose: () => void;
}

export interface Backoff {
  readonly cooldownMs: number;
  readonly maxCooldownMs: number;
}

/** The call whose failure closes the way. */
export interface Evidence {
  /** When it left: one that left before the way was closed says nothing new. */
  readonly askedAt: number;
  /** The pause that is kept in any case. */
  readonly atLeastMs?: number;
}

/** One cause at one scope; open means that nothing new passes. */
export class Gate {
  cause: string | null = null;
  since = 0;
  until: number | null = null;
  /** Before this not even the last resort may ask. */
  askableAt = 0;
  #openedAt = 0;
  #openings = 0;
  #try: object | undefined;

  constructor(
    readonly scope: BreakerScope,
    readonly kind: TaskKind | null,
    private readonly owner: GateOwner,
  ) {}

  get isOpen(): boolean {
    return this.cause !== null;
  }

  /** Somebody tries the way right now: nobody else may pass meanwhile. */
  get isProbing(): boolean {
    return this.#try !== undefined;
  }

  /** Whether the time to try again has come; never where somebody has to act. */
  isDue(now: number): boolean {
    return this.isOpen && this.until !== null && now >= this.until;
  }

  /** Whether one task may try the way now: only when it is due and nobody else is trying. */
  isTriable(now: number): boolean {
    return this.isDue(now) && !this.isProbing && (this.scope === 'kind' || this.scope === 'transport');
  }

  /** Lets the caller try the way, alone, until it calls what is returned. */
  lease(): () => void {
    const mine = {};
    this.#try = mine;
    return () => {
      if (this.#try === mine) this.#try = undefined;
    };
  }

  /**
   * Closes the way until `until`; null until somebody acts. A time that is already longer stands.
   * `since` is for what an earlier process has closed.
   */
  open(cause: string, until: number | null, since?: number): void {
    if (this.isOpen && (this.until ?? Number.POSITIVE_INFINITY) > (until ?? Number.POSITIVE_INFINITY)) return;
    this.#openedAt = this.owner.clock.now();
    if (!this.isOpen) this.since = since ?? this.#openedAt;
    this.cause = cause;
    this.until = until;
    this.owner.events.emit('breaker-opened', this.#change(cause));
  }

  /** Opens for a time that doubles with every try in a row that failed. */
  backOff(cause: string, { cooldownMs, maxCooldownMs }: Backoff, evidence: Evidence): void {
    const { askedAt, atLeastMs = cooldownMs } = evidence;
    const now = this.owner.clock.now();
    this.askableAt = Math.max(this.askableAt, now + atLeastMs);
    if (this.isOpen && askedAt <= this.#openedAt) {
      if (this.until !== null) this.until = Math.max(this.until, this.askableAt);
      return;
    }
    const doubled = Math.min(cooldownMs * 2 ** this.#openings, maxCooldownMs);
    this.#openings += 1;
    // Up to a tenth more, so that many gateways do not come back in the same moment.
    const jittered = doubled * (1 + Math.random() / 10);
    this.open(cause, now + Math.max(jittered, atLeastMs));
  }

  close(): void {
    this.#openings = 0;
    this.#try = undefined;
    this.askableAt = 0;
    const { cause } = this;
    if (cause === null) return;
    this.owner.events.emit('breaker-closed', this.#change(cause));
    this.cause = null;
    this.until = null;
    this.owner.onClose();
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
