/** Polls are placed where results come: within the floor, the budget and the published pace, and well enough. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Timing } from '../../src/core/provider.js';
import { floorOf, longestGapOf, mostPollsMade, nextPollMs } from '../../src/engine/poll-schedule.js';
import { SolveTimes } from '../../src/engine/solve-times.js';
import { seededRandom } from '../../src/sandbox/random.js';
import { NOON } from '../support/fake-clock.js';

const BASE = { maxPolls: 120, giveUpMs: 180_000, answerWithinMs: 10_000 };
const COST_MS = 75;

interface Run {
  readonly timing: Timing;
  readonly times: SolveTimes;
  readonly solveMs: () => number;
  readonly costMs?: number;
}

/** Log-normal solve times, as the sandbox has them. */
function solvesAround(medianMs: number, seed = 7): () => number {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return () => medianMs * Math.exp(0.3 * normal());
}

/** The polls of one task until its result is seen or they are used up. */
function pollsOf({ timing, times, costMs = COST_MS }: Run, solveMs: number): readonly number[] {
  const polls: number[] = [];
  while (polls.length < timing.maxPolls) {
    const sinceMs = polls.at(-1) ?? 0;
    if (sinceMs >= solveMs && polls.length > 0) break;
    const place = { timing, times, costMs, sinceMs, pollsMade: polls.length, giveUpMs: timing.giveUpMs };
    polls.push(nextPollMs({ ...place, now: NOON }));
  }
  return polls;
}

/** Solves so many, learning from each: mean lag in s, and mean polls. */
function simulate(run: Run, count: number): { readonly lag: number; readonly polls: number } {
  let [lagMs, made] = [0, 0];
  for (let task = 0; task < count; task += 1) {
    const solveMs = run.solveMs();
    const polls = pollsOf(run, solveMs);
    const byMs = polls.at(-1) ?? 0;
    run.times.arrived({ afterMs: polls.at(-2) ?? 0, byMs }, NOON);
    lagMs += byMs - solveMs;
    made += polls.length;
  }
  return { lag: lagMs / count / 1_000, polls: made / count };
}

function learnt(timing: Timing, medianMs = 20_000, seed = 1): SolveTimes {
  const times = new SolveTimes();
  simulate({ timing, times, solveMs: solvesAround(medianMs, seed) }, 200);
  return times;
}

const FLOOR_1S: readonly Timing[] = [
  { ...BASE, firstPollMs: 1_000, pollEveryMs: 1_000 },
  { ...BASE, firstPollMs: 5_000, pollEveryMs: 1_000 },
  { ...BASE, firstPollMs: 5_000, pollEveryMs: 5_000, floorMs: 1_000 },
];

describe('20 s median solves', () => {
  it.each(FLOOR_1S)('are known within 0.7 s by 11 polls with a floor of 1 s: %j', (timing) => {
    const { lag, polls } = simulate({ timing, times: learnt(timing), solveMs: solvesAround(20_000) }, 2_000);
    expect([lag, polls, lag <= 0.7, polls <= 11]).toEqual([lag, polls, true, true]);
  });

  it.each([2_000, 5_000])(
    'are known within 1.2 s by 7 polls with a floor of 2 s, first poll %i ms',
    (firstPollMs) => {
      const timing = { ...BASE, firstPollMs, pollEveryMs: 2_000 };
      const { lag, polls } = simulate(
        { timing, times: learnt(timing), solveMs: solvesAround(20_000) },
        2_000,
      );
      expect([lag, polls, lag <= 1.2, polls <= 7]).toEqual([lag, polls, true, true]);
    },
  );
});

describe('when solve times jump', () => {
  it.each([7_000, 60_000])('to %i ms, the lag is never above that of the published cadence', (medianMs) => {
    const timing = { ...BASE, firstPollMs: 5_000, pollEveryMs: 5_000, floorMs: 1_000 };
    const { lag } = simulate({ timing, times: learnt(timing), solveMs: solvesAround(medianMs) }, 30);
    expect(lag).toBeLessThan(2.5);
  });

  it.each([7_000, 60_000])('to %i ms, the published gap that polls leave out stays small', (medianMs) => {
    const timing = { ...BASE, firstPollMs: 1_000, pollEveryMs: 1_000 };
    const { lag } = simulate({ timing, times: learnt(timing), solveMs: solvesAround(medianMs) }, 30);
    expect(lag).toBeLessThan(1.5);
  });
});

const timings = fc
  .record({
    firstPollMs: fc.integer({ min: 1, max: 20_000 }),
    pollEveryMs: fc.integer({ min: 2, max: 10_000 }),
    floorShare: fc.double({ min: 0.1, max: 1, noNaN: true }),
    maxPolls: fc.integer({ min: 1, max: 150 }),
    giveUpMs: fc.integer({ min: 1_000, max: 300_000 }),
  })
  .map(({ floorShare, ...timing }) => ({
    ...timing,
    floorMs: Math.max(1, Math.round(floorShare * timing.pollEveryMs)),
    answerWithinMs: 10_000,
  }));

const runs = fc.record({
  timing: timings,
  solves: fc.array(fc.integer({ min: 1, max: 300_000 }), { maxLength: 40 }),
  costMs: fc.integer({ min: 0, max: 2_000 }),
  solveMs: fc.integer({ min: 1, max: 400_000 }),
});

function learntFrom(solves: readonly number[]): SolveTimes {
  const times = new SolveTimes();
  for (const byMs of solves) times.arrived({ afterMs: byMs * 0.9, byMs }, NOON);
  return times;
}

describe('whatever was learnt', () => {
  it('no poll is before the first-poll delay, nor closer than the floor, nor one too many', () => {
    const property = fc.property(runs, ({ timing, solves, costMs, solveMs }) => {
      const polls = pollsOf({ timing, times: learntFrom(solves), costMs, solveMs: () => solveMs }, solveMs);
      expect(polls.length).toBeLessThanOrEqual(timing.maxPolls);
      expect(polls[0]).toBeGreaterThanOrEqual(timing.firstPollMs);
      for (const [index, at] of polls.slice(1).entries())
        expect(at - Number(polls[index])).toBeGreaterThanOrEqual(floorOf(timing));
    });
    fc.assert(property);
  });

  it('no poll is later than the published cadence, where the floor is lower', () => {
    const property = fc.property(runs, ({ timing, solves, costMs, solveMs }) => {
      fc.pre(timing.floorMs < timing.pollEveryMs);
      const polls = pollsOf({ timing, times: learntFrom(solves), costMs, solveMs: () => solveMs }, solveMs);
      expect(polls[0]).toBe(timing.firstPollMs);
      for (const [index, at] of polls.slice(1).entries())
        expect(at - Number(polls[index])).toBeLessThanOrEqual(timing.pollEveryMs);
    });
    fc.assert(property);
  });

  it('no gap is longer than the bound, where the floor is the cadence', () => {
    const property = fc.property(runs, ({ timing: wide, solves, costMs, solveMs }) => {
      const timing = { ...wide, floorMs: wide.pollEveryMs };
      const polls = pollsOf({ timing, times: learntFrom(solves), costMs, solveMs: () => solveMs }, solveMs);
      expect(polls[0]).toBeLessThanOrEqual(Math.max(timing.firstPollMs, 10_000));
      for (const [index, at] of polls.slice(1).entries())
        expect(at - Number(polls[index])).toBeLessThanOrEqual(Math.max(timing.pollEveryMs, 5_000));
      expect(longestGapOf(timing, false)).toBeLessThanOrEqual(5 * timing.pollEveryMs);
    });
    fc.assert(property);
  });

  it('the polls last as long as the published ones would, and a restart never reckons with fewer', () => {
    const property = fc.property(runs, ({ timing, solves, costMs }) => {
      const polls = pollsOf({ timing, times: learntFrom(solves), costMs, solveMs: () => 1e9 }, 1e9);
      const published = timing.firstPollMs + (timing.maxPolls - 1) * timing.pollEveryMs;
      const last = polls.at(-1) ?? 0;
      expect(last + timing.pollEveryMs).toBeGreaterThanOrEqual(Math.min(published, timing.giveUpMs));
      for (const [index, at] of polls.entries())
        if (at < timing.giveUpMs) expect(mostPollsMade(at, timing)).toBeGreaterThanOrEqual(index + 1);
    });
    fc.assert(property);
  });
});

it('with few solves the published schedule stands', () => {
  const timing = { ...BASE, firstPollMs: 5_000, pollEveryMs: 2_000, floorMs: 1_000 };
  const run = { timing, times: learntFrom([9_000, 9_000]), solveMs: () => 10_000 };
  expect(pollsOf(run, 10_000)).toEqual([5_000, 7_000, 9_000, 11_000]);
});

it('polls that cost nothing come at the floor', () => {
  const timing = { ...BASE, firstPollMs: 5_000, pollEveryMs: 2_000, floorMs: 1_000, maxPolls: 1_000 };
  const run = { timing, times: new SolveTimes(), costMs: 0, solveMs: () => 8_000 };
  expect(pollsOf(run, 8_000)).toEqual([5_000, 6_000, 7_000, 8_000]);
});
