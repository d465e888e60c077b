/** Deletes what has outlived its retention, a limited number of rows at a time. */
import type Database from 'libsql';
import type { Scores } from './sqlite-scores.js';
import type { Spending } from './sqlite-spending.js';

/** Each forgets up to `limit` rows of tasks finished before `before`, oldest first; how many it touched. */
export interface Forgetting {
  tasks(before: number, limit: number): number;
  solutions(before: number, limit: number): number;
}

/** Functions that forget, within the transaction of their caller. */
export function prepareForgetting(
  database: Database.Database,
  { spending, scores }: { readonly spending: Spending; readonly scores: Scores },
): Forgetting {
  const oldest = database
    .prepare('SELECT id FROM tasks WHERE finished_at < ? ORDER BY finished_at, id LIMIT ?')
    .raw();
  const among = 'IN (SELECT value FROM json_each(?))';
  const deleteAttempts = database.prepare(`DELETE FROM attempts WHERE task_id ${among}`);
  const deleteTasks = database.prepare(`DELETE FROM tasks WHERE id ${among}`);
  const blankSolutions = database.prepare(
    `UPDATE tasks SET solution = NULL WHERE id IN
     (SELECT id FROM tasks WHERE solution IS NOT NULL AND finished_at < ? ORDER BY finished_at, id LIMIT ?)`,
  );
  return {
    tasks(before, limit) {
      const ids = (oldest.all([before, limit]) as readonly (readonly [number])[]).map(([id]) => id);
      spending.unbook(ids);
      scores.book(ids);
      deleteAttempts.run([JSON.stringify(ids)]);
      return deleteTasks.run([JSON.stringify(ids)]).changes;
    },
    solutions(before, limit) {
      return blankSolutions.run([before, limit]).changes;
    },
  };
}
