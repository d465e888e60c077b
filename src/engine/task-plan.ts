/** What one task does next, as it stands now. */
import type { Client } from '../core/gateway.js';
import { type Choice, type NextStep, planHedge, planNext, type Situation } from './next-step.js';
import type { RunTools } from './run-tools.js';
import type { TaskLedger } from './task-ledger.js';

export class TaskPlan {
  constructor(
    private readonly tools: RunTools,
    private readonly client: Client | undefined,
    private readonly ledger: TaskLedger,
  ) {}

  /** Whom to ask, for whom to wait, or how to fail; remembers who was passed over. */
  next(): NextStep {
    const { next, passedOver } = planNext(this.#situation);
    this.ledger.passOver(passedOver);
    return next;
  }

  /** Whom to ask beside an attempt that takes long; undefined for nobody. */
  hedge(): Choice | undefined {
    const { hedges } = this.tools.budgets;
    return hedges.hasToken ? planHedge(this.#situation) : undefined;
  }

  get #situation(): Situation {
    const { accounts, routing, clock, budgets } = this.tools;
    const { record } = this.ledger;
    return { record, client: this.client, accounts, routing, retries: budgets.retries, now: clock.now() };
  }
}
