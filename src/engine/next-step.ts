/** What comes next for a task: whom to ask, for whom to wait, or what to tell the client. Decides and does nothing. */
import type { Client, RoutingSettings } from '../core/gateway.js';
import { HEDGE_WHY, type PassedOver, spentUsd, type TaskError, type TaskRecord } from '../core/store.js';
import { singleUseInputs } from '../core/task.js';
import type { AccountState } from './account.js';
import type { Purpose } from './budgets.js';
import { candidatesFor } from './candidates.js';
import { drawOf } from './draws.js';
import type { RetryBudget } from './retry-budget.js';
import { type Allowance, type Candidate, type Decision, rank } from './router.js';
import { verdictOn } from './verdict.js';

export interface Situation {
  readonly record: TaskRecord;
  readonly accounts: readonly AccountState[];
  readonly client: Client | undefined;
  readonly routing: RoutingSettings;
  /** What all tasks together may buy again. */
  readonly retries: Pick<RetryBudget, 'hasSome' | 'nextAt'>;
  readonly now: number;
  /** Nothing but the kind is known of the task. */
  readonly isForKind?: true | undefined;
}

/** Who may take the task later. */
export interface Hope {
  /** As soon as they have a free thread. */
  readonly full: readonly string[];
  /** When what closes them has changed. */
  readonly shut: readonly string[];
  /** When to look again in any case. */
  readonly until: number | undefined;
}

export type NextStep =
  | { readonly step: 'ask'; readonly choice: Choice }
  | { readonly step: 'wait'; readonly hope: Hope }
  /** The hope is for a task that goes on for another reason. */
  | { readonly step: 'fail'; readonly error: TaskError; readonly hope: Hope };

/** The account whose turn it is, why in words, and what pays for asking it. */
export interface Choice {
  readonly account: AccountState;
  readonly why: string;
  readonly purpose: Purpose;
}

export const NO_HOPE: Hope = { full: [], shut: [], until: undefined };

export interface Plan {
  readonly next: NextStep;
  readonly passedOver: readonly PassedOver[];
}

/** The next step for a task that is not final. */
export function planNext(situation: Situation): Plan {
  const { record, accounts, routing, retries } = situation;
  const { field, decision, allowance } = rankAll(situation);
  const { passedOver, full, shut, reopensAt } = decision;
  const bought = purchases(record);
  if (bought >= routing.maxAttempts) return usedUp(record, field.candidates, decision);
  const turn = chosen(decision);
  const account = turn && accounts.find(({ id }) => id === turn.id);
  if (account && bought > 0 && !retries.hasSome)
    return { next: { step: 'wait', hope: { ...NO_HOPE, until: retries.nextAt } }, passedOver };
  if (account) {
    const why = turn.why ?? field.reasonFor(account.id);
    return {
      next: { step: 'ask', choice: { account, why, purpose: bought > 0 ? 'again' : 'first' } },
      passedOver,
    };
  }
  const hope = { full, shut, until: reopensAt };
  if (isWorthWaiting(decision)) return { next: { step: 'wait', hope }, passedOver };
  return {
    next: { step: 'fail', error: verdictOn(record, kept(field.candidates, allowance)), hope },
    passedOver,
  };
}

/** Whom to ask beside a provider that takes long; undefined when nobody else would take the task right now. */
export function planHedge(situation: Situation): Choice | undefined {
  const { record, accounts, routing } = situation;
  if (purchases(record) >= routing.maxAttempts || singleUseInputs(record.task).length > 0) return undefined;
  const { decision } = rankAll(situation);
  const account = accounts.find(({ id }) => id === decision.first);
  return account && { account, why: HEDGE_WHY, purpose: 'hedge' };
}

/** Who is asked, who after that should each of them refuse, and why others come later or not at all. */
export interface Order {
  readonly ids: readonly string[];
  readonly passedOver: readonly PassedOver[];
}

/** The accounts in the order in which a task would ask them; nobody is among them for whom it would wait. */
export function planOrder(situation: Situation): Order {
  const { field, allowance, decision } = rankAll(situation);
  const ids: string[] = [];
  let left = field.candidates;
  for (let turn = chosen(decision); turn; turn = chosen(rank(left, allowance))) {
    const { id } = turn;
    ids.push(id);
    left = left.filter((candidate) => candidate.id !== id);
  }
  return { ids, passedOver: decision.passedOver };
}

function rankAll({ record, accounts, client, routing, now, isForKind }: Situation) {
  const mostUsd = Math.min(record.options.maxUsd ?? Number.POSITIVE_INFINITY, routing.maxUsdPerTask);
  const field = candidatesFor(record, accounts, { client, routing, isForKind }, now);
  const explore = field.isLearning && !isForKind ? exploring(record, routing) : undefined;
  const allowance = { now, deadlineAt: record.deadlineAt, leftUsd: mostUsd - spentUsd(record), explore };
  return { field, allowance, decision: rank(field.candidates, allowance) };
}

/** Numbers of chance that no account uses. */
const IS_EXPLORING = 3_000;
const EXPLORED = 3_001;

function exploring({ id }: TaskRecord, { explore }: RoutingSettings): number | undefined {
  return drawOf(id, IS_EXPLORING) < explore ? drawOf(id, EXPLORED) : undefined;
}

function purchases({ attempts }: TaskRecord): number {
  return attempts.filter(({ mayBeCharged }) => mayBeCharged).length;
}

/** Somebody would take it but for the moment. */
function isWorthWaiting({ full, beingTried }: Decision): boolean {
  return full.length > 0 || beingTried.length > 0;
}

/** Whose turn it is, and why where its rank does not say it. */
function chosen(decision: Decision): { readonly id: string; readonly why?: string } | undefined {
  const { first, isExploring, lastResort, again } = decision;
  if (first !== undefined)
    return { id: first, ...(isExploring && { why: 'drawn to keep its figures fresh' }) };
  if (isWorthWaiting(decision)) return undefined;
  if (lastResort !== undefined) return { id: lastResort, why: 'last resort: everybody is closed' };
  return again[0] === undefined ? undefined : { id: again[0], why: 'again: there is nobody else' };
}

/** No more may be bought, whoever would take it. */
function usedUp(record: TaskRecord, candidates: readonly Candidate[], { passedOver }: Decision): Plan {
  const named = new Set(passedOver.map(({ provider }) => provider));
  const others = candidates.filter(({ id, tried }) => tried === 'no' && !named.has(id));
  const why = 'the task has had all its attempts';
  return {
    next: { step: 'fail', error: verdictOn(record, []), hope: NO_HOPE },
    passedOver: [...passedOver, ...others.map(({ id }) => ({ provider: id, why }))],
  };
}

/** What kept those away that could have taken the task. */
function kept(candidates: readonly Candidate[], { now, deadlineAt }: Allowance): readonly string[] {
  const able = candidates.filter(({ tried, refuses }) => tried === 'no' && refuses === undefined);
  return able.map(({ closed: [gravest], firstAnswerMs }) => {
    if (gravest) return gravest.scope === 'operator' ? 'no_slot' : gravest.cause;
    return now + firstAnswerMs > deadlineAt ? 'deadline' : 'no_slot';
  });
}
