/** What a task's story says, a sentence for each thing that happened. */
import { type Attempt, spentUsd, type TaskRecord } from './record.js';
import { targetHost } from './task.js';

/** Longer words of a provider are no codes. */
export const LONGEST_CODE = 80;
const LONGEST_KIND = 80;

/** Who asked for what, through which door, and by when it is wanted. */
export function created(record: TaskRecord): string {
  const { clientId, task, origin, createdAt, deadlineAt } = record;
  const host = targetHost(task);
  const door = `the ${origin.dialect} door${origin.flavour === undefined ? '' : ` in the form of ${origin.flavour}`}`;
  const at = host === undefined ? '' : ` for ${host}`;
  const kind = task.kind.slice(0, LONGEST_KIND);
  return `Client ${clientId} asked for ${kind}${at} through ${door}, to be solved within ${seconds(deadlineAt - createdAt)}.`;
}

export function passedOver(provider: string, why: string): string {
  return `${provider} was not asked: ${why}.`;
}

/** The task goes to another account; without a cause the one before was given up on, and answered later. */
export function failover(from: string, to: string, cause: string | null): string {
  return `The task went on to ${to}: ${from} ${cause === null ? 'had not answered' : `ended with ${cause}`}.`;
}

export function begun({ provider }: Attempt, why: string | undefined): string {
  return `${provider} was asked${why === undefined ? '' : ` (${why})`}.`;
}

export function accepted({ provider, startedAt, upstreamId }: Attempt, at: number): string {
  const as = upstreamId === null ? '' : ` as ${upstreamId}`;
  return `${provider} took the task${as}, ${seconds(at - startedAt)} after it was asked.`;
}

/** How an attempt ended, how long that took, and what it may cost. */
export function attemptEnded(attempt: Attempt, at: number, isLate: boolean): string {
  const { provider, outcome, upstreamCode, startedAt, acceptedAt, polls, mayBeCharged } = attempt;
  const took =
    acceptedAt === null
      ? `${seconds(at - startedAt)} after it was asked`
      : `${seconds(at - acceptedAt)} after it took the task${polls === 0 ? '' : `, after ${times(polls, 'poll')}`}`;
  if (outcome === 'solved')
    return `${provider} solved it${isLate ? ' late' : ''}, ${took}; ${cost(attempt)}.`;
  if (outcome === 'cancelled' && !mayBeCharged)
    return `${provider} was not asked after all: nothing had left.`;
  const code = upstreamCode === null || upstreamCode === '' ? outcome : `${outcome} (${upstreamCode})`;
  const doubt =
    acceptedAt === null && mayBeCharged ? ' The task may have arrived: it is not sent there again.' : '';
  return `${provider} ended with ${code}, ${took}; ${cost(attempt)}.${doubt}`;
}

/** How the task ended, after how long, and what all of it may cost. */
export function ended(record: TaskRecord, detail: string | null): string {
  const { status, createdAt, finishedAt, provider, error } = record;
  const took = `after ${seconds((finishedAt ?? createdAt) - createdAt)}`;
  const sum = total(record);
  if (status === 'solved') return `Solved by ${provider} ${took}, ${sum}.`;
  if (status === 'cancelled') return `Cancelled by the client ${took}, ${sum}.`;
  const why = detail === null || detail === '' ? '' : `: ${detail.replace(/\.+$/, '')}`;
  return `Failed with ${error?.code ?? 'no code'} ${took}, ${sum}${why}.`;
}

export function reported(isAccepted: boolean): string {
  return `The client reported that the answer ${isAccepted ? 'worked' : 'did not work'}.`;
}

function cost({ mayBeCharged, costUsd }: Attempt): string {
  if (!mayBeCharged) return 'it costs nothing';
  return costUsd === null ? 'it may cost money, nobody knows how much' : `it may cost ${costUsd} USD`;
}

/** A price that nobody knows may be any. */
function total(record: TaskRecord): string {
  const isKnown = record.attempts.every(({ mayBeCharged, costUsd }) => !mayBeCharged || costUsd !== null);
  const sum = Number(spentUsd(record).toFixed(8));
  return isKnown ? `for at most ${sum} USD` : 'at a price that nobody knows';
}

function seconds(ms: number): string {
  const whole = Math.max(0, ms);
  return whole < 1_000 ? `${Math.round(whole)} ms` : `${Number((whole / 1_000).toFixed(1))} s`;
}

function times(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
