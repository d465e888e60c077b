/** Who is still to be told of the end of a task, in SQLite. */
import type Database from 'libsql';
import { type Callback, type CallbackLedger, UNTRIED } from '../core/callback.js';
import type { TaskRecord } from '../core/store.js';

/** Runs work on the open database, or within a transaction of its own. */
export interface CallbackAccess {
  use<Result>(work: () => Result): Result;
  write<Result>(work: () => Result): Result;
}

type Row = readonly [id: number, state: string | null];

/** The conditions are written as the indexes have them, or SQLite does not use these. */
export function openCallbacks(
  database: Database.Database,
  find: (id: number) => TaskRecord | undefined,
  access: CallbackAccess,
): CallbackLedger {
  const due = database
    .prepare(
      `SELECT id, callback FROM tasks WHERE finished_at IS NOT NULL AND callback_due <= ?
       AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY callback_due LIMIT ?`,
    )
    .raw();
  const dead = database
    .prepare(
      'SELECT id, callback FROM tasks WHERE callback_dead IS NOT NULL ORDER BY callback_dead DESC LIMIT ?',
    )
    .raw();
  const keep = database.prepare(
    'UPDATE tasks SET callback = ?, callback_due = ?, callback_dead = ? WHERE id = ?',
  );
  const revive = database.prepare(
    `UPDATE tasks SET callback = NULL, callback_due = ?, callback_dead = NULL
     WHERE id = ? AND callback_dead IS NOT NULL`,
  );
  const read = (rows: unknown): readonly Callback[] =>
    (rows as readonly Row[]).flatMap(([id, state]) => {
      const record = find(id);
      return record ? { record, state: state === null ? UNTRIED : JSON.parse(state) } : [];
    });
  return {
    due: async (now, limit, except = []) =>
      access.use(() => read(due.all([now, JSON.stringify(except), limit]))),
    dead: async (limit) => access.use(() => read(dead.all([limit]))),
    keep: async (changes) =>
      access.write(() => {
        for (const { id, state, dueAt, deadAt } of changes)
          keep.run([JSON.stringify(state), dueAt, deadAt, id]);
      }),
    revive: async (id, now) => access.write(() => revive.run([now, id]).changes > 0),
  };
}
