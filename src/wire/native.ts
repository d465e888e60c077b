/** The gateway's own wire: normalized tasks in, tasks with their whole story out, problems as RFC 9457. */
import { z } from 'zod';
import { type Issue, SolveError } from '../core/errors.js';
import { errorOf } from '../core/gateway.js';
import { type Attempt, isOpen, type TaskOptions, type TaskRecord } from '../core/store.js';
import { factsOf, isKind, KIND_NAMES, parseTask, type Task } from '../core/task.js';
import { idOf } from '../core/tellable.js';
import { timelineOf } from '../core/timeline.js';

/** What every task may carry beside the fields of its kind. */
export const submitSchema = z.object({
  kind: z.string(),
  deadlineMs: z
    .int()
    .min(1)
    .max(86_400_000)
    .optional()
    .meta({ description: 'How long you wait for an answer; the config may allow less.' }),
  maxUsd: z.number().min(0).optional().meta({ description: 'What all attempts together may cost.' }),
  providers: z
    .array(z.string().min(1))
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'Ids of the accounts that may be asked, and no others.' }),
  callbackUrl: z
    .string()
    .optional()
    .meta({ description: 'A public http or https URL that is told when the task has ended.' }),
  meta: z.unknown().optional().meta({ description: 'Comes back with the task.' }),
});

export interface NativeSubmit {
  readonly task: Task;
  readonly options: TaskOptions;
  readonly deadlineMs: number | undefined;
}

/** Reads a solve request. @throws SolveError naming every bad field. */
export function readSubmit(body: unknown): NativeSubmit {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new SolveError('bad_request', { detail: 'The body must be a JSON object.' });
  }
  const parsed = submitSchema.safeParse(body);
  if (!parsed.success) throw envelopeError(parsed.error);
  const { kind, deadlineMs, maxUsd, providers, callbackUrl, meta } = parsed.data;
  if (!isKind(kind)) throw unknownKind(kind);
  const {
    kind: _kind,
    deadlineMs: _deadline,
    maxUsd: _max,
    providers: _providers,
    callbackUrl: _callback,
    meta: _meta,
    ...fields
  } = body as Record<string, unknown>;
  return { task: parseTask(kind, fields), options: { maxUsd, providers, callbackUrl, meta }, deadlineMs };
}

function envelopeError(error: z.ZodError): SolveError {
  const issues = error.issues.map(({ path, message }): Issue => ({ path: path.join('.'), message }));
  const detail = issues.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new SolveError('bad_request', { issues, detail });
}

function unknownKind(kind: string): SolveError {
  const message = `is not a kind; the kinds are ${KIND_NAMES.join(', ')}`;
  return new SolveError('bad_request', {
    issues: [{ path: 'kind', message }],
    detail: `There is no kind ${JSON.stringify(kind.slice(0, 100))}.`,
  });
}

/** Whether an answer worked. */
export const reportSchema = z.strictObject({
  accepted: z.boolean(),
  reason: z.string().max(2_000).optional(),
});

/** Reads a report: whether the answer worked. @throws SolveError naming every bad field. */
export function readReport(body: unknown): boolean {
  const parsed = reportSchema.safeParse(body);
  if (!parsed.success) throw envelopeError(parsed.error);
  return parsed.data.accepted;
}

/** A task as every answer and callback shows it. */
export function sayTask(record: TaskRecord): object {
  return {
    taskId: String(record.id),
    status: record.status,
    kind: record.task.kind,
    ...(record.solution ? { solution: record.solution } : {}),
    ...(record.error ? { error: record.error } : {}),
    provider: record.provider,
    costUsd: costUsd(record.attempts),
    createdAt: iso(record.createdAt),
    finishedAt: iso(record.finishedAt),
    deadlineAt: iso(record.deadlineAt),
    expiresAt: iso(expiresAt(record)),
    attempts: record.attempts.map(sayAttempt),
    passedOver: record.passedOver,
    ...(record.options.meta === undefined ? {} : { meta: record.options.meta }),
  };
}

/** The same with its timeline: the whole story for those who ask for it, too long for everybody else. */
export function sayStory(record: TaskRecord): object {
  const timeline = timelineOf(record).map(({ at, ...entry }) => ({ at: iso(at), ...entry }));
  return { ...sayTask(record), timeline };
}

function sayAttempt(attempt: Attempt): object {
  const { provider, outcome, upstreamCode, upstreamId, startedAt, endedAt, polls, mayBeCharged } = attempt;
  return {
    provider,
    outcome,
    upstreamCode,
    upstreamId: upstreamId === null ? null : idOf(upstreamId),
    startedAt: iso(startedAt),
    tookMs: endedAt === null ? null : endedAt - startedAt,
    polls,
    costUsd: attempt.costUsd,
    mayBeCharged,
    ...(attempt.why === undefined ? {} : { why: attempt.why }),
  };
}

/** What the task may have cost; null when nobody knows any price. */
function costUsd(attempts: readonly Attempt[]): number | null {
  const prices = attempts.flatMap(({ costUsd: price }) => (price === null ? [] : [price]));
  const charged = attempts.some((attempt) => attempt.mayBeCharged && attempt.costUsd === null);
  if (charged && prices.every((price) => price === 0)) return null;
  return Number(prices.reduce((sum, price) => sum + price, 0).toFixed(8));
}

function expiresAt({ status, finishedAt, task }: TaskRecord): number | null {
  const { solutionLifeSeconds } = factsOf(task.kind);
  if (status !== 'solved' || finishedAt === null || solutionLifeSeconds === undefined) return null;
  return finishedAt + solutionLifeSeconds * 1_000;
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

export interface Problem {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly body: object;
}

/** A refusal or a failed task as problem details. */
export function sayProblem(error: SolveError, record?: TaskRecord): Problem {
  const { http: status, title, next, pauseMs } = error.policy;
  const { detail, issues, retryAfterMs: asked, upstreamCode } = error.evidence;
  const retryAfterMs = asked ?? (next === 'other' && status === 503 ? pauseMs : undefined);
  const body = {
    type: 'about:blank',
    title,
    status,
    code: error.code,
    detail: detail ?? title,
    ...(upstreamCode === undefined ? {} : { upstreamCode }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(issues ? { issues } : {}),
    ...(record
      ? {
          taskId: String(record.id),
          attempts: record.attempts.map(sayAttempt),
          passedOver: record.passedOver,
        }
      : {}),
  };
  return { status, retryAfterMs, body };
}

/** The problem of a task that did not end solved. */
export function sayFailedTask(record: TaskRecord): Problem {
  return sayProblem(errorOf(record), record);
}

/** The body and status of a task: 202 while it runs, 200 after. */
export function statusOf(record: TaskRecord): 200 | 202 {
  return isOpen(record) ? 202 : 200;
}
