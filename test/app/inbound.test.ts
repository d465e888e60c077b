/** Calls of providers at the door: all are answered alike, and only those for an attempt set anything off. */
import { beforeEach, describe, expect, it } from 'vitest';
import { CallbackTokens } from '../../src/app/callback-tokens.js';
import { openApp } from '../../src/app/doors.js';
import { type Called, Inbound } from '../../src/app/inbound.js';
import { Events } from '../../src/core/events.js';
import type { CalledAttempt } from '../../src/core/provider.js';
import type { TaskRecord } from '../../src/core/store.js';
import { settle } from '../support/fake-clock.js';
import { MemoryStore } from '../support/memory-store.js';

const PUBLIC_URL = 'https://gateway.example.com/captcha';
const CALLED: CalledAttempt = { provider: 'captchaai', taskId: 130, attempt: 1 };
const SMALL = '00'.repeat(32);
const LARGE = 'ff'.repeat(32);

/** A task as the other replica left it. */
const RECORD = { id: 130, status: 'solving' } as TaskRecord;

let store: MemoryStore;
let nudged: CalledAttempt[];
let faults: unknown[];
let told: unknown[];
let engine: Called & { readonly running: Set<number>; record: () => Promise<TaskRecord | undefined> };

beforeEach(() => {
  store = new MemoryStore();
  [nudged, faults, told] = [[], [], []];
  const running = new Set([CALLED.taskId]);
  engine = {
    running,
    record: async () => RECORD,
    nudge: (called) => void nudged.push(called),
    runs: (taskId) => running.has(taskId),
    inspect: () => engine.record(),
  };
});

async function open() {
  const onFault = (error: unknown) => void faults.push(error);
  const events = new Events(() => 0, onFault);
  events.on('provider-called', ({ provider, taskId }) => told.push([provider, taskId]));
  const options = {
    publicUrl: PUBLIC_URL,
    providers: () => ['2captcha', 'captchaai'],
    store,
    events,
    onFault,
  };
  const inbound = await Inbound.open(options);
  const app = openApp((fault) => {
    throw fault;
  });
  inbound.mount(app, engine);
  const pathOf = (called = CALLED) => (inbound.urlOf(called) ?? '').slice(PUBLIC_URL.length);
  const call = async (path: string, init?: RequestInit) => {
    const answer = await app.request(`http://any.example${path}`, init);
    await settle();
    return [answer.status, await answer.text(), [...answer.headers]];
  };
  return { inbound, pathOf, call };
}

const passedOn = async () => [...(await store.recall())].filter(([key]) => key.startsWith('provider-called'));

describe('a call', () => {
  it('wakes its attempt, by GET and by POST, with any body or none', async () => {
    const { call, pathOf } = await open();
    await call(`${pathOf()}?id=1&code=OK`);
    await call(pathOf(), { method: 'POST', body: 'id=1&code=ERROR_CAPTCHA_UNSOLVABLE' });
    await call(pathOf(), {
      method: 'POST',
      body: '{"errorId":0,"status":"ready","solution":{"token":"forged"}}',
    });
    await call(`/${pathOf()}/`, { method: 'PUT', body: new Uint8Array(1_000_000) });
    expect(nudged).toEqual([CALLED, CALLED, CALLED, CALLED]);
    expect(told).toEqual(nudged.map(({ provider, taskId }) => [provider, String(taskId)]));
    expect(await passedOn()).toEqual([]);
  });

  it('is answered alike whatever it is, and a forged one wakes nobody', async () => {
    const { call, pathOf } = await open();
    const right = await call(pathOf());
    const [task, attempt, sealed = ''] = pathOf().split('/')[2]?.split('.') ?? [];
    const forged = [
      `131.${attempt}.${sealed}`,
      `${task}.0.${sealed}`,
      `${task}.${attempt}.${'A'.repeat(43)}`,
    ];
    for (const token of [...forged, '1', '%00', 'x'.repeat(5_000)])
      expect([token, await call(`/callbacks/${token}`)]).toEqual([token, right]);
    expect(nudged).toEqual([CALLED]);
    expect(told).toHaveLength(1);
    expect(right.slice(0, 2)).toEqual([200, 'OK']);
  });

  it('for a task of another replica is passed on to it, while the task is open', async () => {
    const { call, pathOf } = await open();
    engine.running.clear();
    await call(pathOf());
    expect(await passedOn()).toEqual([['provider-called 2', CALLED]]);
    engine.record = async () => ({ ...RECORD, status: 'solved' });
    await call(pathOf({ ...CALLED, taskId: 131 }));
    engine.record = async () => undefined;
    await call(pathOf({ ...CALLED, taskId: 132 }));
    expect(await passedOn()).toHaveLength(1);
  });

  it('that another replica has passed on wakes the attempt here', async () => {
    const { inbound } = await open();
    store.rememberElsewhere('provider-called 2', CALLED);
    for (const nonsense of [null, 'x', { ...CALLED, taskId: '130' }])
      store.rememberElsewhere('provider-called 3', nonsense);
    expect(nudged).toEqual([CALLED]);
    inbound.stop();
    store.rememberElsewhere('provider-called 2', CALLED);
    expect(nudged).toHaveLength(1);
  });

  it('takes no more than a few names in the store, however many are passed on', async () => {
    const { call, pathOf } = await open();
    engine.running.clear();
    for (let taskId = 1; taskId <= 200; taskId += 1) await call(pathOf({ ...CALLED, taskId }));
    expect(await passedOn()).toHaveLength(64);
  });

  it('is answered while the ledger is away, and the fault is told', async () => {
    const { call, pathOf } = await open();
    engine.running.clear();
    engine.record = () => Promise.reject(new Error('the ledger is away'));
    expect((await call(pathOf()))[0]).toBe(200);
    expect(faults).toEqual([new Error('the ledger is away')]);
  });
});

describe('the secret', () => {
  it('outlives a restart: an address of the last process is understood', async () => {
    const before = await open();
    const path = before.pathOf();
    store = store.reopen();
    const after = await open();
    expect(after.pathOf()).toBe(path);
    await after.call(path);
    expect(nudged).toEqual([CALLED]);
  });

  it('is another one for every ledger', async () => {
    const { pathOf } = await open();
    store = new MemoryStore();
    expect((await open()).pathOf()).not.toBe(pathOf());
  });

  it('of another replica is heard from the first moment on, before one is left here', async () => {
    const opening = open();
    store.rememberElsewhere('callback-secret', LARGE);
    const { pathOf } = await opening;
    const theirs = new CallbackTokens(() => ['captchaai']);
    theirs.use(LARGE);
    expect(pathOf()).toBe(`/callbacks/${theirs.of(CALLED)}`);
  });

  it('that is no secret is replaced', async () => {
    store.remember('callback-secret', 'short');
    await open();
    expect((await store.recall()).get('callback-secret')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is agreed on by replicas that started together: the smaller one, which its owner says again', async () => {
    const { call, pathOf } = await open();
    const own = (await store.recall()).get('callback-secret');
    const first = pathOf();
    store.rememberElsewhere('callback-secret', LARGE);
    expect([(await store.recall()).get('callback-secret'), pathOf()]).toEqual([own, first]);
    store.rememberElsewhere('callback-secret', SMALL);
    expect((await store.recall()).get('callback-secret')).toBe(SMALL);
    expect(pathOf()).not.toBe(first);
    await call(first);
    await call(pathOf());
    expect(nudged).toEqual([CALLED, CALLED]);
  });
});
