/** What asking a second provider before the first has answered may cost: tokens that tasks earn, from none. */

/** More than this is not saved up: an hour of calm must not pay for a burst. */
const MOST_TOKENS = 10;

export class HedgeBudget {
  #tokens = 0;

  /** `share`: hedges per task bought; 0 for never. */
  constructor(private readonly share: () => number) {}

  get isOn(): boolean {
    return this.share() > 0;
  }

  /** A task was bought for the first time. */
  earn(): void {
    this.#tokens = Math.min(MOST_TOKENS, this.#tokens + this.share());
  }

  get hasToken(): boolean {
    // Shares add up to a whole but for the last digits.
    return this.#tokens > 1 - 1e-9;
  }

  take(): void {
    this.#tokens = Math.max(0, this.#tokens - 1);
  }

  /** The second provider did not take it: nothing was spent. */
  giveBack(): void {
    this.#tokens = Math.min(MOST_TOKENS, this.#tokens + 1);
  }
}
