/** The embedded store: tasks in one SQLite file that belongs to one process. */
import type Database from 'libsql';
import type { ForgetBefore, Move, TaskRecord, TaskStore } from '../core/store.js';
import { GroupCommit } from './group-commit.js';
import { explainFault } from './sqlite-faults.js';
import { closeFile, openFile, transact } from './sqlite-file.js';
import { type Forgetting, prepareForgetting } from './sqlite-forget.js';
import { prepareIds } from './sqlite-ids.js';
import { AlreadySettled, prepareMoves } from './sqlite-moves.js';
import { prepareReads, type Reads } from './sqlite-reads.js';

export interface SqliteOptions {
  /** A file, made with its folders when it is not there; `:memory:` for a store that dies with the process. */
  readonly path: string;
}

interface Job {
  readonly id: number;
  readonly moves: readonly Move[];
}

/** Forgetting goes in steps of this many rows, so that it never holds up the event loop for long. */
const FORGET_STEP = 200;

/**
 * Opens the store, upgrading its schema when it is older.
 * @throws Error that says what to do when the file is locked, damaged, unwritable or somebody else's.
 */
export function openSqlite({ path }: SqliteOptions): TaskStore {
  return new SqliteStore(path, openFile(path));
}

class SqliteStore implements TaskStore {
  readonly #path: string;
  readonly #database: Database.Database;
  readonly #commits: GroupCommit<Job>;
  readonly #reads: Reads;
  readonly #reserveIds: (count: number) => number;
  readonly #forgetting: Forgetting;
  #isClosed = false;

  constructor(path: string, database: Database.Database) {
    const writeMoves = prepareMoves(database);
    this.#path = path;
    this.#database = database;
    this.#commits = new GroupCommit<Job>(
      (work) => transact(database, work),
      ({ id, moves }) => writeMoves(id, moves),
    );
    this.#reads = prepareReads(database);
    this.#reserveIds = prepareIds(database);
    this.#forgetting = prepareForgetting(database);
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

  async find(id: number): Promise<TaskRecord | undefined> {
    return this.#use(() => this.#reads.find(id));
  }

  async unfinished(): Promise<readonly TaskRecord[]> {
    return this.#use(() => this.#reads.unfinished());
  }

  async spentUsd(clientId: string, since: number): Promise<number> {
    return this.#use(() => this.#reads.spentUsd(clientId, since));
  }

  async forget(before: ForgetBefore, limit: number): Promise<number> {
    const tasks = await this.#inSteps(limit, (step) => this.#forgetting.tasks(before.tasks, step));
    const solutions = await this.#inSteps(limit, (step) =>
      this.#forgetting.solutions(before.solutions, step),
    );
    return tasks + solutions;
  }

  /** A write that changes something: SQLite skips one that does not, and a full disk would go unnoticed. */
  async ping(): Promise<void> {
    this.#use(() => this.#database.exec(`UPDATE counters SET value = 1 - value WHERE name = 'ping'`));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#commits.flush();
    closeFile(this.#database);
  }

  async #inSteps(limit: number, forgetSome: (step: number) => number): Promise<number> {
    let total = 0;
    while (total < limit) {
      const step = Math.min(limit - total, FORGET_STEP);
      const count = this.#write(() => forgetSome(step));
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
