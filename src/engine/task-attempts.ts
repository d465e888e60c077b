/** The attempts of one task that this process has made or goes on with, by their numbers. */
import type { AccountState } from './account.js';
import type { Accounts } from './accounts.js';
import { AttemptRun, type AttemptTerms, type AttemptTools } from './attempt-run.js';
import type { Choice } from './next-step.js';

export class TaskAttempts {
  readonly byIndex = new Map<number, AttemptRun>();

  constructor(
    private readonly accounts: Accounts,
    private readonly tools: () => AttemptTools,
  ) {}

  /** Takes a place for the next attempt, in the moment of the decision. */
  claim({ account, why, purpose }: Choice): AttemptRun {
    const { ledger, budgets } = this.tools();
    const place = account.claim(ledger.record.task.kind);
    return this.#add(ledger.record.attempts.length, { place, why, purpose, payment: budgets.pay(purpose) });
  }

  /** Goes on with an attempt of an earlier process; undefined when the config has its account no more. */
  rejoin(index: number): AttemptRun | undefined {
    const account = this.accountOf(index);
    if (!account) return undefined;
    return this.#add(index, { place: account.rejoin(this.tools().ledger.record.task.kind) });
  }

  accountOf(index: number): AccountState | undefined {
    const attempt = this.tools().ledger.record.attempts[index];
    return attempt && this.accounts.of(attempt);
  }

  account(name: string | undefined): AccountState | undefined {
    return this.accounts.byId(name);
  }

  /** Gives every place back. */
  release(): void {
    for (const { place } of this.byIndex.values()) place.release();
  }

  #add(index: number, terms: AttemptTerms): AttemptRun {
    const attempt = new AttemptRun(index, terms, this.tools());
    this.byIndex.set(index, attempt);
    return attempt;
  }
}
