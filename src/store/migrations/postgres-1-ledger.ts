/** PostgreSQL schema 1: the ledger. Money in USD, times of tasks in ms since 1970, leases by the server's clock. */

/**
 * What may hold any character stands as JSON text that the server never reads: it has no room for U+0000.
 * Attempts are read by the server, so their words from outside are JSON text within the JSON.
 * `counted_usd` is what a task counts in its client's day; `last_write` tells whether a write whose answer was lost
 * has been done. Free room in every page keeps small changes out of the indexes.
 */
export const ledger = `
CREATE TABLE captcha_gateway.replicas (
  id uuid PRIMARY KEY,
  lease_until timestamptz NOT NULL
);

CREATE TABLE captcha_gateway.tasks (
  id integer PRIMARY KEY,
  owner uuid NOT NULL,
  last_write text NOT NULL,
  client_id text NOT NULL,
  idempotency_key text,
  fingerprint text,
  origin text NOT NULL,
  task text NOT NULL,
  images text,
  options text NOT NULL,
  status text NOT NULL,
  created_at bigint NOT NULL,
  deadline_at bigint NOT NULL,
  finished_at bigint,
  reserved_usd double precision,
  counted_usd double precision NOT NULL,
  attempts jsonb NOT NULL,
  passed_over text NOT NULL,
  provider text,
  solution text,
  error text,
  reported boolean
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX tasks_by_key ON captcha_gateway.tasks (client_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX tasks_by_client ON captcha_gateway.tasks (client_id, created_at) INCLUDE (counted_usd);
CREATE INDEX tasks_open ON captcha_gateway.tasks (owner, created_at, id) WHERE status IN ('queued', 'solving');
CREATE INDEX tasks_finished ON captcha_gateway.tasks (finished_at, id) WHERE finished_at IS NOT NULL;
CREATE INDEX tasks_with_solution ON captcha_gateway.tasks (finished_at, id) WHERE solution IS NOT NULL;

CREATE TABLE captcha_gateway.facts (
  key text PRIMARY KEY,
  value text NOT NULL,
  writer uuid NOT NULL
);

CREATE TABLE captcha_gateway.counters (
  name text PRIMARY KEY,
  value bigint NOT NULL
);
INSERT INTO captcha_gateway.counters (name, value) VALUES ('next_task_id', 1), ('ping', 0);

CREATE FUNCTION captcha_gateway.free_run(from_id bigint, length bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  first bigint := from_id;
  kept bigint;
BEGIN
  WHILE first + length - 1 <= 2147483647 LOOP
    SELECT max(id) INTO kept FROM captcha_gateway.tasks WHERE id BETWEEN first AND first + length - 1;
    IF kept IS NULL THEN RETURN first; END IF;
    first := kept + 1;
  END LOOP;
  RETURN NULL;
END $$;

CREATE FUNCTION captcha_gateway.reserve_ids(length bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  first bigint;
BEGIN
  SELECT value INTO first FROM captcha_gateway.counters WHERE name = 'next_task_id' FOR UPDATE;
  first := coalesce(captcha_gateway.free_run(first, length), captcha_gateway.free_run(1, length));
  IF first IS NOT NULL THEN
    UPDATE captcha_gateway.counters SET value = first + length WHERE name = 'next_task_id';
  END IF;
  RETURN first;
END $$;

CREATE FUNCTION captcha_gateway.renew_lease(me uuid, lease_ms double precision) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO captcha_gateway.replicas (id, lease_until)
  VALUES (me, clock_timestamp() + lease_ms * interval '1 millisecond')
  ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until
$$;

CREATE FUNCTION captcha_gateway.adopt(me uuid, most bigint, token text, doubtful text[])
RETURNS SETOF captcha_gateway.tasks LANGUAGE plpgsql AS $$
DECLARE
  gone uuid[];
BEGIN
  -- Adopted before, but the answer was lost on the way.
  RETURN QUERY SELECT * FROM captcha_gateway.tasks
    WHERE owner = me AND status IN ('queued', 'solving') AND last_write = ANY (doubtful);
  PERFORM 1 FROM captcha_gateway.replicas WHERE id = me AND lease_until > clock_timestamp();
  IF NOT FOUND THEN RETURN; END IF;
  -- The lock keeps a former owner that wakes up from renewing while its tasks are being taken.
  gone := ARRAY(SELECT id FROM captcha_gateway.replicas
    WHERE id <> me AND lease_until <= clock_timestamp() FOR SHARE SKIP LOCKED);
  IF cardinality(gone) = 0 THEN RETURN; END IF;
  RETURN QUERY UPDATE captcha_gateway.tasks SET owner = me, last_write = token WHERE id = ANY (ARRAY(
    SELECT id FROM captcha_gateway.tasks WHERE owner = ANY (gone) AND status IN ('queued', 'solving')
    ORDER BY created_at, id LIMIT most FOR UPDATE SKIP LOCKED)) RETURNING *;
  DELETE FROM captcha_gateway.replicas r
    WHERE r.id = ANY (gone) AND r.lease_until < clock_timestamp() - interval '10 minutes' AND NOT EXISTS (
      SELECT 1 FROM captcha_gateway.tasks t WHERE t.owner = r.id AND t.status IN ('queued', 'solving'));
END $$;
`;
