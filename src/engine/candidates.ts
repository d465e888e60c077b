/** What the router is told of each account, for one task, now. */
import type { Client, RoutingSettings, Strategy } from '../core/gateway.js';
import type { TaskRecord } from '../core/store.js';
import { isKind, type TaskKind, targetHost } from '../core/task.js';
import type { AccountState } from './account.js';
import { drawOf } from './draws.js';
import { expectedRate, medianMs, typicalMs } from './expectations.js';
import type { Gate } from './gate.js';
import type { KindState, KindTerms } from './kind-states.js';
import type { Candidate, Closed, Standing } from './router.js';
import { type Merits, STRATEGIES } from './strategies.js';

export interface Narrowing {
  readonly client: Client | undefined;
  readonly routing: RoutingSettings;
  /** Nothing but the kind is known of the task: its inputs are not judged, and chance is at its middle. */
  readonly isForKind?: true | undefined;
}

/** The accounts as candidates for one task, and by what they are ordered. */
export interface Field {
  readonly candidates: readonly Candidate[];
  /** Why an account stands where it stands, in words. */
  readonly reasonFor: (id: string) => string;
  /** Whether the order goes by figures that only asking can bring. */
  readonly isLearning: boolean;
}

/** What all accounts are judged by, for one task. */
interface Judging {
  readonly record: TaskRecord;
  readonly narrowing: Narrowing;
  readonly strategy: Strategy;
  /** The kind's own order, and no others. */
  readonly ordered: readonly string[] | undefined;
  readonly dearestUsd: number;
  readonly host: string | undefined;
  readonly now: number;
}

/** Every account as a candidate for this task. */
export function candidatesFor(
  record: TaskRecord,
  accounts: readonly AccountState[],
  narrowing: Narrowing,
  now: number,
): Field {
  const { kind } = record.task;
  const own = isKind(kind) ? narrowing.routing.kinds[kind] : undefined;
  const strategy = own?.strategy ?? narrowing.routing.strategy;
  const host = strategy === 'best' ? targetHost(record.task) : undefined;
  const dearestUsd = STRATEGIES[strategy].isLearning ? (dearestOf(accounts, kind) ?? 1) : 0;
  const judging = { record, narrowing, strategy, ordered: own?.providers, dearestUsd, host, now };
  return {
    candidates: accounts.map((state, index) => candidateFor(state, index, judging)),
    reasonFor: (id) => reasonFor(accounts, id, judging),
    isLearning: STRATEGIES[strategy].isLearning,
  };
}

function candidateFor(state: AccountState, index: number, judging: Judging): Candidate {
  const { record, ordered, strategy, now } = judging;
  const { account, gates, places } = state;
  const { kind } = record.task;
  const known = gates.kind(kind);
  const { terms } = known;
  const isPlain = strategy === 'priority';
  const position = ordered ? ordered.indexOf(account.id) : index;
  return {
    id: account.id,
    standing: standingOf(state, index, { judging, known }),
    rank: isPlain ? position : STRATEGIES[strategy].rank(new AccountMerits(state, position, judging)),
    refuses: refusal(state, terms, judging),
    tried: triedBefore(record, state),
    closed: closedStates(gates.closing(kind, known), now),
    hasRoom: places.hasRoomFor(kind, known),
    doubtful: state.doubtful,
    priceUsd: terms.priceUsd,
    // An attempt is worth making when half of those like it end in time.
    firstAnswerMs:
      terms.firstAnswerMs === 0 ? 0 : Math.max(terms.firstAnswerMs, medianMs(known.score, now) ?? 0),
  };
}

/** Chances are drawn for each account by itself, each purpose with numbers of its own. */
const PURPOSES = { weight: 0, ramp: 1_000, shadow: 2_000 } as const;

function chance({ record, narrowing }: Judging, salt: number): number {
  return narrowing.isForKind ? 0.5 : drawOf(record.id, salt);
}

interface Stand {
  readonly judging: Judging;
  readonly known: KindState;
}

function standingOf({ account, gates }: AccountState, index: number, { judging, known }: Stand): Standing {
  if (account.shadow !== undefined)
    return chance(judging, PURPOSES.shadow + index) < account.shadow ? 'sampled' : 'unproven';
  const share = gates.share(judging.record.task.kind, known);
  return share >= 1 || chance(judging, PURPOSES.ramp + index) < share ? 'usual' : 'coming-back';
}

/** The merits of one account for one task, each reckoned when a strategy asks for it. */
class AccountMerits implements Merits {
  constructor(
    private readonly state: AccountState,
    readonly position: number,
    private readonly judging: Judging,
  ) {}

  get weight(): number {
    return this.state.account.weight;
  }

  get draw(): number {
    return chance(this.judging, PURPOSES.weight + this.position);
  }

  get priceUsd(): number {
    return this.#known.terms.priceUsd ?? this.judging.dearestUsd;
  }

  get successRate(): number {
    return expectedRate(this.#known.score);
  }

  get solveMs(): number {
    const { score, terms } = this.#known;
    return typicalMs(score, this.judging.now) ?? terms.firstAnswerMs;
  }

  get acceptedRate(): number {
    return this.#known.acceptance.rateAt(this.judging.host);
  }

  get #known(): KindState {
    return this.state.gates.kind(this.judging.record.task.kind);
  }
}

function reasonFor(accounts: readonly AccountState[], id: string, judging: Judging): string {
  const index = accounts.findIndex((state) => state.id === id);
  const state = accounts[index];
  if (!state) return '';
  const { record } = judging;
  const known = state.gates.kind(record.task.kind);
  if (standingOf(state, index, { judging, known }) === 'sampled')
    return 'sampled: a new provider is measured';
  const position = judging.ordered ? judging.ordered.indexOf(id) : index;
  return STRATEGIES[judging.strategy].says(new AccountMerits(state, position, judging));
}

function refusal(
  { account }: AccountState,
  { isTaken }: KindTerms,
  { record, narrowing, ordered }: Judging,
): string | undefined {
  const { task, options } = record;
  const { client } = narrowing;
  if (!isTaken) return `does not solve ${task.kind}`;
  if (client?.providers && !client.providers.includes(account.id))
    return `not among the providers of client ${client.id}`;
  if (options.providers && !options.providers.includes(account.id))
    return 'not among the providers asked for';
  if (ordered && !ordered.includes(account.id)) return `not among routing.kinds.${task.kind}.providers`;
  return narrowing.isForKind ? undefined : account.provider.refuses(task);
}

function triedBefore({ attempts }: TaskRecord, { id, tenure }: AccountState): Candidate['tried'] {
  if (attempts.length === 0) return 'no';
  // An intent that was withdrawn before it left says nothing about the provider, nor does what its last key met.
  const last = attempts.findLast(
    ({ provider, outcome, mayBeCharged, startedAt }) =>
      provider === id && (mayBeCharged || (outcome !== 'cancelled' && startedAt >= tenure.since)),
  );
  if (!last) return 'no';
  if (last.outcome === 'unsolvable') return 'unsolvable';
  return last.mayBeCharged ? 'taken' : 'refused';
}

const NOT_CLOSED: readonly Closed[] = [];

function closedStates(gates: readonly Gate[], now: number): readonly Closed[] {
  return gates.length === 0 ? NOT_CLOSED : gates.map((gate) => closedState(gate, now));
}

function closedState(gate: Gate, now: number): Closed {
  const { scope, cause, until, askableAt, isProbing } = gate;
  return { scope, cause: cause ?? '', until, askableAt, isProbing, isTriable: gate.isTriable(now) };
}

/** What a task counts while nobody knows any price: a budget that is used up takes nothing more. */
const LEAST_USD = 1e-6;

/** The most that one attempt at a task of this kind may cost, in USD. */
export function dearest(accounts: readonly AccountState[], kind: TaskKind): number {
  return Math.max(LEAST_USD, dearestOf(accounts, kind) ?? 0);
}

/** The dearest known price of those who take this kind. */
function dearestOf(accounts: readonly AccountState[], kind: TaskKind): number | undefined {
  let most: number | undefined;
  for (const { gates } of accounts) {
    const { isTaken, priceUsd } = gates.kind(kind).terms;
    if (isTaken && priceUsd !== null && priceUsd > (most ?? -1)) most = priceUsd;
  }
  return most;
}
