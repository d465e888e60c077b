/** The accounts of the config, and those that a reload has taken out of it, as long as something of them is left. */
import type { Account, CalledAttempt } from '../core/provider.js';
import type { Attempt } from '../core/store.js';
import { AccountState, type AccountTools } from './account.js';
import { takeOver } from './config-change.js';

/** One that comes back within this time takes up where it was: its pace, and what was learnt of it. */
const KEPT_MS = 3_600_000;
const MOST_KEPT = 100;

export class Accounts {
  /** In the order of their priority. */
  #configured: readonly AccountState[];
  /** The newest first. */
  #retired: readonly AccountState[] = [];

  constructor(
    accounts: readonly Account[],
    private readonly tools: AccountTools,
  ) {
    this.#configured = accounts.map((account) => new AccountState(account, tools));
  }

  /** Those that take tasks, in the order of their priority. */
  get configured(): readonly AccountState[] {
    return this.#configured;
  }

  /** Those that have tasks in hand though the config has them no more. */
  get leaving(): readonly AccountState[] {
    return this.#retired.filter(({ places }) => places.inFlight > 0);
  }

  /** The account that has this id in the config. */
  byId(id: string | undefined): AccountState | undefined {
    return this.#configured.find((state) => state.id === id);
  }

  /** Every account that has or had this id, the one of the config first. */
  named(id: string): readonly AccountState[] {
    return [...this.#configured, ...this.#retired].filter((state) => state.id === id);
  }

  /** The account that an attempt was made at, whoever has its id now. */
  of({ provider, startedAt }: Pick<Attempt, 'provider' | 'startedAt'>): AccountState | undefined {
    const named = this.named(provider);
    return named.find(({ tenure }) => tenure.covers(startedAt)) ?? named[0];
  }

  /** The account that waits for this call; the one of the config where none does yet. */
  called(called: CalledAttempt): AccountState | undefined {
    const named = this.named(called.provider);
    return named.find(({ pushes }) => pushes.awaits(called)) ?? named[0];
  }

  /** Keeps new tasks from an account, or lets them in again; false for an unknown account. */
  hold(id: string, reason: string): boolean {
    this.byId(id)?.hold(reason);
    return this.byId(id) !== undefined;
  }

  admit(id: string, reason: string): boolean {
    this.byId(id)?.admit(reason);
    return this.byId(id) !== undefined;
  }

  /**
   * Takes the accounts of a new config. One with the same service, address and key is the same as before and keeps
   * what it has; any other change makes a new one, and the old one goes on with what it has in hand. Returns those
   * of which nothing is known in this process.
   */
  change(next: readonly Account[]): readonly AccountState[] {
    const before = this.#configured;
    const now = this.tools.clock.now();
    const states = next.map((account) => this.#known(account) ?? new AccountState(account, this.tools, now));
    const added = states.filter((state) => !before.includes(state) && !this.#retired.includes(state));
    const removed = before.filter((state) => !states.includes(state));
    const back = this.#retired.filter((state) => states.includes(state));
    for (const state of removed) state.retire();
    this.#configured = states;
    this.#retired = [...removed, ...this.#retired.filter((state) => !states.includes(state))];
    for (const state of back) state.comeBack();
    for (const [index, account] of next.entries()) states[index]?.change(account);
    for (const state of added) this.#continue(state);
    for (const state of [...added, ...back]) holdLike(state, removed);
    this.#drop(now);
    return added;
  }

  /** Reads and judges the money of those in the config from now on. */
  watch(): void {
    for (const { watch } of this.#configured) watch.start();
  }

  close(): void {
    for (const state of [...this.#configured, ...this.#retired]) state.close();
  }

  #known(account: Account): AccountState | undefined {
    return this.named(account.id).find((state) => state.isSame(account));
  }

  /** A service knows an account by its key, whatever we call it. */
  #continue({ account, gates, funds }: AccountState): void {
    const { apiKey, provider } = account;
    const before = this.#retired.find(
      (state) => state.account.apiKey === apiKey && state.account.provider.id === provider.id,
    );
    if (!before) return;
    takeOver(gates, before.gates);
    funds.restore(before.funds.figures());
  }

  /** What has nothing in hand is kept for a while: its pace must not begin anew when it comes back. */
  #drop(now: number): void {
    const idle = this.#retired.filter(({ places }) => places.inFlight === 0);
    const gone = idle.filter(({ tenure }, index) => index >= MOST_KEPT || tenure.until <= now - KEPT_MS);
    for (const state of gone) state.close();
    this.#retired = this.#retired.filter((state) => !gone.includes(state));
  }
}

/** An operator keeps tasks from an id: a new key is no reason to let them in again. */
function holdLike(state: AccountState, removed: readonly AccountState[]): void {
  const before = removed.find(({ id }) => id === state.id);
  const { operator } = before?.gates ?? {};
  if (operator?.isOpen && operator.cause !== null) state.hold(operator.cause);
}
