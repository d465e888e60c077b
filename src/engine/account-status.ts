/** An account as the operator sees it. */
import type { KindStatus, ProviderStatus } from '../core/status.js';
import type { Kind } from '../core/task.js';
import type { AccountState } from './account.js';
import type { Doubt } from './doubt.js';
import type { Gate } from './gate.js';

/** The state of an account and of each of its kinds, at `now`. */
export function statusOf(state: AccountState, now: number): ProviderStatus {
  const { account, gates } = state;
  const [gate] = gates.closedBy;
  return {
    id: account.id,
    use: account.provider.id,
    priority: account.priority,
    ...(gate ? gateStatus(gate, now) : doubtStatus(gates.doubt)),
    balanceUsd: gates.balance.usd,
    hoursToEmpty: null,
    inFlight: state.inFlight,
    limit: state.threads ?? null,
    kinds: account.kinds.map((kind) => kindStatus(state, kind, now)),
  };
}

type State = Pick<ProviderStatus, 'state' | 'cause' | 'since' | 'until'>;

function gateStatus(gate: Gate, now: number): State {
  const { scope, cause, since, until } = gate;
  return { state: scope === 'operator' ? 'held-out' : stateOf(gate, now), cause, since, until };
}

/** An account in doubt is open, and others are asked first. */
function doubtStatus({ cause, since, until }: Doubt): State {
  if (cause === null) return { state: 'closed', cause, since: null, until: null };
  return { state: 'half-open', cause, since, until };
}

function kindStatus(state: AccountState, kind: Kind, now: number): KindStatus {
  const { gate, score } = state.gates.kind(kind);
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
