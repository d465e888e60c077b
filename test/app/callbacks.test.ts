/** Telling clients' servers: again after a failure, for a bounded time, and without one of them holding up another. */
import { setMaxListeners } from 'node:events';
import { describe, expect, it, type TestContext } from 'vitest';
import { Courier, type CourierSettings } from '../../src/app/callbacks.js';
import type { CallbackOutcome } from '../../src/core/callback.js';
import type { Dialect } from '../../src/core/dialect.js';
import { Events } from '../../src/core/events.js';
import type { TaskRecord } from '../../src/core/store.js';
import type { CallbackCall } from '../../src/net/callback.js';
import { loadFolder } from '../../src/registry.js';
import { sampleRecord } from '../store/samples.js';
import { FakeClock, NOON, settle } from '../support/fake-clock.js';
import { MemoryStore } from '../support/memory-store.js';

const dialects = await loadFolder<Dialect>(new URL('../../src/dialects/', import.meta.url));

/** What a receiver answers: a status, nothing, or not yet. */
type Answer = number | 'nothing' | Promise<number>;

const SETTINGS: CourierSettings = { maxTries: 4, giveUpMs: 60_000 };

function open({ onTestFinished }: TestContext, settings: Partial<CourierSettings> = {}) {
  const clock = new FakeClock();
  const faults: unknown[] = [];
  const events = new Events(
    () => clock.now(),
    (fault) => faults.push(fault),
  );
  const outcomes: CallbackOutcome[] = [];
  events.on('callback-tried', ({ outcome }) => outcomes.push(outcome));
  const calls: (CallbackCall & { readonly at: number })[] = [];
  const answers = new Map<string, (index: number) => Answer>();
  const store = { current: new MemoryStore(clock) };
  const send = async (call: CallbackCall) => {
    const host = new URL(call.url).host;
    const index = calls.filter(({ url }) => new URL(url).host === host).length;
    calls.push({ ...call, at: clock.now() - NOON });
    setMaxListeners(0, call.signal);
    const aborted = new Promise<never>((_, reject) => {
      call.signal.addEventListener('abort', () => reject(new Error('no answer')), { once: true });
    });
    aborted.catch(() => {});
    const answer = answers.get(host)?.(index) ?? 200;
    if (answer === 'nothing') throw new Error('no answer');
    return await Promise.race([answer, aborted]);
  };
  const start = () => {
    const courier = new Courier({
      clock,
      events,
      ledger: store.current.callbacks,
      send,
      dialects,
      settings: { ...SETTINGS, ...settings },
      onFault: (fault) => faults.push(fault),
      random: () => 1,
    });
    courier.start();
    onTestFinished(() => courier.stop());
    return courier;
  };
  const end = (id: number, change: Partial<TaskRecord> = {}) => {
    const record = solvedRecord(id, change);
    store.current.seed(record);
    events.emit('task-ended', { record });
  };
  return { clock, calls, answers, outcomes, faults, store, start, end };
}

function solvedRecord(id: number, change: Partial<TaskRecord> = {}): TaskRecord {
  return sampleRecord(id, {
    origin: { dialect: 'native' },
    options: { callbackUrl: 'https://client.example/done' },
    status: 'solved',
    createdAt: NOON - 1_000,
    finishedAt: NOON,
    provider: 'first',
    solution: { token: `token-${id}` },
    ...change,
  });
}

const timesOf = (calls: readonly { readonly at: number }[]) => calls.map(({ at }) => at);

describe('a callback', () => {
  it('is sent as soon as the task has ended, and once', async (context) => {
    const { clock, calls, outcomes, start, end } = open(context);
    start();
    await settle();
    end(7);
    await settle();
    expect(calls.map(({ url, request }) => [url, request.method])).toEqual([
      ['https://client.example/done', 'POST'],
    ]);
    expect(JSON.parse(calls[0]?.request.body ?? '')).toMatchObject({
      taskId: '7',
      status: 'solved',
      solution: { token: 'token-7' },
    });
    await clock.advance(300_000);
    expect(calls).toHaveLength(1);
    expect(outcomes).toEqual(['delivered']);
  });

  it('is not sent for a task that named no address', async (context) => {
    const { clock, calls, start, end } = open(context);
    start();
    end(7, { options: {} });
    await clock.advance(5_000);
    expect(calls).toEqual([]);
  });

  it('is sent for what an earlier process has left', async (context) => {
    const { calls, store, start } = open(context);
    store.current.seed(solvedRecord(7));
    start();
    await settle();
    expect(calls).toHaveLength(1);
  });

  it('is tried again with growing pauses under the same id, signed anew, and then given up', async (context) => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const { clock, calls, answers, outcomes, store, start, end } = open(context, { secret });
    answers.set('client.example', (index) => ([500, 'nothing', 302] as const)[index] ?? 404);
    start();
    end(7);
    await clock.advance(120_000);
    expect(timesOf(calls)).toEqual([0, 1_000, 3_000, 7_000]);
    expect(outcomes).toEqual(['failed', 'failed', 'failed', 'given_up']);
    expect(new Set(calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const signatures = calls.map(({ headers }) => headers['webhook-signature']);
    expect(new Set(signatures).size).toBe(4);
    const dead = await store.current.callbacks.dead(10);
    expect(dead).toMatchObject([{ record: { id: 7 }, state: { tries: 4, fault: 'HTTP 404' } }]);
  });

  it('is given up when its time is over', async (context) => {
    const { clock, calls, answers, outcomes, start, end } = open(context, { maxTries: 100, giveUpMs: 5_000 });
    answers.set('client.example', () => 'nothing');
    start();
    end(7);
    await clock.advance(120_000);
    expect(timesOf(calls)).toEqual([0, 1_000, 3_000]);
    expect(outcomes.at(-1)).toBe('given_up');
  });

  it('is given up at once when the receiver says that it is gone', async (context) => {
    const { clock, calls, answers, outcomes, start, end } = open(context);
    answers.set('client.example', () => 410);
    start();
    end(7);
    await clock.advance(120_000);
    expect([calls.length, outcomes]).toEqual([1, ['given_up']]);
  });

  it('is tried anew when it is revived', async (context) => {
    const { clock, calls, answers, store, outcomes, start, end } = open(context, { maxTries: 1 });
    answers.set('client.example', (index) => (index === 0 ? 500 : 200));
    const courier = start();
    end(7);
    await clock.advance(1_000_000);
    expect(outcomes).toEqual(['given_up']);
    expect(await store.current.callbacks.revive(7, clock.now())).toBe(true);
    courier.look();
    await settle();
    expect([calls.length, outcomes]).toEqual([2, ['given_up', 'delivered']]);
  });

  it('of a forgotten solution is given up without a word to anybody', async (context) => {
    const { clock, calls, store, start } = open(context);
    store.current.seed(solvedRecord(7, { solution: null }));
    start();
    await clock.advance(5_000);
    expect(calls).toEqual([]);
    const [dead] = await store.current.callbacks.dead(1);
    expect(dead?.state.fault).toMatch('not kept');
  });
});

describe('a fault of our own', () => {
  it('is told, and bounded like any other', async (context) => {
    const { clock, calls, faults, outcomes, start, end } = open(context);
    start();
    end(7, { attempts: null as unknown as TaskRecord['attempts'] });
    await clock.advance(120_000);
    expect([calls.length, outcomes.length, outcomes.at(-1)]).toEqual([0, 4, 'given_up']);
    expect(faults).toHaveLength(4);
  });
});

describe('a process that ends', () => {
  it('leaves what was under way to the next, as if it had not been tried', async (context) => {
    const { calls, answers, outcomes, store, start, end } = open(context);
    answers.set('client.example', (index) => (index === 0 ? new Promise(() => {}) : 200));
    const courier = start();
    end(7);
    await settle();
    expect(courier.active).toBe(1);
    await courier.stop();
    expect([courier.active, outcomes]).toEqual([0, []]);
    store.current = store.current.reopen();
    start();
    await settle();
    expect(calls.map(({ headers }) => headers['webhook-id'])).toEqual([
      calls[0]?.headers['webhook-id'],
      calls[0]?.headers['webhook-id'],
    ]);
    expect(outcomes).toEqual(['delivered']);
  });
});

describe('a receiver that hangs', () => {
  it('has few tries at once, and holds up nobody else', async (context) => {
    const { calls, answers, clock, start, end } = open(context);
    answers.set('client.example', () => new Promise(() => {}));
    const courier = start();
    for (let id = 1; id <= 500; id += 1) end(id);
    end(501, { options: { callbackUrl: 'https://other.example/' } });
    // Everybody has a turn after each few hundred that are put off.
    for (let turns = 0; turns < 10; turns += 1) await settle();
    await clock.advance(3_000);
    const hosts = calls.map(({ url }) => new URL(url).host);
    expect(hosts.filter((host) => host === 'client.example')).toHaveLength(8);
    expect(hosts.filter((host) => host === 'other.example')).toHaveLength(1);
    expect(courier.active).toBe(8);
  });

  it('is asked one at a time once it did not answer, and as before when it does', async (context) => {
    const { calls, answers, clock, start, end, outcomes } = open(context, { maxTries: 1 });
    const waiting: ((status: number) => void)[] = [];
    answers.set('client.example', (index) =>
      index < 8 ? 'nothing' : new Promise((resolve) => waiting.push(resolve)),
    );
    const courier = start();
    for (let id = 1; id <= 8; id += 1) end(id);
    await clock.advance(100);
    expect(outcomes).toEqual(Array(8).fill('given_up'));
    for (let id = 9; id <= 30; id += 1) end(id);
    await clock.advance(3_000);
    expect(courier.active).toBe(1);
    waiting.shift()?.(200);
    await clock.advance(12_000);
    expect([calls.length, courier.active]).toEqual([17, 8]);
  });

  it('does not keep what waits for it longer than all is kept', async (context) => {
    const { answers, clock, store, start, end } = open(context, { giveUpMs: 10_000 });
    answers.set('client.example', () => new Promise(() => {}));
    start();
    for (let id = 1; id <= 20; id += 1) end(id);
    await clock.advance(20_000);
    expect(await store.current.callbacks.dead(100)).toHaveLength(12);
  });
});

describe('a ledger that is slow', () => {
  it('still has for due what has just been delivered, and that is not sent again', async (context) => {
    const { calls, clock, answers, store, start, end } = open(context);
    const { callbacks } = store.current;
    const { due } = callbacks;
    let isSlow = false;
    Object.assign(callbacks, {
      due: async (now: number, limit: number, except?: readonly number[]) => {
        const found = await due(now, limit, except);
        if (isSlow) await new Promise<void>((resolve) => clock.after(500, resolve));
        return found;
      },
    });
    let answer = (_status: number) => {};
    answers.set(
      'client.example',
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const courier = start();
    end(7);
    await settle();
    isSlow = true;
    courier.look();
    await clock.advance(100);
    answer(200);
    await clock.advance(10_000);
    expect(calls).toHaveLength(1);
  });
});

describe('a ledger that is away', () => {
  it('is told once, and a delivery that cannot be written is not repeated', async (context) => {
    const { calls, clock, faults, store, start, end } = open(context);
    start();
    await settle();
    store.current.isFailing = true;
    end(7);
    await clock.advance(10_000);
    expect(calls).toHaveLength(1);
    expect(faults).toHaveLength(1);
    store.current.isFailing = false;
    await clock.advance(10_000);
    expect(calls).toHaveLength(1);
    expect(await store.current.callbacks.due(clock.now(), 10)).toEqual([]);
  });
});

describe('the form', () => {
  const bodyOf = (record: TaskRecord) => dialects.get(record.origin.dialect)?.callback(record);
  const failed = { status: 'failed', solution: null } as const;
  const error = { code: 'unsolvable', upstreamCode: 'ERROR_CAPTCHA_UNSOLVABLE', detail: null } as const;

  it('of classic is id and code', () => {
    const origin = { dialect: 'classic' };
    expect(bodyOf(solvedRecord(7, { origin }))).toEqual({
      method: 'POST',
      contentType: 'application/x-www-form-urlencoded',
      body: 'id=7&code=token-7',
    });
    expect(bodyOf(solvedRecord(7, { origin, ...failed, error }))?.body).toBe(
      'id=7&code=ERROR_CAPTCHA_UNSOLVABLE',
    );
  });

  it('of classic for CaptchaAI is the same in the query', () => {
    const origin = { dialect: 'classic', flavour: 'captchaai' };
    expect(bodyOf(solvedRecord(7, { origin }))).toEqual({
      method: 'GET',
      query: { id: '7', code: 'token-7' },
      body: '',
    });
  });

  it('of json is what getTaskResult says, and the id', () => {
    const said = bodyOf(solvedRecord(7, { origin: { dialect: 'json' } }));
    expect(said).toMatchObject({ method: 'POST', contentType: 'application/json' });
    expect(JSON.parse(said?.body ?? '')).toMatchObject({
      errorId: 0,
      status: 'ready',
      taskId: 7,
      solution: { gRecaptchaResponse: 'token-7' },
    });
    const refusal = bodyOf(solvedRecord(7, { origin: { dialect: 'json' }, ...failed, error }));
    expect(JSON.parse(refusal?.body ?? '')).toMatchObject({
      errorId: 1,
      errorCode: 'ERROR_CAPTCHA_UNSOLVABLE',
      taskId: 7,
    });
  });

  it('of json for CapSolver has the id as text, for 2Captcha it is the form', () => {
    const capsolver = bodyOf(solvedRecord(7, { origin: { dialect: 'json', flavour: 'capsolver' } }));
    expect(JSON.parse(capsolver?.body ?? '')).toMatchObject({ status: 'ready', taskId: '7' });
    const twoCaptcha = bodyOf(solvedRecord(7, { origin: { dialect: 'json', flavour: '2captcha' } }));
    expect(twoCaptcha?.body).toBe('id=7&code=token-7');
  });
});
