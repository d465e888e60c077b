/** The account's money: asked for rarely, shared by all who want to know. */
import type { Clock } from '../core/clock.js';
import type { Currency } from '../core/provider.js';

export interface BalanceAsking {
  /** Least time between two calls. */
  readonly everyMs: () => number;
  /** Whether the account may be called at all now. */
  readonly mayAsk: () => boolean;
  readonly ask: () => Promise<number | null>;
  /** Told every answer, and when it was asked for. */
  readonly onTold: (amount: number | null, askedAt: number) => void;
  readonly currency: Currency;
}

export class Balance {
  #amount: number | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;
  #toldAt = Number.NEGATIVE_INFINITY;
  #call: Promise<void> | undefined;
  /** Bought here since it was told, in USD. */
  #boughtUsd = 0;
  readonly #listeners: ((amount: number | null, at: number) => void)[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly asking: BalanceAsking,
  ) {}

  /** Calls `listener` with every answer and its time. */
  onTold(listener: (amount: number | null, at: number) => void): void {
    this.#listeners.push(listener);
  }

  /** So much of it has gone since it was told. */
  book(costUsd: number): void {
    this.#boughtUsd += costUsd;
  }

  /** Takes what an earlier process was told, where nothing is known yet. */
  restore({ amount, at }: { readonly amount: number | null; readonly at: number }): void {
    if (this.#toldAt > at) return;
    this.#amount = amount;
    this.#toldAt = at;
    this.#askedAt = at;
    this.#boughtUsd = 0;
  }

  /** The same account under another name or address: what it was told, and when it was asked last, holds for it. */
  takeOver(other: Balance): void {
    this.#amount = other.#amount;
    this.#askedAt = other.#askedAt;
    this.#toldAt = other.#toldAt;
    this.#boughtUsd = other.#boughtUsd;
  }

  /** The earliest time the service may be asked again. */
  get askableAt(): number {
    return this.#askedAt + this.asking.everyMs();
  }

  /** When the service was asked last; null before the first time. */
  get askedAt(): number | null {
    return Number.isFinite(this.#askedAt) ? this.#askedAt : null;
  }

  /** In USD as last told; null before the first answer and where the service counts in anything else. */
  get usd(): number | null {
    return this.asking.currency === 'USD' ? this.#amount : null;
  }

  /** In the service's own currency, as last told; null before the first answer. */
  get amount(): number | null {
    return this.#amount;
  }

  /** When it was told last; null before the first answer. */
  get toldAt(): number | null {
    return Number.isFinite(this.#toldAt) ? this.#toldAt : null;
  }

  get isAsking(): boolean {
    return this.#call !== undefined;
  }

  /** Settles when nobody is asking. */
  get answered(): Promise<void> {
    return this.#call ?? Promise.resolve();
  }

  /** The service has told of money so lately that it cannot be asked again yet, and not all of it was spent here. */
  get isKnownPositive(): boolean {
    const isRecent = this.clock.now() - this.#toldAt < this.asking.everyMs();
    const boughtFor = this.asking.currency === 'USD' ? this.#boughtUsd : 0;
    return isRecent && this.#amount !== null && this.#amount > boughtFor;
  }

  /** Asks, unless that was done too lately or may not be done; settles when an answer came or failed to. */
  refresh(): Promise<void> {
    if (this.#call) return this.#call;
    if (this.clock.now() < this.askableAt || !this.asking.mayAsk()) return Promise.resolve();
    this.#askedAt = this.clock.now();
    this.#call = this.#refresh().finally(() => {
      this.#call = undefined;
    });
    return this.#call;
  }

  async #refresh(): Promise<void> {
    const askedAt = this.#askedAt;
    try {
      this.#amount = await this.asking.ask();
    } catch {
      return; // What the failure says about the account is booked where the call is made.
    }
    this.#toldAt = this.clock.now();
    this.#boughtUsd = 0;
    // Counted from the answer, so that no two questions reach the service closer than its floor.
    this.#askedAt = this.#toldAt;
    this.asking.onTold(this.#amount, askedAt);
    for (const listener of this.#listeners) listener(this.#amount, this.#toldAt);
  }
}
