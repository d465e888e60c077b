/** SQLite schema 5: what forgotten tasks counted, by the hour of their end, and whether reports were taken. */

/** `figures` is JSON that only `core/scorecard.ts` reads: both stores add up alike. */
export const scores = `
ALTER TABLE attempts ADD COLUMN took_report INTEGER;
CREATE TABLE scores (
  hour INTEGER NOT NULL,
  client_id TEXT NOT NULL,
  host TEXT NOT NULL,
  kind TEXT NOT NULL,
  provider TEXT NOT NULL,
  figures TEXT NOT NULL,
  PRIMARY KEY (hour, client_id, host, kind, provider)
) WITHOUT ROWID;
`;
