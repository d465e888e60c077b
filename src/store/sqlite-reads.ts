/** Reads records back from the SQLite rows. */
import type Database from 'libsql';
import type { TaskRecord } from '../core/store.js';
import { ATTEMPT_COLUMNS, type AttemptRow, fromRows, TASK_COLUMNS, type TaskRow } from './sqlite-rows.js';

/** Written as the index `tasks_open` has it, or SQLite does not use the index. */
const IS_OPEN = `status IN ('queued', 'solving')`;
const TASKS = `SELECT fields, ${TASK_COLUMNS} FROM tasks LEFT JOIN images ON task_id = id`;
const ATTEMPTS = `SELECT ${ATTEMPT_COLUMNS} FROM attempts`;
/** One statement for any number of ids, as a JSON list. */
const LISTED = '(SELECT value FROM json_each(?))';

type TaskAndImages = readonly [images: string | null, ...row: TaskRow];
type Id = readonly [id: number];

/** Questions about tasks, answered at once. */
export interface Reads {
  find(id: number): TaskRecord | undefined;
  /** The id of the kept task of this client with this idempotency key. */
  idByKey(clientId: string, key: string): number | undefined;
  /** Ids of the open tasks, oldest first. */
  openIds(): readonly number[];
  /** Those of the listed tasks that are open, oldest first. */
  openAmong(ids: readonly number[]): readonly TaskRecord[];
}

export function prepareReads(database: Database.Database): Reads {
  const task = database.prepare(`${TASKS} WHERE id = ?`).raw();
  const attempts = database.prepare(`${ATTEMPTS} WHERE task_id = ? ORDER BY number`).raw();
  const byKey = database.prepare('SELECT id FROM tasks WHERE client_id = ? AND idempotency_key = ?').raw();
  const openIds = database.prepare(`SELECT id FROM tasks WHERE ${IS_OPEN} ORDER BY created_at, id`).raw();
  const openAmong = database
    .prepare(`${TASKS} WHERE id IN ${LISTED} AND ${IS_OPEN} ORDER BY created_at, id`)
    .raw();
  const attemptsAmong = database
    .prepare(`${ATTEMPTS} WHERE task_id IN ${LISTED} ORDER BY task_id, number`)
    .raw();
  return {
    find(id) {
      const row = task.get([id]) as TaskAndImages | undefined;
      return row && toRecord(row, attempts.all([id]) as AttemptRow[]);
    },
    idByKey(clientId, key) {
      return (byKey.get([clientId, JSON.stringify(key)]) as Id | undefined)?.[0];
    },
    openIds() {
      return (openIds.all() as Id[]).map(([id]) => id);
    },
    openAmong(ids) {
      const list = JSON.stringify(ids);
      const byTask = groupByTask(attemptsAmong.all([list]) as AttemptRow[]);
      return (openAmong.all([list]) as TaskAndImages[]).map((row) => toRecord(row, byTask.get(row[1]) ?? []));
    },
  };
}

function groupByTask(rows: readonly AttemptRow[]): ReadonlyMap<number, readonly AttemptRow[]> {
  const groups = new Map<number, AttemptRow[]>();
  for (const row of rows) {
    const group = groups.get(row[0]);
    if (group) group.push(row);
    else groups.set(row[0], [row]);
  }
  return groups;
}

function toRecord([images, ...row]: TaskAndImages, attempts: readonly AttemptRow[]): TaskRecord {
  return fromRows(row, images, attempts);
}
