/** How long each sort of row is kept is asked at each round: a reload changes it. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepForgetting } from '../../src/app/ledger.js';
import { MemoryStore } from '../support/memory-store.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('forgets by the retention of the moment, once a minute, until it is stopped', async () => {
  const store = new MemoryStore();
  const forgotten = vi.spyOn(store, 'forget');
  let retention = { solutionMs: 1_000, taskMs: 2_000, scorecardMs: 30_000 };
  const stop = keepForgetting(
    store,
    () => retention,
    (error) => expect.fail(String(error)),
  );
  const startedAt = Date.now();
  await vi.advanceTimersByTimeAsync(60_000);
  retention = { solutionMs: 10, taskMs: 20, scorecardMs: 30 };
  await vi.advanceTimersByTimeAsync(60_000);
  stop();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(forgotten.mock.calls.map(([before]) => before)).toEqual([
    { solutions: startedAt + 59_000, tasks: startedAt + 58_000, scores: startedAt + 30_000 },
    { solutions: startedAt + 119_990, tasks: startedAt + 119_980, scores: startedAt + 119_970 },
  ]);
});
