/** Any number of alarms on one timer: each at its time, in order, and nothing left behind. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Alarms } from '../../src/engine/alarms.js';
import { Heap } from '../../src/engine/heap.js';
import { FakeClock } from '../support/fake-clock.js';

it('a heap gives out what is first, whatever came in between', () => {
  const steps = fc.array(fc.option(fc.integer({ min: -50, max: 50 })));
  const property = fc.property(steps, (list) => {
    const heap = new Heap<number>((one, other) => one < other);
    const model: number[] = [];
    for (const step of list) {
      if (step === null) {
        model.sort((one, other) => one - other);
        expect(heap.pop()).toBe(model.shift());
      } else {
        heap.push(step);
        model.push(step);
      }
      expect(heap.size).toBe(model.length);
      expect(heap.first).toBe(model.length > 0 ? Math.min(...model) : undefined);
    }
  });
  fc.assert(property);
});

describe('alarms', () => {
  it('ring at their times and in the order they were set, and the cancelled ones never', async () => {
    const plans = fc.array(
      fc.record({ delayMs: fc.integer({ min: 0, max: 40 }), isCancelled: fc.boolean() }),
      {
        maxLength: 30,
      },
    );
    const property = fc.asyncProperty(plans, async (list) => {
      const clock = new FakeClock();
      const alarms = new Alarms(clock);
      const startedAt = clock.now();
      const rung: (readonly [number, number])[] = [];
      const cancels = list.map(({ delayMs }, index) =>
        alarms.after(delayMs, () => rung.push([alarms.now() - startedAt, index])),
      );
      for (const [index, { isCancelled }] of list.entries()) if (isCancelled) cancels[index]?.();
      expect(clock.pending).toBe(list.some(({ isCancelled }) => !isCancelled) ? 1 : 0);
      await clock.advance(40);
      const expected = list
        .map(({ delayMs, isCancelled }, index) => ({ at: delayMs, index, isCancelled }))
        .filter(({ isCancelled }) => !isCancelled)
        .sort((one, other) => one.at - other.at || one.index - other.index)
        .map(({ at, index }) => [at, index]);
      expect(rung).toEqual(expected);
      expect(clock.pending).toBe(0);
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('one that is set while others ring has its own turn; one that another cancels does not ring', async () => {
    const clock = new FakeClock();
    const alarms = new Alarms(clock);
    const rung: string[] = [];
    alarms.after(10, () => {
      rung.push('first');
      cancel();
      alarms.after(0, () => rung.push('third'));
    });
    const cancel = alarms.after(10, () => rung.push('second'));
    await clock.advance(10);
    expect([rung, clock.pending]).toEqual([['first', 'third'], 0]);
  });

  it('ring in time though somebody sets the time of day back', async () => {
    const clock = new FakeClock();
    let isSetBack = false;
    const set = {
      now: () => clock.now() - (isSetBack ? 3_600_000 : 0),
      uptime: () => clock.now(),
      after: (delayMs: number, action: () => void) => clock.after(delayMs, action),
    };
    const alarms = new Alarms(set);
    const rung: number[] = [];
    for (const ms of [10, 20]) alarms.after(ms, () => rung.push(ms));
    isSetBack = true;
    await clock.advance(20);
    expect(rung).toEqual([10, 20]);
  });

  it('ten thousand need one timer, set and cancelled', async () => {
    const clock = new FakeClock();
    const alarms = new Alarms(clock);
    const cancels = Array.from({ length: 10_000 }, (_, index) => alarms.after(index, () => {}));
    expect(clock.pending).toBe(1);
    for (const cancel of cancels) cancel();
    expect(clock.pending).toBe(0);
    let rung = 0;
    alarms.after(20_000, () => {
      rung += 1;
    });
    await clock.advance(20_000);
    expect([rung, clock.pending]).toEqual([1, 0]);
  });
});
