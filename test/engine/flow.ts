/** A bench whose tasks all end. */
import { expect, onTestFinished } from 'vitest';
import { type Bench, openBench, type Setup } from './bench.js';

/** A bench for tasks that all end: nothing of them may be left on the clock or in flight. */
export function openFlow(setup: Setup = {}): Bench {
  const bench = openBench(setup);
  onTestFinished(() => {
    expect(bench.clock.pending, 'timers of ended tasks').toBe(0);
    expect(bench.engine.inFlight, 'tasks in flight').toBe(0);
    expect(
      bench.engine.providers().filter(({ inFlight }) => inFlight > 0),
      'places taken',
    ).toEqual([]);
    expect(bench.faults, 'faults of ours').toEqual([]);
  });
  return bench;
}
