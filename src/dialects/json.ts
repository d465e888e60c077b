/** createTask and getTaskResult. Refusals are HTTP 200 with an errorId: the clients look nowhere else. */
import type { CallbackRequest } from '../core/callback.js';
import type { Dialect, DoorRequest, DoorServices, Handler } from '../core/dialect.js';
import { SolveError } from '../core/errors.js';
import { type Client, errorOf, type Gateway } from '../core/gateway.js';
import { isOpen, spentUsd, type TaskRecord } from '../core/store.js';
import { factsOf } from '../core/task.js';
import { readCallback, sayPingback } from '../wire/callback.js';
import type { Question } from '../wire/codes.js';
import {
  bodyText,
  gatewayHeaders,
  keyOf,
  parseBody,
  readTaskId,
  submitOnce,
  unlessAway,
} from '../wire/door.js';
import { sayEcho } from '../wire/echo.js';
import * as figures from '../wire/figures.js';
import { flavourOfBody, particularsOf } from '../wire/flavours.js';
import * as wire from '../wire/json.js';
import { formOf, saySolution } from '../wire/json-answers.js';
import { isObject } from '../wire/values.js';

type Sent = Readonly<Record<string, unknown>>;

interface Call {
  readonly request: DoorRequest;
  readonly gateway: Gateway;
  readonly sent: Sent;
  readonly client: Client;
  readonly services: DoorServices;
}

/** Images are waited for inside createTask only where the service's clients never poll for them. */
const IMAGE_WAIT_MS = 60_000;
/** Longer than most tasks take, shorter than most proxies keep a silent connection. */
const TOKEN_WAIT_MS = 180_000;

/** Reads the envelope and the key, then runs the handler; whatever is thrown is told in this dialect. */
function door(question: Question, handle: (call: Call) => Promise<Response>): Handler {
  return async (request, gateway, services) => {
    try {
      const sent = readEnvelope(request.body);
      const client = gateway.authenticate(keyOf(request.headers, clientKeyOf(sent)));
      return await handle({ request, gateway, sent, client, services });
    } catch (thrown) {
      if (!(thrown instanceof SolveError)) throw thrown;
      const isResult = request.path === '/getTaskResult';
      return sayError(thrown, question, isResult ? failedFor(request.flavour) : {});
    }
  };
}

function readEnvelope(body: Uint8Array): Sent {
  const sent = parseBody(bodyText(body));
  if (!isObject(sent)) throw new SolveError('bad_request', { detail: 'The body is not a JSON object.' });
  return sent;
}

/** Spelled clientKey by all but one client. */
function clientKeyOf(sent: Sent): unknown {
  const name = Object.keys(sent).find((key) => key.toLowerCase() === 'clientkey');
  return name === undefined ? undefined : sent[name];
}

/** What a body asks for: read as one service's clients spell it, and answered as `flavour`. */
function readTask(
  sent: Sent,
  services: DoorServices,
  { readAs, flavour }: { readonly readAs: string | undefined; readonly flavour: string | undefined },
) {
  if (!isObject(sent.task)) throw new SolveError('bad_request', { saidAs: 'ERROR_TASK_ABSENT' });
  const { task, ignored } = wire.fromMembers(sent.task, readAs);
  const origin = { dialect: 'json', flavour, ...formOf(task, wire.typeOf(sent.task)) } as const;
  return { task, origin, ...readCallback('callbackUrl', sent, ignored, services) };
}

const createTask = door('submit', async ({ request, gateway, sent, client, services }) => {
  const flavour = request.flavour ?? flavourOfBody(sent, request.headers.get('user-agent'));
  const { task, origin, options, ignored } = readTask(sent, services, { readAs: flavour, flavour });
  const { signal } = request;
  const { solvesImagesAtOnce } = particularsOf(flavour);
  const isAtOnce = solvesImagesAtOnce && factsOf(task.kind).group === 'image';
  const record = await submitOnce({ gateway, client, signal }, { task, origin, options }, (id) =>
    isAtOnce ? gateway.untilEnded(client, id, IMAGE_WAIT_MS, signal) : gateway.untilAccepted(id, signal),
  );
  const headers = gatewayHeaders(record, ignored);
  if (record.error) return sayError(errorOf(record), 'submit', {}, headers);
  if (!isAtOnce || !record.solution) return Response.json(accepted(record), { headers });
  return Response.json({ ...solved(record), taskId: idAsSaid(record) }, { headers });
});

/** CapSolver's createTask that waits: the solution in the same answer, or the id when it takes too long. */
const getToken = door('submit', async ({ request, gateway, sent, client, services }) => {
  const flavour = request.flavour ?? 'capsolver';
  const { task, origin, options, ignored } = readTask(sent, services, { readAs: 'capsolver', flavour });
  const { id, createdAt, deadlineAt } = await gateway.submit(client, { task, origin, options });
  const waitMs = Math.min(deadlineAt - createdAt, TOKEN_WAIT_MS);
  const record = await gateway.untilEnded(client, id, waitMs, request.signal);
  const headers = gatewayHeaders(record, ignored);
  if (record.error) return sayError(errorOf(record), 'poll', failedFor(origin.flavour), headers);
  if (!record.solution) return Response.json(accepted(record), { headers });
  return Response.json({ ...solved(record), taskId: idAsSaid(record) }, { headers });
});

function idAsSaid({ id, origin }: TaskRecord): number | string {
  return particularsOf(origin.flavour).idAs === 'string' ? String(id) : id;
}

function accepted(record: TaskRecord): object {
  const taskId = idAsSaid(record);
  return particularsOf(record.origin.flavour).hasStatusInCreate
    ? { errorId: 0, status: 'idle', taskId }
    : { errorId: 0, taskId };
}

const getTaskResult = door('poll', async ({ request, gateway, sent, client, services }) => {
  const id = idOf(sent);
  const { signal } = request;
  const polled = services.holds.during(client, signal, (waitMs) =>
    gateway.untilEnded(client, id, waitMs, signal),
  );
  const record = await unlessAway(polled);
  if (!record) return Response.json({ errorId: 0, status: 'processing', ...echoOf(id, request.flavour) });
  const headers = gatewayHeaders(record);
  if (isOpen(record))
    return Response.json({ errorId: 0, status: 'processing', ...echo(record) }, { headers });
  return Response.json(ended(record), { headers });
});

/** What getTaskResult says of a task that has ended. */
function ended(record: TaskRecord): object {
  if (!record.error && record.solution) return solved(record);
  const failed = { ...failedFor(record.origin.flavour), ...echo(record) };
  return errorBody(errorOf(record), 'poll', failed);
}

/**
 * 2Captcha sends the form that in.php's clients know, the others what getTaskResult says; the id goes along, or
 * nobody could tell which task it is. Source: 2captcha.com (pingback), anti-captcha.com and docs.capmonster.cloud.
 */
function callback(record: TaskRecord): CallbackRequest {
  if (record.origin.flavour === '2captcha') return sayPingback(record);
  const body = JSON.stringify({ ...ended(record), taskId: idAsSaid(record) });
  return { method: 'POST', contentType: 'application/json', body };
}

/** CapSolver's clients poll on after an error that does not say so. */
function failedFor(flavour: string | undefined): object {
  return particularsOf(flavour).hasStatusInCreate ? { status: 'failed' } : {};
}

/** CapSolver's clients take the id of the next poll from the last answer; others break on it. */
function echo({ id, origin }: TaskRecord): object {
  return echoOf(id, origin.flavour);
}

function echoOf(id: number, flavour: string | undefined): object {
  return particularsOf(flavour).hasStatusInCreate ? { taskId: String(id) } : {};
}

function solved(record: TaskRecord): object {
  const solution = saySolution(record.task, record.solution ?? {}, record.origin.type);
  if (particularsOf(record.origin.flavour).hasStatusInCreate) {
    return { errorId: 0, status: 'ready', solution, ...echo(record) };
  }
  return {
    errorId: 0,
    status: 'ready',
    solution,
    cost: spentUsd(record).toFixed(6),
    ip: '0.0.0.0',
    createTime: Math.floor(record.createdAt / 1_000),
    endTime: Math.floor((record.finishedAt ?? record.createdAt) / 1_000),
    solveCount: record.attempts.filter(({ acceptedAt }) => acceptedAt !== null).length,
  };
}

const getBalance = door('submit', async ({ gateway, client }) => {
  const balance = Number((await gateway.balanceUsd(client)).toFixed(5));
  return Response.json({ errorId: 0, balance });
});

function report(isAcceptedIn: (sent: Sent) => boolean): Handler {
  return door('poll', async ({ gateway, sent, client }) => {
    await gateway.report(client, idOf(sent), isAcceptedIn(sent));
    return Response.json({ errorId: 0, status: 'success' });
  });
}

const reportGood = report(() => true);
const reportBad = report(() => false);
const feedback = report(({ result }) => !(isObject(result) && result.invalid === true));

/** The load of one of Anti-Captcha's queues, or of all: no key is asked for, no errorId told. */
const getQueueStats: Handler = async ({ body }, gateway) => {
  const sent = parseBody(bodyText(body));
  const queueId = isObject(sent) ? (sent.queueId ?? undefined) : undefined;
  const kind = figures.kindOfQueue(queueId);
  const usage = queueId !== undefined && kind === undefined ? NO_USAGE : gateway.usage({ kind });
  return Response.json(figures.sayQueue(usage));
};

/** A queue that nobody here works on. */
const NO_USAGE = { busy: 0, free: 0, meanCostUsd: null, meanSolveMs: null, hours: [] } as const;

/** Anti-Captcha's filters of getSpendingStats; the gateway keeps no figures apart for these. */
const FILTERS = ['queue', 'softId', 'ip'] as const;
const HOURS_BEFORE_MS = 23 * 3_600_000;

const getSpendingStats = door('submit', async ({ gateway, sent, client }) => {
  const filter = FILTERS.find((name) => Boolean(sent[name]));
  if (filter) throw new SolveError('bad_request', { detail: `There are no figures by ${filter}.` });
  const { hours } = gateway.usage({ client });
  const newest = hours.at(-1)?.startsAt ?? 0;
  const from = Number(sent.date ?? 0) * 1_000 || newest - HOURS_BEFORE_MS;
  return Response.json({ errorId: 0, data: figures.spendingRecords(hours, from) });
});

/** Shows what arrived, to whoever sent it. Plain text, where Anti-Captcha says HTML: it holds what strangers write. */
const test: Handler = async ({ body }) => {
  const raw = bodyText(body);
  return new Response(sayEcho(raw, parseBody(raw)), {
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  });
};

function idOf({ taskId }: Sent): number {
  const id = readTaskId(taskId);
  if (id === undefined)
    throw new SolveError('task_not_found', { detail: 'taskId is missing or is none of ours.' });
  return id;
}

function sayError(
  error: SolveError,
  question: Question,
  more: object = {},
  headers: Record<string, string> = {},
): Response {
  return Response.json(errorBody(error, question, more), { headers });
}

function errorBody(error: SolveError, question: Question, more: object): object {
  const errorCode = wire.spellError(error, question);
  const errorDescription = error.evidence.detail ?? error.policy.title;
  return { errorId: 1, errorCode, errorDescription, ...more };
}

export default {
  id: 'json',
  routes: {
    'POST /createTask': createTask,
    'POST /getToken': getToken,
    'POST /getTaskResult': getTaskResult,
    'POST /getBalance': getBalance,
    'POST /reportCorrect': reportGood,
    'POST /reportIncorrect': reportBad,
    'POST /reportCorrectRecaptcha': reportGood,
    'POST /reportIncorrectRecaptcha': reportBad,
    'POST /reportIncorrectImageCaptcha': reportBad,
    'POST /reportIncorrectHcaptcha': reportBad,
    'POST /reportIncorrectTokenCaptcha': reportBad,
    'POST /feedbackTask': feedback,
    'POST /getQueueStats': getQueueStats,
    'POST /getSpendingStats': getSpendingStats,
    'POST /test': test,
  },
  callback,
  refuse: (error, { path }) => sayError(error, path === '/getTaskResult' ? 'poll' : 'submit'),
} satisfies Dialect;
