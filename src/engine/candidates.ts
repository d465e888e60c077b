/** What the router is told of each account, for one task, now. */
import type { Client, RoutingSettings, Strategy } from '../core/gateway.js';
import type { Account } from '../core/provider.js';
import type { TaskRecord } from '../core/store.js';
import { isKind, type TaskKind, targetHost } from '../core/task.js';
import type { AccountState } from './account.js';
import { drawOf } from './draws.js';
import { expectedRate, medianMs, typicalMs } from './expectations.js';
import type { Gate } from './gate.js';
import type { Candidate, Closed, Standing } from './router.js';
import { type Merits, STRATEGIES } from './strategies.js';

export interface Narrowing {
  readonly client: Client | undefined;
  readonly routing: RoutingSettings;
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
  const { record, narrowing, ordered, strategy, now } = judging;
  const { account } = state;
  const { kind } = record.task;
  return {
    id: account.id,
    standing: standingOf(state, record, index),
    rank: strategy === 'priority' ? positionOf(account.id, index, ordered) : rankOf(state, index, judging),
    refuses: refusal(record, state, narrowing, ordered),
    tried: triedBefore(record, account.id),
    closed: closedStates(state.gates.closing(kind), now),
    hasRoom: state.places.hasRoomFor(kind),
    doubtful: state.doubtful,
    priceUsd: account.priceUsd(kind),
    firstAnswerMs: firstAnswerMs(state, kind),
  };
}

/** Chances are drawn for each account by itself, each purpose with numbers of its own. */
const PURPOSES = { weight: 0, ramp: 1_000, shadow: 2_000 } as const;

function standingOf({ account, gates }: AccountState, { id, task }: TaskRecord, index: number): Standing {
  if (account.shadow !== undefined)
    return drawOf(id, PURPOSES.shadow + index) < account.shadow ? 'sampled' : 'unproven';
  const share = gates.share(task.kind);
  return share >= 1 || drawOf(id, PURPOSES.ramp + index) < share ? 'usual' : 'coming-back';
}

function positionOf(id: string, index: number, ordered: readonly string[] | undefined): number {
  return ordered ? ordered.indexOf(id) : index;
}

function rankOf(state: AccountState, index: number, judging: Judging): number {
  return STRATEGIES[judging.strategy].rank(meritsOf(state, index, judging));
}

function meritsOf(state: AccountState, index: number, judging: Judging): Merits {
  const { record, ordered, dearestUsd, host, strategy } = judging;
  const { account } = state;
  const position = positionOf(account.id, index, ordered);
  if (strategy === 'priority') return { ...UNASKED, position };
  const draw = drawOf(record.id, PURPOSES.weight + index);
  if (strategy === 'weighted') return { ...UNASKED, position, weight: account.weight, draw };
  const { kind } = record.task;
  const { score, acceptance } = state.gates.kind(kind);
  return {
    position,
    draw,
    weight: account.weight,
    priceUsd: account.priceUsd(kind) ?? dearestUsd,
    successRate: expectedRate(score),
    solveMs: typicalMs(score) ?? account.timing(kind).firstPollMs,
    acceptedRate: acceptance.rateAt(host),
  };
}

/** What the plain strategies do not ask about. */
const UNASKED: Merits = {
  position: 0,
  weight: 1,
  priceUsd: 0,
  successRate: 1,
  solveMs: 0,
  acceptedRate: 1,
  draw: 0,
};

function reasonFor(accounts: readonly AccountState[], id: string, judging: Judging): string {
  const index = accounts.findIndex((state) => state.id === id);
  const state = accounts[index];
  if (!state) return '';
  if (standingOf(state, judging.record, index) === 'sampled') return 'sampled: a new provider is measured';
  return STRATEGIES[judging.strategy].says(meritsOf(state, index, judging));
}

/** An attempt is worth making when half of those like it end in time. */
function firstAnswerMs({ account, gates }: AccountState, kind: TaskKind): number {
  if (account.provider.answersAtOnce(kind)) return 0;
  return Math.max(account.timing(kind).firstPollMs, medianMs(gates.kind(kind).score) ?? 0);
}

function refusal(
  { task, options }: TaskRecord,
  { account }: AccountState,
  { client }: Narrowing,
  ordered: readonly string[] | undefined,
): string | undefined {
  if (!takes(account, task.kind)) return `does not solve ${task.kind}`;
  if (client?.providers && !client.providers.includes(account.id))
    return `not among the providers of client ${client.id}`;
  if (options.providers && !options.providers.includes(account.id))
    return 'not among the providers asked for';
  if (ordered && !ordered.includes(account.id)) return `not among routing.kinds.${task.kind}.providers`;
  return account.provider.refuses(task);
}

/** Whether an account is asked for this kind at all. */
export function takes({ kinds, takesPassed }: Account, kind: TaskKind): boolean {
  return isKind(kind) ? kinds.includes(kind) : takesPassed;
}

function triedBefore({ attempts }: TaskRecord, id: string): Candidate['tried'] {
  if (attempts.length === 0) return 'no';
  // An intent that was withdrawn before it left says nothing about the provider.
  const last = attempts.findLast(
    ({ provider, outcome, mayBeCharged }) => provider === id && (outcome !== 'cancelled' || mayBeCharged),
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
  for (const { account } of accounts) {
    const price = takes(account, kind) ? account.priceUsd(kind) : null;
    if (price !== null && price > (most ?? -1)) most = price;
  }
  return most;
}
