/** Decides whether the moves of one task may be written, writes them, and books what they cost. */
import type Database from 'libsql';
import { BudgetSpent, KeyTaken, LeaseLost, type Move } from '../core/store.js';
import type { Apply } from './group-commit.js';
import { AlreadySettled, prepareMoves } from './sqlite-moves.js';
import type { Orphans } from './sqlite-orphans.js';
import type { Reads } from './sqlite-reads.js';
import type { Spending } from './sqlite-spending.js';

/** One call of `write`. */
export interface Job {
  readonly id: number;
  readonly moves: readonly Move[];
}

interface Ledger {
  readonly database: Database.Database;
  readonly reads: Reads;
  readonly spending: Spending;
  readonly orphans: Orphans;
}

type Created = Extract<Move, { move: 'created' }>;

/** Sums of money are inexact below this. */
const TINY_USD = 1e-9;

/** A function that does one job within the transaction of its caller; see `Apply`. */
export function prepareWrites({ database, reads, spending, orphans }: Ledger): Apply<Job> {
  const writeMoves = prepareMoves(database);
  const settled = database
    .prepare(`SELECT 1 FROM tasks WHERE id = ? AND status NOT IN ('queued', 'solving')`)
    .raw();

  function refuse({ id, moves }: Job): Error | undefined {
    const isSettled = () => settled.get([id]) !== undefined;
    if (orphans.forbids(id, moves) && !isSettled()) return new LeaseLost(`Task ${id} has not been adopted`);
    const [first] = moves;
    if (first?.move === 'created') return refuseTask(first);
    const isSecond = moves.some(({ move }) => move === 'settled') && isSettled();
    return isSecond ? new AlreadySettled() : undefined;
  }

  /** A repeat is known before it is counted: it costs nothing. */
  function refuseTask({ record, budget }: Created): Error | undefined {
    const { clientId, idempotency, reservedUsd = 0 } = record;
    const taken = idempotency && reads.idByKey(clientId, idempotency.key);
    if (taken !== undefined) return new KeyTaken(taken);
    if (!budget) return undefined;
    const spent = spending.sumUsd(clientId, budget.since);
    if (spent + reservedUsd <= budget.limitUsd + TINY_USD) return undefined;
    return new BudgetSpent(`Client ${clientId} has spent ${spent} of ${budget.limitUsd} USD`);
  }

  return (job) => {
    const refusal = refuse(job);
    if (refusal) return refusal;
    if (job.moves.some(isAboutMoney)) spending.book(job.id, () => writeMoves(job.id, job.moves));
    else writeMoves(job.id, job.moves);
    return undefined;
  };
}

function isAboutMoney({ move }: Move): boolean {
  return move !== 'attempt-begun' && move !== 'reported' && move !== 'report-taken';
}
