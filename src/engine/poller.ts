/** When an accepted task is asked for again, and until when: the provider's pace is kept by construction. */
import { type Clock, sleepUntil } from '../core/clock.js';
import { asSolveError, SolveError } from '../core/errors.js';
import type { Solved, Timing, UpstreamTask } from '../core/provider.js';
import type { AccountState } from './account.js';
import type { TaskLease } from './lease.js';

export interface PollPlan {
  readonly upstream: UpstreamTask;
  /** The task's id at this gateway. */
  readonly taskId: number;
  readonly timing: Timing;
  /** No poll before this. */
  readonly firstPollAt: number;
  /** After this the task is given up. */
  readonly giveUpAt: number;
  /** Polls made before, which count towards the budget. */
  readonly pollsBefore: number;
  readonly signal: AbortSignal;
  /** Says whether the task is still this process's to ask for. */
  readonly lease: TaskLease;
  /** Told the number of polls as each one leaves. */
  readonly onPoll: (polls: number) => void;
}

/** `gave-up`: the time or the polls are used up; `aborted`: somebody else had the answer first. */
export type Verdict =
  | { readonly end: 'solved'; readonly solved: Solved; readonly polls: number }
  | { readonly end: 'failed'; readonly error: SolveError; readonly polls: number }
  | { readonly end: 'gave-up' | 'aborted'; readonly polls: number };

/** What one poll brought: an answer, a final error, or how long to leave the task alone. */
type Reply = { readonly solved: Solved } | { readonly error: SolveError } | { readonly pauseMs: number };

/** Polls one accepted task until there is a verdict. */
export async function pollUntilVerdict(
  account: AccountState,
  clock: Clock,
  plan: PollPlan,
): Promise<Verdict> {
  const { timing, giveUpAt, signal } = plan;
  let polls = plan.pollsBefore;
  let nextAt = plan.firstPollAt;
  while (polls < timing.maxPolls) {
    if (isBannedUntil(account, giveUpAt)) return { end: 'failed', error: bannedTooLong(account), polls };
    if (nextAt >= giveUpAt) break;
    if (!(await sleepUntil(clock, nextAt, signal))) return { end: 'aborted', polls };
    const { pollableAt } = account.gates;
    if (pollableAt > clock.now()) {
      nextAt = pollableAt;
      continue;
    }
    if (!plan.lease.isSure && !(await plan.lease.isOurs(signal))) return { end: 'aborted', polls };
    polls += 1;
    plan.onPoll(polls);
    const reply = await askOnce(account, plan);
    if ('solved' in reply) return { end: 'solved', solved: reply.solved, polls };
    if (signal.aborted) return { end: 'aborted', polls };
    if ('error' in reply) return { end: 'failed', error: reply.error, polls };
    // Counted from the answer, so that no two polls reach the provider closer than its floor.
    nextAt = clock.now() + Math.max(reply.pauseMs, timing.pollEveryMs);
  }
  const isLeft = await sleepUntil(clock, polls < timing.maxPolls ? giveUpAt : clock.now(), signal);
  return { end: isLeft ? 'gave-up' : 'aborted', polls };
}

async function askOnce(
  account: AccountState,
  { upstream, taskId, timing, signal }: PollPlan,
): Promise<Reply> {
  try {
    // Asked in time, the answer may come a little later: it is paid for.
    const solved = await account.poll(upstream, { timeoutMs: timing.answerWithinMs, signal, taskId });
    return solved ? { solved } : { pauseMs: 0 };
  } catch (thrown) {
    const error = asSolveError(thrown);
    return isWorthAsking(error) ? { pauseMs: error.evidence.pauseMs ?? 0 } : { error };
  }
}

/** A poll without a usable answer says nothing about the task: the same id is asked again. */
function isWorthAsking(error: SolveError): boolean {
  if (error.next === 'wait') return true;
  return error.evidence.upstreamCode === undefined && error.policy.opens === 'transport';
}

/** Whether no call may be made before `at`. */
function isBannedUntil(account: AccountState, at: number): boolean {
  const { silentUntil } = account.gates;
  return silentUntil !== undefined && silentUntil >= at;
}

function bannedTooLong({ id }: AccountState): SolveError {
  return new SolveError('banned', { provider: id, detail: 'banned for longer than the attempt may take' });
}
