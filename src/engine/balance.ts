/** The account's money: asked for rarely, shared by all who want to know. */
import type { Clock } from '../core/clock.js';

export class Balance {
  /** In USD as last told; null before the first answer and where the service has no such figure. */
  usd: number | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;
  #toldAt = Number.NEGATIVE_INFINITY;
  #call: Promise<boolean> | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly everyMs: number,
    private readonly ask: () => Promise<number | null>,
  ) {}

  /** The earliest time the service may be asked again. */
  get askableAt(): number {
    return this.#askedAt + this.everyMs;
  }

  /** The service has told of money so lately that it cannot be asked again yet. */
  get isKnownPositive(): boolean {
    const isRecent = this.clock.now() - this.#toldAt < this.everyMs;
    return isRecent && this.usd !== null && this.usd > 0;
  }

  /** Asks unless that was done too lately; true when an answer came. */
  refresh(): Promise<boolean> {
    if (this.#call) return this.#call;
    if (this.clock.now() < this.askableAt) return Promise.resolve(false);
    this.#askedAt = this.clock.now();
    this.#call = this.#refresh().finally(() => {
      this.#call = undefined;
    });
    return this.#call;
  }

  async #refresh(): Promise<boolean> {
    try {
      this.usd = await this.ask();
      this.#toldAt = this.clock.now();
      return true;
    } catch {
      return false; // What the failure says about the account is booked where the call is made.
    }
  }
}
