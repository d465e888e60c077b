/**
 * Tasks that wait for an account to have room for them. Clients take turns: one that has sent a thousand tasks does
 * not keep another's single one waiting behind them (start-time fair queueing, Goyal, Vin and Cheng 1996).
 */
import type { TaskKind } from '../core/task.js';

/** A task's place in the queue. */
export interface Ticket {
  /** Lower goes first. */
  readonly turn: number;
  readonly kind: TaskKind;
}

/** For whom a task waits. */
export interface Wanted {
  /** Accounts that are to have room. */
  readonly full: readonly string[];
  /** Accounts whose state is to change. */
  readonly shut: readonly string[];
}

interface Waiting extends Wanted {
  readonly ticket: Ticket;
  readonly goOn: (account?: string) => void;
}

export interface Wait {
  /** Settles with the account that has room for the caller; undefined when something else woke it. */
  readonly woken: Promise<string | undefined>;
  /** Leaves the queue, and goes on. */
  readonly wake: () => void;
}

/** Clients whose turns are remembered: the ones that have waited lately. */
const MOST_CLIENTS = 1_000;
/** So many decisions take less than the time in which somebody else would notice. */
const WOKEN_AT_ONCE = 200;

export class Room {
  /** In the order of their turns. */
  readonly #waiting: Waiting[] = [];
  /** The last turn that each client has taken. */
  readonly #lastTurns = new Map<string, number>();
  /** The turn that is served: a client that comes back does not catch up on what it did not ask for. */
  #served = 0;

  /** A place in the queue behind this client's own tasks, kept however often its holder is woken in vain. */
  takeTurn(client: string, kind: TaskKind): Ticket {
    const turn = Math.max(this.#served, this.#lastTurns.get(client) ?? 0) + 1;
    this.#lastTurns.delete(client);
    this.#lastTurns.set(client, turn);
    const [oldest] = this.#lastTurns.keys();
    if (this.#lastTurns.size > MOST_CLIENTS && oldest !== undefined) this.#lastTurns.delete(oldest);
    return { turn, kind };
  }

  /**
   * Waits until one of the `full` accounts has room, or what closes one of the `shut` ones has changed.
   * Room at a shut one is no offer: those who wait would pass it to each other for ever.
   */
  wait(wanted: Wanted, ticket: Ticket): Wait {
    let goOn: Waiting['goOn'] = () => {};
    const woken = new Promise<string | undefined>((resolve) => {
      goOn = resolve;
    });
    const waiting = { ...wanted, ticket, goOn };
    this.#waiting.splice(this.#placeOf(ticket.turn), 0, waiting);
    return { woken, wake: () => this.#wake(waiting) };
  }

  /** This account has room for these kinds: the first in the queue for it goes on. */
  freed(account: string, hasRoomFor: (kind: TaskKind) => boolean): void {
    const first = this.#waiting.find(({ full, ticket }) => full.includes(account) && hasRoomFor(ticket.kind));
    if (!first) return;
    this.#served = Math.max(this.#served, first.ticket.turn);
    this.#wake(first, account);
  }

  /** What keeps tasks from this account has changed: all who wait for it decide anew, in their order. */
  changed(account: string): void {
    for (const waiting of [...this.#waiting]) {
      const { full, shut } = waiting;
      if (full.includes(account) || shut.includes(account)) this.#wake(waiting);
    }
  }

  /** Whom tasks may be handed to has changed: all decide anew, in their order, a part of them at a time. */
  allChanged(later: (goOn: () => void) => void): void {
    const waiting = [...this.#waiting];
    const wakeFrom = (from: number) => {
      for (const each of waiting.slice(from, from + WOKEN_AT_ONCE)) this.#wake(each);
      if (from + WOKEN_AT_ONCE < waiting.length) later(() => wakeFrom(from + WOKEN_AT_ONCE));
    };
    wakeFrom(0);
  }

  /** Behind everybody whose turn is not later. */
  #placeOf(turn: number): number {
    let [from, to] = [0, this.#waiting.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#waiting[middle]?.ticket.turn ?? turn) <= turn) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #wake(waiting: Waiting, account?: string): void {
    const at = this.#waiting.indexOf(waiting);
    if (at >= 0) this.#waiting.splice(at, 1);
    waiting.goOn(account);
  }
}
