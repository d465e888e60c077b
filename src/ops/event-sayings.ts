/** The events of the gateway in the words of its stream. */
import type { BreakerChange, EventMap, EventName } from '../core/events.js';
import type { TaskRecord } from '../core/store.js';

export interface SayingTools {
  /** A task as its client is shown it. */
  readonly sayTask: (record: TaskRecord) => object;
}

/** One event in the words of the stream; undefined for what is not worth telling. */
export interface Said {
  readonly name: string;
  readonly record?: TaskRecord;
  readonly clientId?: string | undefined;
  readonly isEnd?: true;
  readonly data: object;
}

type Sayings = {
  readonly [Name in EventName]?: (event: EventMap[Name], tools: SayingTools) => Said | undefined;
};

/** Every event that is told: a new one is one entry. */
export const SAYINGS: Sayings = {
  'task-accepted': ({ record, provider }) => ({
    name: 'task-accepted',
    record,
    data: { kind: record.task.kind, provider },
  }),
  'attempt-ended': ({ record, attempt, isLate }) => {
    const { provider, outcome, upstreamCode, costUsd, mayBeCharged } = attempt;
    if (isLate || outcome === 'solved' || outcome === 'cancelled') return undefined;
    const { kind } = record.task;
    return {
      name: 'attempt-failed',
      record,
      data: { kind, provider, outcome, upstreamCode, costUsd, mayBeCharged },
    };
  },
  failover: ({ clientId, taskId, kind, from, to, cause }) => ({
    name: 'failover',
    clientId,
    data: { taskId, kind, from, to, cause },
  }),
  'breaker-opened': (change) => ({ name: 'breaker-opened', data: breakerData(change) }),
  'breaker-closed': (change) => ({ name: 'breaker-closed', data: breakerData(change) }),
  'config-reloaded': ({ by, changed, needsRestart, tookMs }) => ({
    name: 'config-reloaded',
    data: { by, changed, needsRestart, tookMs },
  }),
  'config-refused': ({ by, issues, tookMs }) => ({ name: 'config-refused', data: { by, issues, tookMs } }),
  'balance-low': ({ provider, balanceUsd, amount, currency, hoursToEmpty, threshold, limit }) => ({
    name: 'balance-low',
    data: { provider, balanceUsd, amount, currency, hoursToEmpty, threshold, limit },
  }),
  'task-ended': ({ record }, { sayTask }) => {
    const { solution: _solution, meta: _meta, ...data } = { solution: null, meta: null, ...sayTask(record) };
    return { name: record.status === 'solved' ? 'task-solved' : 'task-failed', record, data, isEnd: true };
  },
};

function breakerData({ provider, scope, kind, cause, since, until, changedBy }: BreakerChange): object {
  const iso = (at: number) => new Date(at).toISOString();
  return {
    provider,
    scope,
    kind,
    cause,
    since: iso(since),
    until: until === null ? null : iso(until),
    changedBy,
  };
}
