/** The operator's pages: health, status, metrics, and the switches of the providers. */
import type { Callback } from '../core/callback.js';
import type { TaskRecord } from '../core/store.js';
import { tellable } from '../core/tellable.js';
import { readTaskId } from '../wire/door.js';
import { sayStory } from '../wire/native.js';
import type { App } from './doors.js';
import { type Guard, noSuch, type OperatorContext } from './operator-guard.js';

export interface OperatorOptions {
  readonly guard: Guard;
  readonly status: () => object;
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
  /** Rejects while the gateway cannot take tasks. */
  readonly ready: () => Promise<void>;
  readonly inspect: (id: number) => Promise<TaskRecord | undefined>;
  /** The whole story of one account; undefined for an unknown one. */
  readonly provider: (id: string) => object | undefined;
  readonly hold: (id: string, reason: string) => boolean;
  readonly admit: (id: string, reason: string) => boolean;
  /** Callbacks that were given up, newest first. */
  readonly deadCallbacks: () => Promise<readonly Callback[]>;
  /** Has one of them tried again; false when there is none. */
  readonly retryCallback: (id: number) => Promise<boolean>;
}

/** Mounts the operator's routes. Health answers everybody; the rest is for the admin key or loopback. */
export function mountOperator(app: App, options: OperatorOptions): void {
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    try {
      await options.ready();
      return context.json({ status: 'ready' });
    } catch {
      return context.json({ status: 'not ready' }, 503);
    }
  });
  const { guard: guarded } = options;
  app.get(
    '/status',
    guarded((context) => context.json(options.status())),
  );
  app.get(
    '/metrics',
    guarded(async () => {
      const { contentType, render } = options.metrics;
      return new Response(await render(), { headers: { 'content-type': contentType } });
    }),
  );
  app.get(
    '/admin/tasks/:id',
    guarded(async (context) => {
      const id = readTaskId(context.req.param('id'));
      const record = id === undefined ? undefined : await options.inspect(id);
      return record ? context.json({ ...sayStory(record), clientId: record.clientId }) : noSuch('task');
    }),
  );
  mountProviders(app, options);
  mountCallbacks(app, options);
}

function mountCallbacks(app: App, { deadCallbacks, retryCallback, guard: guarded }: OperatorOptions): void {
  app.get(
    '/admin/callbacks',
    guarded(async (context) => context.json({ callbacks: (await deadCallbacks()).map(sayCallback) })),
  );
  app.post(
    '/admin/callbacks/:id/retry',
    guarded(async (context) => {
      const id = readTaskId(context.req.param('id'));
      const isFound = id !== undefined && (await retryCallback(id));
      return isFound ? context.json({ taskId: String(id), retried: true }) : noSuch('callback');
    }),
  );
}

/** Where to, without what only its receiver is to know: login and query. */
function sayCallback({ record, state }: Callback): object {
  const { id, clientId, options, status, finishedAt } = record;
  const url = URL.canParse(options.callbackUrl ?? '') ? new URL(options.callbackUrl ?? '') : undefined;
  const { tries, triedAt, fault } = state;
  return {
    taskId: String(id),
    clientId,
    url: url ? `${url.origin}${tellable(url.pathname)}` : null,
    status,
    finishedAt: iso(finishedAt),
    tries,
    triedAt: iso(triedAt),
    fault,
  };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function mountProviders(app: App, options: OperatorOptions): void {
  const { provider, status, guard: guarded } = options;
  app.get(
    '/admin/providers/:id',
    guarded((context) => {
      const story = provider(context.req.param('id') ?? '');
      return story ? context.json(story) : noSuch('provider');
    }),
  );
  for (const verb of ['hold', 'admit'] as const) {
    app.post(
      `/admin/providers/:id/${verb}`,
      guarded(async (context) => {
        const reason = (await reasonOf(context)) ?? UNSTATED[verb];
        const isKnown = options[verb](context.req.param('id') ?? '', reason);
        return isKnown ? context.json(status()) : noSuch('provider');
      }),
    );
  }
}

/** What is noted where the operator gives no reason. */
const UNSTATED = { hold: 'held by the operator', admit: 'admitted by the operator' } as const;

async function reasonOf(context: OperatorContext): Promise<string | undefined> {
  const body: unknown = await context.req.json().catch(() => ({}));
  const reason = typeof body === 'object' && body !== null && 'reason' in body ? body.reason : undefined;
  return typeof reason === 'string' && reason.trim() !== '' ? tellable(reason.trim(), 200) : undefined;
}
