/** The attempts of one task that this process has made or goes on with, by their numbers. */
import type { AccountState, Place } from './account.js';
import { AttemptRun, type AttemptTools } from './attempt-run.js';

export class TaskAttempts {
  readonly byIndex = new Map<number, AttemptRun>();

  constructor(
    private readonly accounts: readonly AccountState[],
    private readonly tools: () => AttemptTools,
  ) {}

  /** Takes a place for the next attempt, in the moment of the decision. */
  claim(account: AccountState): AttemptRun {
    const { record } = this.tools().ledger;
    return this.#add(record.attempts.length, account.claim(record.task.kind));
  }

  /** Goes on with an attempt of an earlier process; undefined when the config has its account no more. */
  rejoin(index: number): AttemptRun | undefined {
    const account = this.accountOf(index);
    return account && this.#add(index, account.rejoin());
  }

  accountOf(index: number): AccountState | undefined {
    return this.account(this.tools().ledger.record.attempts[index]?.provider);
  }

  account(name: string | undefined): AccountState | undefined {
    return this.accounts.find(({ id }) => id === name);
  }

  /** Gives every place back. */
  release(): void {
    for (const { place } of this.byIndex.values()) place.release();
  }

  #add(index: number, place: Place): AttemptRun {
    const attempt = new AttemptRun(index, place, this.tools());
    this.byIndex.set(index, attempt);
    return attempt;
  }
}
