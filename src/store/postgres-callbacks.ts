/** Who is still to be told of the end of a task, in PostgreSQL. */
import { type Callback, type CallbackLedger, UNTRIED } from '../core/callback.js';
import type { RunQuery } from './postgres-facts.js';
import { fromTaskRow, type TaskRow } from './postgres-rows.js';

type Row = TaskRow & { readonly callback: string | null };

const DEAD = `SELECT * FROM captcha_gateway.tasks WHERE callback_dead IS NOT NULL
  ORDER BY callback_dead DESC, id LIMIT $1`;
/** What another replica has taken over meanwhile is its own to say. */
const KEEP = `UPDATE captcha_gateway.tasks t
  SET callback = change.state, callback_due = change.due, callback_dead = change.dead
  FROM unnest($2::integer[], $3::text[], $4::bigint[], $5::bigint[]) AS change (id, state, due, dead)
  WHERE t.id = change.id AND t.owner = $1`;
const REVIVE = `UPDATE captcha_gateway.tasks SET callback = NULL, callback_due = $2, callback_dead = NULL
  WHERE id = $1 AND callback_dead IS NOT NULL RETURNING id`;

/** `owner` is this run of this process. */
export function openCallbacks(owner: string, ask: RunQuery): CallbackLedger {
  return {
    async due(now, limit, except = []) {
      const sql = 'SELECT * FROM captcha_gateway.take_due_callbacks($1, $2, $3, $4)';
      return (await ask<Row>(sql, [owner, now, limit, except])).map(read);
    },
    async dead(limit) {
      return (await ask<Row>(DEAD, [limit])).map(read);
    },
    async keep(changes) {
      // In one order everywhere, or two writes might wait for each other.
      const sorted = [...changes].sort((one, other) => one.id - other.id);
      await ask(KEEP, [
        owner,
        sorted.map(({ id }) => id),
        sorted.map(({ state }) => JSON.stringify(state)),
        sorted.map(({ dueAt }) => dueAt),
        sorted.map(({ deadAt }) => deadAt),
      ]);
    },
    async revive(id, now) {
      return (await ask(REVIVE, [id, now])).length > 0;
    },
  };
}

function read(row: Row): Callback {
  return { record: fromTaskRow(row), state: row.callback === null ? UNTRIED : JSON.parse(row.callback) };
}
