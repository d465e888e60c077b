/** Facts go to disk behind the work: together, a few times a second. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WriteBehind, type WrittenFacts } from '../../src/store/sqlite-facts.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function openLog() {
  const saves: Record<string, string>[] = [];
  const log = { saves, isFailing: false };
  const facts = new WriteBehind((some: WrittenFacts) => {
    if (log.isFailing) throw new Error('disk full');
    saves.push(Object.fromEntries(some));
  });
  return { log, facts };
}

describe('WriteBehind', () => {
  it('saves the newest value of each key, a few times a second', () => {
    const { log, facts } = openLog();
    for (let at = 0; at < 1_000; at++) {
      facts.put('a', at);
      facts.put('b', -at);
      vi.advanceTimersByTime(1);
    }
    vi.advanceTimersByTime(1_000);
    expect(log.saves.length).toBeGreaterThanOrEqual(3);
    expect(log.saves.length).toBeLessThanOrEqual(5);
    expect(log.saves.at(-1)).toEqual({ a: '999', b: '-999' });
  });

  it('keeps no timer while nothing waits', () => {
    const { facts } = openLog();
    facts.put('a', 1);
    facts.flush();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('tries again what could not be saved, with what has come since', () => {
    const { log, facts } = openLog();
    log.isFailing = true;
    facts.put('a', 1);
    vi.advanceTimersByTime(600);
    expect(() => facts.flush()).toThrow('disk full');
    facts.put('b', 2);
    log.isFailing = false;
    vi.advanceTimersByTime(300);
    expect(log.saves).toEqual([{ a: '1', b: '2' }]);
  });
});
