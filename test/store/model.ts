/** What a ledger must remember and answer, in the fewest words: the model that stores are compared with. */
import {
  applyMove,
  type Budget,
  type ForgetBefore,
  isOpen,
  type Move,
  spentUsd,
  type TaskRecord,
} from '../../src/core/store.js';
import { withoutImages } from './histories.js';

/** What `write` answers, or the name of what it throws. */
export type Outcome = boolean | 'LeaseLost' | 'KeyTaken' | 'BudgetSpent';

interface Held {
  readonly record: TaskRecord;
  /** Created or adopted by the process of now. */
  readonly isOwn: boolean;
}

const byAge = (one: TaskRecord, other: TaskRecord) => one.createdAt - other.createdAt || one.id - other.id;
const byEnd = (one: TaskRecord, other: TaskRecord) =>
  Number(one.finishedAt) - Number(other.finishedAt) || one.id - other.id;

/** A ledger of one process at a time, in memory. */
export class LedgerModel {
  readonly facts = new Map<string, unknown>();
  /** Tasks that are not kept any more, and count all the same. */
  readonly forgotten: TaskRecord[] = [];
  readonly #kept = new Map<number, Held>();

  get records(): readonly TaskRecord[] {
    return [...this.#kept.values()].map(({ record }) => record);
  }

  write(id: number, moves: readonly Move[]): Outcome {
    const refusal = this.#refuse(id, moves);
    if (refusal) return refusal;
    const held = this.#kept.get(id);
    let record = held?.record;
    for (const move of moves) {
      if (move.move === 'created') record = move.record;
      else if (!record) throw new Error(`There is no task ${id}`);
      else if (move.move === 'settled' && !isOpen(record)) return false;
      else record = applyMove(record, move);
    }
    if (record) this.#keep(record, held?.isOwn ?? true);
    return true;
  }

  find(id: number): TaskRecord | undefined {
    return this.#kept.get(id)?.record;
  }

  findByKey(clientId: string, key: string): TaskRecord | undefined {
    return this.records.find((record) => record.clientId === clientId && record.idempotency?.key === key);
  }

  spentUsd(clientId: string, since: number): number {
    return this.records
      .filter((record) => record.clientId === clientId && record.createdAt >= since)
      .map((record) => Math.max(spentUsd(record), isOpen(record) ? (record.reservedUsd ?? 0) : 0))
      .reduce((sum, usd) => sum + usd, 0);
  }

  adopt(limit: number): readonly TaskRecord[] {
    const orphans = this.records.filter((record) => isOpen(record) && !this.#kept.get(record.id)?.isOwn);
    const adopted = orphans.sort(byAge).slice(0, limit);
    for (const record of adopted) this.#keep(record, true);
    return adopted;
  }

  forget(before: ForgetBefore, limit: number): number {
    const tasks = this.#endedBefore(before.tasks).slice(0, limit);
    for (const { id } of tasks) this.#kept.delete(id);
    this.forgotten.push(...tasks);
    const solved = this.#endedBefore(before.solutions).filter(({ solution }) => solution !== null);
    const blanked = solved.slice(0, limit);
    for (const record of blanked) this.#keep({ ...record, solution: null }, true);
    return tasks.length + blanked.length;
  }

  /** The process ends and the next one begins. */
  restart(): void {
    for (const { record } of this.#kept.values()) this.#keep(record, false);
  }

  #keep(record: TaskRecord, isOwn: boolean): void {
    this.#kept.set(record.id, { record: isOpen(record) ? record : withoutImages(record), isOwn });
  }

  #endedBefore(time: number): readonly TaskRecord[] {
    return this.records.filter(({ finishedAt }) => finishedAt !== null && finishedAt < time).sort(byEnd);
  }

  #refuse(id: number, moves: readonly Move[]): Outcome | undefined {
    const [first] = moves;
    if (first?.move === 'created') return this.#refuseTask(first.record, first.budget);
    const held = this.#kept.get(id);
    const isMine = !held || held.isOwn || !isOpen(held.record);
    return isMine || moves.every(isForAnybody) ? undefined : 'LeaseLost';
  }

  #refuseTask(
    { clientId, idempotency, reservedUsd = 0 }: TaskRecord,
    budget: Budget | undefined,
  ): Outcome | undefined {
    if (idempotency && this.findByKey(clientId, idempotency.key)) return 'KeyTaken';
    if (!budget || this.spentUsd(clientId, budget.since) + reservedUsd <= budget.limitUsd + 1e-9)
      return undefined;
    return 'BudgetSpent';
  }
}

function isForAnybody(move: Move): boolean {
  const isReport = move.move === 'reported' || move.move === 'report-taken';
  return isReport || (move.move === 'settled' && move.status === 'cancelled');
}
