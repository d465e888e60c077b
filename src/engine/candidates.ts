/** What the router is told of each account, for one task, now. */
import type { Client, RoutingSettings } from '../core/gateway.js';
import type { Account } from '../core/provider.js';
import type { TaskRecord } from '../core/store.js';
import { isKind, type TaskKind } from '../core/task.js';
import type { AccountState } from './account.js';
import type { Gate } from './gate.js';
import type { Candidate, Closed } from './router.js';

export interface Narrowing {
  readonly client: Client | undefined;
  readonly routing: RoutingSettings;
}

/** Every account as a candidate for this task. */
export function candidatesFor(
  record: TaskRecord,
  accounts: readonly AccountState[],
  narrowing: Narrowing,
  now: number,
): Candidate[] {
  const { kind } = record.task;
  const ordered = isKind(kind) ? narrowing.routing.kinds[kind]?.providers : undefined;
  return accounts.map((state, position) => {
    const { account } = state;
    const timing = account.timing(record.task.kind);
    return {
      id: account.id,
      rank: ordered ? ordered.indexOf(account.id) : position,
      refuses: refusal(record, state, narrowing, ordered),
      tried: triedBefore(record, account.id),
      closed: state.gates.closing(record.task.kind).map((gate) => closedState(gate, now)),
      hasRoom: state.hasRoom,
      doubtful: state.doubtful,
      priceUsd: account.priceUsd(record.task.kind),
      firstAnswerMs: account.provider.answersAtOnce(record.task.kind) ? 0 : timing.firstPollMs,
    };
  });
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
  // An intent that was withdrawn before it left says nothing about the provider.
  const last = attempts.findLast(
    ({ provider, outcome, mayBeCharged }) => provider === id && (outcome !== 'cancelled' || mayBeCharged),
  );
  if (!last) return 'no';
  if (last.outcome === 'unsolvable') return 'unsolvable';
  return last.mayBeCharged ? 'taken' : 'refused';
}

function closedState(gate: Gate, now: number): Closed {
  const { scope, cause, until, askableAt, isProbing } = gate;
  return { scope, cause: cause ?? '', until, askableAt, isProbing, isTriable: gate.isTriable(now) };
}

/** What a task counts while nobody knows any price: a budget that is used up takes nothing more. */
const LEAST_USD = 1e-6;

/** The most that one attempt at a task of this kind may cost, in USD. */
export function dearest(accounts: readonly AccountState[], kind: TaskKind): number {
  const able = accounts.filter(({ account }) => takes(account, kind));
  return Math.max(LEAST_USD, ...able.map(({ account }) => account.priceUsd(kind) ?? 0));
}
