/** How a task record lies in a PostgreSQL row, in both directions. */
import { splitImages } from '../core/images.js';
import {
  type Attempt,
  type AttemptOutcome,
  isOpen,
  type TaskRecord,
  type TaskStatus,
} from '../core/store.js';

/** One row of `tasks`, as the driver gives it and as the server takes it within JSON. */
export interface TaskRow {
  readonly id: number;
  readonly client_id: string;
  readonly idempotency_key: string | null;
  readonly fingerprint: string | null;
  readonly origin: string;
  readonly task: string;
  readonly images: string | null;
  readonly options: string;
  readonly status: TaskStatus;
  readonly created_at: number;
  readonly deadline_at: number;
  readonly finished_at: number | null;
  readonly reserved_usd: number | null;
  readonly callback_due: number | null;
  readonly attempts: readonly AttemptRow[];
  readonly passed_over: string;
  readonly provider: string | null;
  readonly solution: string | null;
  readonly error: string | null;
  readonly reported: boolean | null;
}

/** One attempt: words from outside are JSON within the JSON, for the server refuses U+0000. */
export interface AttemptRow extends Omit<Attempt, 'upstreamCode' | 'upstreamId' | 'outcome'> {
  readonly outcome: AttemptOutcome;
  readonly upstreamCode: string;
  readonly upstreamId: string;
}

export function toTaskRow(record: TaskRecord): TaskRow {
  const { task, images } = splitImages(record.task);
  const { idempotency } = record;
  return {
    id: record.id,
    client_id: record.clientId,
    idempotency_key: idempotency ? toKey(idempotency.key) : null,
    fingerprint: idempotency ? JSON.stringify(idempotency.fingerprint) : null,
    origin: JSON.stringify(record.origin),
    task: JSON.stringify(task),
    images: images && isOpen(record) ? JSON.stringify(images) : null,
    options: JSON.stringify(record.options),
    status: record.status,
    created_at: record.createdAt,
    deadline_at: record.deadlineAt,
    finished_at: record.finishedAt,
    reserved_usd: record.reservedUsd ?? null,
    callback_due: record.options.callbackUrl === undefined ? null : record.createdAt,
    attempts: record.attempts.map(toAttemptRow),
    passed_over: JSON.stringify(record.passedOver),
    provider: record.provider,
    solution: toJson(record.solution),
    error: toJson(record.error),
    reported: record.reported,
  };
}

/** An idempotency key as it is kept and looked up. */
export function toKey(key: string): string {
  return JSON.stringify(key);
}

/** An attempt as it lies within its task's row. */
export function toAttemptRow(attempt: Attempt): AttemptRow {
  const { upstreamCode, upstreamId } = attempt;
  return {
    ...attempt,
    upstreamCode: JSON.stringify(upstreamCode),
    upstreamId: JSON.stringify(upstreamId),
  };
}

/** The record that was laid down in this row. */
export function fromTaskRow(row: TaskRow): TaskRecord {
  const { idempotency_key: key, fingerprint, reserved_usd: reservedUsd } = row;
  return {
    id: row.id,
    clientId: row.client_id,
    origin: JSON.parse(row.origin),
    task: { ...JSON.parse(row.task), ...fromJson(row.images) },
    options: JSON.parse(row.options),
    status: row.status,
    createdAt: row.created_at,
    deadlineAt: row.deadline_at,
    finishedAt: row.finished_at,
    attempts: row.attempts.map(fromAttemptRow),
    passedOver: JSON.parse(row.passed_over),
    provider: row.provider,
    solution: fromJson(row.solution),
    error: fromJson(row.error),
    reported: row.reported,
    ...(key !== null &&
      fingerprint !== null && {
        idempotency: { key: JSON.parse(key), fingerprint: JSON.parse(fingerprint) },
      }),
    ...(reservedUsd !== null && { reservedUsd }),
  };
}

function fromAttemptRow(row: AttemptRow): Attempt {
  return { ...row, upstreamCode: JSON.parse(row.upstreamCode), upstreamId: JSON.parse(row.upstreamId) };
}

/** `value` for a column that can be empty: null stays null. */
export function toJson(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

function fromJson<Value extends object>(text: string | null): Value | null {
  return text === null ? null : JSON.parse(text);
}
