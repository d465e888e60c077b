/** Reads records and sums back from the SQLite rows. */
import type Database from 'libsql';
import type { TaskRecord } from '../core/store.js';
import { ATTEMPT_COLUMNS, type AttemptRow, fromRows, TASK_COLUMNS, type TaskRow } from './sqlite-rows.js';

/** Written as the index `tasks_open` has it, or SQLite does not use the index. */
const IS_OPEN = `status IN ('queued', 'solving')`;
const TASKS = `SELECT fields, ${TASK_COLUMNS} FROM tasks LEFT JOIN images ON task_id = id`;
const ATTEMPTS = `SELECT ${ATTEMPT_COLUMNS} FROM attempts`;

type TaskAndImages = readonly [images: string | null, ...row: TaskRow];

/** The reading half of a TaskStore, answered at once. */
export interface Reads {
  find(id: number): TaskRecord | undefined;
  unfinished(): readonly TaskRecord[];
  spentUsd(clientId: string, since: number): number;
}

export function prepareReads(database: Database.Database): Reads {
  const task = database.prepare(`${TASKS} WHERE id = ?`).raw();
  const attempts = database.prepare(`${ATTEMPTS} WHERE task_id = ? ORDER BY number`).raw();
  const openTasks = database.prepare(`${TASKS} WHERE ${IS_OPEN} ORDER BY created_at, id`).raw();
  const openAttempts = database
    .prepare(`${ATTEMPTS} WHERE task_id IN (SELECT id FROM tasks WHERE ${IS_OPEN}) ORDER BY task_id, number`)
    .raw();
  const spent = database
    .prepare(
      `SELECT coalesce(sum(cost_usd), 0) FROM tasks CROSS JOIN attempts ON task_id = id
     WHERE client_id = ? AND created_at >= ? AND may_be_charged = 1`,
    )
    .raw();
  return {
    find(id) {
      const row = task.get([id]) as TaskAndImages | undefined;
      return row && toRecord(row, attempts.all([id]) as AttemptRow[]);
    },
    unfinished() {
      const byTask = groupByTask(openAttempts.all() as AttemptRow[]);
      return (openTasks.all() as TaskAndImages[]).map((row) => toRecord(row, byTask.get(row[1]) ?? []));
    },
    spentUsd(clientId, since) {
      const [sum] = spent.get([clientId, since]) as [number];
      return sum;
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
