/** The story of one task in order, a sentence each: pure, from what the ledger keeps of it. */
import { ERROR_POLICY } from './errors.js';
import { type Attempt, HEDGE_WHY, isOpen, type TaskRecord } from './record.js';
import { tellableId, tellableOf } from './tellable.js';
import * as say from './timeline-sentences.js';

export type TimelineStep =
  | 'created'
  | 'passed-over'
  | 'failover'
  | 'attempt-begun'
  | 'attempt-accepted'
  | 'attempt-ended'
  | 'late-answer'
  | 'ended'
  | 'reported';

/** One thing that happened to a task. */
export interface TimelineEntry {
  /** Null where the ledger keeps no time. */
  readonly at: number | null;
  readonly step: TimelineStep;
  /** The account it is about. */
  readonly provider: string | null;
  /** The attempt it is about, numbered from 0 as in the record. */
  readonly attempt: number | null;
  /** How an attempt or the task ended: `solved`, or a code; what was reported: `accepted` or `rejected`. */
  readonly outcome: string | null;
  /** For people; holds no secret. */
  readonly text: string;
}

/** An entry with the moment it is sorted by: its own, or that of what it follows, where a clock was set back. */
interface Placed extends TimelineEntry {
  readonly after: number;
}

/** Everything that happened to the task, in order: causes come before what they cause. */
export function timelineOf(record: TaskRecord): readonly TimelineEntry[] {
  const tell = tellableOf(record);
  const { attempts, createdAt } = record;
  const decided = decidedAfter(record);
  const entries: Placed[] = [place({ at: createdAt, step: 'created', text: say.created(record) }, createdAt)];
  let begunAfter = createdAt;
  for (const [index, attempt] of attempts.entries()) {
    begunAfter = Math.max(begunAfter, attempt.startedAt);
    if (index === decided) entries.push(...passedOver(record, tell, attempt.startedAt, begunAfter));
    entries.push(...attemptEntries({ record, tell, index, attempt, begunAfter }));
  }
  if (decided === attempts.length) {
    const at = attempts.at(-1)?.endedAt ?? createdAt;
    entries.push(...passedOver(record, tell, at, Math.max(begunAfter, at)));
  }
  entries.push(...endEntries(record, tell));
  // The sort is stable: what has the same moment stays in the order of its causes.
  return entries.sort((one, other) => one.after - other.after).map(({ after: _after, ...entry }) => entry);
}

type Tell = ReturnType<typeof tellableOf>;

function place(
  entry: Pick<TimelineEntry, 'at' | 'step' | 'text'> & Partial<TimelineEntry>,
  after: number,
): Placed {
  return { provider: null, attempt: null, outcome: null, ...entry, after };
}

/** Before which attempt it was last decided whom to ask; their number, when it was after the last of them. */
function decidedAfter({ attempts, finishedAt }: TaskRecord): number {
  const last = attempts.at(-1);
  if (!last || last.endedAt === null || last.endedAt > (finishedAt ?? last.endedAt)) return lastOf(attempts);
  const wasFinal = last.outcome in ERROR_POLICY && policyOf(last).next === 'stop';
  return last.outcome === 'solved' || wasFinal ? lastOf(attempts) : attempts.length;
}

function lastOf(attempts: readonly Attempt[]): number {
  return Math.max(0, attempts.length - 1);
}

function policyOf({ outcome }: Attempt) {
  return ERROR_POLICY[outcome as keyof typeof ERROR_POLICY];
}

function passedOver(record: TaskRecord, tell: Tell, at: number, after: number): readonly Placed[] {
  return record.passedOver.map(({ provider, why }) =>
    place({ at, step: 'passed-over', provider, text: say.passedOver(provider, tell(why)) }, after),
  );
}

interface Telling {
  readonly record: TaskRecord;
  readonly tell: Tell;
  readonly index: number;
  readonly attempt: Attempt;
  readonly begunAfter: number;
}

function attemptEntries({ record, tell, index, attempt, begunAfter }: Telling): readonly Placed[] {
  const { provider, startedAt, acceptedAt, endedAt, outcome } = attempt;
  const before = record.attempts[index - 1];
  const about = { provider, attempt: index };
  const entries: Placed[] = [];
  if (before && before.provider !== provider && !isHedge(attempt)) {
    const cause = before.endedAt === null || before.endedAt > startedAt ? null : before.outcome;
    const text = say.failover(before.provider, provider, cause);
    entries.push(place({ ...about, at: startedAt, step: 'failover', outcome: cause, text }, begunAfter));
  }
  const why = attempt.why === undefined ? undefined : tell(attempt.why);
  const begun = { ...about, at: startedAt, step: 'attempt-begun', text: say.begun(attempt, why) } as const;
  entries.push(place(begun, begunAfter));
  const acceptedAfter = Math.max(begunAfter, acceptedAt ?? begunAfter);
  if (acceptedAt !== null) {
    const { upstreamId } = attempt;
    const id = upstreamId === null ? null : tellableId(upstreamId, record);
    const text = say.accepted({ ...attempt, upstreamId: id }, acceptedAt);
    entries.push(place({ ...about, at: acceptedAt, step: 'attempt-accepted', text }, acceptedAfter));
  }
  if (endedAt === null) return entries;
  const isLateAnswer = outcome === 'solved' && isLate(record, index);
  const code = attempt.upstreamCode === null ? null : tell(attempt.upstreamCode, say.LONGEST_CODE);
  const text = say.attemptEnded({ ...attempt, upstreamCode: code }, endedAt, isLateAnswer);
  const step = isLateAnswer ? 'late-answer' : 'attempt-ended';
  return [
    ...entries,
    place({ ...about, at: endedAt, step, outcome, text }, Math.max(acceptedAfter, endedAt)),
  ];
}

/** It was given up, and solved afterwards: somebody else had been asked by then, or the task had ended. */
function isLate({ attempts, finishedAt, provider }: TaskRecord, index: number): boolean {
  const attempt = attempts[index];
  if (attempt?.outcome !== 'solved' || attempt.endedAt === null) return false;
  const { endedAt } = attempt;
  if (finishedAt !== null && endedAt > finishedAt && provider !== attempt.provider) return true;
  return attempts.slice(index + 1).some((later) => !isHedge(later) && later.startedAt < endedAt);
}

function isHedge({ why }: Attempt): boolean {
  return why === HEDGE_WHY;
}

function endEntries(record: TaskRecord, tell: Tell): readonly Placed[] {
  const { finishedAt, provider, error, reported, createdAt } = record;
  const entries: Placed[] = [];
  const after = Math.max(createdAt, finishedAt ?? createdAt);
  if (!isOpen(record) && finishedAt !== null) {
    const text = say.ended(record, error?.detail ? tell(error.detail) : null);
    const outcome = record.status === 'failed' ? (error?.code ?? record.status) : record.status;
    entries.push(place({ at: finishedAt, step: 'ended', provider, outcome, text }, after));
  }
  if (reported !== null) {
    const outcome = reported ? 'accepted' : 'rejected';
    const text = say.reported(reported);
    entries.push(place({ at: null, step: 'reported', provider, outcome, text }, Number.POSITIVE_INFINITY));
  }
  return entries;
}
