/** A store that forgets everything with the test, and tells what was written in which order. */
import { type CallbackChange, type CallbackLedger, UNTRIED } from '../../src/core/callback.js';
import type { Clock } from '../../src/core/clock.js';
import { splitImages } from '../../src/core/images.js';
import { type EndedTask, endedTask, type Span } from '../../src/core/scorecard.js';
import {
  applyMove,
  BudgetSpent,
  type Facts,
  type ForgetBefore,
  isOpen,
  KeyTaken,
  LeaseLost,
  type Move,
  type StoreWatch,
  spentUsd,
  type TaskRecord,
  type TaskStore,
} from '../../src/core/store.js';
import { HOUR_MS, hourOf, type Tally, tallyHours } from '../../src/core/tally.js';

export interface Write {
  readonly id: number;
  readonly moves: readonly Move[];
}

const LARGEST_ID = 2_147_483_647;

/** What a store leaves to the next process. */
interface Disk {
  readonly records: Map<number, TaskRecord>;
  readonly facts: Map<string, string>;
  readonly callbacks: Map<number, CallbackChange>;
  /** What is counted of tasks beyond their retention. */
  readonly forgotten: EndedTask[];
  nextId: number;
}

/** Sums of money are inexact below this. */
const TINY_USD = 1e-9;

export class MemoryStore implements TaskStore {
  /** What was written, in order; refused writes are not among it. */
  readonly writes: Write[] = [];
  /** Every write fails while this is set. */
  isFailing = false;
  /** How long the disk takes for a write. */
  writeMs = 0;
  /** What a process sees that was stopped for longer than its lease. */
  isLeaseOver = false;
  /** How often that has happened. */
  lapses = 0;
  readonly #disk: Disk;
  readonly #underWay = new Set<Promise<void>>();
  readonly #watches = new Set<StoreWatch>();
  /** Tasks that this process has created or adopted. */
  readonly #own = new Set<number>();
  /** Tasks that another process holds. */
  readonly #taken = new Set<number>();
  #isClosed = false;

  constructor(
    private readonly clock?: Clock,
    /** Each write is noted here when it is done. */
    private readonly journal: string[] = [],
    disk: Disk = { records: new Map(), facts: new Map(), callbacks: new Map(), forgotten: [], nextId: 1 },
  ) {
    this.#disk = disk;
  }

  /** The store of the next process, with what this one has left. */
  reopen(): MemoryStore {
    return new MemoryStore(this.clock, this.journal, this.#disk);
  }

  /** Puts a record in as an earlier process would have left it. */
  seed(record: TaskRecord): void {
    this.#disk.records.set(record.id, record);
  }

  /** Goes on as the store of the next process: it holds no task until it adopts it. */
  abandon(): void {
    this.#own.clear();
    this.#taken.clear();
  }

  /** Another process takes the task over: writes of this one are refused from now on. */
  takeOver(id: number): void {
    this.#own.delete(id);
    this.#taken.add(id);
  }

  /** Another process settles, cancels or reports a task, and says so. */
  async writeElsewhere(id: number, moves: readonly Move[]): Promise<boolean> {
    const isWritten = this.#apply(id, moves);
    if (isWritten) for (const { onTask } of this.#watches) onTask(id);
    return isWritten;
  }

  /** Another process leaves a fact, and says so. */
  rememberElsewhere(key: string, value: unknown): void {
    this.remember(key, value);
    for (const { onFact } of this.#watches) onFact(key, value);
  }

  readonly callbacks: CallbackLedger = {
    due: async (now, limit, except = []) => {
      this.#mustBeOpen();
      return this.records
        .filter((record) => !isOpen(record) && !this.#taken.has(record.id) && !except.includes(record.id))
        .map((record) => ({ record, ...this.#callbackOf(record) }))
        .filter(({ dueAt }) => dueAt !== null && dueAt <= now)
        .sort((one, other) => Number(one.dueAt) - Number(other.dueAt))
        .slice(0, limit)
        .map(({ record, state }) => ({ record, state }));
    },
    keep: async (changes) => {
      this.#mustBeOpen();
      if (this.isFailing) throw new Error('the disk is full');
      for (const change of changes) this.#disk.callbacks.set(change.id, change);
    },
    dead: async (limit) =>
      this.records
        .map((record) => ({ record, ...this.#callbackOf(record) }))
        .filter(({ deadAt }) => deadAt !== null)
        .sort((one, other) => Number(other.deadAt) - Number(one.deadAt))
        .slice(0, limit)
        .map(({ record, state }) => ({ record, state })),
    revive: async (id, now) => {
      if ((this.#disk.callbacks.get(id)?.deadAt ?? null) === null) return false;
      return this.#disk.callbacks.set(id, { id, state: UNTRIED, dueAt: now, deadAt: null }).has(id);
    },
  };

  #callbackOf({ id, options, createdAt }: TaskRecord): CallbackChange {
    const dueAt = options.callbackUrl === undefined ? null : createdAt;
    return this.#disk.callbacks.get(id) ?? { id, state: UNTRIED, dueAt, deadAt: null };
  }

  get isHeld(): boolean {
    return !this.isLeaseOver && !this.#isClosed;
  }

  get records(): readonly TaskRecord[] {
    return [...this.#disk.records.values()];
  }

  async reserveIds(count: number): Promise<number> {
    if (!Number.isSafeInteger(count) || count < 1 || count > LARGEST_ID)
      throw new RangeError(`cannot reserve ${count} ids`);
    const kept = [...this.#disk.records.keys()].sort((a, b) => a - b);
    for (const start of [this.#disk.nextId, 1]) {
      const first = kept.reduce((from, id) => (id >= from && id < from + count ? id + 1 : from), start);
      if (first + count - 1 > LARGEST_ID) continue;
      this.#disk.nextId = first + count;
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
    this.#mustBeMine(id, moves);
    const isWritten = this.#apply(id, moves);
    if (isWritten) this.journal.push(`wrote ${moves.map(({ move }) => move).join('+')}`);
    return isWritten;
  }

  async find(id: number): Promise<TaskRecord | undefined> {
    this.#mustBeOpen();
    return this.#disk.records.get(id);
  }

  async findByKey(clientId: string, key: string): Promise<TaskRecord | undefined> {
    this.#mustBeOpen();
    return this.records.find(
      ({ clientId: owner, idempotency }) => owner === clientId && idempotency?.key === key,
    );
  }

  async adopt(limit: number): Promise<readonly TaskRecord[]> {
    this.#mustBeOpen();
    const adopted = this.records
      .filter((record) => isOpen(record) && !this.#own.has(record.id) && !this.#taken.has(record.id))
      .sort((one, other) => one.createdAt - other.createdAt || one.id - other.id)
      .slice(0, limit);
    for (const { id } of adopted) this.#own.add(id);
    return adopted;
  }

  async spentUsd(clientId: string, since: number): Promise<number> {
    this.#mustBeOpen();
    return this.#spentUsd(clientId, since);
  }

  /** A copy is kept, as on a disk; what JSON cannot hold is not. */
  remember(key: string, value: unknown): void {
    try {
      const text = JSON.stringify(value);
      if (text !== undefined) this.#disk.facts.set(key, text);
    } catch {}
  }

  async recall(): Promise<Facts> {
    this.#mustBeOpen();
    return new Map([...this.#disk.facts].map(([key, text]) => [key, JSON.parse(text)]));
  }

  watch(watch: StoreWatch): () => void {
    this.#watches.add(watch);
    return () => this.#watches.delete(watch);
  }

  async tally({ since, until }: Span, tally: Tally): Promise<void> {
    this.#mustBeOpen();
    const ended = this.records.flatMap((record) => endedTask(record) ?? []);
    const inSpan = (at: number) => at >= since && at < until;
    for (const task of ended) if (inSpan(task.finishedAt)) tally.addTask(task);
    for (const [hour, sums] of tallyHours(this.#disk.forgotten, () => ({ hosts: [], kinds: [] })))
      if (inSpan(hour)) for (const cell of sums.cells) tally.addCell(cell);
  }

  async forget(before: ForgetBefore, limit: number): Promise<number> {
    const finished = this.records
      .filter(({ finishedAt }) => finishedAt !== null)
      .sort((one, other) => Number(one.finishedAt) - Number(other.finishedAt));
    const isBefore = ({ finishedAt }: TaskRecord, at: number) => finishedAt !== null && finishedAt < at;
    const gone = finished.filter((record) => isBefore(record, before.tasks)).slice(0, limit);
    for (const { id } of gone) {
      this.#disk.records.delete(id);
      this.#disk.callbacks.delete(id);
    }
    this.#disk.forgotten.push(...gone.flatMap((record) => endedTask(record) ?? []));
    const blanked = finished
      .filter(
        (record) =>
          this.#disk.records.has(record.id) && record.solution && isBefore(record, before.solutions),
      )
      .slice(0, limit);
    for (const record of blanked) this.#disk.records.set(record.id, { ...record, solution: null });
    return gone.length + blanked.length + this.#forgetScores(before.scores ?? 0, limit);
  }

  #forgetScores(before: number, limit: number): number {
    const isOver = ({ finishedAt }: EndedTask) => hourOf(finishedAt) + HOUR_MS <= before;
    const gone = new Set(this.#disk.forgotten.filter(isOver).slice(0, limit));
    this.#disk.forgotten.splice(0, Infinity, ...this.#disk.forgotten.filter((task) => !gone.has(task)));
    return gone.size;
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

  #spentUsd(clientId: string, since: number): number {
    return this.records
      .filter((record) => record.clientId === clientId && record.createdAt >= since)
      .reduce((sum, record) => sum + countedUsd(record), 0);
  }

  /** All or none: the record is replaced when every move has been applied. */
  #apply(id: number, moves: readonly Move[]): boolean {
    if (this.isFailing) throw new Error('the disk is full');
    let record = this.#disk.records.get(id);
    for (const move of moves) {
      if (move.move === 'settled' && record && !isOpen(record)) return false;
      if (move.move === 'created') this.#mayBeCreated(move);
      record = next(record, move, id);
    }
    if (record) this.#disk.records.set(id, isOpen(record) ? record : withoutImages(record));
    if (moves.some(({ move }) => move === 'created')) this.#own.add(id);
    this.writes.push({ id, moves });
    return true;
  }

  #mayBeCreated({ record, budget }: Extract<Move, { move: 'created' }>): void {
    const { clientId, idempotency, reservedUsd = 0 } = record;
    const taken = this.records.find(
      (kept) => idempotency && kept.clientId === clientId && kept.idempotency?.key === idempotency.key,
    );
    if (taken) throw new KeyTaken(taken.id);
    if (budget && this.#spentUsd(clientId, budget.since) + reservedUsd > budget.limitUsd + TINY_USD)
      throw new BudgetSpent(`client ${clientId} may spend ${budget.limitUsd} USD`);
  }

  #mustBeMine(id: number, moves: readonly Move[]): void {
    const record = this.#disk.records.get(id);
    const isMine = !record || !isOpen(record) || this.#own.has(id);
    const isForAnybody = (move: Move) =>
      move.move === 'reported' ||
      move.move === 'report-taken' ||
      (move.move === 'settled' && move.status === 'cancelled');
    if (!isMine && (moves.length === 0 || !moves.every(isForAnybody)))
      throw new LeaseLost(`task ${id} is not held by this process`);
  }

  #reachDisk(): Promise<void> {
    const { clock, writeMs } = this;
    if (!clock || writeMs === 0) return Promise.resolve();
    return new Promise((resolve) => {
      clock.after(writeMs, resolve);
    });
  }
}

/** What a task counts with against its client's budget. */
export function countedUsd(record: TaskRecord): number {
  return Math.max(spentUsd(record), isOpen(record) ? (record.reservedUsd ?? 0) : 0);
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
  return { ...record, task: splitImages(record.task).task };
}
