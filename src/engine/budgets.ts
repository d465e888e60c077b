/** What all tasks together may spend on buying again: after a failure, or beside a provider that takes long. */
import type { Clock } from '../core/clock.js';
import type { RoutingSettings } from '../core/gateway.js';
import { HedgeBudget } from './hedge-budget.js';
import { RetryBudget } from './retry-budget.js';

/** Why an attempt is made, which says what pays for it. */
export type Purpose = 'first' | 'again' | 'hedge';

/** The leave to make one attempt. */
export interface Payment {
  /** Told once whether the provider may charge for the attempt; leave that was not used is given back. */
  readonly settle: (isBought: boolean) => void;
}

export class Budgets {
  readonly retries: RetryBudget;
  readonly hedges: HedgeBudget;

  /** `routing` is changed in place by a reload; what was earned and spent stands. */
  constructor(clock: Clock, routing: RoutingSettings) {
    this.retries = new RetryBudget(clock, () => routing.retryBudget);
    this.hedges = new HedgeBudget(() => routing.hedge?.share ?? 0);
  }

  /** Takes the leave for one attempt, which the caller has seen to be there. */
  pay(purpose: Purpose): Payment {
    if (purpose === 'first') return { settle: (isBought) => void (isBought && this.#earn()) };
    const giveBack = purpose === 'again' ? this.retries.take() : this.#takeHedge();
    return { settle: (isBought) => void (isBought || giveBack?.()) };
  }

  #earn(): void {
    this.retries.bought();
    this.hedges.earn();
  }

  #takeHedge(): () => void {
    this.hedges.take();
    return () => this.hedges.giveBack();
  }
}
