/** An account as the operator sees it. */
import type { KindStatus, ProviderStatus } from '../core/status.js';
import type { Kind } from '../core/task.js';
import type { AccountState } from './account.js';
import type { Gate } from './gate.js';

/** The state of an account and of each of its kinds, at `now`. */
export function statusOf(state: AccountState, now: number): ProviderStatus {
  const { account, closedBy: gate, doubt } = state;
  const isDoubted = !gate && doubt.cause !== null;
  const stateName = gate?.scope === 'operator' ? 'held-out' : isDoubted ? 'half-open' : stateOf(gate, now);
  return {
    id: account.id,
    use: account.provider.id,
    priority: account.priority,
    state: stateName,
    cause: gate?.cause ?? doubt.cause,
    since: gate?.since ?? (isDoubted ? doubt.since : null),
    until: gate ? gate.until : isDoubted ? doubt.until : null,
    balanceUsd: state.balance.usd,
    hoursToEmpty: null,
    inFlight: state.inFlight,
    limit: account.threads ?? null,
    kinds: account.kinds.map((kind) => kindStatus(state, kind, now)),
  };
}

function kindStatus(state: AccountState, kind: Kind, now: number): KindStatus {
  const { gate, score } = state.kind(kind);
  return {
    kind,
    state: stateOf(gate, now),
    cause: gate.cause,
    since: gate.isOpen ? gate.since : null,
    until: gate.until,
    successRate: score.successRate,
    p50Ms: score.percentileMs(0.5),
    p95Ms: score.percentileMs(0.95),
  };
}

function stateOf(gate: Gate | undefined, now: number): 'closed' | 'open' | 'half-open' {
  if (!gate?.isOpen) return 'closed';
  return gate.isProbing || gate.isTriable(now) ? 'half-open' : 'open';
}
