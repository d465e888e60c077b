/** Why something is closed to new work, since when and until when, who closed it, and how it comes back. */

import type { Clock } from '../core/clock.js';
import type { BreakerChange, BreakerScope, ChangedBy, ComesBack } from '../core/events.js';
import type { TaskKind } from '../core/task.js';
import type { History } from './history.js';
import { Ramp } from './ramp.js';
import type { Told } from './voice.js';

export interface GateOwner {
  readonly clock: Clock;
  readonly events: Told;
  readonly provider: string;
  readonly history: History;
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
  readonly by: ChangedBy | null;
}

/** A gate as it was written down by this process's forerunner, or by another one. */
export type GateMemory = Omit<BreakerChange, 'provider' | 'changedBy'>;

/** What an earlier process, or another one, has closed. */
export interface Remembered {
  readonly since: number;
  readonly openings: number;
  /** How long it was closed last. */
  readonly cooldownMs: number;
  /** It is told already, by this process or the one before. */
  readonly isNoted: boolean;
}

export interface Closing {
  readonly by: ChangedBy;
  /** When the call left that succeeded; absent where no call did. */
  readonly askedAt?: number;
  /** How long it takes to let all work in again. */
  readonly rampMs?: number;
}

const COMES_BACK: Readonly<Record<BreakerScope, ComesBack>> = {
  transport: 'probe',
  kind: 'probe',
  money: 'balance',
  key: 'operator',
  ban: 'time',
  operator: 'operator',
};

/** One cause at one scope; open means that nothing new passes. */
export class Gate {
  cause: string | null = null;
  since = 0;
  until: number | null = null;
  openedBy: ChangedBy | null = null;
  /** Before this not even the last resort may ask. */
  askableAt = 0;
  /** The way back, after a try that succeeded. */
  readonly ramp = new Ramp();
  #openedAt = 0;
  #closedAt = 0;
  #openings = 0;
  #cooldownMs = 0;
  #try: object | undefined;

  constructor(
    readonly scope: BreakerScope,
    readonly kind: TaskKind | null,
    private readonly owner: GateOwner,
  ) {}

  get isOpen(): boolean {
    return this.cause !== null;
  }

  /** What ends it once it is open. */
  get comesBack(): ComesBack {
    return COMES_BACK[this.scope];
  }

  /** Openings in a row, by which the next cooldown is reckoned. */
  get openings(): number {
    return this.#isForgotten ? 0 : this.#openings;
  }

  /** The share of new work that is let in first. */
  get share(): number {
    return this.isOpen ? 0 : this.ramp.share(this.owner.clock);
  }

  get isRamping(): boolean {
    return !this.isOpen && this.ramp.isRunning(this.owner.clock.now());
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
    return this.isDue(now) && !this.isProbing && this.comesBack === 'probe';
  }

  /** Whether a call that left then knows nothing of the way as it is now that it is open again. */
  isBefore(askedAt: number): boolean {
    return !this.isOpen && askedAt < this.#closedAt;
  }

  /** Whether a failure of a call that left then is one more in the row that had closed the way. */
  isRelapse(askedAt: number): boolean {
    return this.isRamping && !this.isBefore(askedAt);
  }

  /** Lets the caller try the way, alone, until it calls what is returned. */
  lease(): () => void {
    const mine = {};
    this.#try = mine;
    return () => {
      if (this.#try === mine) this.#try = undefined;
    };
  }

  /** Closes the way until `until`; null until somebody acts. A time that is already longer stands. */
  open(cause: string, until: number | null, by: ChangedBy | null, remembered?: Remembered): void {
    if (this.isOpen && (this.until ?? Number.POSITIVE_INFINITY) > (until ?? Number.POSITIVE_INFINITY)) return;
    this.#openedAt = this.owner.clock.now();
    if (!this.isOpen) this.since = remembered?.since ?? this.#openedAt;
    this.#openings = remembered?.openings ?? this.#openings;
    this.#cooldownMs = remembered?.cooldownMs ?? this.#cooldownMs;
    this.cause = cause;
    this.until = until;
    this.openedBy = by;
    this.ramp.end();
    if (!remembered?.isNoted) this.#note('opened', cause, by);
    this.owner.events.emit('breaker-opened', this.#change(cause, by));
  }

  /** Opens for a time that doubles with every opening in a row. */
  backOff(cause: string, { cooldownMs, maxCooldownMs }: Backoff, evidence: Evidence): void {
    const { askedAt, atLeastMs = cooldownMs, by } = evidence;
    const now = this.owner.clock.now();
    this.askableAt = Math.max(this.askableAt, now + atLeastMs);
    if (this.isOpen && askedAt <= this.#openedAt) {
      if (this.until !== null) this.until = Math.max(this.until, this.askableAt);
      return;
    }
    const { openings } = this;
    this.#cooldownMs = Math.min(cooldownMs * 2 ** openings, maxCooldownMs);
    this.#openings = openings + 1;
    // Up to a tenth more, so that many gateways do not come back in the same moment.
    const jittered = this.#cooldownMs * (1 + Math.random() / 10);
    this.open(cause, now + Math.max(jittered, atLeastMs), by);
  }

  /** Lets work in again; false when it was open, or when a call that left before it was closed says so. */
  close({ by, askedAt = Number.POSITIVE_INFINITY, rampMs = 0 }: Closing): boolean {
    const { cause } = this;
    if (cause === null || this.#isOld(askedAt)) return false;
    const now = this.owner.clock.now();
    this.#try = undefined;
    this.askableAt = 0;
    this.#closedAt = now;
    this.ramp.start(cause, now, rampMs);
    this.#note('closed', cause, by);
    this.owner.events.emit('breaker-closed', this.#change(cause, by));
    this.cause = null;
    this.until = null;
    this.openedBy = null;
    this.owner.onClose();
    return true;
  }

  /** What happened before counts no more: the next opening is the first, and all work is let in at once. */
  forget(): void {
    this.#openings = 0;
    this.ramp.end();
  }

  /** The check of the money leaves in the moment that the way is closed; every other try leaves later. */
  #isOld(askedAt: number): boolean {
    return this.scope === 'money' ? askedAt < this.#openedAt : askedAt <= this.#openedAt;
  }

  /** It ramped and has then stayed closed for as long as it was open last: so it flaps ever more slowly. */
  get #isForgotten(): boolean {
    const over = Math.max(this.#closedAt, this.ramp.until) + this.#cooldownMs;
    return !this.isOpen && this.owner.clock.now() >= over;
  }

  #note(change: 'opened' | 'closed', cause: string, by: ChangedBy | null): void {
    const { scope, until } = this;
    this.owner.history.add(this.kind, { at: this.owner.clock.now(), change, scope, cause, until, by });
  }

  #change(cause: string, changedBy: ChangedBy | null): BreakerChange {
    return {
      provider: this.owner.provider,
      scope: this.scope,
      kind: this.kind,
      cause,
      since: this.since,
      until: this.until,
      openings: this.#openings,
      openedBy: this.openedBy,
      changedBy,
    };
  }
}
