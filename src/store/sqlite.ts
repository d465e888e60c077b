/** The embedded store: tasks in one SQLite file that belongs to one process. */
import type Database from 'libsql';
import type { CallbackLedger } from '../core/callback.js';
import type { Span } from '../core/scorecard.js';
import type { Facts, ForgetBefore, Move, TaskRecord, TaskStore } from '../core/store.js';
import type { Tally } from '../core/tally.js';
import { GroupCommit } from './group-commit.js';
import { openCallbacks } from './sqlite-callbacks.js';
import { type FactRows, prepareFacts, WriteBehind } from './sqlite-facts.js';
import { explainFault } from './sqlite-faults.js';
import { closeFile, type Durability, openFile, transact } from './sqlite-file.js';
import { type Forgetting, prepareForgetting } from './sqlite-forget.js';
import { prepareIds } from './sqlite-ids.js';
import { AlreadySettled } from './sqlite-moves.js';
import { Orphans } from './sqlite-orphans.js';
import { prepareReads, type Reads } from './sqlite-reads.js';
import { prepareScores, type Scores } from './sqlite-scores.js';
import { prepareSpending, type Spending } from './sqlite-spending.js';
import { type Job, prepareWrites } from './sqlite-writes.js';
import { Turns } from './turns.js';

export interface SqliteOptions {
  /** A file, made with its folders when it is not there; `:memory:` for a store that dies with the process. */
  readonly path: string;
  /** What an acknowledged write survives; absent for the death of the process. */
  readonly durability?: Durability | undefined;
}

/** Forgetting goes in steps of this many rows, so that it never holds up the event loop for long. */
const FORGET_STEP = 100;

/**
 * Opens the store, upgrading its schema when it is older.
 * @throws Error that says what to do when the file is locked, damaged, unwritable or somebody else's.
 */
export function openSqlite({ path, durability = 'process' }: SqliteOptions): TaskStore {
  const database = openFile(path, durability);
  try {
    return new SqliteStore(path, database);
  } catch (error) {
    database.close();
    throw explainFault(error, path);
  }
}

class SqliteStore implements TaskStore {
  readonly #path: string;
  readonly #database: Database.Database;
  readonly #commits: GroupCommit<Job>;
  readonly #reads: Reads;
  readonly #spending: Spending;
  readonly #orphans: Orphans;
  readonly #factRows: FactRows;
  readonly #facts: WriteBehind;
  readonly #reserveIds: (count: number) => number;
  readonly #forgetting: Forgetting;
  readonly #scores: Scores;
  /** What is being added up must not be forgotten meanwhile. */
  readonly #turns = new Turns();
  readonly callbacks: CallbackLedger;
  #isClosed = false;

  constructor(path: string, database: Database.Database) {
    const reads = prepareReads(database);
    const spending = prepareSpending(database);
    const orphans = new Orphans(reads.openIds());
    const factRows = prepareFacts(database);
    this.#path = path;
    this.#database = database;
    this.#reads = reads;
    this.#spending = spending;
    this.#orphans = orphans;
    this.#factRows = factRows;
    this.#facts = new WriteBehind((facts) => transact(database, () => factRows.save(facts)));
    this.#reserveIds = prepareIds(database);
    this.#scores = prepareScores(database);
    this.#forgetting = prepareForgetting(database, { spending, scores: this.#scores });
    this.callbacks = openCallbacks(database, (id) => reads.find(id), {
      use: (work) => this.#use(work),
      write: (work) => this.#write(work),
    });
    this.#commits = new GroupCommit<Job>(
      (work) => transact(database, work),
      prepareWrites({ database, reads, spending, orphans }),
    );
  }

  async reserveIds(count: number): Promise<number> {
    return this.#write(() => this.#reserveIds(count));
  }

  async write(id: number, moves: readonly Move[]): Promise<boolean> {
    this.#requireOpen();
    try {
      await this.#commits.add({ id, moves });
      return true;
    } catch (error) {
      if (error instanceof AlreadySettled) return false;
      throw explainFault(error, this.#path);
    }
  }

  /** The lock on the file is kept from start to end: nobody can take anything over. */
  /** The file's lock is kept as long as the process lives. */
  readonly lapses = 0;

  get isHeld(): boolean {
    return !this.#isClosed;
  }

  async find(id: number): Promise<TaskRecord | undefined> {
    return this.#use(() => this.#reads.find(id));
  }

  async findByKey(clientId: string, key: string): Promise<TaskRecord | undefined> {
    return this.#use(() => {
      const id = this.#reads.idByKey(clientId, key);
      return id === undefined ? undefined : this.#reads.find(id);
    });
  }

  async adopt(limit: number): Promise<readonly TaskRecord[]> {
    return this.#use(() => {
      const adopted: TaskRecord[] = [];
      while (adopted.length < limit) {
        const ids = this.#orphans.take(limit - adopted.length);
        if (ids.length === 0) break;
        adopted.push(...this.#reads.openAmong(ids));
      }
      return adopted;
    });
  }

  async spentUsd(clientId: string, since: number): Promise<number> {
    return this.#use(() => this.#spending.sumUsd(clientId, since));
  }

  remember(key: string, value: unknown): void {
    if (!this.#isClosed) this.#facts.put(key, value);
  }

  async recall(): Promise<Facts> {
    return this.#use(() => {
      this.#facts.flush();
      return this.#factRows.readAll();
    });
  }

  /** There is no other process that could change anything. */
  watch(): () => void {
    return () => {};
  }

  async tally(span: Span, tally: Tally): Promise<void> {
    this.#requireOpen();
    await this.#turns.take(async () => {
      const readSome = this.#use(() => this.#scores.read(span, tally));
      while (this.#use(readSome)) await new Promise(setImmediate);
    });
  }

  async forget(before: ForgetBefore, limit: number): Promise<number> {
    const tasks = await this.#inSteps(limit, (step) => this.#forgetting.tasks(before.tasks, step));
    const solutions = await this.#inSteps(limit, (step) =>
      this.#forgetting.solutions(before.solutions, step),
    );
    const { scores: time } = before;
    const scores =
      time === undefined ? 0 : await this.#inSteps(limit, (step) => this.#scores.forget(time, step));
    return tasks + solutions + scores;
  }

  /** A write that changes something: SQLite skips one that does not, and a full disk would go unnoticed. */
  async ping(): Promise<void> {
    this.#use(() => this.#database.exec(`UPDATE counters SET value = 1 - value WHERE name = 'ping'`));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#commits.flush();
    try {
      this.#facts.flush();
    } finally {
      closeFile(this.#database);
    }
  }

  async #inSteps(limit: number, forgetSome: (step: number) => number): Promise<number> {
    let total = 0;
    while (total < limit) {
      const step = Math.min(limit - total, FORGET_STEP);
      const count = await this.#turns.take(async () => this.#write(() => forgetSome(step)));
      total += count;
      if (count < step) break;
      await new Promise(setImmediate);
    }
    return total;
  }

  #write<Result>(work: () => Result): Result {
    return this.#use(() => transact(this.#database, work));
  }

  #use<Result>(work: () => Result): Result {
    this.#requireOpen();
    try {
      return work();
    } catch (error) {
      throw explainFault(error, this.#path);
    }
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new Error(`The store ${this.#path} is closed`);
  }
}
