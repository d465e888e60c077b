/** PostgreSQL schema 2: the writes of many tasks in one call, each judged by itself. */

/**
 * `write_batch` takes jobs as ../postgres-jobs.ts makes them and says of each what became of it. A job is judged in
 * full before anything of it is written, so that a bad one needs no rollback and takes nobody else down.
 * Locks are taken in one order: first what budgets and keys need, then the rows.
 */
export const writing = `
CREATE FUNCTION captcha_gateway.is_open(status text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT status IN ('queued', 'solving')
$$;

CREATE FUNCTION captcha_gateway.charged_usd(attempts jsonb) RETURNS double precision
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(sum((attempt->>'costUsd')::double precision), 0)
  FROM jsonb_array_elements(attempts) AS attempt WHERE (attempt->>'mayBeCharged')::boolean
$$;

CREATE FUNCTION captcha_gateway.lock_for(jobs jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(name) FROM (
    SELECT DISTINCT hashtextextended(lock, 7) AS name
    FROM jsonb_array_elements(jobs) AS job, jsonb_array_elements_text(job->'locks') AS lock
    ORDER BY name) AS names;
  PERFORM 1 FROM captcha_gateway.tasks
    WHERE id = ANY (ARRAY(SELECT (job->>'id')::integer FROM jsonb_array_elements(jobs) AS job))
    ORDER BY id FOR UPDATE;
END $$;

-- Why the task may not be created, or nothing. 'sums' holds what was added up for the batch so far.
CREATE FUNCTION captcha_gateway.refuse_creation(
  t captcha_gateway.tasks, budget jsonb, INOUT sums jsonb, OUT refusal text
) LANGUAGE plpgsql AS $$
DECLARE
  name text := jsonb_build_array(t.client_id, budget->'since')::text;
  taken integer;
BEGIN
  IF t.idempotency_key IS NOT NULL THEN
    SELECT id INTO taken FROM captcha_gateway.tasks
      WHERE client_id = t.client_id AND idempotency_key = t.idempotency_key;
    IF FOUND THEN refusal := 'key-taken ' || taken; RETURN; END IF;
  END IF;
  IF budget IS NULL THEN RETURN; END IF;
  IF NOT sums ? name THEN
    sums := sums || jsonb_build_object(name, (SELECT coalesce(sum(counted_usd), 0) FROM captcha_gateway.tasks
      WHERE client_id = t.client_id AND created_at >= (budget->>'since')::bigint));
  END IF;
  IF (sums->>name)::double precision + coalesce(t.reserved_usd, 0)
     > (budget->>'limitUsd')::double precision + 1e-9 THEN
    refusal := 'budget-spent';
  END IF;
END $$;

-- Adds what a task counts more than before to every sum that it is part of.
CREATE FUNCTION captcha_gateway.add_to_sums(sums jsonb, t captcha_gateway.tasks, usd double precision)
RETURNS jsonb LANGUAGE sql AS $$
  SELECT coalesce(jsonb_object_agg(name, value::double precision + CASE
    WHEN name::jsonb->>0 = t.client_id AND (name::jsonb->>1)::bigint <= t.created_at THEN usd ELSE 0 END), '{}')
  FROM jsonb_each_text(sums) AS each (name, value)
$$;

CREATE FUNCTION captcha_gateway.write_job(me uuid, job jsonb, INOUT sums jsonb, OUT result text)
LANGUAGE plpgsql AS $$
DECLARE
  is_new boolean := job ? 'record';
  t captcha_gateway.tasks;
  move jsonb;
  number integer;
  counted_before double precision := 0;
BEGIN
  -- Without what moves do not change: images above all are written once and dropped once.
  SELECT owner, last_write, client_id, status, created_at, finished_at, reserved_usd, counted_usd, attempts,
         passed_over, provider, solution, error, reported
    INTO t.owner, t.last_write, t.client_id, t.status, t.created_at, t.finished_at, t.reserved_usd, t.counted_usd,
         t.attempts, t.passed_over, t.provider, t.solution, t.error, t.reported
    FROM captcha_gateway.tasks WHERE id = (job->>'id')::integer;
  IF FOUND AND t.last_write = job->>'token' THEN result := 'written'; RETURN; END IF;
  IF is_new THEN
    IF FOUND THEN result := 'id-taken'; RETURN; END IF;
    t := jsonb_populate_record(NULL::captcha_gateway.tasks, job->'record');
    SELECT judged.sums, judged.refusal INTO sums, result
      FROM captcha_gateway.refuse_creation(t, job->'budget', sums) AS judged;
    IF result IS NOT NULL THEN RETURN; END IF;
    t.owner := me;
  ELSE
    IF NOT FOUND THEN result := 'no-task'; RETURN; END IF;
    IF t.owner <> me AND NOT job ? 'isAnybodys' THEN result := 'lease-lost'; RETURN; END IF;
    counted_before := t.counted_usd;
  END IF;
  FOR move IN SELECT * FROM jsonb_array_elements(job->'moves') LOOP
    number := (move->>'attempt')::integer;
    CASE move->>'do'
    WHEN 'begin' THEN
      IF number <> jsonb_array_length(t.attempts) THEN result := 'not-next ' || number; RETURN; END IF;
      t.attempts := t.attempts || jsonb_build_array(move->'to');
    WHEN 'change' THEN
      IF number < 0 OR number >= jsonb_array_length(t.attempts) THEN
        result := 'no-attempt ' || number;
        RETURN;
      END IF;
      t.attempts := jsonb_set(t.attempts, ARRAY[number::text], t.attempts->number || (move->'to'));
      IF move ? 'isAccepted' AND t.status = 'queued' THEN t.status := 'solving'; END IF;
    WHEN 'settle' THEN
      IF NOT captcha_gateway.is_open(t.status) THEN result := 'settled'; RETURN; END IF;
      t := jsonb_populate_record(t, move->'to');
      t.images := NULL;
    WHEN 'report' THEN
      t.reported := (move->>'isGood')::boolean;
    END CASE;
  END LOOP;
  t.last_write := job->>'token';
  t.counted_usd := captcha_gateway.charged_usd(t.attempts);
  IF captcha_gateway.is_open(t.status) THEN t.counted_usd := greatest(t.counted_usd, t.reserved_usd); END IF;
  IF is_new THEN
    INSERT INTO captcha_gateway.tasks VALUES (t.*);
  ELSE
    UPDATE captcha_gateway.tasks SET last_write = t.last_write, status = t.status, finished_at = t.finished_at,
      counted_usd = t.counted_usd, attempts = t.attempts, passed_over = t.passed_over, provider = t.provider,
      solution = t.solution, error = t.error, reported = t.reported,
      images = CASE WHEN captcha_gateway.is_open(t.status) THEN images END
      WHERE id = (job->>'id')::integer;
  END IF;
  IF sums <> '{}' THEN
    sums := captcha_gateway.add_to_sums(sums, t, t.counted_usd - counted_before);
  END IF;
  result := 'written';
END $$;

CREATE FUNCTION captcha_gateway.write_batch(me uuid, jobs jsonb) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  job jsonb;
  sums jsonb := '{}';
  result text;
  results text[] := '{}';
  told text := '';
BEGIN
  -- Tasks of an owner that is not in the list would never be adopted: its lease is renewed by itself.
  INSERT INTO captcha_gateway.replicas (id, lease_until)
    SELECT me, clock_timestamp() WHERE NOT EXISTS (SELECT 1 FROM captcha_gateway.replicas WHERE id = me)
    ON CONFLICT DO NOTHING;
  PERFORM captcha_gateway.lock_for(jobs);
  FOR job IN SELECT * FROM jsonb_array_elements(jobs) LOOP
    IF job ? 'isToUndo' THEN
      DELETE FROM captcha_gateway.tasks
        WHERE id = (job->>'id')::integer AND owner = me AND last_write = job->>'token';
      result := 'written';
    ELSE
      SELECT done.sums, done.result INTO sums, result FROM captcha_gateway.write_job(me, job, sums) AS done;
      IF result = 'written' AND job ? 'isTold' THEN told := told || ',' || (job->>'id'); END IF;
    END IF;
    results := results || result;
  END LOOP;
  IF told <> '' THEN PERFORM pg_notify('captcha_gateway', me || ' t:' || substr(told, 2)); END IF;
  RETURN results;
END $$;
`;
