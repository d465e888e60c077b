/** When an accepted task is asked for again, and until when: the provider's pace is kept by construction. */
import { type Clock, sleepUntil } from '../core/clock.js';
import { asSolveError, type SolveError } from '../core/errors.js';
import type { Solved, Timing, UpstreamTask } from '../core/provider.js';
import type { AccountState } from './account.js';

export interface PollPlan {
  readonly upstream: UpstreamTask;
  readonly timing: Timing;
  /** No poll before this. */
  readonly firstPollAt: number;
  /** After this the task is given up. */
  readonly giveUpAt: number;
  /** Polls made before, which count towards the budget. */
  readonly pollsBefore: number;
  readonly signal: AbortSignal;
}

/** `gave-up`: the time or the polls are used up; `aborted`: somebody else had the answer first. */
export type Verdict =
  | { readonly end: 'solved'; readonly solved: Solved; readonly polls: number }
  | { readonly end: 'failed'; readonly error: SolveError; readonly polls: number }
  | { readonly end: 'gave-up' | 'aborted'; readonly polls: number };

/** Polls one accepted task until there is a verdict. */
export async function pollUntilVerdict(
  account: AccountState,
  clock: Clock,
  plan: PollPlan,
): Promise<Verdict> {
  const { timing, giveUpAt, signal } = plan;
  let polls = plan.pollsBefore;
  let nextAt = plan.firstPollAt;
  while (polls < timing.maxPolls && nextAt < giveUpAt) {
    if (!(await sleepUntil(clock, nextAt, signal))) return { end: 'aborted', polls };
    const { silence } = account;
    if (silence && silence.until >= giveUpAt) return { end: 'failed', error: silence.error, polls };
    if (account.pollableAt > clock.now()) {
      nextAt = account.pollableAt;
      continue;
    }
    polls += 1;
    try {
      // Asked in time, the answer may come a little later: it is paid for.
      const solved = await account.poll(plan.upstream, { timeoutMs: timing.answerWithinMs, signal });
      if (solved) return { end: 'solved', solved, polls };
    } catch (thrown) {
      if (signal.aborted) return { end: 'aborted', polls };
      const error = asSolveError(thrown);
      if (!isWorthAsking(error)) return { end: 'failed', error, polls };
      nextAt = clock.now() + (error.evidence.pauseMs ?? 0);
    }
    // Counted from the answer, so that no two polls reach the provider closer than its floor.
    nextAt = Math.max(nextAt, clock.now() + timing.pollEveryMs);
  }
  const isLeft = await sleepUntil(clock, polls < timing.maxPolls ? giveUpAt : clock.now(), signal);
  return { end: isLeft ? 'gave-up' : 'aborted', polls };
}

/** A poll without a usable answer says nothing about the task: the same id is asked again. */
function isWorthAsking(error: SolveError): boolean {
  if (error.next === 'wait') return true;
  return error.evidence.upstreamCode === undefined && error.policy.opens === 'transport';
}

/** How many polls may have been made by `now`: after a restart the budget is reckoned, not remembered. */
export function mostPollsBy(now: number, acceptedAt: number, timing: Timing): number {
  const sinceFirst = now - acceptedAt - timing.firstPollMs;
  return sinceFirst < 0 ? 0 : Math.floor(sinceFirst / timing.pollEveryMs) + 1;
}
