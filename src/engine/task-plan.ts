/** What one task does next, as it stands now. */
import type { SolveError } from '../core/errors.js';
import type { TaskRecord } from '../core/store.js';
import { toTaskError } from './consequences.js';
import { type Choice, type NextStep, NO_HOPE, planHedge, planNext, type Situation } from './next-step.js';
import type { RunTools } from './run-tools.js';
import type { TaskLedger } from './task-ledger.js';

export interface Standing {
  /** Why nothing more may be bought. */
  readonly final: SolveError | undefined;
  /** An attempt that was given up may still be answered. */
  readonly isAwaited: boolean;
}

export class TaskPlan {
  constructor(
    private readonly tools: RunTools,
    private readonly ledger: TaskLedger,
  ) {}

  /** Whom to ask, for whom to wait, or how to fail; remembers who was passed over. */
  next({ final, isAwaited }: Standing): NextStep {
    const next = final ? failing(final, this.ledger.record) : this.#next();
    // While somebody may still answer late, the task waits for that.
    return next.step === 'fail' && isAwaited ? { step: 'wait', hope: next.hope } : next;
  }

  #next(): NextStep {
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
    const { accounts, routing, clock, budgets, clientOf } = this.tools;
    const { record } = this.ledger;
    return {
      record,
      client: clientOf(record.clientId),
      accounts: accounts.configured,
      routing,
      retries: budgets.retries,
      now: clock.now(),
    };
  }
}

function failing(error: SolveError, record: TaskRecord): NextStep {
  return { step: 'fail', error: toTaskError(error, record), hope: NO_HOPE };
}
