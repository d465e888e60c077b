/**
 * How many tasks of one kind an account takes at once, learned from what it refuses: additive increase,
 * multiplicative decrease, as for a network whose capacity nobody tells (Chiu and Jain 1989).
 */

/** What a refusal leaves of the limit. */
const DECREASE = 0.8;
/** Up to this share of what it held last the limit grows by one with every task, above it by one a round. */
const KNOWN_GOOD = 0.95;
/** Beyond what it held when it refused last, what it refused then says nothing any more: a quarter with every task. */
const OUTGROWN = 0.25;
/** A refusal with less than this share of the limit in hand is an outage, not a limit. */
const OUTAGE_SHARE = 0.5;
/** A refusal is about the tasks in hand when these are at least this share of the limit. */
const OWN_SHARE = 0.7;

export class LearnedLimit {
  /** Tasks at the provider or on their way to it. */
  inFlight = 0;
  /** Those of them that it has accepted. */
  #held = 0;
  #limit = Number.POSITIVE_INFINITY;
  #mostHeld = Number.POSITIVE_INFINITY;

  /** Null while nothing was refused: there is no limit that anybody knows. */
  get value(): number | null {
    return this.#limit === Number.POSITIVE_INFINITY ? null : Math.floor(this.#limit);
  }

  get hasRoom(): boolean {
    return this.inFlight < Math.floor(this.#limit);
  }

  /** The provider took one more task; what is returned is called once, when the task leaves it. */
  accepted(): () => void {
    this.#held += 1;
    const isBinding = this.inFlight >= Math.floor(this.#limit);
    if (isBinding) this.#limit += this.#growth;
    // What it holds it can hold, also when a refusal of the same moment said otherwise.
    this.#limit = Math.max(this.#limit, this.#held);
    return () => {
      this.#held -= 1;
    };
  }

  get #growth(): number {
    if (this.#held > this.#mostHeld) return Math.max(1, this.#limit * OUTGROWN);
    return this.#limit < this.#mostHeld * KNOWN_GOOD ? 1 : 1 / this.#limit;
  }

  /** A task that was to find out whether there is room again was refused: with little in hand that is an outage. */
  refusedAgain(): void {
    if (this.#held >= this.#limit * OUTAGE_SHARE) return;
    this.#limit = Number.POSITIVE_INFINITY;
    this.#mostHeld = Number.POSITIVE_INFINITY;
  }

  /** It refused one for want of a place. With nothing in hand that says nothing about how many it takes. */
  refused(): void {
    if (this.#limit === Number.POSITIVE_INFINITY && this.#held === 0) return;
    // Refused with little in hand, it is short of workers for a while: that lowers the limit, and does not set it.
    const isOwn = this.#limit === Number.POSITIVE_INFINITY || this.#held >= this.#limit * OWN_SHARE;
    this.#mostHeld = isOwn ? this.#held : this.#limit;
    this.#limit = Math.max(1, this.#mostHeld * DECREASE);
  }
}
