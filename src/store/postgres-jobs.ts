/** The writes of one task as the server takes them (`write_batch`), and what its word on each means. */
import { BudgetSpent, beginAttempt, KeyTaken, LeaseLost, type Move } from '../core/store.js';
import { type AttemptRow, type TaskRow, toAttemptRow, toJson, toKey, toTaskRow } from './postgres-rows.js';

/** One call of `write`, but for the token by which the server knows it again. */
export interface Job {
  readonly id: number;
  readonly record?: TaskRow;
  readonly budget?: { readonly limitUsd: number; readonly since: number };
  /** What must not happen in two transactions at once: names of budgets and keys. */
  readonly locks?: readonly string[];
  readonly moves?: readonly JobMove[];
  /** May be written for anybody's task. */
  readonly isAnybodys?: true;
  /** Other replicas are told of it. */
  readonly isTold?: true;
  /** Takes back the creation with the same token, whose answer was lost and which the caller was told had failed. */
  readonly isToUndo?: true;
}

type JobMove =
  | { readonly do: 'begin'; readonly attempt: number; readonly to: AttemptRow }
  | {
      readonly do: 'change';
      readonly attempt: number;
      readonly to: Partial<AttemptRow>;
      readonly isAccepted?: true;
    }
  | { readonly do: 'settle'; readonly to: Partial<TaskRow> }
  | { readonly do: 'report'; readonly isGood: boolean };

type Following = Exclude<Move, { move: 'created' }>;

/** @throws Error when the moves do not fit together. */
export function toJob(id: number, moves: readonly Move[]): Job {
  const [first, ...others] = moves;
  const isNew = first?.move === 'created';
  const following = (isNew ? others : moves).map((move) => toJobMove(requireFollowing(id, move)));
  const isTold = moves.some(({ move }) => move === 'settled');
  const told = isTold && ({ isTold } as const);
  if (!isNew) return { id, moves: following, ...told, ...(isAnybodys(moves) && { isAnybodys: true }) };
  const { record, budget } = first;
  if (record.id !== id) throw new Error(`The moves of task ${id} create task ${record.id}`);
  const row = toTaskRow(record);
  const locks = [
    ...(budget ? [`budget ${record.clientId}`] : []),
    ...(record.idempotency ? [`key ${record.clientId} ${toKey(record.idempotency.key)}`] : []),
  ];
  return { id, record: row, moves: following, locks, ...told, ...(budget && { budget }) };
}

function requireFollowing(id: number, move: Move): Following {
  if (move.move === 'created') throw new Error(`Only the first move can create task ${id}`);
  return move;
}

/** A cancellation or a report: it asks nothing of the one who works on the task. */
function isAnybodys(moves: readonly Move[]): boolean {
  return (
    moves.length > 0 &&
    moves.every(
      (move) =>
        move.move === 'reported' ||
        move.move === 'report-taken' ||
        (move.move === 'settled' && move.status === 'cancelled'),
    )
  );
}

function toJobMove(move: Following): JobMove {
  switch (move.move) {
    case 'attempt-begun':
      return { do: 'begin', attempt: move.attempt, to: toAttemptRow(beginAttempt(move)) };
    case 'attempt-accepted': {
      const { attempt, upstreamId, at, costUsd } = move;
      const to = { outcome: 'solving', acceptedAt: at, costUsd, mayBeCharged: true } as const;
      return {
        do: 'change',
        attempt,
        to: { ...to, upstreamId: JSON.stringify(upstreamId) },
        isAccepted: true,
      };
    }
    case 'attempt-ended': {
      const { attempt, outcome, upstreamCode, at, polls, costUsd, mayBeCharged } = move;
      const to = { outcome, endedAt: at, polls, costUsd, mayBeCharged };
      return { do: 'change', attempt, to: { ...to, upstreamCode: JSON.stringify(upstreamCode) } };
    }
    case 'settled': {
      const { status, at, provider, solution, error, passedOver } = move;
      const texts = {
        solution: toJson(solution),
        error: toJson(error),
        passed_over: JSON.stringify(passedOver),
      };
      return { do: 'settle', to: { status, finished_at: at, provider, ...texts } };
    }
    case 'reported':
      return { do: 'report', isGood: move.isAccepted };
    case 'report-taken':
      return { do: 'change', attempt: move.attempt, to: { tookReport: true } };
  }
}

/** What `write` answers to the server's word. @throws what it promises to throw. */
export function readResult(id: number, result: string): boolean {
  const [word, number] = result.split(' ');
  switch (word) {
    case 'written':
      return true;
    case 'settled':
      return false;
    case 'lease-lost':
      throw new LeaseLost(`Another process works on task ${id} now`);
    case 'key-taken':
      throw new KeyTaken(Number(number));
    case 'budget-spent':
      throw new BudgetSpent(`Task ${id} would take its client over its budget`);
    case 'not-next':
      throw new Error(`Attempt ${number} is not the next one of task ${id}`);
    case 'no-attempt':
      throw new Error(`Task ${id} has no attempt ${number}`);
    case 'no-task':
      throw new Error(`There is no task ${id}`);
    case 'id-taken':
      throw new Error(`There is a task ${id} already`);
    default:
      throw new Error(`The database said "${word}" to a write of task ${id}`);
  }
}
