/** What the config says of retention reaches the ledger. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepForgetting } from '../../src/app/ledger.js';
import type { ForgetBefore } from '../../src/core/store.js';
import { MemoryStore } from '../support/memory-store.js';

const NOW = Date.UTC(2026, 0, 31, 12);
const RETENTION = { solutionMs: 1_000, taskMs: 20_000, scorecardMs: 300_000 };

beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ['setInterval', 'clearInterval', 'Date'] }));
afterEach(() => void vi.useRealTimers());

it('each sort of row goes when its own time is over, once a minute, until it is stopped', async () => {
  const asked: ForgetBefore[] = [];
  const store = new MemoryStore();
  store.forget = async (before) => {
    asked.push(before);
    return 0;
  };
  const stop = keepForgetting(
    store,
    () => RETENTION,
    () => {},
  );
  await vi.advanceTimersByTimeAsync(60_000);
  const now = NOW + 60_000;
  expect(asked).toEqual([{ solutions: now - 1_000, tasks: now - 20_000, scores: now - 300_000 }]);
  stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(1);
});
