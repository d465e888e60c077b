/** Tries of what is closed: one at a time, and none for ever. */
import type { Cancel, Clock } from '../core/clock.js';

/** What one call at a time may find out. */
export interface Tryable {
  lease(): () => void;
}

export class Tries {
  readonly #cancels = new Set<Cancel>();

  constructor(
    private readonly clock: Clock,
    /** A try whose end nobody has told by then is over: it blocks the way back no longer. */
    private readonly limitMs: () => number,
    private readonly onEnd: () => void,
  ) {}

  /** Takes these for one try; what is returned ends it. */
  begin(tried: readonly Tryable[]): () => void {
    if (tried.length === 0) return () => {};
    const ends = tried.map((each) => each.lease());
    const end = () => {
      if (!this.#cancels.delete(cancel)) return;
      cancel();
      for (const each of ends) each();
      this.onEnd();
    };
    const cancel = this.clock.after(this.limitMs(), end);
    this.#cancels.add(cancel);
    return end;
  }

  /** Ends its timers. */
  close(): void {
    for (const cancel of this.#cancels) cancel();
  }
}
