/** The money of one account over time: what each reading has shown, what was bought since, and how long it lasts. */
import type { BalanceThreshold } from '../core/events.js';
import type { Account } from '../core/provider.js';
import type { Attempt } from '../core/store.js';
import type { AccountGates } from './account-gates.js';
import { type Course, outlook, type Point, withReading } from './course.js';
import type { MoneyLeft } from './low-balance.js';

/** What outlives the process. */
export interface FundsFigures {
  readonly amount: number | null;
  readonly points: readonly Point[];
  readonly lows: readonly BalanceThreshold[];
}

/** What this process has bought since the last reading. */
interface Bought {
  readonly usd: number;
  readonly isUsed: boolean;
  /** Nothing was bought whose price nobody knows. */
  readonly isPriced: boolean;
}

const NOTHING: Bought = { usd: 0, isUsed: false, isPriced: true };
/** After a start nobody knows what was bought just before. */
const UNKNOWN: Bought = { usd: 0, isUsed: true, isPriced: false };
/** Less than this tells no pace, unless readings are more frequent. */
const LEAST_MS = 5 * 60_000;

/** One per account; fed by whoever reads the balance, and by the attempts that end. */
export class Funds {
  /** Thresholds that are crossed and told of. */
  lows: readonly BalanceThreshold[] = [];
  #course: Course | undefined;
  #bought: Bought = UNKNOWN;
  readonly #listeners: (() => void)[] = [];

  constructor(
    private readonly owner: { readonly account: Account },
    private readonly gates: AccountGates,
  ) {
    gates.balance.onTold((amount, at) => this.#read(amount, at));
  }

  /** Calls `listener` when there is something new to remember. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Whether the balance is a figure that says how much is left. */
  get isCounted(): boolean {
    return this.owner.account.provider.currency !== 'threads';
  }

  /** Whether anything may have been bought since the last reading. */
  get isUsed(): boolean {
    return this.#bought.isUsed;
  }

  /** An attempt has ended: what was solved is paid, anything else may have been given back. */
  book({ mayBeCharged, outcome, costUsd }: Attempt): void {
    if (!mayBeCharged) return;
    const { usd, isPriced } = this.#bought;
    const isPaid = outcome === 'solved';
    const paidUsd = isPaid ? (costUsd ?? 0) : 0;
    const isKnown = !isPaid || costUsd !== null;
    this.#bought = { usd: usd + paidUsd, isUsed: true, isPriced: isPriced && isKnown };
    this.gates.balance.book(paidUsd);
  }

  /** How much is left, and for how long. */
  left(now: number): MoneyLeft {
    const { balance } = this.gates;
    const isEmpty = this.#isEmpty();
    const hoursToEmpty = isEmpty === true ? 0 : balance.amount === null ? null : this.#hoursToEmpty(now);
    return { isEmpty, balanceUsd: balance.usd, hoursToEmpty };
  }

  /** Keeps what was told; others are to remember it. */
  told(lows: readonly BalanceThreshold[]): void {
    if (lows.join() === this.lows.join()) return;
    this.lows = lows;
    this.#changed();
  }

  figures(): FundsFigures {
    const { amount = null, points = [] } = this.#course ?? {};
    return { amount, points, lows: this.lows };
  }

  /** Takes what an earlier process, or another one, has written down. */
  restore({ amount, points, lows }: FundsFigures): void {
    this.lows = lows;
    const [last, own] = [points.at(-1), this.#course?.points.at(-1)];
    if (amount === null || !last || last.at <= (own?.at ?? 0)) return;
    this.#bought = own ? NOTHING : UNKNOWN;
    this.#course = { amount, points };
  }

  /** Null while the service is asked whether a refusal meant that. */
  #isEmpty(): boolean | null {
    const { balance, money } = this.gates;
    if (this.isCounted && balance.amount !== null && balance.amount <= 0) return true;
    if (!money.isOpen) return false;
    return balance.isAsking ? null : true;
  }

  #read(amount: number | null, at: number): void {
    if (amount === null || !this.isCounted) return;
    this.#course = withReading(this.#course, { at, amount, spent: this.#spent });
    this.#bought = NOTHING;
    this.#changed();
  }

  /** In the account's own currency, as far as that is known without another reading. */
  get #spent(): number | null {
    const { usd, isUsed, isPriced } = this.#bought;
    if (!isUsed) return 0;
    return isPriced && this.owner.account.provider.currency === 'USD' ? usd : null;
  }

  #hoursToEmpty(now: number): number | null {
    if (!this.#course) return null;
    const leastMs = Math.min(this.owner.account.balanceEveryMs || LEAST_MS, LEAST_MS);
    return outlook(this.#course, { now, spent: this.#spent }, leastMs).hoursToEmpty;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
