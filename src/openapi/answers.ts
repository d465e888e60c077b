/** What the routes of clients answer with: a schema for each, tied to the types and tables that the answers are made of. */
import { z } from 'zod';
import { ERROR_POLICY, type ErrorCode, type Issue } from '../core/errors.js';
import type { KindOffer } from '../core/gateway.js';
import type { PassedOver, TaskError, TaskStatus } from '../core/store.js';
import { KIND_NAMES, type Kind, type KindFacts, type TaskKind } from '../core/task.js';
import type { TimelineEntry, TimelineStep } from '../core/timeline.js';
import type { ScorecardFigures, ScorecardReport } from '../ops/scorecard.js';
import { DIMENSIONS } from '../ops/scorecard-query.js';
import { reportSchema } from '../wire/native.js';
import { count, type Members, time, usd, words } from './schema.js';

const ERROR_CODES = Object.keys(ERROR_POLICY) as [ErrorCode, ...ErrorCode[]];

const errorCode = z.enum(ERROR_CODES);
const taskId = z
  .string()
  .meta({ description: 'Digits: a number from 1 to 2147483647.', pattern: '^[0-9]{1,10}$' });
/** A kind of the table. */
export const kindName = z.enum(KIND_NAMES as [Kind, ...Kind[]]);

/** A kind of the table, or the name of what is passed through from an old wire. */
export const anyKind: z.ZodType<TaskKind> = z
  .union([kindName, z.templateLiteral(['classic:', z.string()]), z.templateLiteral(['json:', z.string()])])
  .meta({ description: 'A kind, or `classic:method` and `json:type` for what is passed through.' });

/** An account that was not asked. */
export const passedOver = z
  .object({ provider: z.string(), why: z.string() } satisfies Members<PassedOver>)
  .meta({ description: 'An account that was not asked, and the reason in words.' });

const attempt = z.object({
  provider: z.string(),
  outcome: z.enum(['submitting', 'solving', 'solved', ...ERROR_CODES]).meta({
    description:
      '`submitting` until the provider has answered, `solving` once it has taken the task; then `solved` or a code.',
  }),
  upstreamCode: z.string().nullable().meta({ description: 'The provider’s own word.' }),
  upstreamId: z.string().nullable(),
  startedAt: time,
  tookMs: count.nullable(),
  polls: count,
  costUsd: usd.meta({ description: 'Null where nobody knows the price.' }),
  mayBeCharged: z.boolean().meta({ description: 'The provider has accepted it, or may have.' }),
  why: z.string().optional().meta({ description: 'Why it was this account’s turn.' }),
});

const taskError = z.object({
  code: errorCode,
  upstreamCode: z.string().nullable(),
  detail: z.string().nullable(),
} satisfies Members<TaskError>);

const status = words<TaskStatus>({
  queued: true,
  solving: true,
  solved: true,
  failed: true,
  cancelled: true,
});

/** Members of a task as every answer shows it. */
export const TASK = {
  taskId,
  status,
  kind: anyKind,
  error: taskError.optional().meta({ description: 'Only of a task that failed or was cancelled.' }),
  provider: z.string().nullable().meta({ description: 'The account whose answer it is.' }),
  costUsd: usd.meta({ description: 'What the attempts may have cost; null when nobody knows.' }),
  createdAt: time,
  finishedAt: time.nullable(),
  deadlineAt: time,
  expiresAt: time
    .nullable()
    .meta({ description: 'How long the site takes the solution; null where nobody says.' }),
  attempts: z.array(attempt),
  passedOver: z.array(passedOver),
  solution: z
    .looseObject({})
    .optional()
    .meta({ description: 'Only of a solved task, until it is forgotten.' }),
  meta: z.unknown().optional().meta({ description: 'As it came with the task.' }),
};

const timelineEntry = z.object({
  at: time.nullable().meta({ description: 'Null where the ledger keeps no time.' }),
  step: words<TimelineStep>({
    created: true,
    'passed-over': true,
    failover: true,
    'attempt-begun': true,
    'attempt-accepted': true,
    'attempt-ended': true,
    'late-answer': true,
    ended: true,
    reported: true,
  }),
  provider: z.string().nullable(),
  attempt: count.nullable().meta({ description: 'Counted from 0, as in `attempts`.' }),
  outcome: z.string().nullable(),
  text: z.string().meta({ description: 'One sentence.' }),
} satisfies Members<Omit<TimelineEntry, 'at'>> & { readonly at: z.ZodType });

/** What a task is shown with where its whole story is asked for. */
export const STORY = { ...TASK, timeline: z.array(timelineEntry) };

/** One fault of what was sent. */
export const issue = z.object({ path: z.string(), message: z.string() } satisfies Members<Issue>);

const problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int().meta({ description: 'The HTTP status.' }),
    code: errorCode,
    detail: z.string(),
    upstreamCode: z.string().optional(),
    retryAfterMs: z.number().min(0).optional().meta({ description: 'When you may usefully come back.' }),
    issues: z
      .array(issue)
      .optional()
      .meta({ description: 'What is wrong with the request, field by field.' }),
    taskId: taskId.optional(),
    attempts: z.array(attempt).optional(),
    passedOver: z.array(passedOver).optional(),
  })
  .meta({
    description: 'RFC 9457. The code says what happened, and always comes with the same HTTP status.',
  });

const kindOffer = z.object({
  kind: kindName,
  title: z.string(),
  required: z.array(z.string()),
  optional: z.array(z.string()),
  oneOf: z.array(z.string()).meta({ description: 'At least one of these, where there are any.' }),
  solution: z.array(z.string()).meta({ description: 'The main member first.' }),
  providers: z.array(z.string()).meta({ description: 'Accounts that solve it, of those you may use.' }),
} satisfies Record<
  keyof KindOffer | keyof Pick<KindFacts, 'title' | 'required' | 'optional' | 'oneOf' | 'solution'>,
  z.ZodType
>);

const name = z.string().nullable().optional();
const figure = z.number().nullable();

const figures = {
  tasks: count,
  solved: count,
  accepted: count,
  rejected: count,
  acceptedRate: figure,
  p50Ms: figure,
  p95Ms: figure,
  attempts: count,
  retries: count,
  timeouts: count,
  noSlots: count,
  zeroBalances: count,
  invalidParameters: count,
  costUsd: usd,
  unpriced: count,
  costPerSolvedUsd: usd,
  costPerAcceptedUsd: usd,
  reportsTaken: count,
  badReportsTaken: count,
} satisfies Members<ScorecardFigures>;

const scorecard = z.object({
  since: time,
  until: time,
  by: z.array(z.enum(DIMENSIONS)),
  rows: z.array(z.object({ client: name, provider: name, kind: name, host: name, ...figures })),
} satisfies Members<ScorecardReport>);

/** Every schema of the clients' routes, by its name in the document. */
export const ANSWERS = {
  Kind: kindName,
  ErrorCode: errorCode,
  AnyKind: anyKind,
  Task: z.object(TASK).meta({ description: 'A task with everything that was tried for it.' }),
  TaskWithTimeline: z.object(STORY).meta({ description: 'A task with its whole story.' }),
  Attempt: attempt,
  PassedOver: passedOver,
  TaskError: taskError,
  TimelineEntry: timelineEntry,
  Problem: problem,
  Issue: issue,
  Report: reportSchema,
  Recorded: z.object({ taskId, recorded: z.literal(true) }),
  Balance: z.object({ balanceUsd: z.number() }),
  Kinds: z.object({ kinds: z.array(kindOffer) }),
  Scorecard: scorecard,
};
