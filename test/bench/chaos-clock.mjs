/** Time that jumps to the next thing that happens, as soon as everything before it has settled. */

/**
 * @typedef {object} Timer
 * @property {number} at
 * @property {number} turn of two at the same time the one that was set first goes first
 * @property {(() => void) | undefined} action undefined once it is cancelled
 */

/** Turns handed to the event loop at once: between two of them every promise settles that can. */
const TURNS_AT_ONCE = 256;
/** Cancelled timers are swept out when they are more than the others, and more than this. */
const SWEEP_FROM = 10_000;

/** A Clock of the engine on a binary heap. */
export class VirtualClock {
  #now;
  /** @type {Timer[]} */
  #heap = [];
  #turns = 0;
  #cancelled = 0;

  /** @param {number} startAt ms since 1970 */
  constructor(startAt) {
    this.#now = startAt;
  }

  now() {
    return this.#now;
  }

  /** @param {number} delayMs @param {() => void} action */
  after(delayMs, action) {
    /** @type {Timer} */
    const timer = { at: this.#now + Math.max(Math.ceil(delayMs), 0), turn: this.#turns++, action };
    push(this.#heap, timer);
    return () => {
      if (timer.action === undefined) return;
      timer.action = undefined;
      this.#cancelled += 1;
    };
  }

  /** Lets time pass until `isOver` says so, or nothing is left to happen. @param {() => boolean} isOver @returns {Promise<void>} */
  run(isOver) {
    return new Promise((resolve, reject) => {
      let ahead = 0;
      let isDone = false;
      const turn = () => {
        ahead -= 1;
        if (isDone) return;
        try {
          isDone = isOver() || !this.#step();
        } catch (error) {
          isDone = true;
          reject(error);
        }
        if (isDone) resolve();
        else if (ahead === 0) schedule();
      };
      const schedule = () => {
        for (; ahead < TURNS_AT_ONCE; ahead += 1) setImmediate(turn);
      };
      schedule();
    });
  }

  /** False when nothing is left. */
  #step() {
    if (this.#cancelled > SWEEP_FROM && this.#cancelled * 2 > this.#heap.length) this.#sweep();
    for (let timer = pop(this.#heap); timer; timer = pop(this.#heap)) {
      const { action, at } = timer;
      if (action === undefined) {
        this.#cancelled -= 1;
        continue;
      }
      timer.action = undefined;
      this.#now = at;
      action();
      return true;
    }
    return false;
  }

  /** A sorted list is a heap. */
  #sweep() {
    this.#heap = this.#heap.filter(({ action }) => action !== undefined).sort(byTime);
    this.#cancelled = 0;
  }
}

/** @param {Timer} one @param {Timer} other */
function byTime(one, other) {
  return one.at - other.at || one.turn - other.turn;
}

/** @param {Timer[]} heap @param {Timer} timer */
function push(heap, timer) {
  let at = heap.length;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (!parent || byTime(parent, timer) <= 0) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = timer;
}

/** @param {Timer[]} heap */
function pop(heap) {
  const [first] = heap;
  const last = heap.pop();
  if (!first || !last || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const [one, other] = [heap[left], heap[left + 1]];
    const isOther = one !== undefined && other !== undefined && byTime(other, one) < 0;
    const least = isOther ? other : one;
    if (least === undefined || byTime(last, least) <= 0) break;
    heap[at] = least;
    at = isOther ? left + 1 : left;
  }
  heap[at] = last;
  return first;
}
