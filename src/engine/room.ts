/** Tasks that wait for an account to have room for them, first come first served. */

interface Waiting {
  readonly turn: number;
  readonly full: readonly string[];
  readonly shut: readonly string[];
  readonly goOn: (account?: string) => void;
}

export interface Wait {
  /** Settles with the account that has room for the caller; undefined when something else woke it. */
  readonly woken: Promise<string | undefined>;
  /** Leaves the queue, and goes on. */
  readonly wake: () => void;
}

export class Room {
  /** In the order of their turns. */
  readonly #waiting: Waiting[] = [];
  #turns = 0;

  /** A place in the queue, kept however often its holder is woken in vain. */
  takeTurn(): number {
    this.#turns += 1;
    return this.#turns;
  }

  /**
   * Waits until one of the `full` accounts has room, or what closes one of the `shut` ones has changed.
   * Room at a shut one is no offer: those who wait would pass it to each other for ever.
   */
  wait(full: readonly string[], turn: number, shut: readonly string[] = []): Wait {
    let goOn: Waiting['goOn'] = () => {};
    const woken = new Promise<string | undefined>((resolve) => {
      goOn = resolve;
    });
    const waiting = { turn, full, shut, goOn };
    const before = this.#waiting.findLastIndex((other) => other.turn < turn);
    this.#waiting.splice(before + 1, 0, waiting);
    return { woken, wake: () => this.#wake(waiting) };
  }

  /** This account has room: whoever has waited longest for it goes on. */
  freed(account: string): void {
    const first = this.#waiting.find(({ full }) => full.includes(account));
    if (first) this.#wake(first, account);
  }

  /** What keeps tasks from this account has changed: all who wait for it decide anew, in their order. */
  changed(account: string): void {
    for (const waiting of [...this.#waiting]) {
      const { full, shut } = waiting;
      if (full.includes(account) || shut.includes(account)) this.#wake(waiting);
    }
  }

  #wake(waiting: Waiting, account?: string): void {
    const at = this.#waiting.indexOf(waiting);
    if (at >= 0) this.#waiting.splice(at, 1);
    waiting.goOn(account);
  }
}
