/** The gateway's own API under /v1: kinds and normalized fields in, the whole story of a task out. */
import type { CallbackRequest } from '../core/callback.js';
import type { Dialect, DoorRequest, DoorServices, Handler } from '../core/dialect.js';
import { SolveError } from '../core/errors.js';
import type { Client, Gateway } from '../core/gateway.js';
import { type Idempotency, isOpen, type TaskRecord } from '../core/store.js';
import { factsOf } from '../core/task.js';
import { bodyText, fingerprintOf, gatewayHeaders, keyOf, parseBody, readTaskId } from '../wire/door.js';
import * as wire from '../wire/native.js';

interface Call {
  readonly request: DoorRequest;
  readonly gateway: Gateway;
  readonly client: Client;
  readonly services: DoorServices;
}

const LONGEST_WAIT_SECONDS = 300;
/** When a client that was told 202 may usefully come back. */
const COME_BACK_SECONDS = 5;

function door(handle: (call: Call) => Promise<Response>): Handler {
  return async (request, gateway, services) => {
    try {
      const client = gateway.authenticate(keyOf(request.headers, undefined));
      return await handle({ request, gateway, client, services });
    } catch (thrown) {
      if (!(thrown instanceof SolveError)) throw thrown;
      return refuse(thrown);
    }
  };
}

const solve = door(async (call) => {
  const waitMs = waitOf(call.request);
  const { id, deadlineAt, createdAt } = await take(call);
  const { gateway, client, request } = call;
  const record = await gateway.untilEnded(
    client,
    id,
    waitMs ?? deadlineAt - createdAt + 1_000,
    request.signal,
  );
  if (record.status === 'solved') return sayTask(record, 200);
  return isOpen(record)
    ? sayTask(record, 202)
    : sayProblem(wire.sayFailedTask(record), gatewayHeaders(record));
});

/** 202, or 200 when the same request has been answered before. */
const createTask = door(async (call) => {
  const record = await take(call);
  return sayTask(record, wire.statusOf(record));
});

async function take({ request, gateway, client, services }: Call): Promise<TaskRecord> {
  const { task, options, deadlineMs } = wire.readSubmit(readJson(request));
  checkCallback(options.callbackUrl, services);
  const idempotency = idempotencyOf(request);
  return await gateway.submit(client, {
    task,
    options,
    deadlineMs,
    idempotency,
    origin: { dialect: 'native' },
  });
}

function checkCallback(url: string | undefined, { callbackFault }: DoorServices): void {
  const message = url === undefined ? undefined : callbackFault(url);
  if (message === undefined) return;
  const issues = [{ path: 'callbackUrl', message }];
  throw new SolveError('bad_request', { issues, detail: `callbackUrl: ${message}` });
}

/** The task as `POST /v1/solve` answers with it. */
function callback(record: TaskRecord): CallbackRequest {
  const body = JSON.stringify(wire.sayTask(record));
  return { method: 'POST', contentType: 'application/json', body };
}

const LONGEST_KEY = 255;

/** The key that makes a repeated request the same task; what it came with is told by a hash of the body. */
function idempotencyOf({ headers, body }: DoorRequest): Idempotency | undefined {
  const key = headers.get('idempotency-key')?.trim();
  if (key === undefined) return undefined;
  if (key === '' || key.length > LONGEST_KEY) {
    const message = `must have 1 to ${LONGEST_KEY} characters`;
    throw new SolveError('bad_request', { issues: [{ path: 'Idempotency-Key', message }] });
  }
  return { key, fingerprint: fingerprintOf(parseBody(bodyText(body))) };
}

const getTask = door(async ({ request, gateway, client }) => {
  const record = await gateway.untilEnded(client, idOf(request), waitOf(request) ?? 0, request.signal);
  return sayTask(record, wire.statusOf(record), wire.sayStory);
});

const deleteTask = door(async ({ request, gateway, client }) => {
  return sayTask(await gateway.cancel(client, idOf(request)), 200);
});

const report = door(async ({ request, gateway, client }) => {
  const id = idOf(request);
  await gateway.report(client, id, wire.readReport(readJson(request)));
  return Response.json({ taskId: String(id), recorded: true });
});

const balance = door(async ({ gateway, client }) => {
  return Response.json({ balanceUsd: Number((await gateway.balanceUsd(client)).toFixed(6)) });
});

const kinds = door(async ({ gateway, client }) => {
  const offers = gateway.kinds(client).map(({ kind, providers }) => {
    const { title, required, optional = [], oneOf = [], solution } = factsOf(kind);
    return { kind, title, required, optional, oneOf, solution, providers };
  });
  return Response.json({ kinds: offers });
});

function readJson({ body }: DoorRequest): unknown {
  const parsed = parseBody(bodyText(body));
  if (parsed === undefined) throw new SolveError('bad_request', { detail: 'The body is not valid JSON.' });
  return parsed;
}

function idOf({ params }: DoorRequest): number {
  const id = readTaskId(params.id);
  if (id === undefined)
    throw new SolveError('task_not_found', {
      detail: `There is no task ${params.id?.slice(0, 40)} for this key.`,
    });
  return id;
}

/** Seconds from `?wait=` or `Prefer: wait=`, as milliseconds; undefined when neither is there. */
function waitOf({ query, headers }: DoorRequest): number | undefined {
  const asked = query.get('wait') ?? /(?:^|[,;\s])wait=([^,;\s]+)/i.exec(headers.get('prefer') ?? '')?.[1];
  if (asked === undefined || asked === null) return undefined;
  const seconds = Number(asked);
  if (asked.trim() === '' || !Number.isFinite(seconds) || seconds < 0) {
    throw new SolveError('bad_request', {
      issues: [{ path: 'wait', message: 'must be a number of seconds' }],
    });
  }
  return Math.min(seconds, LONGEST_WAIT_SECONDS) * 1_000;
}

function sayTask(record: TaskRecord, status: 200 | 202, say = wire.sayTask): Response {
  const headers = gatewayHeaders(record);
  if (status === 202) {
    headers.location = `/v1/tasks/${record.id}`;
    headers['retry-after'] = String(COME_BACK_SECONDS);
  }
  return Response.json(say(record), { status, headers });
}

function sayProblem(
  { status, retryAfterMs, body }: wire.Problem,
  headers: Record<string, string> = {},
): Response {
  const all: Record<string, string> = { 'content-type': 'application/problem+json', ...headers };
  if (retryAfterMs !== undefined) all['retry-after'] = String(Math.ceil(retryAfterMs / 1_000));
  return new Response(JSON.stringify(body), { status, headers: all });
}

function refuse(error: SolveError): Response {
  return sayProblem(wire.sayProblem(error));
}

export default {
  id: 'native',
  routes: {
    'POST /v1/solve': solve,
    'POST /v1/tasks': createTask,
    'GET /v1/tasks/:id': getTask,
    'DELETE /v1/tasks/:id': deleteTask,
    'POST /v1/tasks/:id/report': report,
    'GET /v1/balance': balance,
    'GET /v1/kinds': kinds,
  },
  refuse,
  callback,
} satisfies Dialect;
