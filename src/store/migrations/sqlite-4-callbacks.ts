/** SQLite schema 4: who is still to be told of the end of a task, and whom nobody could tell. */

/**
 * `callback_due` stands from the creation on, so that the end of a task needs no write of its own for it; `callback`
 * is what the tries have brought, as JSON; `callback_dead` is when they were given up.
 */
export const callbacks = `
ALTER TABLE tasks ADD COLUMN callback_due INTEGER;
ALTER TABLE tasks ADD COLUMN callback TEXT;
ALTER TABLE tasks ADD COLUMN callback_dead INTEGER;
CREATE INDEX tasks_callback_due ON tasks (callback_due) WHERE callback_due IS NOT NULL AND finished_at IS NOT NULL;
CREATE INDEX tasks_callback_dead ON tasks (callback_dead) WHERE callback_dead IS NOT NULL;
`;
