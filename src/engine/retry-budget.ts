/**
 * How many second purchases the tasks of the last minute may make together, so that a provider whose answers are
 * all bad does not double the bill.
 */
import type { Clock } from '../core/clock.js';

export interface RetryBudgetSettings {
  /** Second purchases per first one. */
  readonly ratio: number;
  /** So many a minute are allowed in any case. */
  readonly floorPerMinute: number;
}

const SLOT_MS = 1_000;
const SLOTS = 60;

interface Slot {
  second: number;
  firsts: number;
  again: number;
}

/** Counts purchases over the last sixty seconds, one slot a second. */
export class RetryBudget {
  readonly #slots: Slot[] = Array.from({ length: SLOTS }, () => ({ second: -1, firsts: 0, again: 0 }));

  constructor(
    private readonly clock: Clock,
    private readonly settings: () => RetryBudgetSettings,
  ) {}

  /** A task was bought for the first time. */
  bought(): void {
    this.#slot.firsts += 1;
  }

  /**
   * Takes leave to buy a task again; what is returned gives it back, for an attempt that nobody charges for.
   * Undefined when the budget is used up.
   */
  take(): (() => void) | undefined {
    if (!this.hasSome) return undefined;
    const slot = this.#slot;
    slot.again += 1;
    return () => {
      slot.again -= 1;
    };
  }

  get hasSome(): boolean {
    const { ratio, floorPerMinute } = this.settings();
    const oldest = this.#second - SLOTS;
    let firsts = 0;
    let again = 0;
    for (const slot of this.#slots) {
      if (slot.second <= oldest) continue;
      firsts += slot.firsts;
      again += slot.again;
    }
    return again < floorPerMinute + firsts * ratio;
  }

  /** When there may be some again. */
  get nextAt(): number {
    return (this.#second + 1) * SLOT_MS;
  }

  get #second(): number {
    return Math.floor(this.clock.now() / SLOT_MS);
  }

  get #slot(): Slot {
    const second = this.#second;
    const kept = this.#slots[second % SLOTS];
    if (kept?.second === second) return kept;
    const fresh = { second, firsts: 0, again: 0 };
    this.#slots[second % SLOTS] = fresh;
    return fresh;
  }
}
