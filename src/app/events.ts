/** The streams of events: all of them for the operator, a client's own for the client, and those of one task. */
import type { Context } from 'hono';
import { SolveError } from '../core/errors.js';
import type { Events } from '../core/events.js';
import type { Gateway } from '../core/gateway.js';
import { isOpen, type TaskRecord } from '../core/store.js';
import type { EventFeed, Viewer } from '../ops/events.js';
import { keyOf, readTaskId } from '../wire/door.js';
import { sayProblem } from '../wire/native.js';
import type { NodeBindings } from './body.js';
import type { App } from './doors.js';

export interface EventsOptions {
  readonly gateway: Gateway;
  readonly feed: EventFeed;
  readonly events: Events;
  /** Whether the request is the operator's, by its key or where it comes from. */
  readonly isOperator: (context: EventsContext) => boolean;
  /** A task, whoever's it is. */
  readonly inspect: (id: number) => Promise<TaskRecord | undefined>;
  readonly onFault: (error: unknown) => void;
}

type EventsContext = Context<{ Bindings: NodeBindings }>;

/** As long as one wait for a task's end lasts; then comes the next one. */
const WAIT_MS = 60_000;

export function mountEvents(app: App, options: EventsOptions): void {
  const guarded = (open: (context: EventsContext) => Response | Promise<Response>) => {
    return async (context: EventsContext) => {
      try {
        return await open(context);
      } catch (error) {
        if (!(error instanceof SolveError)) options.onFault(error);
        return problem(error instanceof SolveError ? error : new SolveError('internal'));
      }
    };
  };
  app.get(
    '/v1/events',
    guarded((context) => {
      const taskId = context.req.query('task');
      const viewer = viewerOf(context, options);
      return taskId === undefined
        ? stream(context, options, viewer)
        : one(context, options, { viewer, taskId });
    }),
  );
  app.get(
    '/v1/tasks/:id/events',
    guarded((context) => {
      const taskId = context.req.param('id') ?? '';
      return one(context, options, { viewer: viewerOf(context, options), taskId });
    }),
  );
}

/** @throws SolveError `auth` for a key that nobody has. */
function viewerOf(context: EventsContext, { gateway, isOperator }: EventsOptions): Viewer {
  const { headers } = context.req.raw;
  const after = headers.get('last-event-id') ?? undefined;
  if (isOperator(context)) return { after };
  return { after, clientId: gateway.authenticate(keyOf(headers, undefined)).id };
}

/** The events of one task; a stream of a task that has ended tells that and ends. */
async function one(
  context: EventsContext,
  options: EventsOptions,
  { viewer, taskId }: { readonly viewer: Viewer; readonly taskId: string },
): Promise<Response> {
  const { feed, inspect, onFault } = options;
  const id = readTaskId(taskId);
  const record = id === undefined ? undefined : await inspect(id);
  const isTheirs = viewer.clientId === undefined || record?.clientId === viewer.clientId;
  if (!record || !isTheirs)
    throw new SolveError('task_not_found', {
      detail: `There is no task ${taskId.slice(0, 40)} for this key.`,
    });
  const over = new AbortController();
  const onOver = () => over.abort();
  const response = stream(context, options, { ...viewer, taskId: String(record.id), onOver });
  if (response.body)
    void untilEnd(options, record, over.signal).then((end) => end && feed.tellEnd(end), onFault);
  return response;
}

/** The task as it ended, wherever that was; undefined when the reader has gone before. */
async function untilEnd(
  { gateway, inspect }: EventsOptions,
  { id, clientId }: TaskRecord,
  signal: AbortSignal,
): Promise<TaskRecord | undefined> {
  for (;;) {
    const record = await inspect(id);
    if (!record || signal.aborted) return undefined;
    if (!isOpen(record)) return record;
    await gateway.untilEnded({ id: clientId, keySha256: '', holdMs: 0 }, id, WAIT_MS, signal);
  }
}

function stream(context: EventsContext, options: EventsOptions, viewer: Viewer): Response {
  const headers = {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // Proxies would keep the events to themselves until there are enough.
    'x-accel-buffering': 'no',
  };
  // Nobody would ever read or end a stream that HEAD has opened.
  if (context.req.raw.method === 'HEAD') return new Response(null, { headers });
  // The adaptor would write a stream that breaks off to the standard error.
  const hangUp = () => void context.env.outgoing.destroy();
  const body = options.feed.open({ ...viewer, hangUp });
  if (body) {
    // A key that was taken out of the config is to hear nothing more.
    const onReload = () => void (isStill(context, options, viewer) || hangUp());
    context.env.outgoing.once('close', options.events.on('config-reloaded', onReload));
    return new Response(body, { headers });
  }
  throw new SolveError('rate_limited', {
    detail: 'Too many streams of events are open.',
    retryAfterMs: 5_000,
  });
}

/** Whether what opened the stream would open the same one now. */
function isStill(context: EventsContext, options: EventsOptions, { clientId }: Viewer): boolean {
  try {
    return viewerOf(context, options).clientId === clientId;
  } catch {
    return false;
  }
}

function problem(error: SolveError): Response {
  const { status, body } = sayProblem(error);
  const headers = { 'content-type': 'application/problem+json' };
  return new Response(JSON.stringify(body), { status, headers });
}
