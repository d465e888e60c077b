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

/** A clock on top of another that holds a single timer there, for the first alarm; of two at once the older goes first. */
export class Alarms implements Clock {
  #alarms = newHeap();
  #order = 0;
  #cancelled = 0;
  #timerAt = Number.POSITIVE_INFINITY;
  #cancelTimer: Cancel = () => {};

  constructor(private readonly clock: Clock) {}

  now(): number {
    return this.clock.now();
  }

  after(delayMs: number, action: () => void): Cancel {
    this.#order += 1;
    const alarm: Alarm = { at: this.clock.now() + Math.max(delayMs, 0), order: this.#order, action };
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
    if (at === this.#timerAt) return;
    this.#cancelTimer();
    this.#timerAt = at;
    this.#cancelTimer =
      at === Number.POSITIVE_INFINITY
        ? () => {}
        : this.clock.after(at - this.clock.now(), () => this.#ring());
  }

  #ring(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.clock.now();
    // Alarms that these set for this very moment wait for the next timer, so that nothing starves.
    const due: Alarm[] = [];
    for (let first = this.#alarms.first; first && first.at <= now; first = this.#alarms.first) {
      this.#alarms.pop();
      due.push(first);
    }
    this.#set();
    for (const alarm of due) {
      const { action } = alarm;
      alarm.action = undefined;
      if (action) action();
      else this.#cancelled -= 1;
    }
    this.#tidy();
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
