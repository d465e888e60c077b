/** The tests' own clock: what they prove about time stands on it. */
import { expect, it } from 'vitest';
import { sleepUntil } from '../../src/core/clock.js';
import { FakeClock } from '../support/fake-clock.js';

it('runs timers at their own time and in their order, new ones too', async () => {
  const clock = new FakeClock(0);
  const seen: string[] = [];
  const note = (name: string) => () => seen.push(`${name} at ${clock.now()}`);
  clock.after(20, note('second'));
  clock.after(20, note('third'));
  clock.after(10, () => {
    note('first')();
    clock.after(5, note('between'));
  });
  clock.after(31, note('too late'));
  await clock.advance(30);
  expect(seen).toEqual(['first at 10', 'between at 15', 'second at 20', 'third at 20']);
  expect([clock.now(), clock.pending]).toEqual([30, 1]);
});

it('lets promises settle between two timers', async () => {
  const clock = new FakeClock(0);
  const seen: number[] = [];
  const { signal } = new AbortController();
  const walk = async () => {
    for (const at of [10, 20, 30]) {
      await sleepUntil(clock, at, signal);
      seen.push(clock.now());
    }
  };
  void walk();
  await clock.advance(100);
  expect(seen).toEqual([10, 20, 30]);
});

it('forgets a cancelled timer', async () => {
  const clock = new FakeClock(0);
  const cancel = clock.after(10, () => expect.unreachable());
  cancel();
  cancel();
  expect(clock.pending).toBe(0);
  await clock.advance(20);
});
