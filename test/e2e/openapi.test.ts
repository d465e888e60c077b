/** The API as it describes itself: every route that there is, and what a running gateway really answers on them. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { App } from '../../src/app/doors.js';
import { openSandbox, type RunningGateway, startGateway } from '../../src/app.js';
import type { Dialect } from '../../src/core/dialect.js';
import type { OpenApiDocument } from '../../src/openapi/document.js';
import { EVENT_NAMES } from '../../src/openapi/events.js';
import { ref } from '../../src/openapi/schema.js';
import { loadFolder } from '../../src/registry.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { openEventStream } from '../support/event-stream.js';
import {
  ADMIN_KEY,
  CLIENT_KEY,
  type ConfigFolder,
  configFor,
  writeConfig,
} from '../support/gateway-in-process.js';
import { type Answer, jsonOf, type Sent, send } from '../support/http.js';
import { openReceiver, type Receiver, status } from '../support/receiver.js';
import { expectDescribed, faultsIn, fetchDocument } from './described.js';
import { PAGE_URL, SITE_KEY } from './doors.js';

const opened = vi.hoisted(() => ({ apps: [] as unknown[] }));
vi.mock('../../src/app/doors.js', async (original) => {
  const doors = await original<typeof import('../../src/app/doors.js')>();
  const openApp = () => {
    const app = doors.openApp(() => {});
    opened.apps.push(app);
    return app;
  };
  return { ...doors, openApp };
});

const CLIENT = { 'x-api-key': CLIENT_KEY };
const ADMIN = { 'x-api-key': ADMIN_KEY };
const TASK = { kind: 'recaptcha_v2', siteKey: SITE_KEY, pageUrl: PAGE_URL };

let folder: ConfigFolder;
let config: object;
let sandboxes: readonly Sandbox[];
let receiver: Receiver;
let gateway: RunningGateway;
let document: OpenApiDocument;

beforeAll(async () => {
  const full = { submitSequence: [{ code: 'ERROR_NO_SLOT_AVAILABLE' }] };
  const solve = { default: { fixedMs: 10 } };
  sandboxes = await Promise.all([full, {}].map((script) => openSandbox({ script: { solve, ...script } })));
  // Wants no more of them.
  receiver = await openReceiver(status(410));
  config = configFor(
    sandboxes.map(({ url }) => ({ url, entry: { kinds: ['recaptcha_v2', 'image_to_text'] } })),
    {
      admin: { key: ADMIN_KEY },
      store: { path: ':memory:' },
      callbacks: { allowPrivate: ['127.0.0.1/32'] },
      alerts: { webhook: { url: `${receiver.url}/alerts`, events: ['config-reloaded'] } },
    },
  );
  folder = writeConfig(config);
  gateway = await startGateway({ configPath: folder.configPath, env: {}, logTo: { write: () => {} } });
  document = await fetchDocument(gateway.url);
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([receiver.close(), ...sandboxes.map((sandbox) => sandbox.close())]);
  folder.remove();
});

/** Asks, and holds the answer to the document. */
async function ask(route: string, path: string, sent: Sent = {}): Promise<Answer> {
  const [method = 'GET'] = route.split(' ');
  const answer = await send(gateway.url, path, { method, ...sent });
  expectDescribed(document, route, answer);
  return answer;
}

async function solved(extra: object = {}): Promise<string> {
  const answer = await ask('POST /v1/solve', '/v1/solve', { headers: CLIENT, json: { ...TASK, ...extra } });
  expect(answer.status).toBe(200);
  return String(jsonOf(answer).taskId);
}

describe('the routes', () => {
  /** Of pages, of the old wires, and of those who call back: they are described elsewhere. */
  const UNDESCRIBED = ['/', '/dashboard/:version/:name', '/callbacks/:token', '/openapi.json', '/docs'];

  it('are described, all that there are and no others', async () => {
    const dialects = await loadFolder<Dialect>(new URL('../../src/dialects/', import.meta.url));
    const old = [...dialects.values()].filter(({ id }) => id !== 'native');
    const elsewhere = new Set([
      ...UNDESCRIBED,
      ...old.flatMap(({ routes }) => Object.keys(routes).map((route) => route.split(' ')[1])),
    ]);
    const [app] = opened.apps as readonly App[];
    const mounted = (app?.routes ?? [])
      .filter(({ method, path }) => method !== 'ALL' && !elsewhere.has(path))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(mounted.length).toBeGreaterThan(25);
    expect(described.sort()).toEqual([...new Set(mounted)].sort());
  });
});

describe('a client hears what is described', () => {
  it('of tasks that are solved, looked at, reported and cancelled', async () => {
    const id = await solved({ meta: { run: '42' }, deadlineMs: 20_000 });
    await ask('GET /v1/tasks/{id}', `/v1/tasks/${id}`, { headers: CLIENT });
    const report = { headers: CLIENT, json: { accepted: true } };
    await ask('POST /v1/tasks/{id}/report', `/v1/tasks/${id}/report`, report);
    const story = await ask('GET /v1/tasks/{id}', `/v1/tasks/${id}`, { headers: CLIENT });
    expect(story.text).toContain('"reported"');
    await ask('DELETE /v1/tasks/{id}', `/v1/tasks/${id}`, { headers: CLIENT });
  });

  it('of tasks on their way', async () => {
    const json = { ...TASK, siteKey: 'sandbox-never' };
    const begun = await ask('POST /v1/tasks', '/v1/tasks', { headers: CLIENT, json });
    const path = `/v1/tasks/${jsonOf(begun).taskId}`;
    const looked = await ask('GET /v1/tasks/{id}', path, { headers: CLIENT });
    expect([begun.status, looked.status]).toEqual([202, 202]);
    const waited = await ask('POST /v1/solve', '/v1/solve?wait=0', { headers: CLIENT, json });
    expect(waited.status).toBe(202);
    const ended = await ask('DELETE /v1/tasks/{id}', path, { headers: CLIENT });
    expect(jsonOf(ended)).toMatchObject({ status: 'cancelled' });
    await ask('DELETE /v1/tasks/{id}', `/v1/tasks/${jsonOf(waited).taskId}`, { headers: CLIENT });
  });

  it('of tasks that fail, as a problem and as a task', async () => {
    const json = { ...TASK, siteKey: 'sandbox-unsolvable' };
    const failed = await ask('POST /v1/solve', '/v1/solve', { headers: CLIENT, json });
    expect([failed.status, jsonOf(failed).code]).toEqual([422, 'unsolvable']);
    const path = `/v1/tasks/${jsonOf(failed).taskId}`;
    expect(jsonOf(await ask('GET /v1/tasks/{id}', path, { headers: CLIENT }))).toMatchObject({
      error: { code: 'unsolvable' },
    });
  });

  it.each([
    ['bad_request', { json: { kind: 'nothing' } }],
    ['bad_request', { body: '{' }],
    ['bad_sitekey', { json: { ...TASK, siteKey: '' } }],
    ['bad_page_url', { json: { ...TASK, pageUrl: 'nowhere at all' } }],
    ['image_error', { json: { kind: 'image_to_text', imageBase64: '!' } }],
    ['proxy_error', { json: { ...TASK, proxy: 'nonsense' } }],
    ['unsupported', { json: { kind: 'basilisk', siteKey: 'x', pageUrl: PAGE_URL } }],
  ])('of what is refused: %s', async (code, sent) => {
    const answer = await ask('POST /v1/solve', '/v1/solve', { headers: CLIENT, ...sent });
    expect(jsonOf(answer).code).toBe(code);
  });

  it('of keys, unknown tasks and conflicts', async () => {
    const stranger = await ask('POST /v1/tasks', '/v1/tasks', { json: TASK });
    const unknown = await ask('GET /v1/tasks/{id}', '/v1/tasks/999999999', { headers: CLIENT });
    const headers = { ...CLIENT, 'idempotency-key': 'once' };
    const first = await ask('POST /v1/solve', '/v1/solve', { headers, json: TASK });
    const again = await ask('POST /v1/tasks', '/v1/tasks', { headers, json: TASK });
    const other = await ask('POST /v1/tasks', '/v1/tasks', { headers, json: { ...TASK, invisible: true } });
    const statuses = [stranger, unknown, first, again, other].map((answer) => answer.status);
    expect(statuses).toEqual([401, 404, 200, 200, 422]);
  });

  it.each([
    ['GET /v1/balance', ''],
    ['GET /v1/kinds', ''],
    ['GET /v1/scorecard', '?by=client,provider,kind,host'],
    ['GET /v1/scorecard', '?format=csv'],
    ['GET /v1/scorecard', '?by=nothing'],
  ])('on %s%s', async (route, search) => {
    await solved();
    await ask(route, `${route.split(' ')[1]}${search}`, { headers: CLIENT });
    expect((await ask(route, `${route.split(' ')[1]}`)).status).toBe(401);
  });
});

describe('the operator hears what is described', () => {
  it.each([
    ['GET /healthz', '/healthz'],
    ['GET /readyz', '/readyz'],
    ['GET /status', '/status'],
    ['GET /metrics', '/metrics'],
    ['GET /admin/history', '/admin/history?minutes=60'],
    ['GET /admin/history', '/admin/history?minutes=x'],
    ['GET /admin/scorecard', '/admin/scorecard'],
    ['GET /admin/scorecard', '/admin/scorecard?by=&format=csv'],
    ['GET /admin/providers/{id}', '/admin/providers/first'],
    ['GET /admin/providers/{id}', '/admin/providers/nobody'],
    ['POST /admin/providers/{id}/hold', '/admin/providers/first/hold'],
    ['POST /admin/providers/{id}/admit', '/admin/providers/first/admit'],
    ['GET /admin/reload', '/admin/reload'],
    ['GET /admin/session', '/admin/session'],
    ['DELETE /admin/session', '/admin/session'],
  ])('on %s as %s', async (route, path) => {
    await solved();
    await ask(route, path, { headers: ADMIN });
    if (path.startsWith('/admin/') && !path.endsWith('session'))
      expect((await ask(route, path)).status).toBe(401);
  });

  it('of a task, and of who logs in', async () => {
    const id = await solved();
    const path = `/admin/tasks/${id}`;
    expect(jsonOf(await ask('GET /admin/tasks/{id}', path, { headers: ADMIN })).clientId).toBe('qa');
    const logIn = (key: string) => ask('POST /admin/session', '/admin/session', { json: { key } });
    expect([(await logIn(ADMIN_KEY)).status, (await logIn('wrong')).status]).toEqual([204, 401]);
  });

  it('of a config that is read again, holds, or does not; its own server is told as described', async () => {
    const reload = () => ask('POST /admin/reload', '/admin/reload', { headers: ADMIN });
    expect(jsonOf(await reload()).outcome).toBe('unchanged');
    writeFileSync(folder.configPath, JSON.stringify({ ...config, routing: { maxAttempts: 2 } }));
    expect(jsonOf(await reload())).toMatchObject({ outcome: 'reloaded' });
    writeFileSync(folder.configPath, '{ "routing": { "maxAtempts": 2 } }');
    expect((await reload()).status).toBe(422);
    await vi.waitFor(
      () => expect(receiver.received.some(({ path }) => path === '/alerts')).toBe(true),
      5_000,
    );
    const alerts = receiver.received.filter(({ path }) => path === '/alerts');
    for (const { body } of alerts)
      expect(faultsIn(document, ref('OperatorAlert'), JSON.parse(body))).toEqual([]);
  });

  it('of callbacks; a client’s own server is told as described', async () => {
    const id = await solved({ callbackUrl: `${receiver.url}/solved` });
    const list = () => ask('GET /admin/callbacks', '/admin/callbacks', { headers: ADMIN });
    await vi.waitFor(async () => expect((await list()).text).toContain(`"${id}"`), 5_000);
    const [told] = receiver.received.filter(({ path }) => path === '/solved');
    expect(faultsIn(document, ref('Task'), JSON.parse(told?.body ?? ''))).toEqual([]);
    const { parameters = [] } = document.webhooks.taskEnded?.post ?? {};
    const signed = parameters.map(({ name }) => name).filter((name) => name !== 'webhook-signature');
    expect(Object.keys(told?.headers ?? {})).toEqual(expect.arrayContaining(signed));
    const retry = 'POST /admin/callbacks/{id}/retry';
    const again = await ask(retry, `/admin/callbacks/${id}/retry`, { headers: ADMIN });
    const unknown = await ask(retry, '/admin/callbacks/999999999/retry', { headers: ADMIN });
    expect([again.status, unknown.status]).toEqual([200, 404]);
  });
});

describe('the streams', () => {
  it.each([
    ['a client', CLIENT],
    ['the operator', ADMIN],
  ])('tell %s what is described', async (_who, headers) => {
    const stream = await openEventStream(`${gateway.url}/v1/events`, headers);
    await solved();
    const failing = { ...TASK, siteKey: 'sandbox-unsolvable' };
    await send(gateway.url, '/v1/solve', { headers: CLIENT, json: failing });
    await stream.until(({ event }) => event === 'task-failed');
    stream.close();
    const names = new Set(stream.told.map(({ event }) => event));
    expect([...names]).toEqual(expect.arrayContaining(['task-accepted', 'task-solved', 'attempt-failed']));
    expect(Object.keys(EVENT_NAMES)).toEqual(expect.arrayContaining([...names]));
    for (const event of stream.told) expect(faultsIn(document, ref('StreamEvent'), event)).toEqual([]);
    expect(document.paths['/v1/events']?.get?.responses[200]?.content).toHaveProperty(['text/event-stream']);
  });
});

describe('the document and the page', () => {
  it.each([
    ['/openapi.json', 'application/json'],
    ['/docs', 'text/html; charset=utf-8'],
  ])(
    '%s is for everybody, is asked for by HEAD too, and comes again only when it is new',
    async (path, type) => {
      const { status: code, headers, text } = await send(gateway.url, path);
      expect([code, headers['content-type'], headers['cache-control']]).toEqual([200, type, 'no-cache']);
      const head = await send(gateway.url, path, { method: 'HEAD' });
      expect([head.status, head.text, head.headers['content-type']]).toEqual([200, '', type]);
      const known = await send(gateway.url, path, { headers: { 'if-none-match': String(headers.etag) } });
      expect([known.status, known.text]).toEqual([304, '']);
      const packed = await send(gateway.url, path, { headers: { 'accept-encoding': 'gzip' } });
      expect(packed.headers['content-encoding']).toBe('gzip');
      expect(packed.text.length).toBeLessThan(text.length / 3);
    },
  );

  it('the page may do nothing but show itself', async () => {
    const { headers, text } = await send(gateway.url, '/docs');
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/default-src 'none'; style-src 'sha256-[^']+'/);
    expect(policy).not.toContain('unsafe');
    expect(text).not.toMatch(/<script|<link[^>]+stylesheet|<img| style="| on[a-z]+="/);
  });
});
