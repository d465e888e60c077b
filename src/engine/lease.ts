/** Whether this process may still act for its tasks. */
import { type Clock, sleepUntil } from '../core/clock.js';
import type { TaskStore } from '../core/store.js';

/** How often a lease that may have run out is looked at again. */
const DOUBT_MS = 100;

/** Waits while the lease may have run out: another process may be at work on the same tasks meanwhile. */
export async function untilHeld(
  { clock, store }: { readonly clock: Clock; readonly store: TaskStore },
  signal: AbortSignal,
): Promise<void> {
  while (!store.isHeld && (await sleepUntil(clock, clock.now() + DOUBT_MS, signal)));
}
