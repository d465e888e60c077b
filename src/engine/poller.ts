/** When an accepted task is asked for again, and until when: the provider's pace is kept by construction. */
import { type Clock, sleepUntil } from '../core/clock.js';
import { SolveError } from '../core/errors.js';
import type { Solved, Timing, UpstreamTask } from '../core/provider.js';
import type { AccountState } from './account.js';
import type { TaskLease } from './lease.js';
import type { Asked, Asking } from './poll-desk.js';
import { floorOf } from './poll-schedule.js';

export interface PollPlan {
  readonly upstream: UpstreamTask;
  /** The task's id at this gateway. */
  readonly taskId: number;
  readonly timing: Timing;
  /** No poll before this. */
  readonly firstPollAt: number;
  /** When the first poll is wanted. */
  readonly firstDueAt: number;
  /** When the next one is wanted, after an answer without a result. */
  readonly nextDueAt: (sinceAt: number, polls: number, answeredInMs?: number) => number;
  /** After this the task is given up. */
  readonly giveUpAt: number;
  /** Polls made before, which count towards the budget. */
  readonly pollsBefore: number;
  readonly signal: AbortSignal;
  /** Says whether the task is still this process's to ask for. */
  readonly lease: TaskLease;
  /** Told the number of polls as each one leaves. */
  readonly onPoll: (polls: number) => void;
  /** Told of each poll that was answered: whether the result was there at `at`. */
  readonly onSeen?: ((at: number, isThere: boolean, isExact: boolean) => void) | undefined;
}

/** `gave-up`: the time or the polls are used up; `aborted`: somebody else had the answer first. */
export type Verdict =
  | { readonly end: 'solved'; readonly solved: Solved; readonly polls: number }
  | { readonly end: 'failed'; readonly error: SolveError; readonly polls: number }
  | { readonly end: 'gave-up' | 'aborted'; readonly polls: number };

/** What one poll brought: an answer, a final error, or how long to leave the task alone. */
type Reply = { readonly solved: Solved } | { readonly error: SolveError } | { readonly pauseMs: number };

type Answered = Extract<Asked, { readonly status: 'answered' }>;

/** Polls one accepted task until there is a verdict. */
export async function pollUntilVerdict(
  account: AccountState,
  clock: Clock,
  plan: PollPlan,
): Promise<Verdict> {
  const { timing, giveUpAt, signal } = plan;
  let polls = plan.pollsBefore;
  let next = { earliestAt: plan.firstPollAt, dueAt: plan.firstDueAt };
  while (polls < timing.maxPolls) {
    if (isBannedUntil(account, giveUpAt)) return { end: 'failed', error: bannedTooLong(account), polls };
    if (next.earliestAt >= giveUpAt) break;
    const leave = () => {
      if (account.gates.pollableAt > clock.now() || !plan.lease.isSure) return false;
      polls += 1;
      plan.onPoll(polls);
      return true;
    };
    const asked = await ask(account, plan, { ...next, leave });
    if (asked.status === 'aborted') return { end: 'aborted', polls };
    if (asked.status === 'kept') {
      const at = await untilPollable(account, clock, plan);
      if (at === undefined) return { end: 'aborted', polls };
      next = { earliestAt: at, dueAt: at };
      continue;
    }
    const reply = judge(plan, asked);
    if ('solved' in reply) return { end: 'solved', solved: reply.solved, polls };
    if (signal.aborted) return { end: 'aborted', polls };
    if ('error' in reply) return { end: 'failed', error: reply.error, polls };
    const now = clock.now();
    // Counted from the answer, so that no two polls reach the provider closer than its floor.
    const earliestAt = now + Math.max(reply.pauseMs, floorOf(timing));
    next = { earliestAt, dueAt: plan.nextDueAt(now, polls, now - asked.askedAt) };
  }
  const isLeft = await sleepUntil(clock, polls < timing.maxPolls ? giveUpAt : clock.now(), signal);
  return { end: isLeft ? 'gave-up' : 'aborted', polls };
}

/** When a poll that was kept back may leave; undefined when it never may. */
async function untilPollable(
  { gates }: AccountState,
  clock: Clock,
  { lease, signal }: PollPlan,
): Promise<number | undefined> {
  if (gates.pollableAt > clock.now()) return gates.pollableAt;
  if (!lease.isSure && !(await lease.isOurs(signal))) return undefined;
  return clock.now();
}

function ask(
  account: AccountState,
  { upstream, taskId, timing, signal, giveUpAt }: PollPlan,
  { earliestAt, dueAt, leave }: Pick<Asking, 'earliestAt' | 'dueAt' | 'leave'>,
): Promise<Asked> {
  // Nothing is given up that has not been asked for at the very end, where the floor allows that.
  const wantedAt = Math.max(earliestAt, Math.min(dueAt, giveUpAt - 1));
  // Asked in time, the answer may come a little later: it is paid for.
  const timeoutMs = timing.answerWithinMs;
  const pace = { earliestAt, dueAt: wantedAt, floorMs: floorOf(timing) };
  return account.polls.ask({ ...pace, upstream, taskId, timeoutMs, signal, leave });
}

function judge({ onSeen }: PollPlan, { answer, askedAt, nudgedAt }: Answered): Reply {
  if (answer instanceof SolveError)
    return isWorthAsking(answer) ? { pauseMs: answer.evidence.pauseMs ?? 0 } : { error: answer };
  onSeen?.(
    answer && nudgedAt !== undefined ? nudgedAt : askedAt,
    answer !== undefined,
    nudgedAt !== undefined,
  );
  return answer ? { solved: answer } : { pauseMs: 0 };
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
