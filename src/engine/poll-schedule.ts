/** When to ask next: where results arrive often, within what the provider allows and what it publishes. */
import type { Timing } from '../core/provider.js';
import type { SolveTimes } from './solve-times.js';

/** One poll to be placed; times are counted from the acceptance. */
export interface PollPlace {
  readonly timing: Timing;
  readonly times: SolveTimes;
  /** The lag, in ms, that one poll less is worth. */
  readonly costMs: number;
  /** The last answer without a result; 0 for none. */
  readonly sinceMs: number;
  readonly pollsMade: number;
  readonly giveUpMs: number;
  readonly now: number;
}

/** With fewer solves the published schedule stands. */
const FEW_SOLVES = 5;
/** Where a provider publishes one figure, no task is left alone for longer than so many of it, nor than this. */
const LONGEST_GAPS = 5;
const LONGEST_GAP_MS = 5_000;
/** The same for the first poll; the steps of the classic wire's official clients. */
const LATEST_FIRST_MS = 10_000;

/** Least time between two polls of one task. */
export function floorOf({ floorMs, pollEveryMs }: Timing): number {
  return Math.min(floorMs ?? pollEveryMs, pollEveryMs);
}

/**
 * Most time from the last answer, or the acceptance, to the next poll. Where the published cadence is slower than the
 * floor, no poll is ever later than published. Where both are one figure, polls may be left out, but never many.
 */
export function longestGapOf(timing: Timing, isFirst: boolean): number {
  const { pollEveryMs, firstPollMs } = timing;
  const publishedMs = isFirst ? firstPollMs : pollEveryMs;
  if (floorOf(timing) < pollEveryMs) return publishedMs;
  const longestMs = isFirst ? LATEST_FIRST_MS : LONGEST_GAP_MS;
  return Math.max(publishedMs, Math.min(longestMs, LONGEST_GAPS * pollEveryMs));
}

/**
 * Optimum inspection (Barlow, Hunter and Proschan 1963; Keller 1974): polls as dense as the square root of the hazard
 * rate over twice their cost. What nobody has seen yet has the hazard rate at which the published cadence is the best.
 */
export function nextPollMs(place: PollPlace): number {
  const { timing, times, costMs, sinceMs, now } = place;
  const { pollEveryMs, firstPollMs } = timing;
  const isFirst = place.pollsMade === 0;
  const earliestMs = isFirst ? firstPollMs : sinceMs + leastGapOf(place);
  const latestMs = Math.max(earliestMs, sinceMs + longestGapOf(timing, isFirst));
  if (costMs <= 0) return earliestMs;
  if (times.solves < FEW_SOLVES) return Math.max(earliestMs, isFirst ? firstPollMs : sinceMs + pollEveryMs);
  const densest = 1 / floorOf(timing);
  const reached = times.reach(sinceMs, latestMs, {
    now,
    priorPerMs: (2 * costMs) / pollEveryMs ** 2,
    density: (hazard) => Math.min(densest, Math.sqrt(hazard / (2 * costMs))),
  });
  return Math.min(Math.max(Math.ceil(reached), earliestMs), latestMs);
}

/** Least time to the next poll: the floor, as long as the polls last. */
export function leastGapOf(place: Pick<PollPlace, 'timing' | 'sinceMs' | 'pollsMade' | 'giveUpMs'>): number {
  return isBudgetTight(place) ? place.timing.pollEveryMs : floorOf(place.timing);
}

/** Whether the polls that are left last just as long as those of the published cadence would. */
function isBudgetTight({
  timing,
  sinceMs,
  pollsMade,
  giveUpMs,
}: Pick<PollPlace, 'timing' | 'sinceMs' | 'pollsMade' | 'giveUpMs'>): boolean {
  const { maxPolls, pollEveryMs, firstPollMs } = timing;
  const endMs = Math.min(giveUpMs, firstPollMs + (maxPolls - 1) * pollEveryMs);
  return (maxPolls - pollsMade - 1) * pollEveryMs < endMs - sinceMs - floorOf(timing);
}

/** How many polls may have been made `sinceMs` after the acceptance: after a restart that is reckoned, not remembered. */
export function mostPollsMade(sinceMs: number, timing: Timing): number {
  const { firstPollMs, pollEveryMs, maxPolls, giveUpMs } = timing;
  if (sinceMs < firstPollMs) return 0;
  const atCadence = Math.floor((sinceMs - firstPollMs) / pollEveryMs) + 1;
  const atFloor = Math.floor((sinceMs - firstPollMs) / floorOf(timing)) + 1;
  const endMs = Math.min(giveUpMs, firstPollMs + (maxPolls - 1) * pollEveryMs);
  const budgeted = maxPolls - Math.ceil(Math.max(0, endMs - sinceMs) / pollEveryMs) + 1;
  return Math.max(atCadence, Math.min(atFloor, budgeted));
}
