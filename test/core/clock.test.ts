/** The system clock and the one way to wait: bounded, cancellable, never longer than asked. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sleepUntil, systemClock } from '../../src/core/clock.js';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('systemClock', () => {
  it('tells the time in milliseconds', () => {
    expect(systemClock.now()).toBe(1_000);
  });

  it('runs an action once, when its time has come', () => {
    const action = vi.fn();
    systemClock.after(50, action);
    vi.advanceTimersByTime(49);
    expect(action).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(action).toHaveBeenCalledTimes(1);
  });

  it.each([0, -5])('runs an action that is due (%i ms) at the next turn, not at once', (delayMs) => {
    const action = vi.fn();
    systemClock.after(delayMs, action);
    expect(action).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(action).toHaveBeenCalledTimes(1);
  });

  it('runs nothing that was cancelled, and cancelling twice is harmless', () => {
    const action = vi.fn();
    const cancel = systemClock.after(50, action);
    cancel();
    cancel();
    vi.advanceTimersByTime(1_000);
    expect(action).not.toHaveBeenCalled();
  });

  it.each([3_000_000_000, Number.POSITIVE_INFINITY])(
    'waits for %d ms instead of firing at once',
    (delayMs) => {
      const action = vi.fn();
      systemClock.after(delayMs, action);
      vi.advanceTimersByTime(60_000);
      expect(action).not.toHaveBeenCalled();
    },
  );
});

describe('sleepUntil', () => {
  it('is true when the time was reached', async () => {
    const sleep = sleepUntil(systemClock, 1_050, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(50);
    await expect(sleep).resolves.toBe(true);
  });

  it('is true at the next turn for a time that has passed', async () => {
    const sleep = sleepUntil(systemClock, 0, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(1);
    await expect(sleep).resolves.toBe(true);
  });

  it('is false at once when the signal aborts, and leaves no timer behind', async () => {
    const controller = new AbortController();
    const sleep = sleepUntil(systemClock, 60_000, controller.signal);
    controller.abort();
    await expect(sleep).resolves.toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is false for a signal that has aborted before', async () => {
    await expect(sleepUntil(systemClock, 60_000, AbortSignal.abort())).resolves.toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no listener behind', async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const sleep = sleepUntil(systemClock, 1_010, signal);
    await vi.advanceTimersByTimeAsync(10);
    await sleep;
    expect(removed).toHaveBeenCalledWith('abort', added.mock.calls[0]?.[1]);
  });
});
