/** The routes of clients under /v1. */
import { ERROR_POLICY, type ErrorCode } from '../core/errors.js';
import { KIND_NAMES, type Kind } from '../core/task.js';
import { DIMENSIONS } from '../ops/scorecard-query.js';
import { TASKS } from './examples.js';
import { type Parameter, query, type Route, TASK_ID } from './route.js';
import { sampleSubmit } from './samples.js';
import { type JsonSchema, ref } from './schema.js';

const TASK_HEADERS = ['X-Gateway-Task', 'X-Gateway-Attempts', 'X-Gateway-Provider'] as const;
const WAITING_HEADERS = [...TASK_HEADERS, 'Location', 'Retry-After'] as const;

const WAIT = query('wait', 'Waits so many seconds at most, 300 at the longest.', {
  type: 'number',
  minimum: 0,
  examples: [120],
});
const PREFER: Parameter = {
  name: 'Prefer',
  in: 'header',
  description: '`wait=120` is `?wait=120`.',
  schema: { type: 'string', examples: ['wait=120'] },
};
const IDEMPOTENCY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'Makes a repeated request the same task for as long as the task is kept.',
  schema: { type: 'string', minLength: 1, maxLength: 255, examples: ['run-42-login'] },
};
const RESUME: Parameter = {
  name: 'Last-Event-ID',
  in: 'header',
  description:
    'The id of the event that you saw last: what came since is told first, five minutes back at most.',
  schema: { type: 'string' },
};

const ANY_CODE = Object.keys(ERROR_POLICY) as ErrorCode[];
/** What a task may be refused for before it is one. */
const REFUSALS: readonly ErrorCode[] = [
  'bad_request',
  'bad_page_url',
  'bad_sitekey',
  'image_error',
  'proxy_error',
  'auth',
  'not_allowed',
  'conflict',
  'rate_limited',
  'zero_balance',
  'overloaded',
  'internal',
];

const SHOWN: readonly Kind[] = ['recaptcha_v2', 'turnstile', 'image_to_text'];
const full = { ...sampleSubmit('recaptcha_v2'), deadlineMs: 120_000, maxUsd: 0.01, providers: ['2captcha'] };
const SUBMIT = {
  schema: 'Submit',
  isRequired: true,
  examples: {
    ...Object.fromEntries(SHOWN.map((kind) => [kind, sampleSubmit(kind)])),
    with_options: { ...full, callbackUrl: 'https://example.com/solved', meta: { run: '42' } },
  },
} as const;

const waiting = { schema: 'Task', example: TASKS.solving, headers: WAITING_HEADERS } as const;
const ended = { schema: 'Task', example: TASKS.solved, headers: TASK_HEADERS } as const;

const STREAM: JsonSchema = {
  type: 'string',
  contentMediaType: 'text/event-stream',
  contentSchema: ref('StreamEvent'),
};
const streamed = { description: 'Events as they happen.', content: { 'text/event-stream': STREAM } } as const;

/** What a scorecard may be asked for. */
export const SCORECARD_QUERY: readonly Parameter[] = [
  query('since', 'A span such as 24h or 7d (m, h, d, w), or a time.', { type: 'string', default: '24h' }),
  query('until', 'The same; now, unless told.', { type: 'string', default: '0m' }),
  query('by', `What rows are told apart by: some of ${DIMENSIONS.join(', ')}, with commas.`, {
    type: 'string',
    default: 'provider,kind,host',
  }),
  query('format', 'JSON, or CSV for a spreadsheet.', { enum: ['json', 'csv'], default: 'json' }),
  ...DIMENSIONS.map((name) => query(name, `Only this ${name}.`, { type: 'string' })),
];

/** A scorecard's answers. */
export const SCORECARD_ANSWERS = {
  200: {
    description: 'The figures.',
    schema: 'Scorecard',
    content: { 'text/csv': { type: 'string' } },
  },
} as const;

const SUBMITTING: readonly Route[] = [
  {
    route: 'POST /v1/solve',
    id: 'solve',
    tag: 'Tasks',
    asker: 'client',
    summary: 'Solve a captcha and wait for the answer',
    description:
      'Waits to the deadline of the task, or for `wait` seconds. A task that fails is a problem here.',
    parameters: [WAIT, PREFER, IDEMPOTENCY],
    body: SUBMIT,
    answers: {
      200: { description: 'The solved task.', ...ended },
      202: {
        description: 'The wait is over, and the task goes on.',
        schema: 'Task',
        headers: WAITING_HEADERS,
      },
    },
    codes: ANY_CODE,
  },
  {
    route: 'POST /v1/tasks',
    id: 'createTask',
    tag: 'Tasks',
    asker: 'client',
    summary: 'Hand in a captcha',
    description: 'Answers as soon as the task is durable.',
    parameters: [IDEMPOTENCY],
    body: SUBMIT,
    answers: {
      200: {
        description: 'The task of an earlier request with the same key, which has ended.',
        schema: 'Task',
        headers: TASK_HEADERS,
      },
      202: { description: 'The task is taken.', ...waiting },
    },
    codes: REFUSALS,
  },
];

const ONE_TASK: readonly Route[] = [
  {
    route: 'GET /v1/tasks/{id}',
    id: 'getTask',
    tag: 'Tasks',
    asker: 'client',
    summary: 'Look at a task',
    description: 'A failed task is no problem here: its `error` tells why.',
    parameters: [TASK_ID, WAIT, PREFER],
    answers: {
      200: {
        description: 'The task has ended.',
        schema: 'TaskWithTimeline',
        example: TASKS.solvedStory,
        headers: TASK_HEADERS,
      },
      202: {
        description: 'The task is queued or being solved.',
        schema: 'TaskWithTimeline',
        headers: WAITING_HEADERS,
      },
    },
    codes: ['bad_request', 'auth', 'task_not_found', 'overloaded', 'internal'],
  },
  {
    route: 'DELETE /v1/tasks/{id}',
    id: 'cancelTask',
    tag: 'Tasks',
    asker: 'client',
    summary: 'Cancel a task',
    description: 'A task that has ended stays as it is.',
    parameters: [TASK_ID],
    answers: { 200: { description: 'The task as it is now.', schema: 'Task', headers: TASK_HEADERS } },
    codes: ['bad_request', 'image_error', 'auth', 'task_not_found', 'overloaded', 'internal'],
  },
  {
    route: 'POST /v1/tasks/{id}/report',
    id: 'reportTask',
    tag: 'Tasks',
    asker: 'client',
    summary: 'Tell whether the answer worked',
    description:
      'The first report on a solved task counts; the provider is told once, where it takes reports.',
    parameters: [TASK_ID],
    body: {
      schema: 'Report',
      isRequired: true,
      examples: { good: { accepted: true }, bad: { accepted: false, reason: 'the site refused it' } },
    },
    answers: {
      200: { description: 'It is noted.', schema: 'Recorded', example: { taskId: '12345', recorded: true } },
    },
    codes: ['bad_request', 'image_error', 'auth', 'task_not_found', 'overloaded', 'internal'],
  },
  {
    route: 'GET /v1/tasks/{id}/events',
    id: 'watchTask',
    tag: 'Events',
    asker: 'either',
    summary: 'Follow one task',
    description: 'Server-sent events; the stream ends with the task.',
    parameters: [TASK_ID, RESUME],
    answers: { 200: streamed },
    codes: ['auth', 'task_not_found', 'rate_limited', 'overloaded', 'internal'],
  },
];

const AT_LARGE: readonly Route[] = [
  {
    route: 'GET /v1/events',
    id: 'watch',
    tag: 'Events',
    asker: 'either',
    summary: 'Follow everything of yours',
    description:
      'Server-sent events: your own tasks with their solutions; for the operator everything but solutions. A comment every 15 s keeps the stream alive.',
    parameters: [query('task', 'Only this task; the stream ends with it.', { type: 'string' }), RESUME],
    answers: { 200: streamed },
    codes: ['auth', 'task_not_found', 'rate_limited', 'overloaded', 'internal'],
  },
  {
    route: 'GET /v1/balance',
    id: 'getBalance',
    tag: 'Account',
    asker: 'client',
    summary: 'What you can spend',
    description: 'The sum of the accounts that you may use, capped by what is left of your day.',
    answers: { 200: { description: 'The sum.', schema: 'Balance', example: { balanceUsd: 12.5 } } },
    codes: ['auth', 'overloaded', 'internal'],
  },
  {
    route: 'GET /v1/kinds',
    id: 'getKinds',
    tag: 'Account',
    asker: 'client',
    summary: 'What can be solved, and by whom',
    answers: {
      200: { description: `Of ${KIND_NAMES.length} kinds those that you may ask for.`, schema: 'Kinds' },
    },
    codes: ['auth', 'internal'],
  },
  {
    route: 'GET /v1/scorecard',
    id: 'getScorecard',
    tag: 'Account',
    asker: 'either',
    summary: 'What your tasks came to',
    description: 'With the admin key everybody’s.',
    parameters: SCORECARD_QUERY,
    answers: SCORECARD_ANSWERS,
    codes: ['bad_request', 'auth', 'overloaded'],
  },
];

/** Every route of clients. */
export const CLIENT_ROUTES: readonly Route[] = [...SUBMITTING, ...ONE_TASK, ...AT_LARGE];
