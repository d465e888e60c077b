/** Answers of the gateway as the page reads them. */
import type {
  Change,
  Failover,
  Figures,
  History,
  Kind,
  Provider,
  Status,
} from '../../../src/ops/dashboard/wire.js';

export const NOW = Date.UTC(2026, 0, 1, 12);

export function iso(secondsAgo: number): string {
  return new Date(NOW - secondsAgo * 1_000).toISOString();
}

const CLOSED = {
  state: 'closed',
  cause: null,
  since: null,
  until: null,
  comesBack: null,
  openedBy: null,
} as const;

export function kind(name: string, change: Partial<Kind> = {}): Kind {
  return { kind: name, ...CLOSED, successRate: null, p50Ms: null, p95Ms: null, ...change };
}

export function provider(id: string, change: Partial<Provider> = {}): Provider {
  const money = { balanceUsd: 10, hoursToEmpty: null };
  return {
    id,
    use: id,
    ...CLOSED,
    ...money,
    inFlight: 0,
    limit: null,
    kinds: [kind('turnstile')],
    ...change,
  };
}

export function status(change: Partial<Status> = {}): Status {
  return {
    version: '0.1.0',
    startedAt: iso(3_600),
    tasks: { inFlight: 0, solvedLastHour: 0, failedLastHour: 0 },
    providers: [provider('a'), provider('b')],
    serving: [{ kind: 'turnstile', provider: 'a', next: ['b'], passedOver: [] }],
    failovers: [],
    ...change,
  };
}

export function figures(id: string, change: Partial<Figures> = {}): Figures {
  const none = { solved: 0, failed: 0, p50Ms: null, p95Ms: null, spendUsd: 0, lostUsd: 0, lostMs: 0 };
  return { id, ...none, ...change };
}

export function history(change: Partial<History> = {}): History {
  return { from: iso(3_540), to: iso(0), minutes: [], providers: [], kinds: [], changes: [], ...change };
}

/** An opening that many seconds ago, or the closing of one. */
export function change(
  kindOfChange: Change['change'],
  secondsAgo: number,
  more: Partial<Change> = {},
): Change {
  return {
    at: iso(secondsAgo),
    change: kindOfChange,
    provider: 'a',
    scope: 'transport',
    kind: null,
    cause: 'timeout',
    since: iso(secondsAgo),
    until: null,
    changedBy: null,
    ...more,
  };
}

export function failover(secondsAgo: number, more: Partial<Failover> = {}): Failover {
  return {
    at: iso(secondsAgo),
    taskId: '1',
    kind: 'turnstile',
    from: 'a',
    to: 'b',
    cause: 'timeout',
    ...more,
  };
}
