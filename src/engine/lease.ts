/** Whether this process may still act for one of its tasks. */
import { type Clock, sleepUntil } from '../core/clock.js';
import type { TaskStore } from '../core/store.js';
import type { TaskLedger } from './task-ledger.js';

export interface LeaseTools {
  readonly clock: Clock;
  readonly store: TaskStore;
  readonly ledger: TaskLedger;
}

/** How often a lease that may have run out is looked at again. */
const DOUBT_MS = 100;

export class TaskLease {
  /** Those after which the store has said that the task is still ours. */
  #lapses: number;

  constructor(private readonly tools: LeaseTools) {
    this.#lapses = tools.store.lapses;
  }

  /** Nobody else can be at work on the task: a request may leave now. */
  get isSure(): boolean {
    const { isHeld, lapses } = this.tools.store;
    return isHeld && lapses === this.#lapses;
  }

  /** Waits while the lease may have run out, then asks whether the task is still ours; false when it is not. */
  async isOurs(signal: AbortSignal): Promise<boolean> {
    const { clock, store, ledger } = this.tools;
    while (!this.isSure && !signal.aborted && !ledger.isLost) {
      const { lapses } = store;
      if (store.isHeld && (await ledger.isOwn())) this.#lapses = lapses;
      else if (!ledger.isLost) await sleepUntil(clock, clock.now() + DOUBT_MS, signal);
    }
    return !signal.aborted && !ledger.isLost;
  }
}
