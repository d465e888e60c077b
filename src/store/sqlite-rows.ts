/** How a task record lies in SQLite rows, in both directions. */
import { splitImages } from '../core/images.js';
import {
  type Attempt,
  type AttemptOutcome,
  isOpen,
  type TaskRecord,
  type TaskStatus,
} from '../core/store.js';

/** Truth in a row. libsql 0.5.29 aborts the whole process when a boolean is bound (seen 2026-11-22). */
export type Flag = 0 | 1;

/** The columns of `tasks`, in the order of `TaskRow`. */
export const TASK_COLUMNS =
  'id, client_id, origin, task, options, status, created_at, deadline_at, finished_at, passed_over, provider, solution, error, reported, idempotency_key, fingerprint, reserved_usd, callback_due';

export type TaskRow = readonly [
  id: number,
  clientId: string,
  origin: string,
  task: string,
  options: string,
  status: TaskStatus,
  createdAt: number,
  deadlineAt: number,
  finishedAt: number | null,
  passedOver: string,
  provider: string | null,
  solution: string | null,
  error: string | null,
  reported: Flag | null,
  idempotencyKey: string | null,
  fingerprint: string | null,
  reservedUsd: number | null,
  callbackDue: number | null,
];

/** The columns of `attempts`, in the order of `AttemptRow`. */
export const ATTEMPT_COLUMNS =
  'task_id, number, provider, outcome, upstream_code, upstream_id, started_at, accepted_at, ended_at, polls, cost_usd, may_be_charged, why, took_report';

export type AttemptRow = readonly [
  taskId: number,
  number: number,
  provider: string,
  outcome: AttemptOutcome,
  upstreamCode: string,
  upstreamId: string,
  startedAt: number,
  acceptedAt: number | null,
  endedAt: number | null,
  polls: number,
  costUsd: number | null,
  mayBeCharged: Flag,
  why: string | null,
  tookReport: Flag | null,
];

/** The row of a task, without its images. */
export function toTaskRow(record: TaskRecord): TaskRow {
  const { task } = splitImages(record.task);
  return [
    record.id,
    record.clientId,
    JSON.stringify(record.origin),
    JSON.stringify(task),
    JSON.stringify(record.options),
    record.status,
    record.createdAt,
    record.deadlineAt,
    record.finishedAt,
    JSON.stringify(record.passedOver),
    record.provider,
    toJson(record.solution),
    toJson(record.error),
    record.reported === null ? null : toFlag(record.reported),
    ...toPromises(record),
    record.options.callbackUrl === undefined ? null : record.createdAt,
  ];
}

function toPromises({ idempotency, reservedUsd }: TaskRecord) {
  if (!idempotency) return [null, null, reservedUsd ?? null] as const;
  const { key, fingerprint } = idempotency;
  return [JSON.stringify(key), JSON.stringify(fingerprint), reservedUsd ?? null] as const;
}

/** The images of a task as JSON; null when it has none or is settled, for then they must not be kept. */
export function toImages(record: TaskRecord): string | null {
  const { images } = splitImages(record.task);
  return images && isOpen(record) ? JSON.stringify(images) : null;
}

/** The row of attempt `number` of a task. */
export function toAttemptRow(taskId: number, number: number, attempt: Attempt): AttemptRow {
  return [
    taskId,
    number,
    attempt.provider,
    attempt.outcome,
    JSON.stringify(attempt.upstreamCode),
    JSON.stringify(attempt.upstreamId),
    attempt.startedAt,
    attempt.acceptedAt,
    attempt.endedAt,
    attempt.polls,
    attempt.costUsd,
    toFlag(attempt.mayBeCharged),
    attempt.why ?? null,
    attempt.tookReport ? 1 : null,
  ];
}

/** The record that was laid down in these rows; `images` is what `toImages` made of it. */
export function fromRows(row: TaskRow, images: string | null, attempts: readonly AttemptRow[]): TaskRecord {
  const [id, clientId, origin, task, options, status, createdAt, deadlineAt, finishedAt, ...rest] = row;
  const [passedOver, provider, solution, error, reported, ...promises] = rest;
  return {
    id,
    clientId,
    origin: JSON.parse(origin),
    task: { ...JSON.parse(task), ...fromJson(images) },
    options: JSON.parse(options),
    status,
    createdAt,
    deadlineAt,
    finishedAt,
    attempts: attempts.map(fromAttemptRow),
    passedOver: JSON.parse(passedOver),
    provider,
    solution: fromJson(solution),
    error: fromJson(error),
    reported: reported === null ? null : reported === 1,
    ...fromPromises(promises),
  };
}

type Promises = readonly [
  key: string | null,
  fingerprint: string | null,
  reservedUsd: number | null,
  callbackDue: number | null,
];

function fromPromises([key, fingerprint, reservedUsd]: Promises): Partial<TaskRecord> {
  return {
    ...(key !== null &&
      fingerprint !== null && {
        idempotency: { key: JSON.parse(key), fingerprint: JSON.parse(fingerprint) },
      }),
    ...(reservedUsd !== null && { reservedUsd }),
  };
}

function fromAttemptRow(row: AttemptRow): Attempt {
  const [, , provider, outcome, upstreamCode, upstreamId, startedAt, acceptedAt, endedAt, ...rest] = row;
  const [polls, costUsd, mayBeCharged, why, tookReport] = rest;
  return {
    provider,
    ...(why !== null && { why }),
    outcome,
    upstreamCode: JSON.parse(upstreamCode),
    upstreamId: JSON.parse(upstreamId),
    startedAt,
    acceptedAt,
    endedAt,
    polls,
    costUsd,
    mayBeCharged: mayBeCharged === 1,
    ...(tookReport === 1 && { tookReport: true }),
  };
}

/** `value` for a column that can be empty: null stays null. */
export function toJson(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

function fromJson<Value extends object>(text: string | null): Value | null {
  return text === null ? null : JSON.parse(text);
}

/** Truth as it is bound. */
export function toFlag(isTrue: boolean): Flag {
  return isTrue ? 1 : 0;
}
