/** What ended tasks count: those that are kept from their rows, those that are forgotten by the hour. */
import type Database from 'libsql';
import {
  addFigures,
  type Cell,
  type EndedTask,
  readFigures,
  type Span,
  writeFigures,
} from '../core/scorecard.js';
import { HOUR_MS, type Tally, tallyHours } from '../core/tally.js';
import { targetHost } from '../core/task.js';
import type { Flag, TaskRow } from './sqlite-rows.js';

/** Rows that are read at once: the event loop stands still meanwhile. */
const STEP = 100;

/** Every function runs within the transaction of its caller. */
export interface Scores {
  /** Adds what these ended tasks count to the hours of their end, before they are deleted. */
  book(ids: readonly number[]): void;
  /** Forgets up to `limit` rows of hours that were over before `before`; how many. */
  forget(before: number, limit: number): number;
  /** A function that adds the next few rows of the span at every call; false when there are no more. */
  read(span: Span, tally: Tally): () => boolean;
}

type EndedRow = readonly [
  id: number,
  clientId: string,
  task: string,
  status: TaskRow[5],
  finishedAt: number,
  provider: string | null,
  reported: Flag | null,
];
type Tried = EndedTask['attempts'][number];
type TriedRow = readonly [
  taskId: number,
  provider: string,
  outcome: Tried['outcome'],
  startedAt: number,
  endedAt: number | null,
  costUsd: number | null,
  mayBeCharged: Flag,
  tookReport: Flag | null,
];
type CellKey = readonly [hour: number, clientId: string, host: string, kind: string, provider: string];
type CellRow = readonly [...key: CellKey, figures: string];

const ENDED = 'SELECT id, client_id, task, status, finished_at, provider, reported FROM tasks';
const KEY = 'hour, client_id, host, kind, provider';

export function prepareScores(database: Database.Database): Scores {
  const reading = prepareReading(database);
  const addCell = prepareAdding(database);
  const cells = database
    .prepare(
      `SELECT ${KEY}, figures FROM scores WHERE hour >= ? AND hour < ? AND (${KEY}) > (?, ?, ?, ?, ?)
       ORDER BY ${KEY} LIMIT ${STEP}`,
    )
    .raw();
  const names = prepareNames(database);
  const forget = database.prepare(
    `DELETE FROM scores WHERE (${KEY}) IN (SELECT ${KEY} FROM scores WHERE hour <= ? ORDER BY ${KEY} LIMIT ?)`,
  );
  return {
    book(ids) {
      for (const [hour, sums] of tallyHours(reading.listed(ids), names))
        for (const cell of sums.cells) addCell(hour, cell);
    },
    forget: (before, limit) => forget.run([before - HOUR_MS, limit]).changes,
    read(span, tally) {
      const readers = [readEnded(reading.ended, span, tally), readCells(cells, span, tally)];
      return () => {
        if (readers[0]?.() === false) readers.shift();
        return readers.length > 0;
      };
    },
  };
}

type ReadRows = (values: readonly unknown[]) => readonly EndedRow[];

function prepareReading(database: Database.Database) {
  const tried = database
    .prepare(
      `SELECT task_id, provider, outcome, started_at, ended_at, cost_usd, may_be_charged, took_report
       FROM attempts WHERE task_id IN (SELECT value FROM json_each(?)) ORDER BY task_id, number`,
    )
    .raw();
  const listed = database.prepare(`${ENDED} WHERE id IN (SELECT value FROM json_each(?))`).raw();
  const ended = database
    .prepare(
      `${ENDED} WHERE finished_at >= ? AND finished_at < ? AND (finished_at > ? OR id > ?)
       ORDER BY finished_at, id LIMIT ${STEP}`,
    )
    .raw();
  const complete = (rows: readonly EndedRow[]): readonly EndedTask[] => {
    const attempts = groupByTask(tried.all([JSON.stringify(rows.map(([id]) => id))]) as TriedRow[]);
    return rows.map((row) => toEnded(row, attempts.get(row[0]) ?? []));
  };
  return {
    listed: (ids: readonly number[]) => complete(listed.all([JSON.stringify(ids)]) as EndedRow[]),
    ended: { read: ((values) => ended.all([...values]) as EndedRow[]) as ReadRows, complete },
  };
}

function readEnded(
  { read, complete }: ReturnType<typeof prepareReading>['ended'],
  { since, until }: Span,
  tally: Tally,
): () => boolean {
  let last: readonly [finishedAt: number, id: number] = [since, 0];
  return () => {
    const rows = read([last[0], until, ...last]);
    for (const task of complete(rows)) tally.addTask(task);
    const end = rows.at(-1);
    if (end) last = [end[4], end[0]];
    return rows.length === STEP;
  };
}

function readCells(next: Database.Statement, { since, until }: Span, tally: Tally): () => boolean {
  let last: CellKey = [Number.MIN_SAFE_INTEGER, '', '', '', ''];
  return () => {
    const rows = next.all([Math.max(since, last[0]), until, ...last]) as CellRow[];
    for (const [, clientId, host, kind, provider, figures] of rows)
      tally.addCell({ clientId, host, kind, provider, figures: readFigures(figures) });
    const end = rows.at(-1);
    if (end) last = [end[0], end[1], end[2], end[3], end[4]];
    return rows.length === STEP;
  };
}

function prepareAdding(database: Database.Database): (hour: number, cell: Cell) => void {
  const find = database
    .prepare(
      'SELECT figures FROM scores WHERE hour = ? AND client_id = ? AND host = ? AND kind = ? AND provider = ?',
    )
    .raw();
  const keep = database.prepare(`INSERT OR REPLACE INTO scores (${KEY}, figures) VALUES (?, ?, ?, ?, ?, ?)`);
  return (hour, { clientId, host, kind, provider, figures }) => {
    const key: CellKey = [hour, clientId, host, kind, provider];
    const found = find.get([...key]) as readonly [figures: string] | undefined;
    if (found) addFigures(figures, readFigures(found[0]));
    keep.run([...key, writeFigures(figures)]);
  };
}

/** The names that the clients of an hour have already. */
function prepareNames(database: Database.Database) {
  const hosts = database.prepare('SELECT DISTINCT host FROM scores WHERE hour = ? AND client_id = ?').raw();
  const kinds = database.prepare('SELECT DISTINCT kind FROM scores WHERE hour = ? AND client_id = ?').raw();
  const list = (statement: Database.Statement, key: readonly [number, string]) =>
    (statement.all([...key]) as readonly (readonly [string])[]).map(([name]) => name);
  return (hour: number, clientId: string) => ({
    hosts: list(hosts, [hour, clientId]),
    kinds: list(kinds, [hour, clientId]),
  });
}

function groupByTask(rows: readonly TriedRow[]): ReadonlyMap<number, readonly Tried[]> {
  const groups = new Map<number, Tried[]>();
  for (const row of rows) {
    const group = groups.get(row[0]);
    if (group) group.push(toTried(row));
    else groups.set(row[0], [toTried(row)]);
  }
  return groups;
}

function toTried([, provider, outcome, startedAt, endedAt, costUsd, ...flags]: TriedRow): Tried {
  const [mayBeCharged, tookReport] = flags;
  const attempt = { provider, outcome, startedAt, endedAt, costUsd, mayBeCharged: mayBeCharged === 1 };
  return tookReport === 1 ? { ...attempt, tookReport: true } : attempt;
}

function toEnded(row: EndedRow, attempts: readonly Tried[]): EndedTask {
  const [, clientId, text, status, finishedAt, provider, reported] = row;
  const task = JSON.parse(text);
  const isGood = reported === null ? null : reported === 1;
  const facts = { kind: task.kind, host: targetHost(task) ?? '', attempts };
  return { clientId, status, finishedAt, provider, reported: isGood, ...facts };
}
