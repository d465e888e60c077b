/** Hands out task ids in runs: a durable counter that steps over the ids of kept tasks. */
import type Database from 'libsql';

/** Typed clients read ids as int32. */
const LARGEST_ID = 2_147_483_647;

/**
 * A function that reserves `count` ids and returns the first, within the transaction of its caller.
 * After the largest id it starts again from 1. @throws Error when no run of that length is free.
 */
export function prepareIds(database: Database.Database): (count: number) => number {
  const readNext = database.prepare(`SELECT value FROM counters WHERE name = 'next_task_id'`).raw();
  const writeNext = database.prepare(`UPDATE counters SET value = ? WHERE name = 'next_task_id'`);
  const lastKept = database.prepare('SELECT max(id) FROM tasks WHERE id BETWEEN ? AND ?').raw();

  /** The first free run at or after `from` that ends by `end`. */
  function findRun(from: number, count: number): number | undefined {
    let first = from;
    while (first + count - 1 <= LARGEST_ID) {
      const [kept] = lastKept.get([first, first + count - 1]) as [number | null];
      if (kept === null) return first;
      first = kept + 1;
    }
    return undefined;
  }

  return (count) => {
    if (!Number.isInteger(count) || count < 1 || count > LARGEST_ID) {
      throw new RangeError(`Cannot reserve ${count} task ids`);
    }
    const [next] = readNext.get() as [number];
    const first = findRun(next, count) ?? findRun(1, count);
    if (first === undefined) throw new Error(`No ${count} task ids in a row are free`);
    writeNext.run([first + count]);
    return first;
  };
}
