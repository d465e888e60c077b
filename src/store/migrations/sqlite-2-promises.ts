/** SQLite schema 2: idempotency keys, reserved money, what each client has spent, and facts. */

/**
 * `spending` sums per client and minute of creation what `tasks` and `attempts` say, in picodollars (whole numbers,
 * so that what is taken back leaves nothing): a budget is checked at every submit, and a day has many tasks.
 */
export const promises = `
ALTER TABLE tasks ADD COLUMN idempotency_key TEXT;
ALTER TABLE tasks ADD COLUMN fingerprint TEXT;
ALTER TABLE tasks ADD COLUMN reserved_usd REAL;
CREATE UNIQUE INDEX tasks_by_key ON tasks (client_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE TABLE spending (
  client_id TEXT NOT NULL,
  minute INTEGER NOT NULL,
  pico_usd INTEGER NOT NULL,
  PRIMARY KEY (client_id, minute)
) WITHOUT ROWID;
INSERT INTO spending (client_id, minute, pico_usd)
  SELECT client_id, created_at / 60000, sum(CAST(round(cost_usd * 1e12) AS INTEGER))
  FROM tasks JOIN attempts ON task_id = id
  WHERE may_be_charged = 1 AND cost_usd > 0
  GROUP BY client_id, created_at / 60000;

CREATE TABLE facts (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
`;
