/** Deletes what has outlived its retention, a limited number of rows at a time. */
import type Database from 'libsql';

/** Each forgets up to `limit` rows of tasks finished before `before`, oldest first; how many it touched. */
export interface Forgetting {
  tasks(before: number, limit: number): number;
  solutions(before: number, limit: number): number;
}

/** Functions that forget, within the transaction of their caller. */
export function prepareForgetting(database: Database.Database): Forgetting {
  const oldest = 'SELECT id FROM tasks WHERE finished_at < ? ORDER BY finished_at, id LIMIT ?';
  const deleteAttempts = database.prepare(`DELETE FROM attempts WHERE task_id IN (${oldest})`);
  const deleteTasks = database.prepare(`DELETE FROM tasks WHERE id IN (${oldest})`);
  const blankSolutions = database.prepare(
    `UPDATE tasks SET solution = NULL WHERE id IN
     (SELECT id FROM tasks WHERE solution IS NOT NULL AND finished_at < ? ORDER BY finished_at, id LIMIT ?)`,
  );
  return {
    tasks(before, limit) {
      deleteAttempts.run([before, limit]);
      return deleteTasks.run([before, limit]).changes;
    },
    solutions(before, limit) {
      return blankSolutions.run([before, limit]).changes;
    },
  };
}
