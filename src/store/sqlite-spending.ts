/** What clients have spent, summed as it changes: a budget costs the same at the last task of a day as at the first. */
import type Database from 'libsql';

const MINUTE = 60_000;
const PICO = 1e12;

/** The whole number of picodollars of a price, in SQL. */
const pico = (usd: string) => `CAST(round(${usd} * ${PICO}) AS INTEGER)`;

/** What task `tasks.id` counts with: its charged attempts, or what it has reserved while it is open and that is more. */
const COUNTED = `max(
  (SELECT total(${pico('cost_usd')}) FROM attempts WHERE task_id = tasks.id AND may_be_charged = 1),
  CASE WHEN status IN ('queued', 'solving') THEN ${pico('coalesce(reserved_usd, 0)')} ELSE 0 END
)`;

/** Every function runs within the transaction of its caller. */
export interface Spending {
  /** Runs `change` of a task and books what it changed of the money. */
  book(id: number, change: () => void): void;
  /** Takes back what these tasks were booked with, before they are deleted. */
  unbook(ids: readonly number[]): void;
  /** What the tasks created at or after `since` count with, in USD. */
  sumUsd(clientId: string, since: number): number;
}

type Counted = readonly [clientId: string, createdAt: number, pico: number];

export function prepareSpending(database: Database.Database): Spending {
  const counted = database.prepare(`SELECT client_id, created_at, ${COUNTED} FROM tasks WHERE id = ?`).raw();
  const add = database.prepare(
    `INSERT INTO spending (client_id, minute, pico_usd) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET pico_usd = pico_usd + excluded.pico_usd`,
  );
  const dropEmpty = database.prepare(
    'DELETE FROM spending WHERE client_id = ? AND minute = ? AND pico_usd = 0',
  );
  const wholeMinutes = database
    .prepare('SELECT total(pico_usd) FROM spending WHERE client_id = ? AND minute >= ?')
    .raw();
  const firstMinute = database
    .prepare(`SELECT total(${COUNTED}) FROM tasks WHERE client_id = ? AND created_at >= ? AND created_at < ?`)
    .raw();

  const read = (id: number) => counted.get([id]) as Counted | undefined;

  function change(clientId: string, createdAt: number, by: number): void {
    if (by === 0) return;
    const minute = Math.floor(createdAt / MINUTE);
    add.run([clientId, minute, by]);
    if (by < 0) dropEmpty.run([clientId, minute]);
  }

  return {
    book(id, work) {
      const before = read(id);
      work();
      const after = read(id);
      if (after) change(after[0], after[1], after[2] - (before?.[2] ?? 0));
    },
    unbook(ids) {
      for (const id of ids) {
        const before = read(id);
        if (before) change(before[0], before[1], -before[2]);
      }
    },
    sumUsd(clientId, since) {
      const minute = Math.ceil(since / MINUTE);
      const [whole] = wholeMinutes.get([clientId, minute]) as [number];
      const [first] = firstMinute.get([clientId, since, minute * MINUTE]) as [number];
      return (whole + first) / PICO;
    },
  };
}
