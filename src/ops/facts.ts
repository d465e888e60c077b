/** What log and metrics may know of a task: picked field by field, so that nothing secret can come along. */
import { type Attempt, spentUsd, type TaskRecord } from '../core/store.js';
import { type TaskKind, targetHost } from '../core/task.js';
import { tellableId, tellableOf } from '../core/tellable.js';

/** What the lines of an attempt and of a task have in common. Figures that nobody knows are null. */
export interface Facts {
  readonly taskId: string;
  readonly client: string;
  readonly provider: string | null;
  readonly upstreamId: string | null;
  readonly kind: TaskKind;
  readonly targetHost: string | null;
  /** From the request to the first acceptance by a provider. */
  readonly queueMs: number | null;
  /** From the acceptance to the end. */
  readonly solveMs: number | null;
  readonly polls: number;
  readonly costUsd: number | null;
  /** `solved`, `cancelled`, or the code of what went wrong. */
  readonly code: string;
  readonly upstreamCode: string | null;
}

/** What only an attempt has. */
export interface AttemptFacts extends Facts {
  /** Its number, from 0. */
  readonly attempt: number;
  /** Why it was this provider's turn. */
  readonly why: string | null;
  readonly mayBeCharged: boolean;
  /** It may have been bought although no answer came. */
  readonly isAmbiguous: boolean;
  /** It was told before as ended otherwise: this answer came late. */
  readonly isLate: boolean;
}

/** What only a whole task has. */
export interface TaskFacts extends Facts {
  /** The dialect it was asked for in. */
  readonly door: string;
  readonly attempts: number;
  /** From the request to the end. */
  readonly tookMs: number | null;
}

/** Longer words of a provider are no codes; an answer that was mistaken for one is cut. */
const LONGEST_CODE = 80;
/** Clients make up names of what is passed through. */
const LONGEST_KIND = 80;

/** What may be told of one attempt that has ended. */
export function attemptFacts(record: TaskRecord, attempt: Attempt, isLate = false): AttemptFacts {
  return {
    ...commonFacts(record),
    provider: attempt.provider,
    attempt: record.attempts.findIndex(
      ({ provider, startedAt }) => provider === attempt.provider && startedAt === attempt.startedAt,
    ),
    why: attempt.why ?? null,
    upstreamId: asId(attempt, record),
    solveMs: solveMs(attempt),
    polls: attempt.polls,
    costUsd: attempt.costUsd,
    mayBeCharged: attempt.mayBeCharged,
    isAmbiguous: attempt.mayBeCharged && attempt.acceptedAt === null,
    isLate,
    code: attempt.outcome,
    upstreamCode: wordOf(record, attempt.upstreamCode),
  };
}

/** What may be told of a whole task that has ended; provider and upstream id are those of the answer. */
export function taskFacts(record: TaskRecord): TaskFacts {
  const solvedBy = record.attempts.find(
    ({ provider, outcome }) => provider === record.provider && outcome === 'solved',
  );
  return {
    ...commonFacts(record),
    provider: record.provider,
    door: record.origin.dialect,
    attempts: record.attempts.length,
    upstreamId: solvedBy ? asId(solvedBy, record) : null,
    tookMs: tookMs(record),
    solveMs: span(firstAcceptedAt(record), record.finishedAt),
    polls: record.attempts.reduce((sum, { polls }) => sum + polls, 0),
    costUsd: costUsd(record),
    code: outcomeOf(record),
    upstreamCode: wordOf(record, record.error?.upstreamCode ?? null),
  };
}

/** From the request to the end, in ms; null while it has not ended. */
export function tookMs({ createdAt, finishedAt }: TaskRecord): number | null {
  return span(createdAt, finishedAt);
}

/** How a task ended: `solved`, `cancelled`, or the code of its error. */
export function outcomeOf({ status, error }: TaskRecord): string {
  return status === 'failed' ? (error?.code ?? status) : status;
}

/** From acceptance to end, in ms; null unless both are known. */
export function solveMs(attempt: Attempt): number | null {
  return span(attempt.acceptedAt, attempt.endedAt);
}

function commonFacts(
  record: TaskRecord,
): Pick<Facts, 'taskId' | 'client' | 'kind' | 'targetHost' | 'queueMs'> {
  return {
    taskId: String(record.id),
    client: record.clientId,
    kind: record.task.kind.slice(0, LONGEST_KIND) as TaskKind,
    targetHost: targetHost(record.task) ?? null,
    queueMs: queueMs(record),
  };
}

/** From the request to the first acceptance by a provider, in ms; null where nobody has accepted it. */
export function queueMs(record: TaskRecord): number | null {
  return span(record.createdAt, firstAcceptedAt(record));
}

function firstAcceptedAt(record: TaskRecord): number | null {
  const times = record.attempts.flatMap(({ acceptedAt }) => acceptedAt ?? []);
  return times.length > 0 ? Math.min(...times) : null;
}

/** One charged attempt without a price makes the sum unknown. */
function costUsd(record: TaskRecord): number | null {
  const charged = record.attempts.filter(({ mayBeCharged }) => mayBeCharged);
  if (charged.some((attempt) => attempt.costUsd === null)) return null;
  return spentUsd(record);
}

function asId({ upstreamId }: Attempt, record: TaskRecord): string | null {
  return upstreamId === null ? null : tellableId(upstreamId, record);
}

function span(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : Math.max(0, to - from);
}

function wordOf(record: TaskRecord, code: string | null): string | null {
  return code === null ? null : tellableOf(record)(code, LONGEST_CODE);
}
