/** How many tasks an account's plan lets be in hand at once, where the service tells. */
import type { Clock } from '../core/clock.js';

export interface ThreadAsking {
  /** Least time between two calls. */
  readonly everyMs: () => number;
  /** Whether the account may be called at all now. */
  readonly mayAsk: () => boolean;
  readonly ask: () => Promise<number | null>;
  /** Told every new figure. */
  readonly onTold: () => void;
}

export class ThreadCount {
  /** As last told; null before the first answer and where what the service says is no number. */
  value: number | null = null;
  #askableAt = Number.NEGATIVE_INFINITY;
  #isAsking = false;

  constructor(
    private readonly clock: Clock,
    private readonly asking: ThreadAsking,
  ) {}

  /** Somebody uses the account: asks, unless that was done lately or may not be done. */
  refresh(): void {
    if (this.#isAsking || this.clock.now() < this.#askableAt || !this.asking.mayAsk()) return;
    this.#isAsking = true;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    try {
      this.value = await this.asking.ask();
      this.asking.onTold();
    } catch {
      // What the failure says about the account is booked where the call is made; the last figure stands.
    } finally {
      this.#isAsking = false;
      this.#askableAt = this.clock.now() + this.asking.everyMs();
    }
  }
}
