/** A store that forgets everything with the test, and tells what was written in which order. */
import type { Clock } from '../../src/core/clock.js';
import {
  applyMove,
  type ForgetBefore,
  isOpen,
  type Move,
  spentUsd,
  type TaskRecord,
  type TaskStore,
} from '../../src/core/store.js';

export interface Write {
  readonly id: number;
  readonly moves: readonly Move[];
}

const LARGEST_ID = 2_147_483_647;

export class MemoryStore implements TaskStore {
  /** What was written, in order; refused writes are not among it. */
  readonly writes: Write[] = [];
  /** Every write fails while this is set. */
  isFailing = false;
  /** How long the disk takes for a write. */
  writeMs = 0;
  readonly #records = new Map<number, TaskRecord>();
  readonly #underWay = new Set<Promise<void>>();
  #nextId = 1;
  #isClosed = false;

  constructor(
    private readonly clock?: Clock,
    /** Each write is noted here when it is done. */
    private readonly journal: string[] = [],
  ) {}

  /** Puts a record in as an earlier process would have left it. */
  seed(record: TaskRecord): void {
    this.#records.set(record.id, record);
  }

  get records(): readonly TaskRecord[] {
    return [...this.#records.values()];
  }

  async reserveIds(count: number): Promise<number> {
    if (!Number.isSafeInteger(count) || count < 1 || count > LARGEST_ID)
      throw new RangeError(`cannot reserve ${count} ids`);
    const kept = [...this.#records.keys()].sort((a, b) => a - b);
    for (const start of [this.#nextId, 1]) {
      const first = kept.reduce((from, id) => (id >= from && id < from + count ? id + 1 : from), start);
      if (first + count - 1 > LARGEST_ID) continue;
      this.#nextId = first + count;
      return first;
    }
    throw new Error(`there are no ${count} free ids in a row`);
  }

  async write(id: number, moves: readonly Move[]): Promise<boolean> {
    this.#mustBeOpen();
    const reached = this.#reachDisk();
    this.#underWay.add(reached);
    await reached;
    this.#underWay.delete(reached);
    const isWritten = this.#apply(id, moves);
    if (isWritten) this.journal.push(`wrote ${moves.map(({ move }) => move).join('+')}`);
    return isWritten;
  }

  async find(id: number): Promise<TaskRecord | undefined> {
    this.#mustBeOpen();
    return this.#records.get(id);
  }

  async unfinished(): Promise<readonly TaskRecord[]> {
    return this.records
      .filter(isOpen)
      .sort((one, other) => one.createdAt - other.createdAt || one.id - other.id);
  }

  async spentUsd(clientId: string, since: number): Promise<number> {
    return this.records
      .filter((record) => record.clientId === clientId && record.createdAt >= since)
      .reduce((sum, record) => sum + spentUsd(record), 0);
  }

  async forget(before: ForgetBefore, limit: number): Promise<number> {
    const finished = this.records
      .filter(({ finishedAt }) => finishedAt !== null)
      .sort((one, other) => Number(one.finishedAt) - Number(other.finishedAt));
    const isBefore = ({ finishedAt }: TaskRecord, at: number) => finishedAt !== null && finishedAt < at;
    const gone = finished.filter((record) => isBefore(record, before.tasks)).slice(0, limit);
    for (const { id } of gone) this.#records.delete(id);
    const blanked = finished
      .filter(
        (record) => this.#records.has(record.id) && record.solution && isBefore(record, before.solutions),
      )
      .slice(0, limit);
    for (const record of blanked) this.#records.set(record.id, { ...record, solution: null });
    return gone.length + blanked.length;
  }

  async ping(): Promise<void> {
    this.#mustBeOpen();
  }

  async close(): Promise<void> {
    await Promise.all(this.#underWay);
    this.#isClosed = true;
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new Error('the store is closed');
  }

  /** All or none: the record is replaced when every move has been applied. */
  #apply(id: number, moves: readonly Move[]): boolean {
    if (this.isFailing) throw new Error('the disk is full');
    let record = this.#records.get(id);
    for (const move of moves) {
      if (move.move === 'settled' && record && !isOpen(record)) return false;
      record = next(record, move, id);
    }
    if (record) this.#records.set(id, isOpen(record) ? record : withoutImages(record));
    this.writes.push({ id, moves });
    return true;
  }

  #reachDisk(): Promise<void> {
    const { clock, writeMs } = this;
    if (!clock || writeMs === 0) return Promise.resolve();
    return new Promise((resolve) => {
      clock.after(writeMs, resolve);
    });
  }
}

function next(record: TaskRecord | undefined, move: Move, id: number): TaskRecord {
  if (move.move === 'created') {
    if (record || move.record.id !== id) throw new Error(`task ${move.record.id} cannot be created as ${id}`);
    return move.record;
  }
  if (!record) throw new Error(`there is no task ${id}`);
  const count = record.attempts.length;
  const isNext = move.move === 'attempt-begun';
  if ('attempt' in move && (isNext ? move.attempt !== count : move.attempt >= count))
    throw new Error(`attempt ${move.attempt} does not follow ${count} attempts`);
  return applyMove(record, move);
}

function withoutImages(record: TaskRecord): TaskRecord {
  const { imageBase64, instructionImageBase64, ...task } = record.task;
  return { ...record, task };
}
