/** An account as the operator sees it. */
import type {
  GateStatus,
  KindStatus,
  KindStory,
  ProviderState,
  ProviderStatus,
  ProviderStory,
} from '../core/status.js';
import type { TaskKind } from '../core/task.js';
import type { AccountState } from './account.js';
import type { Doubt } from './doubt.js';
import type { Gate } from './gate.js';

/** The state of an account and of each of its kinds, at `now`. */
export function statusOf(state: AccountState, now: number): ProviderStatus {
  const { account, gates, funds } = state;
  const [gate] = gates.closedBy;
  const open = gate ? gateState(gate, now) : (doubtState(gates.doubt) ?? rampState(gates.all));
  return {
    id: account.id,
    use: account.provider.id,
    priority: account.priority,
    ...open,
    balanceUsd: gates.balance.usd,
    hoursToEmpty: funds.left(now).hoursToEmpty,
    inFlight: state.places.inFlight,
    limit: state.places.most ?? null,
    kinds: account.kinds.map((kind) => kindStatus(state, kind, now)),
  };
}

/** Everything that is known of an account, at `now`. */
export function storyOf(state: AccountState, now: number): ProviderStory {
  const { gates, account } = state;
  const { doubt, balance } = gates;
  const { cause, since, until } = doubt;
  return {
    ...statusOf(state, now),
    gates: gates.all.map((gate) => gateStatus(gate, now)),
    doubt: cause === null ? null : { cause, since, until },
    balance: {
      amount: balance.amount,
      currency: account.provider.currency,
      toldAt: balance.toldAt,
      askableAt: balance.askableAt > now ? balance.askableAt : null,
    },
    changes: gates.history.of(null),
    // What is passed through has kinds that no config names.
    kinds: [...new Set([...account.kinds, ...gates.kinds])].map((kind) => kindStory(state, kind, now)),
  };
}

type State = Pick<GateStatus, 'state' | 'cause' | 'since' | 'until' | 'comesBack' | 'openedBy'>;

const CLOSED: State = {
  state: 'closed',
  cause: null,
  since: null,
  until: null,
  comesBack: null,
  openedBy: null,
};

function gateState(gate: Gate, now: number): State {
  if (!gate.isOpen) return rampState([gate]);
  const { cause, since, until, comesBack, openedBy } = gate;
  return { state: openState(gate, now), cause, since, until, comesBack, openedBy };
}

function openState(gate: Gate, now: number): ProviderState {
  if (gate.scope === 'operator') return 'held-out';
  return gate.isProbing || gate.isTriable(now) ? 'half-open' : 'open';
}

/** An account in doubt is open, and others are asked first. */
function doubtState({ cause, since, until, openedBy }: Doubt): State | undefined {
  return cause === null
    ? undefined
    : { state: 'half-open', cause, since, until, comesBack: 'probe', openedBy };
}

/** What is open again lets little in at first: the least of what these let in counts. */
function rampState(gates: readonly Gate[]): State {
  const ramping = gates.filter(({ isRamping }) => isRamping);
  const [gate] = ramping.sort((a, b) => a.share - b.share || b.ramp.until - a.ramp.until);
  if (!gate) return CLOSED;
  const { cause, since, until } = gate.ramp;
  return { ...CLOSED, state: 'ramping', cause, since, until, comesBack: 'time' };
}

function gateStatus(gate: Gate, now: number): GateStatus {
  const { scope, openings, share } = gate;
  return { scope, ...gateState(gate, now), openings, share };
}

function kindStatus(state: AccountState, kind: TaskKind, now: number): KindStatus {
  const { gate, score } = state.gates.kind(kind);
  return {
    kind,
    ...gateState(gate, now),
    successRate: score.successRate,
    p50Ms: score.percentileMs(0.5),
    p95Ms: score.percentileMs(0.95),
  };
}

function kindStory(state: AccountState, kind: TaskKind, now: number): KindStory {
  const { gate, limit, acceptance } = state.gates.kind(kind);
  return {
    ...kindStatus(state, kind, now),
    inFlight: limit.inFlight,
    learnedLimit: limit.value,
    acceptedRate: acceptance.rateAt(undefined),
    openings: gate.openings,
    share: gate.share,
    changes: state.gates.history.of(kind),
  };
}
