/** PostgreSQL schema 3: who is still to be told of the end of a task, and whom nobody could tell. */

/**
 * The columns are those of SQLite. Nobody else takes the callbacks of a replica that lives; those of one that is gone
 * go to the first that asks.
 */
export const callbacks = `
ALTER TABLE captcha_gateway.tasks
  ADD COLUMN callback_due bigint, ADD COLUMN callback text, ADD COLUMN callback_dead bigint;
CREATE INDEX tasks_callback_due ON captcha_gateway.tasks (callback_due)
  WHERE callback_due IS NOT NULL AND finished_at IS NOT NULL;
CREATE INDEX tasks_callback_dead ON captcha_gateway.tasks (callback_dead) WHERE callback_dead IS NOT NULL;

CREATE FUNCTION captcha_gateway.take_due_callbacks(me uuid, due bigint, most bigint, busy integer[])
RETURNS SETOF captcha_gateway.tasks LANGUAGE plpgsql AS $$
BEGIN
  UPDATE captcha_gateway.tasks SET owner = me WHERE id = ANY (ARRAY(
    SELECT t.id FROM captcha_gateway.tasks t
    WHERE t.finished_at IS NOT NULL AND t.callback_due <= due AND t.owner <> me AND NOT EXISTS (
      SELECT 1 FROM captcha_gateway.replicas r WHERE r.id = t.owner AND r.lease_until > clock_timestamp())
    ORDER BY t.callback_due LIMIT most FOR UPDATE OF t SKIP LOCKED));
  RETURN QUERY SELECT * FROM captcha_gateway.tasks
    WHERE owner = me AND finished_at IS NOT NULL AND callback_due <= due AND id <> ALL (busy)
    ORDER BY callback_due, id LIMIT most;
END $$;
`;
