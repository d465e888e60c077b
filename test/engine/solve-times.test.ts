/** What polls teach about solve times: aged, restored, and overthrown when the service changes its pace. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SolveTimes } from '../../src/engine/solve-times.js';
import { NOON } from '../support/fake-clock.js';

const HOUR = 3_600_000;

/** When half of what is learnt has come. */
function medianMs(times: SolveTimes, now = NOON): number {
  // Adds up ln 2 of hazard: the density is the hazard itself, over that.
  return times.reach(0, 1e9, { now, priorPerMs: 0, density: (hazard) => hazard / Math.LN2 });
}

function learn(times: SolveTimes, ms: number, { count = 100, everyMs = 2_000, now = NOON } = {}): void {
  for (let made = 0; made < count; made += 1) {
    const byMs = Math.ceil(ms / everyMs) * everyMs;
    times.arrived({ afterMs: byMs - everyMs, byMs }, now);
  }
}

describe('what is learnt', () => {
  it('is nothing at first: the published hazard stands everywhere', () => {
    const reach = new SolveTimes().reach(0, 1e9, {
      now: NOON,
      priorPerMs: 0.001,
      density: (hazard) => hazard,
    });
    expect(reach).toBeCloseTo(1_000);
  });

  it('lies between the polls, not at the later one', () => {
    const times = new SolveTimes();
    for (let round = 0; round < 200; round += 1)
      learn(times, 15_000 + ((round * 7_919) % 10_000), { count: 1, everyMs: 5_000 });
    expect(medianMs(times)).toBeGreaterThan(18_000);
    expect(medianMs(times)).toBeLessThan(22_000);
  });

  it('does not drift, however often it is learnt from its own polls', () => {
    const times = new SolveTimes();
    for (let round = 0; round < 2_000; round += 1) {
      const ms = 15_000 + ((round * 7_919) % 10_000);
      const median = medianMs(times) || 5_000;
      // Polls on both sides of the median only, as coarse as they come.
      const edges = [0, Math.min(median, 40_000) * 0.9, Math.min(median, 40_000) * 1.1, 60_000];
      const byMs = edges.find((edge) => edge >= ms) ?? 60_000;
      times.arrived({ afterMs: edges[edges.indexOf(byMs) - 1] ?? 0, byMs }, NOON);
    }
    expect(medianMs(times)).toBeGreaterThan(14_000);
    expect(medianMs(times)).toBeLessThan(26_000);
  });

  it('counts half after an hour, and after a hundred solves', () => {
    const times = new SolveTimes();
    learn(times, 10_000, { count: 1 });
    times.unseen(1, NOON + HOUR);
    expect(times.solves).toBeCloseTo(0.5, 2);
    learn(times, 10_000, { count: 100, now: NOON + HOUR });
    const all = times.solves;
    expect(all).toBeGreaterThan(50);
    expect(all).toBeLessThan(100);
  });

  it('fades while nothing is heard', () => {
    const times = new SolveTimes();
    learn(times, 10_000);
    const reach = (now: number) =>
      times.reach(0, 1e9, { now, priorPerMs: 0.001, density: (hazard) => hazard });
    expect(reach(NOON)).toBeGreaterThan(5_000);
    expect(reach(NOON + 24 * HOUR)).toBeCloseTo(1_000, -1);
  });

  it('knows of those who waited in vain', () => {
    const times = new SolveTimes();
    for (let made = 0; made < 100; made += 1) times.unseen(30_000, NOON);
    const reach = times.reach(0, 1e9, { now: NOON, priorPerMs: 0.001, density: (hazard) => hazard });
    expect(reach).toBeGreaterThan(29_000);
  });

  it.each([
    ['longer', 60_000],
    ['shorter', 6_000],
  ])('is overthrown by a few solves that take much %s', (_how, ms) => {
    const times = new SolveTimes();
    learn(times, 20_000, { count: 300 });
    learn(times, ms, { count: 6 });
    expect(medianMs(times) / ms).toBeGreaterThan(0.6);
    expect(medianMs(times) / ms).toBeLessThan(1.4);
  });
});

describe('many tasks that begin together', () => {
  /** Three hundred, asked every second, whose results come between 10 and 30 s. */
  function together(times: SolveTimes): void {
    const solveMs = Array.from({ length: 300 }, (_, index) => 10_000 + ((index * 7_919) % 20_000));
    for (let ms = 1_000; ms <= 30_000; ms += 1_000)
      for (const each of solveMs) {
        const [afterMs, now] = [ms - 1_000, NOON + ms];
        if (each > afterMs && each <= ms) times.arrived({ afterMs, byMs: ms, countedMs: afterMs }, now);
        if (each > ms) times.unseen(ms, now, afterMs);
      }
  }

  it('are no change of pace, though the quick ones all come first and the slow ones last', () => {
    const times = new SolveTimes();
    together(times);
    const first = times.solves;
    together(times);
    expect(medianMs(times)).toBeGreaterThan(17_000);
    expect(medianMs(times)).toBeLessThan(23_000);
    expect(times.solves).toBeGreaterThanOrEqual(first * 0.9);
  });
});

describe('kept beyond the process', () => {
  it('is the same again', () => {
    const times = new SolveTimes();
    learn(times, 20_000);
    const restored = new SolveTimes();
    restored.restore(JSON.parse(JSON.stringify(times.figures())));
    expect(restored.figures()).toEqual(times.figures());
    expect(Math.abs(medianMs(restored) - medianMs(times))).toBeLessThan(50);
  });

  it('is dropped when it is something else', () => {
    for (const figures of [undefined, null, 7, {}, { at: 1, arrivals: [1], waited: [2] }, { at: 'x' }]) {
      const times = new SolveTimes();
      times.restore(figures);
      expect(times.solves).toBe(0);
    }
  });
});

it('never loses or invents a solve, whatever the interval', () => {
  const interval = fc.tuple(fc.integer({ min: 0, max: 400_000 }), fc.integer({ min: 0, max: 100_000 }));
  const property = fc.property(interval, ([afterMs, lengthMs]) => {
    const times = new SolveTimes();
    times.arrived({ afterMs, byMs: afterMs + lengthMs }, NOON);
    expect(times.solves).toBeCloseTo(1, 6);
  });
  fc.assert(property);
});
