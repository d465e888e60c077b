/** PostgreSQL schema 4: what forgotten tasks counted, by the hour of their end. */

/** `figures` is JSON that only `core/scorecard.ts` reads: both stores add up alike. */
export const scores = `
CREATE TABLE captcha_gateway.scores (
  hour bigint NOT NULL,
  client_id text COLLATE "C" NOT NULL,
  host text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  figures text NOT NULL,
  PRIMARY KEY (hour, client_id, host, kind, provider)
);
`;
