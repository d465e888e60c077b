/** createTask and getTaskResult. Refusals are HTTP 200 with an errorId: the clients look nowhere else. */
import type { Dialect, DoorRequest, Handler } from '../core/dialect.js';
import { SolveError } from '../core/errors.js';
import { type Client, errorOf, type Gateway } from '../core/gateway.js';
import { isOpen, spentUsd, type TaskRecord } from '../core/store.js';
import { factsOf } from '../core/task.js';
import type { Question } from '../wire/codes.js';
import { bodyText, gatewayHeaders, keyOf, parseBody, readTaskId } from '../wire/door.js';
import { flavourOfBody, particularsOf } from '../wire/flavours.js';
import * as wire from '../wire/json.js';
import { isObject } from '../wire/rows.js';

type Sent = Readonly<Record<string, unknown>>;

interface Call {
  readonly request: DoorRequest;
  readonly gateway: Gateway;
  readonly sent: Sent;
  readonly client: Client;
}

/** Images are waited for inside createTask only where the service's clients never poll for them. */
const IMAGE_WAIT_MS = 60_000;

/** Reads the envelope and the key, then runs the handler; whatever is thrown is told in this dialect. */
function door(question: Question, handle: (call: Call) => Promise<Response>): Handler {
  return async (request, gateway) => {
    try {
      const sent = readEnvelope(request.body);
      const client = gateway.authenticate(keyOf(request.headers, clientKeyOf(sent)));
      return await handle({ request, gateway, sent, client });
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

const createTask = door('submit', async ({ request, gateway, sent, client }) => {
  if (!isObject(sent.task)) throw new SolveError('bad_request', { saidAs: 'ERROR_TASK_ABSENT' });
  const flavour = request.flavour ?? flavourOfBody(sent, request.headers.get('user-agent'));
  const { task, ignored } = wire.fromMembers(sent.task);
  const { id } = await gateway.submit(client, { task, origin: { dialect: 'json', flavour } });
  const { solvesImagesAtOnce } = particularsOf(flavour);
  const isAtOnce = solvesImagesAtOnce && factsOf(task.kind).group === 'image';
  const record = isAtOnce
    ? await gateway.untilEnded(client, id, IMAGE_WAIT_MS, request.signal)
    : await gateway.untilAccepted(id, request.signal);
  const headers = gatewayHeaders(record, ignored);
  if (record.error) return sayError(errorOf(record), 'submit', {}, headers);
  return Response.json(isAtOnce && record.solution ? solved(record) : accepted(record), { headers });
});

function accepted({ id, origin }: TaskRecord): object {
  const { idAs, hasStatusInCreate } = particularsOf(origin.flavour);
  const taskId = idAs === 'string' ? String(id) : id;
  return hasStatusInCreate ? { errorId: 0, status: 'idle', taskId } : { errorId: 0, taskId };
}

const getTaskResult = door('poll', async ({ request, gateway, sent, client }) => {
  const record = await gateway.untilEnded(client, idOf(sent), client.holdMs, request.signal);
  const headers = gatewayHeaders(record);
  if (isOpen(record))
    return Response.json({ errorId: 0, status: 'processing', ...echo(record) }, { headers });
  if (!record.error && record.solution) return Response.json(solved(record), { headers });
  const failed = { ...failedFor(record.origin.flavour), ...echo(record) };
  return sayError(errorOf(record), 'poll', failed, headers);
});

/** CapSolver's clients poll on after an error that does not say so. */
function failedFor(flavour: string | undefined): object {
  return particularsOf(flavour).hasStatusInCreate ? { status: 'failed' } : {};
}

/** CapSolver's clients take the id of the next poll from the last answer; others break on it. */
function echo({ id, origin }: TaskRecord): object {
  return particularsOf(origin.flavour).hasStatusInCreate ? { taskId: String(id) } : {};
}

function solved(record: TaskRecord): object {
  const solution = wire.saySolution(record.task.kind, record.solution ?? {});
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
  const errorCode = wire.spellError(error, question);
  const errorDescription = error.evidence.detail ?? error.policy.title;
  return Response.json({ errorId: 1, errorCode, errorDescription, ...more }, { headers });
}

export default {
  id: 'json',
  routes: {
    'POST /createTask': createTask,
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
  },
  refuse: (error, { path }) => sayError(error, path === '/getTaskResult' ? 'poll' : 'submit'),
} satisfies Dialect;
