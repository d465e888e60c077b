/** What the polls of one attempt say about when its result came. */
import { describe, expect, it } from 'vitest';
import { SolveTimes } from '../../src/engine/solve-times.js';
import { SolveWatch } from '../../src/engine/solve-watch.js';
import { NOON } from '../support/fake-clock.js';

const TERMS = { now: NOON, priorPerMs: 0, density: (hazardPerMs: number) => hazardPerMs };

function watched({ isResumed = false } = {}): { readonly times: SolveTimes; readonly watch: SolveWatch } {
  const times = new SolveTimes();
  return { times, watch: new SolveWatch({ times, acceptedAt: NOON, isResumed }) };
}

/** How much of what was learnt lies between two times. */
function share(times: SolveTimes, fromMs: number, toMs: number): number {
  const edges = { now: NOON, priorPerMs: 0, density: (hazard: number) => (hazard > 0 ? 1e6 : 0) };
  return times.reach(fromMs, toMs, edges) < toMs ? 1 : 0;
}

describe('a result', () => {
  it('came between the last poll without it and the one that found it', () => {
    const { times, watch } = watched();
    watch.saw(NOON + 10_000, false, false);
    watch.saw(NOON + 14_000, true, false);
    expect(times.solves).toBeCloseTo(1);
    expect([share(times, 0, 9_000), share(times, 9_000, 15_000), share(times, 16_000, 90_000)]).toEqual([
      0, 1, 0,
    ]);
  });

  it('that the first poll found came at any time since the acceptance', () => {
    const { times, watch } = watched();
    watch.saw(NOON + 14_000, true, false);
    expect([share(times, 0, 1_000), share(times, 12_000, 14_000)]).toEqual([1, 1]);
  });

  it('came when the provider said so by itself', () => {
    const { times, watch } = watched();
    watch.saw(NOON + 30_000, true, true);
    expect([share(times, 0, 27_000), share(times, 27_000, 33_000)]).toEqual([0, 1]);
  });

  it('that the first poll after a restart found teaches nothing: earlier polls are not known', () => {
    const { times, watch } = watched({ isResumed: true });
    watch.saw(NOON + 14_000, true, false);
    expect(times.solves).toBe(0);
  });

  it('that a later poll after a restart found does', () => {
    const { times, watch } = watched({ isResumed: true });
    watch.saw(NOON + 14_000, false, false);
    watch.saw(NOON + 16_000, true, false);
    expect(times.solves).toBeCloseTo(1);
  });
});

it('an attempt without a result was waited for in vain, once, as soon as a poll says so', () => {
  const { times, watch } = watched();
  const hazard = () => times.reach(0, 1e9, { ...TERMS, priorPerMs: 0.001 });
  watch.saw(NOON + 25_000, false, false);
  const half = hazard();
  watch.saw(NOON + 50_000, false, false);
  const atOnce = watched();
  atOnce.watch.saw(NOON + 50_000, false, false);
  expect(hazard() / atOnce.times.reach(0, 1e9, { ...TERMS, priorPerMs: 0.001 })).toBeCloseTo(1, 2);
  expect(half).toBeGreaterThan(1_900);
});

it('what was waited before a poll is not counted again when the result comes', () => {
  const { times, watch } = watched();
  watch.saw(NOON + 10_000, false, false);
  watch.saw(NOON + 14_000, true, false);
  const alone = new SolveTimes();
  alone.arrived({ afterMs: 10_000, byMs: 14_000 }, NOON + 14_000);
  const waited = times.figures().waited.reduce((sum, count) => sum + count, 0);
  expect(waited).toBeCloseTo(
    alone.figures().waited.reduce((sum, count) => sum + count, 0),
    -1,
  );
});
