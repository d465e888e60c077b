/** Tasks that wait for a free thread, first come first served. */

interface Waiting {
  readonly accounts: ReadonlySet<string>;
  readonly wake: () => void;
}

export class Room {
  readonly #waiting = new Set<Waiting>();

  /** Settles when one of these accounts has a free thread for the caller; `cancel` leaves the queue. */
  wait(accounts: readonly string[]): { readonly freed: Promise<void>; readonly cancel: () => void } {
    let wake = () => {};
    const freed = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const waiting: Waiting = { accounts: new Set(accounts), wake };
    this.#waiting.add(waiting);
    return { freed, cancel: () => this.#waiting.delete(waiting) };
  }

  /** A thread of this account is free: whoever has waited longest for it goes on. */
  freed(account: string): void {
    for (const waiting of this.#waiting) {
      if (!waiting.accounts.has(account)) continue;
      this.#waiting.delete(waiting);
      waiting.wake();
      return;
    }
  }
}
