/** What comes next for a task: whom to ask, for whom to wait, or what to tell the client. Decides and does nothing. */
import type { Client, RoutingSettings } from '../core/gateway.js';
import { type PassedOver, spentUsd, type TaskError, type TaskRecord } from '../core/store.js';
import type { AccountState } from './account.js';
import { candidatesFor } from './candidates.js';
import { type Allowance, type Candidate, type Decision, rank } from './router.js';
import { verdictOn } from './verdict.js';

export interface Situation {
  readonly record: TaskRecord;
  readonly accounts: readonly AccountState[];
  readonly client: Client | undefined;
  readonly routing: RoutingSettings;
  readonly now: number;
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
  | { readonly step: 'ask'; readonly account: AccountState }
  | { readonly step: 'wait'; readonly hope: Hope }
  /** The hope is for a task that goes on for another reason. */
  | { readonly step: 'fail'; readonly error: TaskError; readonly hope: Hope };

export const NO_HOPE: Hope = { full: [], shut: [], until: undefined };

export interface Plan {
  readonly next: NextStep;
  readonly passedOver: readonly PassedOver[];
}

/** The next step for a task that is not final. */
export function planNext(situation: Situation): Plan {
  const { record, accounts, client, routing, now } = situation;
  const mostUsd = Math.min(record.options.maxUsd ?? Number.POSITIVE_INFINITY, routing.maxUsdPerTask);
  const allowance = { now, deadlineAt: record.deadlineAt, leftUsd: mostUsd - spentUsd(record) };
  const candidates = candidatesFor(record, accounts, { client, routing }, now);
  const decision = rank(candidates, allowance);
  const bought = record.attempts.filter(({ mayBeCharged }) => mayBeCharged).length;
  if (bought >= routing.maxAttempts) return usedUp(record, candidates, decision);
  const { passedOver } = decision;
  const account = chosen(decision, accounts);
  if (account) return { next: { step: 'ask', account }, passedOver };
  const { full, shut, reopensAt: until } = decision;
  const hope = { full, shut, until };
  if (isWorthWaiting(decision)) return { next: { step: 'wait', hope }, passedOver };
  return { next: { step: 'fail', error: verdictOn(record, kept(candidates, allowance)), hope }, passedOver };
}

/** Somebody would take it but for the moment. */
function isWorthWaiting({ full, beingTried }: Decision): boolean {
  return full.length > 0 || beingTried.length > 0;
}

function chosen(decision: Decision, accounts: readonly AccountState[]): AccountState | undefined {
  const { order, lastResort, again } = decision;
  const id = order[0] ?? (isWorthWaiting(decision) ? undefined : (lastResort ?? again[0]));
  return accounts.find((account) => account.id === id);
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
