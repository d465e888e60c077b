/** A task's record at its beginning, and what memory keeps of it after its end. */
import type { Clock } from '../core/clock.js';
import { SolveError } from '../core/errors.js';
import type { Client, RoutingSettings, Submission } from '../core/gateway.js';
import { splitImages } from '../core/images.js';
import type { TaskRecord } from '../core/store.js';

/** What is known of a task at its beginning. */
export interface NewTask extends Submission {
  readonly reservedUsd?: number | undefined;
}

/** The record of a task that nobody has been asked for yet. */
export function newRecord(
  id: number,
  client: Pick<Client, 'id'>,
  { task, origin, options = {}, deadlineMs, idempotency, reservedUsd }: NewTask,
  { clock, routing }: { readonly clock: Clock; readonly routing: RoutingSettings },
): TaskRecord {
  const createdAt = clock.now();
  return {
    id,
    clientId: client.id,
    origin,
    task,
    options,
    status: 'queued',
    createdAt,
    deadlineAt: createdAt + Math.min(deadlineMs ?? routing.deadlineMs, routing.deadlineMs),
    finishedAt: null,
    attempts: [],
    passedOver: [],
    provider: null,
    solution: null,
    error: null,
    reported: null,
    ...(idempotency && { idempotency }),
    ...(reservedUsd !== undefined && { reservedUsd }),
  };
}

/** No task of this client has that id. */
export function notFound(id: number): SolveError {
  return new SolveError('task_not_found', { detail: `There is no task ${id} for this key.` });
}

/** Images are not kept once the task has ended. */
export function withoutImages(record: TaskRecord): TaskRecord {
  const { task, images } = splitImages(record.task);
  return images === null ? record : { ...record, task };
}
