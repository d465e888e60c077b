/** Writes moves as SQL: what `applyMove` does to a record, done to its rows. */
import type Database from 'libsql';
import type { Move, TaskRecord } from '../core/store.js';
import {
  ATTEMPT_COLUMNS,
  TASK_COLUMNS,
  toAttemptRow,
  toFlag,
  toImages,
  toJson,
  toTaskRow,
} from './sqlite-rows.js';

/** The moves settle a task that was settled before: the first outcome stands. */
export class AlreadySettled extends Error {
  override readonly name = 'AlreadySettled';
}

type Of<Name extends Move['move']> = Extract<Move, { move: Name }>;
type Statements = ReturnType<typeof prepare>;

/**
 * A function that writes the moves of one task, within the transaction of its caller.
 * It throws AlreadySettled, or an Error for a task or an attempt that is not there; the caller then rolls back.
 */
export function prepareMoves(database: Database.Database): (id: number, moves: readonly Move[]) => void {
  const statements = prepare(database);
  return (id, moves) => {
    for (const move of moves) writeMove(statements, id, move);
  };
}

function prepare(database: Database.Database) {
  return {
    create: database.prepare(`INSERT INTO tasks (${TASK_COLUMNS}) VALUES (${marks(18)})`),
    keepImages: database.prepare('INSERT INTO images (task_id, fields) VALUES (?, ?)'),
    dropImages: database.prepare('DELETE FROM images WHERE task_id = ?'),
    exists: database.prepare('SELECT 1 FROM tasks WHERE id = ?').raw(),
    insertAttempt: database.prepare(`INSERT INTO attempts (${ATTEMPT_COLUMNS}) VALUES (${marks(14)})`),
    begin: database.prepare(
      `INSERT INTO attempts (${ATTEMPT_COLUMNS})
       SELECT id, ?, ?, 'submitting', 'null', 'null', ?, NULL, NULL, 0, NULL, 0, ?, NULL FROM tasks
       WHERE id = ? AND ? = (SELECT count(*) FROM attempts WHERE task_id = tasks.id)`,
    ),
    accept: database.prepare(
      `UPDATE attempts SET outcome = 'solving', upstream_id = ?, accepted_at = ?, cost_usd = ?, may_be_charged = 1
       WHERE task_id = ? AND number = ?`,
    ),
    start: database.prepare(`UPDATE tasks SET status = 'solving' WHERE id = ? AND status = 'queued'`),
    end: database.prepare(
      `UPDATE attempts SET outcome = ?, upstream_code = ?, ended_at = ?, polls = ?, cost_usd = ?, may_be_charged = ?
       WHERE task_id = ? AND number = ?`,
    ),
    settle: database.prepare(
      `UPDATE tasks SET status = ?, finished_at = ?, provider = ?, solution = ?, error = ?, passed_over = ?
       WHERE id = ? AND status IN ('queued', 'solving')`,
    ),
    report: database.prepare('UPDATE tasks SET reported = ? WHERE id = ?'),
    takeReport: database.prepare('UPDATE attempts SET took_report = 1 WHERE task_id = ? AND number = ?'),
  };
}

/** The driver takes missing and surplus values without a word: the count must be right. */
function marks(count: number): string {
  return Array(count).fill('?').join(', ');
}

function writeMove(statements: Statements, id: number, move: Move): void {
  switch (move.move) {
    case 'created':
      create(statements, id, move.record);
      break;
    case 'attempt-begun':
      begin(statements, id, move);
      break;
    case 'attempt-accepted':
      accept(statements, id, move);
      break;
    case 'attempt-ended':
      end(statements, id, move);
      break;
    case 'settled':
      settle(statements, id, move);
      break;
    case 'reported':
      changeOne(statements.report, [toFlag(move.isAccepted), id], `There is no task ${id}`);
      break;
    case 'report-taken':
      changeOne(statements.takeReport, [id, move.attempt], noAttempt(id, move.attempt));
  }
}

function create(statements: Statements, id: number, record: TaskRecord): void {
  if (record.id !== id) throw new Error(`The moves of task ${id} create task ${record.id}`);
  statements.create.run(toTaskRow(record));
  const images = toImages(record);
  if (images !== null) statements.keepImages.run([id, images]);
  for (const [number, attempt] of record.attempts.entries()) {
    statements.insertAttempt.run(toAttemptRow(id, number, attempt));
  }
}

function begin(statements: Statements, id: number, move: Of<'attempt-begun'>): void {
  const { attempt, provider, at, why } = move;
  const fault = `Attempt ${attempt} is not the next one of task ${id}, or there is no such task`;
  changeOne(statements.begin, [attempt, provider, at, why ?? null, id, attempt], fault);
}

function accept(statements: Statements, id: number, move: Of<'attempt-accepted'>): void {
  const { attempt, upstreamId, at, costUsd } = move;
  changeOne(
    statements.accept,
    [JSON.stringify(upstreamId), at, costUsd, id, attempt],
    noAttempt(id, attempt),
  );
  statements.start.run([id]);
}

function end(statements: Statements, id: number, move: Of<'attempt-ended'>): void {
  const { attempt, outcome, upstreamCode, at, polls, costUsd, mayBeCharged } = move;
  const values = [
    outcome,
    JSON.stringify(upstreamCode),
    at,
    polls,
    costUsd,
    toFlag(mayBeCharged),
    id,
    attempt,
  ];
  changeOne(statements.end, values, noAttempt(id, attempt));
}

function settle(statements: Statements, id: number, move: Of<'settled'>): void {
  const { status, at, provider, solution, error, passedOver } = move;
  const values = [status, at, provider, toJson(solution), toJson(error), JSON.stringify(passedOver), id];
  if (statements.settle.run(values).changes === 0) {
    if (statements.exists.get([id]) === undefined) throw new Error(`There is no task ${id}`);
    throw new AlreadySettled();
  }
  statements.dropImages.run([id]);
}

function noAttempt(id: number, attempt: number): string {
  return `Task ${id} has no attempt ${attempt}`;
}

function changeOne(statement: Database.Statement, values: readonly unknown[], fault: string): void {
  if (statement.run(values).changes === 0) throw new Error(fault);
}
