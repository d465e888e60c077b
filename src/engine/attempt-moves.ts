/** What the ledger is told of an attempt: pure, from what is known of it. */
import type { SolveError } from '../core/errors.js';
import type { Accepted, Solved } from '../core/provider.js';
import type { AttemptOutcome, Move, TaskRecord } from '../core/store.js';
import { tellableOf } from '../core/tellable.js';

export type Ended = Extract<Move, { move: 'attempt-ended' }>;
export type TaskMove = Exclude<Move, { move: 'created' }>;

/** One attempt at one moment. */
export interface Moment {
  readonly index: number;
  readonly at: number;
  readonly polls: number;
  /** What the provider takes for this kind, in USD; null when unknown. */
  readonly priceUsd: number | null;
}

/** The intent, before anything leaves. */
export function begun(
  { attempts }: TaskRecord,
  beginning: Pick<Extract<Move, { move: 'attempt-begun' }>, 'provider' | 'why' | 'at'>,
): TaskMove {
  return { move: 'attempt-begun', attempt: attempts.length, ...beginning };
}

export function accepted({ upstreamId }: Accepted, { index, at, priceUsd }: Moment): TaskMove {
  return { move: 'attempt-accepted', attempt: index, upstreamId, at, costUsd: priceUsd };
}

export function solved({ costUsd }: Solved, moment: Moment): Ended {
  return ended(moment, 'solved', { mayBeCharged: true, costUsd: costUsd ?? moment.priceUsd });
}

/** A refusal is free; what was accepted, or may have been, may be charged. */
export function failed(record: TaskRecord, error: SolveError, moment: Moment): Ended {
  const attempt = record.attempts[moment.index];
  const mayBeCharged = attempt?.acceptedAt !== null || error.evidence.isAmbiguous === true;
  const costUsd = mayBeCharged ? (moment.priceUsd ?? attempt?.costUsd ?? null) : 0;
  const { upstreamCode: theirs } = error.evidence;
  // A provider may repeat what it was sent: what is booked here is told in many places.
  const upstreamCode = theirs === undefined ? null : tellableOf(record)(theirs);
  return ended(moment, error.code, { mayBeCharged, costUsd, upstreamCode });
}

/** The task has ended without it: nobody waits for this attempt any more. */
export function dropped(outcome: 'cancelled' | 'deadline', moment: Moment): Ended {
  return ended(moment, outcome, { mayBeCharged: true, costUsd: moment.priceUsd });
}

/** The intent never left: nothing was bought, and the provider was not asked. */
export function withdrawn(moment: Moment): Ended {
  return ended(moment, 'cancelled', { mayBeCharged: false, costUsd: 0 });
}

function ended(
  { index, at, polls }: Moment,
  outcome: AttemptOutcome,
  { upstreamCode = null, ...rest }: Pick<Ended, 'mayBeCharged' | 'costUsd'> & Partial<Ended>,
): Ended {
  return { move: 'attempt-ended', attempt: index, outcome, upstreamCode, at, polls, ...rest };
}
