/** SQLite schema 1: the ledger. Money in USD as REAL, times in ms since 1970, the rest as JSON text. */

/**
 * Images stand apart from their task: a row is written anew at every change, and a settled task has none.
 * What may hold any character (`upstream_code`, `upstream_id`) is JSON too: the driver cuts bare text at a NUL.
 */
export const ledger = `
CREATE TABLE tasks (
  id INTEGER PRIMARY KEY,
  client_id TEXT NOT NULL,
  origin TEXT NOT NULL,
  task TEXT NOT NULL,
  options TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  deadline_at INTEGER NOT NULL,
  finished_at INTEGER,
  passed_over TEXT NOT NULL,
  provider TEXT,
  solution TEXT,
  error TEXT,
  reported INTEGER
);
CREATE INDEX tasks_by_client ON tasks (client_id, created_at);
CREATE INDEX tasks_open ON tasks (created_at) WHERE status IN ('queued', 'solving');
CREATE INDEX tasks_finished ON tasks (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX tasks_with_solution ON tasks (finished_at) WHERE solution IS NOT NULL;

CREATE TABLE attempts (
  task_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  provider TEXT NOT NULL,
  outcome TEXT NOT NULL,
  upstream_code TEXT NOT NULL,
  upstream_id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  accepted_at INTEGER,
  ended_at INTEGER,
  polls INTEGER NOT NULL,
  cost_usd REAL,
  may_be_charged INTEGER NOT NULL,
  PRIMARY KEY (task_id, number)
) WITHOUT ROWID;

CREATE TABLE images (
  task_id INTEGER PRIMARY KEY,
  fields TEXT NOT NULL
);

CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO counters (name, value) VALUES ('next_task_id', 1), ('ping', 0);
`;
