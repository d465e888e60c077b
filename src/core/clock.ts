/** Time as an argument: the one place that names the system clock, so that no test has to wait. */

/** What cancels a timer; calling it twice is harmless. */
export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Milliseconds since some moment, which never jump when the time of day is set; absent where `now` never does. */
  readonly uptime?: () => number;
  /** Runs `action` once, `delayMs` from now (at the next turn when it is not positive). */
  after(delayMs: number, action: () => void): Cancel;
}

/** setTimeout fires at once for anything longer than this (2³¹−1 ms), so longer waits are cut to it. */
const LONGEST_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  uptime: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** Waits until `at` or until `signal` aborts, whichever comes first; true when the time was reached. */
export function sleepUntil(clock: Clock, at: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const onAbort = () => {
      cancel();
      resolve(false);
    };
    const cancel = clock.after(at - clock.now(), () => {
      signal.removeEventListener('abort', onAbort);
      resolve(true);
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
