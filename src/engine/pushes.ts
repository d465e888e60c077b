/** What a service says by itself of the tasks of one account: that they are done, if it can be relied on for that. */
import type { CalledAttempt } from '../core/provider.js';
import { Recent } from './recent.js';

/** How many calls are kept for attempts that nobody waits for: they may come before the answer to the submit. */
const KEPT_CALLS = 1_000;
/** So many results in a row that nobody was called for: the address is not reached, or not registered. */
const MOST_MISSED = 3;
/** A call may be on its way while a poll finds the result. */
const LATE_CALL_MS = 10_000;

type Which = Pick<CalledAttempt, 'taskId' | 'attempt'>;

export class Pushes {
  readonly #waiting = new Map<string, () => void>();
  readonly #early = new Recent<true>(KEPT_CALLS);
  #missed = 0;
  #missedSince = 0;
  /** Whether there has been a call since this process began, or since the last ones were missed. */
  #isHeard = false;
  #isToldOf = false;

  /** `onMissed` is told once of a service that does not call, and again after it has called in between. */
  constructor(private readonly onMissed: (results: number) => void) {}

  /** Whether slow polls are enough: from the first call on, until some results have come without one. */
  get isReliable(): boolean {
    return this.#isHeard;
  }

  /** Whether somebody waits for a call for this attempt. */
  awaits(which: Which): boolean {
    return this.#waiting.has(keyOf(which));
  }

  /** The service has called for this attempt; one that nobody waits for yet is told of it when it does. */
  heard(which: Which): void {
    this.#missed = 0;
    this.#isHeard = true;
    this.#isToldOf = false;
    const key = keyOf(which);
    const wake = this.#waiting.get(key);
    if (wake) wake();
    else this.#early.set(key, true);
  }

  /** Calls `wake` for every call for this attempt, one that has come before included; ended by what is returned. */
  expect(which: Which, wake: () => void): () => void {
    const key = keyOf(which);
    this.#waiting.set(key, wake);
    if (this.#early.take(key)) wake();
    return () => {
      if (this.#waiting.get(key) === wake) this.#waiting.delete(key);
    };
  }

  /** A result was found by a poll that no call had asked for. */
  missed(now: number): void {
    if (this.#missed === 0) this.#missedSince = now;
    this.#missed += 1;
    if (this.#missed < MOST_MISSED || now - this.#missedSince < LATE_CALL_MS) return;
    this.#isHeard = false;
    if (!this.#isToldOf) this.onMissed(this.#missed);
    this.#isToldOf = true;
  }
}

function keyOf({ taskId, attempt }: Which): string {
  return `${taskId} ${attempt}`;
}
