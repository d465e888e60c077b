/** Reads one account's balance now and then, and tells when its money becomes low. */
import type { Cancel, Clock } from '../core/clock.js';
import type { Events } from '../core/events.js';
import type { Account, BalanceAlerts } from '../core/provider.js';
import type { AccountGates } from './account-gates.js';
import type { Funds } from './funds.js';
import { judgeMoney, limitOf } from './low-balance.js';
import type { Tenure } from './tenure.js';

/** Whose balance it is. */
export interface WatchedAccount {
  readonly account: Account;
  readonly gates: AccountGates;
  readonly funds: Funds;
  readonly tenure: Tenure;
}

/** What the watching needs of the gateway. */
export interface WatchTools {
  readonly clock: Clock;
  readonly events: Events;
}

/** An account that was not used since the last reading, or does not answer any more, is read this often. */
const HOUR_MS = 3_600_000;
/** So many readings in a row without a figure are not soon followed by another. */
const MOST_IN_VAIN = 2;
/** Readings of several accounts, and of several gateways, are spread by up to this share of the time between two. */
const JITTER = 0.1;
const MOST_JITTER_MS = 30_000;
const NO_ALERTS: BalanceAlerts = { balanceBelowUsd: 0, emptyWithinHours: 0 };

/** One per account; nothing happens before `start`. */
export class BalanceWatch {
  readonly #stops: (() => void)[] = [];
  #cancel: Cancel = () => {};
  /** Readings in a row that brought no figure. */
  #inVain = 0;

  constructor(
    private readonly watched: WatchedAccount,
    private readonly tools: WatchTools,
  ) {
    watched.gates.balance.onTold((amount) => {
      if (amount !== null) this.#inVain = 0;
      this.#judge();
    });
  }

  /** From now on what is bought is counted, the balance is read and judged; once more changes nothing. */
  start(): void {
    if (this.#stops.length > 0) return;
    const { events } = this.tools;
    const { account, funds, tenure } = this.watched;
    this.#stops.push(
      events.on('attempt-ended', ({ attempt }) => {
        // An attempt of an account that had this id before was bought with another key.
        if (attempt.provider === account.id && tenure.covers(attempt.startedAt)) funds.book(attempt);
      }),
      // A refusal for want of money may mean no free thread: the balance that is asked for then decides.
      events.on('breaker-opened', ({ provider, scope, changedBy }) => {
        // What another gateway has found it tells itself.
        const isOurs = provider === account.id && changedBy?.by !== 'replica';
        if (isOurs && scope === 'money') void this.#judgeLater();
      }),
    );
    this.settingsChanged();
  }

  /** How often it is read, or what counts as low, may be another now. */
  settingsChanged(): void {
    if (this.#stops.length === 0) return;
    this.#cancel();
    if (this.#isReadable) this.#next(this.#dueAt);
    if (this.watched.gates.balance.amount !== null) this.#judge();
  }

  /** Ends its timer. */
  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#cancel();
  }

  get #everyMs(): number {
    return this.watched.account.balanceEveryMs ?? 0;
  }

  /** Services without a figure that says how much is left are never asked for it. */
  get #isReadable(): boolean {
    return this.#everyMs > 0 && this.watched.funds.isCounted;
  }

  /** Where an earlier process, or anybody else, has asked, that counts. */
  get #dueAt(): number {
    const { askedAt } = this.watched.gates.balance;
    const now = this.tools.clock.now();
    return askedAt === null ? now : Math.max(now, askedAt + this.#everyMs);
  }

  #next(at: number): void {
    const { clock } = this.tools;
    const spreadMs = Math.min(this.#everyMs * JITTER, MOST_JITTER_MS) * Math.random();
    this.#cancel();
    this.#cancel = clock.after(at - clock.now() + spreadMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    const lookedAt = this.tools.clock.now();
    if (this.#mayRead) {
      this.#inVain += 1;
      await this.watched.gates.balance.refresh();
    }
    if (this.#stops.length === 0) return;
    this.#judge();
    const { askedAt } = this.watched.gates.balance;
    this.#next(Math.max(askedAt ?? 0, lookedAt) + this.#everyMs);
  }

  /** A closed account has a way back of its own, which asks when it should. */
  get #mayRead(): boolean {
    const { gates, funds } = this.watched;
    const { balance, transport, money, key, silentUntil } = gates;
    if (silentUntil !== undefined || transport.isOpen || money.isOpen || key.isOpen) return false;
    const isVain = this.#inVain >= MOST_IN_VAIN;
    // Nobody has ever got a figure: the service has no such call, and failing calls would count against it.
    if (isVain && balance.amount === null) return false;
    const pauseMs = funds.isUsed && !isVain ? this.#everyMs : Math.max(this.#everyMs, HOUR_MS);
    return this.tools.clock.now() >= Math.max(balance.askableAt, (balance.askedAt ?? 0) + pauseMs);
  }

  async #judgeLater(): Promise<void> {
    // The gate tells of its closing before the question leaves.
    await Promise.resolve();
    await this.watched.gates.balance.answered;
    this.#judge();
  }

  #judge(): void {
    if (this.#stops.length === 0) return;
    const { clock, events } = this.tools;
    const { account, gates, funds } = this.watched;
    const { alerts = NO_ALERTS } = account;
    const left = funds.left(clock.now());
    const { lows, news } = judgeMoney(left, alerts, funds.lows);
    funds.told(lows);
    if (news === undefined) return;
    const { balanceUsd, hoursToEmpty } = left;
    const { amount } = gates.balance;
    const { currency } = account.provider;
    const threshold = { threshold: news, limit: limitOf(news, alerts) };
    events.emit('balance-low', {
      provider: account.id,
      balanceUsd,
      amount,
      currency,
      hoursToEmpty,
      ...threshold,
    });
  }
}
