/** What log and metrics may know of a task: picked field by field, so that nothing secret can come along. */
import { type Attempt, spentUsd, type TaskRecord } from '../core/store.js';
import { type TaskKind, targetHost } from '../core/task.js';

/** The members of one log line. Figures that nobody knows are null. */
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

/** Longer words of a provider are no codes; an answer that was mistaken for one is cut. */
const LONGEST_CODE = 80;

/** What may be told of one attempt that has ended. */
export function attemptFacts(record: TaskRecord, attempt: Attempt): Facts {
  return {
    ...commonFacts(record),
    provider: attempt.provider,
    upstreamId: asId(attempt),
    solveMs: solveMs(attempt),
    polls: attempt.polls,
    costUsd: attempt.costUsd,
    code: attempt.outcome,
    upstreamCode: cut(attempt.upstreamCode),
  };
}

/** What may be told of a whole task that has ended; provider and upstream id are those of the answer. */
export function taskFacts(record: TaskRecord): Facts {
  const solvedBy = record.attempts.find(
    ({ provider, outcome }) => provider === record.provider && outcome === 'solved',
  );
  return {
    ...commonFacts(record),
    provider: record.provider,
    upstreamId: solvedBy ? asId(solvedBy) : null,
    solveMs: span(firstAcceptedAt(record), record.finishedAt),
    polls: record.attempts.reduce((sum, { polls }) => sum + polls, 0),
    costUsd: costUsd(record),
    code: outcomeOf(record),
    upstreamCode: cut(record.error?.upstreamCode ?? null),
  };
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
    kind: record.task.kind,
    targetHost: targetHost(record.task) ?? null,
    queueMs: span(record.createdAt, firstAcceptedAt(record)),
  };
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

function asId({ upstreamId }: Attempt): string | null {
  return upstreamId === null ? null : String(upstreamId);
}

function span(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : Math.max(0, to - from);
}

function cut(code: string | null): string | null {
  return code === null ? null : code.slice(0, LONGEST_CODE);
}
