/** GET /v1/events: the operator sees everything, a client its own tasks, one task's stream ends with it. */
import { it, type TestContext } from 'vitest';
import type { Script } from '../../src/sandbox/sandbox.js';
import { type EventStream, openEventStream } from '../support/event-stream.js';
import { ADMIN_KEY, CLIENT_KEY } from '../support/gateway-in-process.js';
import { jsonOf, send } from '../support/http.js';
import { AUTHORIZED, PAGE_URL, SITE_KEY } from './doors.js';
import { openScene } from './scene.js';

const OTHER_KEY = 'c11e27000000000000000000000000b2';
const CLIENTS = [
  { id: 'qa', key: CLIENT_KEY },
  { id: 'other', key: OTHER_KEY },
];
const FIRST_FULL: readonly Script[] = [{ submitSequence: [{ code: 'ERROR_NO_SLOT_AVAILABLE' }] }, {}];
const TASK = { kind: 'recaptcha_v2', siteKey: SITE_KEY, pageUrl: PAGE_URL };

async function open(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  { scripts = FIRST_FULL, hasAdmin = true } = {},
) {
  const scene = await openScene({
    scripts,
    sections: { clients: CLIENTS, ...(hasAdmin && { admin: { key: ADMIN_KEY } }) },
  });
  onTestFinished(scene.close);
  const watch = async (path: string, key?: string, headers: Record<string, string> = {}) => {
    const stream = await openEventStream(`${scene.url}${path}`, {
      ...(key && { 'x-api-key': key }),
      ...headers,
    });
    onTestFinished(stream.close);
    return stream;
  };
  const solve = async (path = '/v1/solve') =>
    jsonOf(await send(scene.url, path, { json: TASK, headers: AUTHORIZED }));
  return { ...scene, watch, solve };
}

const namesOf = ({ told }: EventStream) => told.map(({ event }) => event);
const isEnd = ({ event }: { readonly event: string }) => event === 'task-solved' || event === 'task-failed';

it.concurrent('tells what happens, to whom it belongs', async ({ expect, onTestFinished }) => {
  const { watch, solve } = await open({ onTestFinished });
  const [operator, client, other] = await Promise.all([
    watch('/v1/events', ADMIN_KEY),
    watch('/v1/events', CLIENT_KEY),
    watch('/v1/events', OTHER_KEY),
  ]);
  expect([client.status, client.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
  const task = await solve();
  await Promise.all([operator.until(isEnd), client.until(isEnd)]);
  expect(namesOf(client)).toEqual(['attempt-failed', 'failover', 'task-accepted', 'task-solved']);
  expect(namesOf(operator)).toEqual(expect.arrayContaining(['breaker-opened', ...namesOf(client)]));
  expect(client.told.map(({ data }) => [data.taskId, typeof data.at])).toEqual(
    Array(4).fill([task.taskId, 'string']),
  );
  expect(client.told[1]?.data).toMatchObject({ from: 'first', to: 'second', cause: 'no_slot' });
  expect(client.told[3]?.data).toMatchObject({ status: 'solved', solution: task.solution });
  expect(operator.text()).not.toContain('03A');
  expect(other.told).toEqual([]);
});

it.concurrent('goes on after the last event that was seen', async ({ expect, onTestFinished }) => {
  const { watch, solve } = await open({ onTestFinished });
  const before = await watch('/v1/events', CLIENT_KEY);
  const [{ id }] = await Promise.all([before.until(({ event }) => event === 'failover'), solve()]);
  before.close();
  const after = await watch('/v1/events', CLIENT_KEY, { 'last-event-id': id });
  await after.until(isEnd);
  expect(namesOf(after)).toEqual(['task-accepted', 'task-solved']);
});

it.concurrent('of one task ends with it, by either path', async ({ expect, onTestFinished }) => {
  const scripts = [{ solve: { default: { fixedMs: 300 } } }];
  const { watch, solve } = await open({ onTestFinished }, { scripts });
  const { taskId } = await solve('/v1/tasks');
  const [byPath, byQuery, operator] = await Promise.all([
    watch(`/v1/tasks/${taskId}/events`, CLIENT_KEY),
    watch(`/v1/events?task=${taskId}`, CLIENT_KEY),
    watch(`/v1/tasks/${taskId}/events`, ADMIN_KEY),
  ]);
  await solve('/v1/tasks');
  await Promise.all([byPath.ended, byQuery.ended, operator.ended]);
  for (const { told } of [byPath, byQuery, operator]) {
    expect(told.at(-1)).toMatchObject({ event: 'task-solved', data: { taskId } });
    expect(told.filter(({ data }) => data.taskId !== taskId)).toEqual([]);
  }
  const late = await watch(`/v1/tasks/${taskId}/events`, CLIENT_KEY);
  await late.ended;
  expect(late.told).toMatchObject([{ event: 'task-solved', data: { taskId, solution: {} } }]);
});

it.concurrent('of a cancelled task ends too', async ({ expect, onTestFinished }) => {
  const { url, watch, solve } = await open(
    { onTestFinished },
    { scripts: [{ solve: { default: { fixedMs: 60_000 } } }] },
  );
  const { taskId } = await solve('/v1/tasks');
  const one = await watch(`/v1/tasks/${taskId}/events`, CLIENT_KEY);
  await send(url, `/v1/tasks/${taskId}`, { method: 'DELETE', headers: AUTHORIZED });
  await one.ended;
  expect(one.told.at(-1)).toMatchObject({ event: 'task-failed', data: { taskId, status: 'cancelled' } });
});

it.concurrent('is nobody else’s', async ({ expect, onTestFinished }) => {
  const { url, solve } = await open({ onTestFinished });
  const { taskId } = await solve('/v1/tasks');
  const asked = (path: string, key?: string) =>
    send(url, path, key === undefined ? {} : { headers: { 'x-api-key': key } });
  const [none, wrong, others, unknown] = await Promise.all([
    asked('/v1/events'),
    asked('/v1/events', 'nobody'),
    asked(`/v1/tasks/${taskId}/events`, OTHER_KEY),
    asked('/v1/events?task=999999', CLIENT_KEY),
  ]);
  expect([none, wrong, others, unknown].map(({ status }) => status)).toEqual([401, 401, 404, 404]);
  expect(jsonOf(others)).toMatchObject({ code: 'task_not_found' });
  expect(others.headers['content-type']).toBe('application/problem+json');
});

it.concurrent('without an admin key, loopback is the operator and a client’s key still the client', async ({
  expect,
  onTestFinished,
}) => {
  const { url, watch, solve } = await open({ onTestFinished }, { hasAdmin: false });
  const [operator, client] = await Promise.all([watch('/v1/events'), watch('/v1/events', CLIENT_KEY)]);
  await solve();
  await Promise.all([operator.until(isEnd), client.until(isEnd)]);
  expect(namesOf(operator)).toContain('breaker-opened');
  expect(namesOf(client)).not.toContain('breaker-opened');
  const forwarded = await send(url, '/v1/events', { headers: { 'x-forwarded-for': '198.51.100.7' } });
  expect(forwarded.status).toBe(401);
});

it.concurrent('ends with the gateway, at once', async ({ expect, onTestFinished }) => {
  const { gateway, watch } = await open({ onTestFinished });
  const stream = await watch('/v1/events', CLIENT_KEY);
  const since = performance.now();
  await gateway.close();
  await stream.ended;
  expect(performance.now() - since).toBeLessThan(2_500);
});
