/** Puts the dialects behind one HTTP app: paths in every variant that clients send, bodies bounded. */
import { type Context, Hono } from 'hono';
import type { Dialect, DoorRequest, DoorServices } from '../core/dialect.js';
import { asSolveError, SolveError } from '../core/errors.js';
import type { Gateway } from '../core/gateway.js';
import { FLAVOURS, flavourOfHost } from '../wire/flavours.js';
import { type NodeBindings, readBounded } from './body.js';
import { problem } from './operator-guard.js';

export interface DoorOptions {
  readonly gateway: Gateway;
  readonly dialects: ReadonlyMap<string, Dialect>;
  readonly services: DoorServices;
  /** Read at each request. */
  readonly maxBodyBytes: number;
  /** Faults of our own that a request uncovered. */
  readonly onFault: (error: unknown) => void;
}

export type App = Hono<{ Bindings: NodeBindings }>;

/**
 * An empty app whose paths are normalized: no `/for/<flavour>`, no doubled, trailing or encoded-blank endings.
 * What a route throws becomes a problem; `onFault` is told of what nobody foresaw.
 */
export function openApp(onFault: (error: unknown) => void): App {
  const app = new Hono<{ Bindings: NodeBindings }>({ getPath: ({ url }) => splitPath(url).path });
  app.onError((thrown) => {
    const error = asSolveError(thrown);
    if (error.code === 'internal') onFault(thrown);
    return problem(error);
  });
  return app;
}

/** Mounts every route of every dialect, and an answer in the right dialect for whatever has none. */
export function mountDoors(app: App, options: DoorOptions): void {
  for (const dialect of options.dialects.values()) {
    for (const [route, handler] of Object.entries(dialect.routes)) {
      const [method = 'GET', path = '/'] = route.split(' ');
      app.on(method, path, (context) =>
        answer(context, dialect, options, (request) => handler(request, options.gateway, options.services)),
      );
    }
  }
  app.notFound((context) => {
    const dialect = dialectFor(context, options.dialects);
    return answer(context, dialect, options, async () => {
      throw new SolveError('task_not_found', {
        detail: 'There is no such path.',
        saidAs: 'ERROR_NO_SUCH_METHOD',
      });
    });
  });
}

async function answer(
  context: Context<{ Bindings: NodeBindings }>,
  dialect: Dialect,
  options: DoorOptions,
  handle: (request: DoorRequest) => Promise<Response>,
): Promise<Response> {
  const { raw, method } = context.req;
  const parts = partsOf(context);
  // Hono answers HEAD with the handler of GET, and a GET may buy a captcha.
  if (method === 'HEAD') return dialect.refuse(new SolveError('bad_request'), { ...parts, body: EMPTY });
  try {
    const body = await readBounded(raw, options.maxBodyBytes);
    return await handle({
      ...parts,
      body,
      // Making a signal costs more than all of the above, and most requests never wait.
      get signal() {
        return raw.signal;
      },
    });
  } catch (thrown) {
    const error = asSolveError(thrown);
    if (error.code === 'internal') options.onFault(thrown);
    return dialect.refuse(error, { ...parts, body: EMPTY });
  }
}

const EMPTY = new Uint8Array();

function partsOf({ req }: Context<{ Bindings: NodeBindings }>): Omit<DoorRequest, 'body' | 'signal'> {
  const { path, search, prefix } = splitPath(req.url);
  const { headers } = req.raw;
  return {
    method: req.method,
    path,
    query: new URLSearchParams(search),
    headers,
    flavour: prefix ?? flavourOfHost(headers.get('host')),
    params: req.param(),
  };
}

interface SplitPath {
  readonly path: string;
  readonly search: string;
  /** The flavour that the path names. */
  readonly prefix: string | undefined;
}

/** Takes an absolute URL apart without parsing all of it: this runs several times for every request. */
function splitPath(url: string): SplitPath {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  const mark = url.indexOf('?', start);
  const end = mark < 0 ? url.length : mark;
  const written = start < 0 ? '/' : url.slice(start, end);
  const clean = written.replace(/\/{2,}/g, '/').replace(/(?:%20|\/)+$/, '') || '/';
  const [, prefix, rest] = /^\/for\/([^/]+)(\/.*)$/.exec(clean) ?? [];
  const isFlavour = prefix !== undefined && Object.hasOwn(FLAVOURS, prefix);
  return {
    path: isFlavour && rest ? rest : clean,
    search: mark < 0 ? '' : url.slice(mark),
    prefix: isFlavour ? prefix : undefined,
  };
}

/** Who refuses an unknown path: the dialect whose path it is, json for other POSTs, native for the rest. */
function dialectFor({ req }: Context, dialects: ReadonlyMap<string, Dialect>): Dialect {
  const { path } = splitPath(req.url);
  const owner = [...dialects.values()].find(({ routes }) =>
    Object.keys(routes).some((route) => route.split(' ')[1] === path),
  );
  const isNative = path.startsWith('/v1') || req.method !== 'POST';
  const dialect = owner ?? dialects.get(isNative ? 'native' : 'json');
  if (!dialect) throw new TypeError('There is no dialect to refuse in.');
  return dialect;
}
