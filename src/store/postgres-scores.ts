/** What ended tasks count, in PostgreSQL: kept ones from their rows, forgotten ones by the hour. */
import type pg from 'pg';
import {
  addFigures,
  type Cell,
  type EndedTask,
  readFigures,
  type Span,
  writeFigures,
} from '../core/scorecard.js';
import { HOUR_MS, hourOf, type KnownNames, type Tally, tallyHours } from '../core/tally.js';
import { targetHost } from '../core/task.js';
import type { TaskRow } from './postgres-rows.js';

/** `scor` in ASCII: who adds to the hours waits for the one before, so that nobody overwrites what another added. */
const LOCK = 0x73_63_6f_72;
/** Rows that are read at once: the event loop stands still meanwhile. */
const STEP = 250;

const SCORES = 'captcha_gateway.scores';
const TASKS = 'captcha_gateway.tasks';
const KEY = 'hour, client_id, host, kind, provider';
const COLUMNS = 'id, client_id, task, status, finished_at, provider, reported, attempts';

const NEXT_TASKS = `SELECT ${COLUMNS} FROM ${TASKS}
  WHERE finished_at >= $1 AND finished_at < $2 AND (finished_at, id) > ($1, $3)
  ORDER BY finished_at, id LIMIT ${STEP}`;
const NEXT_CELLS = `SELECT ${KEY}, figures FROM ${SCORES}
  WHERE hour >= $1 AND hour < $2 AND (${KEY}) > ($1, $3, $4, $5, $6) ORDER BY ${KEY} LIMIT ${STEP}`;
const FORGET_TASKS = `DELETE FROM ${TASKS} WHERE id = ANY (ARRAY(SELECT id FROM ${TASKS} WHERE finished_at < $1
  ORDER BY finished_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING ${COLUMNS}`;
const NAMES = `SELECT DISTINCT hour, client_id, host, kind FROM ${SCORES}
  WHERE (hour, client_id) IN (SELECT * FROM unnest($1::bigint[], $2::text[]))`;
const GIVEN = 'unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[]';
const CELLS = `SELECT ${KEY}, figures FROM ${SCORES} JOIN ${GIVEN}) AS given (${KEY}) USING (${KEY})`;
const KEEP = `INSERT INTO ${SCORES} (${KEY}, figures) SELECT * FROM ${GIVEN}, $6::text[])
  ON CONFLICT (${KEY}) DO UPDATE SET figures = excluded.figures`;

/** Forgets up to so many rows of hours that were over before. */
export const FORGET_SCORES = `DELETE FROM ${SCORES} WHERE (${KEY}) IN (SELECT ${KEY} FROM ${SCORES}
  WHERE hour <= $1::bigint - ${HOUR_MS} ORDER BY ${KEY} LIMIT $2 FOR UPDATE SKIP LOCKED)`;

type EndedRow = Pick<
  TaskRow,
  'id' | 'client_id' | 'task' | 'status' | 'provider' | 'reported' | 'attempts'
> & {
  readonly finished_at: number;
};

interface CellRow {
  readonly hour: number;
  readonly client_id: string;
  readonly host: string;
  readonly kind: string;
  readonly provider: string;
  readonly figures: string;
}

interface HourCell extends Cell {
  readonly hour: number;
}

/** As TaskStore.tally has it: what is forgotten meanwhile is not forgotten in the snapshot that is read. */
export async function readScores(pool: pg.Pool, span: Span, tally: Tally): Promise<void> {
  await transact(pool, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', async (client) => {
    await readTasks(client, span, tally);
    await readCells(client, span, tally);
  });
}

/** Forgets up to `limit` tasks that ended before, and adds what they count to the hours of their end; how many. */
export async function forgetTasks(pool: pg.Pool, before: number, limit: number): Promise<number> {
  return await transact(pool, 'BEGIN', async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const { rows } = await client.query<EndedRow>(FORGET_TASKS, [before, limit]);
    const known = await knownNames(client, rows);
    const hours = tallyHours(rows.map(toEnded), (hour, clientId) => known.get(`${hour} ${clientId}`) ?? NONE);
    await addCells(
      client,
      [...hours].flatMap(([hour, { cells }]) => [...cells].map((cell) => ({ hour, ...cell }))),
    );
    return rows.length;
  });
}

const NONE: KnownNames = { hosts: [], kinds: [] };

async function transact<Result>(
  pool: pg.Pool,
  begin: string,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // A connection that is thrown away takes its transaction along, even one that is broken.
    client.release(true);
    throw error;
  }
}

async function readTasks(client: pg.PoolClient, { since, until }: Span, tally: Tally): Promise<void> {
  let last = { finished_at: since, id: 0 };
  for (;;) {
    const values = [last.finished_at, until, last.id];
    const { rows } = await client.query<EndedRow>({ name: 'next_tasks', text: NEXT_TASKS, values });
    for (const row of rows) tally.addTask(toEnded(row));
    const end = rows.at(-1);
    if (!end || rows.length < STEP) return;
    last = end;
  }
}

async function readCells(client: pg.PoolClient, { since, until }: Span, tally: Tally): Promise<void> {
  let last = { hour: since, client_id: '', host: '', kind: '', provider: '' };
  for (;;) {
    const values = [last.hour, until, last.client_id, last.host, last.kind, last.provider];
    const { rows } = await client.query<CellRow>({ name: 'next_scores', text: NEXT_CELLS, values });
    for (const row of rows) tally.addCell(toCell(row));
    const end = rows.at(-1);
    if (!end || rows.length < STEP) return;
    last = end;
  }
}

/** The names that the clients of these tasks' hours have already. */
async function knownNames(
  client: pg.PoolClient,
  tasks: readonly EndedRow[],
): Promise<ReadonlyMap<string, KnownNames>> {
  const hours = tasks.map(({ finished_at }) => hourOf(finished_at));
  const values = [hours, tasks.map(({ client_id }) => client_id)];
  const { rows } = await client.query<CellRow>(NAMES, values);
  const names = new Map<string, { hosts: string[]; kinds: string[] }>();
  for (const { hour, client_id, host, kind } of rows) {
    const key = `${hour} ${client_id}`;
    const known = names.get(key) ?? { hosts: [], kinds: [] };
    known.hosts.push(host);
    known.kinds.push(kind);
    names.set(key, known);
  }
  return names;
}

async function addCells(client: pg.PoolClient, cells: readonly HourCell[]): Promise<void> {
  const keys = [
    cells.map(({ hour }) => hour),
    cells.map(({ clientId }) => clientId),
    cells.map(({ host }) => host),
    cells.map(({ kind }) => kind),
    cells.map(({ provider }) => provider),
  ];
  const { rows } = await client.query<CellRow>(CELLS, keys);
  const kept = new Map(rows.map((row) => [keyOf({ ...toCell(row), hour: row.hour }), row.figures]));
  for (const cell of cells) {
    const figures = kept.get(keyOf(cell));
    if (figures !== undefined) addFigures(cell.figures, readFigures(figures));
  }
  await client.query(KEEP, [...keys, cells.map(({ figures }) => writeFigures(figures))]);
}

function keyOf({ hour, clientId, host, kind, provider }: HourCell): string {
  return JSON.stringify([hour, clientId, host, kind, provider]);
}

function toCell({ client_id: clientId, host, kind, provider, figures }: CellRow): Cell {
  return { clientId, host, kind, provider, figures: readFigures(figures) };
}

function toEnded(row: EndedRow): EndedTask {
  const { client_id: clientId, finished_at: finishedAt, status, provider, reported, attempts } = row;
  const task = JSON.parse(row.task);
  const facts = { kind: task.kind, host: targetHost(task) ?? '', attempts };
  return { clientId, finishedAt, status, provider, reported, ...facts };
}
