/** The routes of the operator. */
import type { ErrorCode } from '../core/errors.js';
import { MOST_MINUTES } from '../ops/history.js';
import { SCORECARD_ANSWERS, SCORECARD_QUERY } from './client-routes.js';
import { pathName, query, type Route, TASK_ID } from './route.js';
import { ref } from './schema.js';

const PROVIDER = pathName('id', 'The id of an entry of `providers`.', 'captchaai');
const KNOWN: readonly ErrorCode[] = ['auth', 'task_not_found'];

const HEALTH: readonly Route[] = [
  {
    route: 'GET /healthz',
    id: 'getHealth',
    tag: 'Health',
    asker: 'anybody',
    summary: 'Whether the process serves',
    answers: { 200: { description: 'It does.', schema: 'Health', example: { status: 'ok' } } },
    codes: [],
  },
  {
    route: 'GET /readyz',
    id: 'getReadiness',
    tag: 'Health',
    asker: 'anybody',
    summary: 'Whether the gateway can take tasks',
    answers: {
      200: { description: 'It can.', schema: 'Readiness', example: { status: 'ready' } },
      503: {
        description: 'The ledger cannot be written, or the gateway is stopping.',
        schema: 'Readiness',
        example: { status: 'not ready' },
      },
    },
    codes: [],
  },
];

const FIGURES: readonly Route[] = [
  {
    route: 'GET /status',
    id: 'getStatus',
    tag: 'State',
    asker: 'operator',
    summary: 'Accounts and kinds as they are now',
    answers: {
      200: { description: 'State, cause, since, until; who serves what; failovers.', schema: 'Status' },
    },
    codes: ['auth'],
  },
  {
    route: 'GET /metrics',
    id: 'getMetrics',
    tag: 'State',
    asker: 'operator',
    summary: 'Metrics for Prometheus',
    answers: {
      200: { description: 'The text format of Prometheus.', content: { 'text/plain': { type: 'string' } } },
    },
    codes: ['auth'],
  },
  {
    route: 'GET /admin/history',
    id: 'getHistory',
    tag: 'State',
    asker: 'operator',
    summary: 'The last hour, minute by minute',
    parameters: [
      query('minutes', 'How far back.', {
        type: 'integer',
        minimum: 1,
        maximum: MOST_MINUTES,
        default: MOST_MINUTES,
      }),
    ],
    answers: {
      200: { description: 'What each provider did, and every opening and closing.', schema: 'History' },
    },
    codes: ['bad_request', 'auth'],
  },
  {
    route: 'GET /admin/scorecard',
    id: 'getScorecardOfAll',
    tag: 'State',
    asker: 'operator',
    summary: 'Who solved what for which site',
    parameters: SCORECARD_QUERY,
    answers: SCORECARD_ANSWERS,
    codes: ['bad_request', 'auth', 'overloaded'],
  },
  {
    route: 'GET /admin/tasks/{id}',
    id: 'inspectTask',
    tag: 'State',
    asker: 'operator',
    summary: 'Any client’s task with its story',
    parameters: [TASK_ID],
    answers: { 200: { description: 'The task.', schema: 'OperatorTask' } },
    codes: KNOWN,
  },
];

const PROVIDERS: readonly Route[] = [
  {
    route: 'GET /admin/providers/{id}',
    id: 'getProvider',
    tag: 'Providers',
    asker: 'operator',
    summary: 'All there is to know of one account',
    parameters: [PROVIDER],
    answers: { 200: { description: 'Its gates, what happened to it, its money.', schema: 'ProviderStory' } },
    codes: KNOWN,
  },
  {
    route: 'POST /admin/providers/{id}/hold',
    id: 'holdProvider',
    tag: 'Providers',
    asker: 'operator',
    summary: 'Keep new tasks from an account',
    description: 'What it has in hand goes on.',
    parameters: [PROVIDER],
    body: {
      schema: 'Reason',
      isRequired: false,
      examples: { reason: { reason: 'their status page says so' } },
    },
    answers: { 200: { description: 'The state of all accounts after it.', schema: 'Status' } },
    codes: KNOWN,
  },
  {
    route: 'POST /admin/providers/{id}/admit',
    id: 'admitProvider',
    tag: 'Providers',
    asker: 'operator',
    summary: 'Let new tasks in again',
    description: 'Opens every gate of the account at once.',
    parameters: [PROVIDER],
    body: { schema: 'Reason', isRequired: false, examples: { reason: { reason: 'paid the bill' } } },
    answers: { 200: { description: 'The state of all accounts after it.', schema: 'Status' } },
    codes: KNOWN,
  },
];

const DUTIES: readonly Route[] = [
  {
    route: 'GET /admin/reload',
    id: 'getLeaving',
    tag: 'Config',
    asker: 'operator',
    summary: 'Accounts that a reload took out and that have tasks in hand yet',
    answers: { 200: { description: 'The accounts.', schema: 'Leaving', example: { leaving: [] } } },
    codes: ['auth'],
  },
  {
    route: 'POST /admin/reload',
    id: 'reload',
    tag: 'Config',
    asker: 'operator',
    summary: 'Read the config again',
    answers: {
      200: {
        description: 'The config holds.',
        schema: 'Reloaded',
        example: {
          outcome: 'reloaded',
          by: 'operator',
          changed: ['providers[0].priority'],
          needsRestart: [],
          tookMs: 4.2,
        },
      },
      422: {
        description: 'The config cannot be used; the one before goes on.',
        content: { 'application/problem+json': ref('ReloadRefused') },
      },
    },
    codes: ['auth'],
  },
  {
    route: 'GET /admin/callbacks',
    id: 'getCallbacks',
    tag: 'Callbacks',
    asker: 'operator',
    summary: 'Callbacks that were given up, newest first',
    answers: { 200: { description: 'The callbacks.', schema: 'Callbacks', example: { callbacks: [] } } },
    codes: ['auth'],
  },
  {
    route: 'POST /admin/callbacks/{id}/retry',
    id: 'retryCallback',
    tag: 'Callbacks',
    asker: 'operator',
    summary: 'Send one of them again',
    parameters: [TASK_ID],
    answers: {
      200: { description: 'It is due now.', schema: 'Retried', example: { taskId: '12345', retried: true } },
    },
    codes: KNOWN,
  },
];

const SESSIONS: readonly Route[] = [
  {
    route: 'GET /admin/session',
    id: 'getSession',
    tag: 'Session',
    asker: 'anybody',
    summary: 'Who asks',
    answers: {
      200: { description: 'By what the operator is known here; null for strangers.', schema: 'Session' },
    },
    codes: [],
  },
  {
    route: 'POST /admin/session',
    id: 'logIn',
    tag: 'Session',
    asker: 'anybody',
    summary: 'Log a browser in',
    body: { schema: 'Login', isRequired: true, examples: { key: { key: 'the-admin-key' } } },
    answers: {
      204: { description: 'A cookie that no script can read, for 12 hours.', headers: ['Set-Cookie'] },
    },
    codes: ['auth', 'rate_limited'],
  },
  {
    route: 'DELETE /admin/session',
    id: 'logOut',
    tag: 'Session',
    asker: 'anybody',
    summary: 'Log a browser out',
    answers: { 204: { description: 'The cookie is gone.', headers: ['Set-Cookie'] } },
    codes: ['auth'],
  },
];

/** Every route of the operator. */
export const OPERATOR_ROUTES: readonly Route[] = [
  ...HEALTH,
  ...FIGURES,
  ...PROVIDERS,
  ...DUTIES,
  ...SESSIONS,
];
