/** What may be expected of an account × kind, from what it has shown: nothing is made of a handful of outcomes. */
import type { Score } from './scores.js';

/** With fewer solve times than this the half and the slowest twentieth of them mean nothing. */
const ENOUGH_FOR_MEDIAN = 10;
const ENOUGH_FOR_TAIL = 20;

/** Before anything is known nine in ten attempts are expected to be solved, and that weighs like ten outcomes. */
const PRIOR = { rate: 0.9, weight: 10 } as const;

/** The share of attempts that will end solved, from 0 to 1 and never 0. */
export function expectedRate({ successRate, outcomes }: Score): number {
  return ((successRate ?? 0) * outcomes + PRIOR.rate * PRIOR.weight) / (outcomes + PRIOR.weight);
}

/** Half of the attempts are solved within this time, in ms; null while that is not known. */
export function medianMs(score: Score, now: number): number | null {
  return score.solvesAt(now) < ENOUGH_FOR_MEDIAN ? null : score.percentileMs(0.5, now);
}

/** Nineteen in twenty attempts are solved within this time, in ms; null while that is not known. */
export function slowMs(score: Score, now: number): number | null {
  return score.solvesAt(now) < ENOUGH_FOR_TAIL ? null : score.percentileMs(0.95, now);
}

/** The time between a usual and a slow solve, in ms, which both weigh on; null before the first solve. */
export function typicalMs(score: Score, now: number): number | null {
  const usual = score.percentileMs(0.5, now);
  const slow = score.percentileMs(0.95, now);
  return usual === null || slow === null ? null : (usual + slow) / 2;
}
