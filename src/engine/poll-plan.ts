/** The pace and the end of one attempt's polls: followed while it is the task's hope, drained when it was given up. */
import type { Timing } from '../core/provider.js';
import type { Attempt } from '../core/store.js';
import type { PollPlan } from './poller.js';

export type Schedule = Pick<PollPlan, 'timing' | 'firstPollAt' | 'giveUpAt' | 'pollsBefore'>;

export interface PollTerms {
  readonly attempt: Attempt;
  /** The provider's own. */
  readonly pace: Timing;
  readonly now: number;
  readonly deadlineAt: number;
}

/** An attempt that was given up is asked for this many times more slowly. */
const DRAIN_FACTOR = 4;

/** A fresh attempt: at the provider's pace from its acceptance on. */
export function followPlan({ attempt, pace, now, deadlineAt }: PollTerms): Schedule {
  const acceptedAt = attempt.acceptedAt ?? now;
  const giveUpAt = Math.min(acceptedAt + pace.giveUpMs, deadlineAt);
  return { timing: pace, firstPollAt: acceptedAt + pace.firstPollMs, giveUpAt, pollsBefore: 0 };
}

/** The same after a restart: not before `notBefore`, and asked once at least, however late it is. */
export function resumePlan(terms: PollTerms, notBefore: number): Schedule {
  const { attempt, pace, now, deadlineAt } = terms;
  const fresh = followPlan(terms);
  // An attempt whose budget was used up has ended: one that goes on has a poll left.
  const made = Math.min(mostPolls(now - (attempt.acceptedAt ?? now), pace), pace.maxPolls - 1);
  return {
    timing: pace,
    firstPollAt: Math.max(fresh.firstPollAt, notBefore),
    giveUpAt: Math.min(Math.max(fresh.giveUpAt, notBefore + pace.answerWithinMs), deadlineAt),
    pollsBefore: made,
  };
}

/** An attempt that was given up may still be answered: slowly, until the task ends. */
export function drainPlan({ attempt, pace, now, deadlineAt }: PollTerms, notBefore = now): Schedule {
  const slowMs = pace.pollEveryMs * DRAIN_FACTOR;
  const timing = { ...pace, pollEveryMs: slowMs, firstPollMs: slowMs };
  const sinceMs = now - (attempt.endedAt ?? now);
  return {
    timing,
    firstPollAt: Math.max(now + slowMs, notBefore),
    giveUpAt: deadlineAt,
    pollsBefore: attempt.polls + mostPolls(sinceMs, timing),
  };
}

/** How many polls may have been made in that time: after a restart the budget is reckoned, not remembered. */
function mostPolls(sinceMs: number, { firstPollMs, pollEveryMs }: Timing): number {
  return sinceMs < firstPollMs ? 0 : Math.floor((sinceMs - firstPollMs) / pollEveryMs) + 1;
}
