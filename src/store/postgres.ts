/** The shared store: tasks in one PostgreSQL database that any number of replicas work on. */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { CallbackLedger } from '../core/callback.js';
import type { Span } from '../core/scorecard.js';
import type { Facts, ForgetBefore, Move, StoreWatch, TaskRecord, TaskStore } from '../core/store.js';
import type { Tally } from '../core/tally.js';
import { openCallbacks } from './postgres-callbacks.js';
import { type ConnectionOptions, openPool } from './postgres-connection.js';
import { PostgresFacts } from './postgres-facts.js';
import { explainPostgres } from './postgres-faults.js';
import { Lease } from './postgres-lease.js';
import { fromTaskRow, type TaskRow, toKey } from './postgres-rows.js';
import { prepareSchema } from './postgres-schema.js';
import { FORGET_SCORES, forgetTasks, readScores } from './postgres-scores.js';
import { PostgresWrites } from './postgres-writes.js';

export interface PostgresOptions {
  /** `postgres://user:password@host/database`; told to nobody. */
  readonly url: string;
  /** How long nobody takes over the tasks of a process that is not heard of. */
  readonly leaseMs?: number | undefined;
  readonly renewEveryMs?: number | undefined;
  /** A request that takes longer is refused. */
  readonly statementMs?: number | undefined;
}

/** Typed clients read ids as int32. */
const LARGEST_ID = 2_147_483_647;
/** Forgetting goes in steps of this many rows, so that neither locks nor the event loop are held for long. */
const FORGET_STEP = 250;
/** Adoptions are tried again and again while the database is away. */
const LAST_DOUBTS = 100;
const LEASE_MS = 5_000;
const RENEW_EVERY_MS = 1_000;
/** Replicas share the server: a few connections each are enough for short requests. */
const READERS = 5;
const CONNECT_MS = 2_000;
const STATEMENT_MS = 5_000;
/** A renewal that takes longer would be of no use. */
const RENEW_MS = 2_000;

const OLDEST_SOLUTIONS = `SELECT id FROM captcha_gateway.tasks WHERE solution IS NOT NULL AND finished_at < $1
  ORDER BY finished_at, id LIMIT $2 FOR UPDATE SKIP LOCKED`;
const FORGET_SOLUTIONS = `UPDATE captcha_gateway.tasks SET solution = NULL WHERE id = ANY (ARRAY(${OLDEST_SOLUTIONS}))`;

/**
 * Opens the store, making or upgrading its schema, and takes a lease.
 * @throws Error that says what to do when the database cannot be used; it never holds the url.
 */
export async function openPostgres(options: PostgresOptions): Promise<TaskStore> {
  const { url, statementMs = STATEMENT_MS } = options;
  const connection = { url, connectMs: CONNECT_MS, statementMs };
  await prepareSchema(connection);
  const store = new PostgresStore(connection, options);
  try {
    await store.open();
    return store;
  } catch (error) {
    await store.close();
    throw explainPostgres(error).error;
  }
}

class PostgresStore implements TaskStore {
  readonly #pool: pg.Pool;
  /** Batches go one at a time, and never wait behind reads. */
  readonly #writer: pg.Pool;
  readonly #lease: Lease;
  readonly #writes: PostgresWrites;
  readonly #facts: PostgresFacts;
  readonly #watches = new Set<StoreWatch>();
  readonly #owner = randomUUID();
  readonly callbacks: CallbackLedger = openCallbacks(this.#owner, (text, values) => this.#ask(text, values));
  /** Adoptions whose answer was lost. */
  #doubtfulAdoptions: readonly string[] = [];
  #adopting: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(connection: ConnectionOptions, { leaseMs = LEASE_MS, renewEveryMs }: PostgresOptions) {
    const owner = this.#owner;
    this.#pool = openPool(connection, READERS);
    this.#writer = openPool(connection, 1);
    this.#writes = new PostgresWrites(owner, async (jobs) => {
      const text = 'SELECT captcha_gateway.write_batch($1, $2) AS results';
      const { rows } = await this.#writer.query({ name: 'write_batch', text, values: [owner, jobs] });
      return rows[0].results;
    });
    this.#facts = new PostgresFacts(owner, (text, values) => this.#query(text, values));
    this.#lease = new Lease({
      owner,
      connection: { ...connection, statementMs: Math.min(RENEW_MS, leaseMs / 2) },
      leaseMs,
      renewEveryMs: renewEveryMs ?? Math.min(RENEW_EVERY_MS, leaseMs / 5),
      onNotice: (notice) => this.#hear(notice),
      onRenewed: (isNew) => this.#onRenewed(isNew),
    });
  }

  open(): Promise<void> {
    return this.#lease.open();
  }

  get isHeld(): boolean {
    return this.#lease.isHeld;
  }

  get lapses(): number {
    return this.#lease.lapses;
  }

  async reserveIds(count: number): Promise<number> {
    if (!Number.isInteger(count) || count < 1 || count > LARGEST_ID) {
      throw new RangeError(`Cannot reserve ${count} task ids`);
    }
    const sql = 'SELECT captcha_gateway.reserve_ids($1) AS first';
    const [row] = await this.#ask<{ first: number | null }>(sql, [count]);
    if (!row || row.first === null) throw new Error(`No ${count} task ids in a row are free`);
    return row.first;
  }

  async write(id: number, moves: readonly Move[]): Promise<boolean> {
    this.#requireOpen();
    return this.#writes.write(id, moves);
  }

  async find(id: number): Promise<TaskRecord | undefined> {
    const [row] = await this.#ask<TaskRow>('SELECT * FROM captcha_gateway.tasks WHERE id = $1', [id]);
    return row && fromTaskRow(row);
  }

  async findByKey(clientId: string, key: string): Promise<TaskRecord | undefined> {
    const sql = 'SELECT * FROM captcha_gateway.tasks WHERE client_id = $1 AND idempotency_key = $2';
    const [row] = await this.#ask<TaskRow>(sql, [clientId, toKey(key)]);
    return row && fromTaskRow(row);
  }

  /** One after the other: tasks of an adoption under way look like those of one whose answer was lost. */
  async adopt(limit: number): Promise<readonly TaskRecord[]> {
    this.#requireOpen();
    const adopted = this.#adopting.then(() => this.#adopt(limit));
    this.#adopting = adopted.catch(() => {});
    return adopted;
  }

  async spentUsd(clientId: string, since: number): Promise<number> {
    const sql = `SELECT coalesce(sum(counted_usd), 0) AS usd FROM captcha_gateway.tasks
      WHERE client_id = $1 AND created_at >= $2`;
    const [row] = await this.#ask<{ usd: number }>(sql, [clientId, since]);
    return row?.usd ?? 0;
  }

  remember(key: string, value: unknown): void {
    this.#facts.remember(key, value);
  }

  async recall(): Promise<Facts> {
    this.#requireOpen();
    return this.#explained(this.#facts.recall());
  }

  watch(watch: StoreWatch): () => void {
    const own = { ...watch };
    this.#watches.add(own);
    return () => this.#watches.delete(own);
  }

  async tally(span: Span, tally: Tally): Promise<void> {
    this.#requireOpen();
    await this.#explained(readScores(this.#pool, span, tally));
  }

  async forget(before: ForgetBefore, limit: number): Promise<number> {
    const run = (sql: string, time: number) => async (step: number) =>
      (await this.#pool.query(sql, [time, step])).rowCount ?? 0;
    const tasks = await this.#inSteps(limit, (step) => forgetTasks(this.#pool, before.tasks, step));
    const solutions = await this.#inSteps(limit, run(FORGET_SOLUTIONS, before.solutions));
    const { scores } = before;
    return (
      tasks + solutions + (scores === undefined ? 0 : await this.#inSteps(limit, run(FORGET_SCORES, scores)))
    );
  }

  async ping(): Promise<void> {
    await this.#ask(`UPDATE captcha_gateway.counters SET value = 1 - value WHERE name = 'ping'`, []);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#watches.clear();
    await this.#writes.drain();
    await this.#facts.close();
    await this.#lease.close();
    await Promise.all([this.#pool.end(), this.#writer.end()]);
  }

  async #adopt(limit: number): Promise<readonly TaskRecord[]> {
    const token = this.#writes.token();
    const values = [this.#owner, limit, token, this.#doubtfulAdoptions];
    const sql = 'SELECT * FROM captcha_gateway.adopt($1, $2, $3, $4)';
    try {
      const records = (await this.#ask<TaskRow>(sql, values)).map(fromTaskRow);
      this.#doubtfulAdoptions = [];
      return records.sort((one, other) => one.createdAt - other.createdAt || one.id - other.id);
    } catch (error) {
      this.#doubtfulAdoptions = [...this.#doubtfulAdoptions.slice(-LAST_DOUBTS), token];
      throw error;
    }
  }

  async #inSteps(limit: number, forgetSome: (step: number) => Promise<number>): Promise<number> {
    let total = 0;
    while (total < limit) {
      this.#requireOpen();
      const step = Math.min(limit - total, FORGET_STEP);
      const count = await this.#explained(forgetSome(step));
      total += count;
      if (count < step) break;
    }
    return total;
  }

  #onRenewed(isNew: boolean): void {
    this.#writes.undoDoubtful();
    if (isNew) this.#tellFacts();
  }

  /** `<owner> t:<id>,<id>` for tasks that were settled, `<owner> f:["<key>"]` for facts. */
  #hear(notice: string): void {
    const [, owner, sort, text = ''] = /^(\S+) ([tf]):(.*)$/s.exec(notice) ?? [];
    if (owner === this.#owner || this.#watches.size === 0) return;
    if (sort === 'f') this.#tellFacts(JSON.parse(text));
    else if (sort === 't') {
      for (const id of text.split(',')) for (const { onTask } of this.#watches) onTask(Number(id));
    }
  }

  /** What is missed now is told with the next connection. */
  #tellFacts(keys?: readonly string[]): void {
    if (this.#watches.size === 0) return;
    const tell = (facts: Facts) => {
      for (const [key, value] of facts) for (const { onFact } of this.#watches) onFact(key, value);
    };
    this.#facts.ofOthers(keys).then(tell, () => {});
  }

  async #ask<Row>(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    this.#requireOpen();
    return this.#explained(this.#query<Row>(text, values));
  }

  async #query<Row>(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    const { rows } = await this.#pool.query({ text, values: [...values] });
    return rows as readonly Row[];
  }

  async #explained<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      throw explainPostgres(error).error;
    }
  }

  #requireOpen(): void {
    if (this.#closing) throw new Error('The store is closed');
  }
}
