/** Tasks that wait for an account to have room for them, first come first served. */

interface Waiting {
  readonly turn: number;
  readonly accounts: ReadonlySet<string>;
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

  /** Waits until one of these accounts has room, or may be asked again, or is known to be not. */
  wait(accounts: readonly string[], turn: number): Wait {
    let goOn: Waiting['goOn'] = () => {};
    const woken = new Promise<string | undefined>((resolve) => {
      goOn = resolve;
    });
    const waiting = { turn, accounts: new Set(accounts), goOn };
    const before = this.#waiting.findLastIndex((other) => other.turn < turn);
    this.#waiting.splice(before + 1, 0, waiting);
    return { woken, wake: () => this.#wake(waiting) };
  }

  /** This account has room: whoever has waited longest for it goes on. */
  freed(account: string): void {
    const first = this.#waiting.find(({ accounts }) => accounts.has(account));
    if (first) this.#wake(first, account);
  }

  /** What keeps tasks from this account has changed: all who wait for it decide anew, in their order. */
  changed(account: string): void {
    for (const waiting of [...this.#waiting]) {
      if (waiting.accounts.has(account)) this.#wake(waiting);
    }
  }

  #wake(waiting: Waiting, account?: string): void {
    const at = this.#waiting.indexOf(waiting);
    if (at >= 0) this.#waiting.splice(at, 1);
    waiting.goOn(account);
  }
}
