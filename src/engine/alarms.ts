/** Any number of alarms on one timer: ten thousand waiting tasks cost the event loop one. */
import type { Cancel, Clock } from '../core/clock.js';
import { Heap } from './heap.js';

interface Alarm {
  readonly at: number;
  readonly order: number;
  action: (() => void) | undefined;
}

/** Cancelled alarms are dropped once they are this many and more than those that are left. */
const LITTER = 1_000;
/** So many ring in one turn; the others in the next, so that clients are answered in between. */
const MOST_AT_ONCE = 500;

/** A clock on top of another that holds a single timer there, for the first alarm; of two at once the older goes first. */
export class Alarms implements Clock {
  #alarms = newHeap();
  #order = 0;
  #cancelled = 0;
  #timerAt = Number.POSITIVE_INFINITY;
  #cancelTimer: Cancel = () => {};
  #isRinging = false;

  readonly #uptime: () => number;

  constructor(private readonly clock: Clock) {
    this.#uptime = clock.uptime ?? (() => clock.now());
  }

  now(): number {
    return this.clock.now();
  }

  after(delayMs: number, action: () => void): Cancel {
    this.#order += 1;
    const alarm: Alarm = { at: this.#uptime() + Math.max(delayMs, 0), order: this.#order, action };
    this.#alarms.push(alarm);
    this.#set();
    return () => {
      if (!alarm.action) return;
      alarm.action = undefined;
      this.#cancelled += 1;
      if (this.#alarms.first === alarm || this.#cancelled > LITTER) this.#tidy();
    };
  }

  /** Sets the timer for the first alarm. */
  #set(): void {
    const at = this.#alarms.first?.at ?? Number.POSITIVE_INFINITY;
    if (at === this.#timerAt || this.#isRinging) return;
    this.#cancelTimer();
    this.#timerAt = at;
    this.#cancelTimer =
      at === Number.POSITIVE_INFINITY ? () => {} : this.clock.after(at - this.#uptime(), () => this.#ring());
  }

  /** Alarms that are set meanwhile wait for the next timer, so that nothing starves. */
  #ring(): void {
    const now = this.#uptime();
    const last = this.#order;
    let left = MOST_AT_ONCE;
    this.#isRinging = true;
    try {
      for (
        let first = this.#alarms.first;
        first && first.at <= now && first.order <= last && left > 0;
        first = this.#alarms.first
      ) {
        this.#alarms.pop();
        const { action } = first;
        first.action = undefined;
        left -= 1;
        if (action) action();
        else this.#cancelled -= 1;
      }
    } finally {
      this.#isRinging = false;
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.#tidy();
    }
  }

  /** Drops what was cancelled: in front always, anywhere once it is much. */
  #tidy(): void {
    if (this.#cancelled > LITTER && this.#cancelled > this.#alarms.size / 2) {
      const kept = newHeap();
      for (let alarm = this.#alarms.pop(); alarm; alarm = this.#alarms.pop())
        if (alarm.action) kept.push(alarm);
      this.#alarms = kept;
      this.#cancelled = 0;
    }
    while (this.#alarms.first && !this.#alarms.first.action) {
      this.#alarms.pop();
      this.#cancelled -= 1;
    }
    this.#set();
  }
}

function newHeap(): Heap<Alarm> {
  return new Heap((one, other) => one.at < other.at || (one.at === other.at && one.order < other.order));
}
