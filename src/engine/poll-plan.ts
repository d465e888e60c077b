/** The pace and the end of one attempt's polls: followed while it is the task's hope, drained when it was given up. */
import type { Timing } from '../core/provider.js';
import type { Attempt } from '../core/store.js';
import { beforeAsk, type Rhythm } from './asks.js';
import { leastGapOf, longestGapOf, mostPollsMade, nextPollMs } from './poll-schedule.js';
import type { PollPlan } from './poller.js';
import type { SolveTimes } from './solve-times.js';

export type Schedule = Pick<
  PollPlan,
  'timing' | 'firstPollAt' | 'firstDueAt' | 'nextDueAt' | 'giveUpAt' | 'pollsBefore'
>;

export interface PollTerms {
  readonly attempt: Attempt;
  /** The provider's own. */
  readonly pace: Timing;
  readonly now: number;
  readonly deadlineAt: number;
  readonly times: SolveTimes;
  /** The lag, in ms, that one poll less is worth now. */
  readonly costMs: () => number;
  /** Whether the provider tells of results by itself, as it looks now: polls are what is left should it not. */
  readonly isPushed?: (() => boolean) | undefined;
  /** When a client that is not held comes back; undefined where one is always listening, or nobody has come. */
  readonly rhythm?: (() => Rhythm | undefined) | undefined;
  /** How long a poll that is due may wait for others to go with. */
  readonly heldMs?: (() => number) | undefined;
}

/** An attempt that was given up is asked for this many times more slowly. */
const DRAIN_FACTOR = 4;
/** The answer is there before the client asks, though it takes a little longer than the last one. */
const LEAST_LEAD_MS = 50;
const LEAD_FACTOR = 2;
/** So is one whose result the provider pushes. */
const PUSHED_FACTOR = 3;

/** A fresh attempt: from its acceptance on, where results have come lately, within the provider's pace. */
export function followPlan(terms: PollTerms): Schedule {
  const { attempt, pace, now, deadlineAt } = terms;
  const acceptedAt = attempt.acceptedAt ?? now;
  const giveUpAt = Math.min(acceptedAt + pace.giveUpMs, deadlineAt);
  const [pushed, learnt] = [pushedPace(pace), learntPace(terms, acceptedAt, giveUpAt)];
  const nextDueAt: Schedule['nextDueAt'] = (...place) => (terms.isPushed?.() ? pushed : learnt)(...place);
  const firstPollAt = acceptedAt + pace.firstPollMs;
  return {
    timing: pace,
    firstPollAt,
    firstDueAt: nextDueAt(acceptedAt, 0),
    nextDueAt,
    giveUpAt,
    pollsBefore: 0,
  };
}

/** The same after a restart: not before `notBefore`, and asked once at least, however late it is. */
export function resumePlan(terms: PollTerms, notBefore: number): Schedule {
  const { attempt, pace, now, deadlineAt } = terms;
  const fresh = followPlan(terms);
  // An attempt whose budget was used up has ended: one that goes on has a poll left.
  const made = Math.min(mostPollsMade(now - (attempt.acceptedAt ?? now), pace), pace.maxPolls - 1);
  const firstPollAt = Math.max(fresh.firstPollAt, notBefore);
  return {
    ...fresh,
    firstPollAt,
    firstDueAt: firstPollAt,
    giveUpAt: Math.min(Math.max(fresh.giveUpAt, notBefore + pace.answerWithinMs), deadlineAt),
    pollsBefore: made,
  };
}

/** An attempt that was given up may still be answered: slowly, until the task ends. */
export function drainPlan({ attempt, pace, now, deadlineAt }: PollTerms, notBefore = now): Schedule {
  const slowMs = pace.pollEveryMs * DRAIN_FACTOR;
  const timing = { ...pace, pollEveryMs: slowMs, floorMs: slowMs, firstPollMs: slowMs };
  const sinceMs = now - (attempt.endedAt ?? now);
  const firstPollAt = Math.max(now + slowMs, notBefore);
  return {
    timing,
    firstPollAt,
    firstDueAt: firstPollAt,
    nextDueAt: (sinceAt) => sinceAt + slowMs,
    giveUpAt: deadlineAt,
    pollsBefore: attempt.polls + mostPollsMade(sinceMs, timing),
  };
}

function learntPace(terms: PollTerms, acceptedAt: number, giveUpAt: number): Schedule['nextDueAt'] {
  const { pace, times, costMs, rhythm, heldMs } = terms;
  const giveUpMs = giveUpAt - acceptedAt;
  return (sinceAt, pollsMade, answeredInMs = 0) => {
    const place = {
      timing: pace,
      times,
      costMs: costMs(),
      sinceMs: sinceAt - acceptedAt,
      pollsMade,
      giveUpMs,
    };
    const dueAt = acceptedAt + nextPollMs({ ...place, now: sinceAt });
    if (pollsMade === 0) return dueAt;
    const slot = {
      earliestAt: sinceAt + leastGapOf(place),
      dueAt,
      latestAt: sinceAt + longestGapOf(pace, false),
      leadMs: LEAST_LEAD_MS + LEAD_FACTOR * answeredInMs + (heldMs?.() ?? 0),
    };
    return beforeAsk(slot, rhythm?.(), acceptedAt);
  };
}

/** Slow from the first poll on. */
function pushedPace({ firstPollMs, pollEveryMs }: Timing): Schedule['nextDueAt'] {
  return (sinceAt, pollsMade) =>
    sinceAt + PUSHED_FACTOR * (pollsMade === 0 ? Math.max(firstPollMs, pollEveryMs) : pollEveryMs);
}
