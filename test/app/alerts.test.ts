/** Telling the operator's server: what it wants to hear of, signed, tried again for a while, and never waited for. */
import { createHmac } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { describe, expect, it, type TestContext } from 'vitest';
import { Alerts, type WebhookPace } from '../../src/app/alerts.js';
import {
  type BreakerChange,
  Events,
  type LowBalance,
  OPERATOR_EVENTS,
  type OperatorEvent,
} from '../../src/core/events.js';
import type { CallbackCall } from '../../src/net/callback.js';
import { SAYINGS } from '../../src/ops/event-sayings.js';
import { FakeClock, NOON, settle } from '../support/fake-clock.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const LOW: LowBalance = {
  provider: 'first',
  balanceUsd: 4.2,
  amount: 4.2,
  currency: 'USD',
  hoursToEmpty: 5.5,
  threshold: 'emptyWithinHours',
  limit: 6,
};
const CLOSED: BreakerChange = {
  provider: 'first',
  scope: 'ban',
  kind: null,
  cause: 'banned',
  since: NOON,
  until: NOON + 300_000,
  openings: 1,
  openedBy: null,
  changedBy: null,
};

/** What the server answers: a status, nothing, or not before the test says so. */
type Answer = number | 'nothing' | Promise<number>;

interface Options {
  readonly events?: readonly OperatorEvent[];
  readonly pace?: Partial<WebhookPace>;
  readonly answer?: (index: number) => Answer;
}

function open(
  { onTestFinished }: TestContext,
  { events: listed = OPERATOR_EVENTS, pace, answer }: Options = {},
) {
  const clock = new FakeClock();
  const faults: unknown[] = [];
  const events = new Events(
    () => clock.now(),
    (fault) => faults.push(fault),
  );
  const tried: string[] = [];
  events.on('webhook-tried', ({ told, outcome, tries, fault }) =>
    tried.push([told, outcome, tries, fault].join(' ')),
  );
  const calls: (CallbackCall & { readonly at: number })[] = [];
  const send = async (call: CallbackCall) => {
    calls.push({ ...call, at: clock.now() - NOON });
    setMaxListeners(0, call.signal);
    const aborted = new Promise<never>((_, reject) => {
      call.signal.addEventListener('abort', () => reject(new Error('no answer')), { once: true });
    });
    aborted.catch(() => {});
    const answered = answer?.(calls.length - 1) ?? 200;
    if (answered === 'nothing') throw new Error('no answer (ECONNREFUSED)');
    return await Promise.race([answered, aborted]);
  };
  const alerts = new Alerts({
    clock,
    events,
    send,
    sayTask: () => ({}),
    webhook: () => (listed.length === 0 ? undefined : { url: 'http://10.0.0.7/alerts', events: listed }),
    pace: () => ({ maxTries: 4, giveUpMs: 60_000, ...pace }),
    onFault: (fault) => faults.push(fault),
    random: () => 1,
  });
  alerts.start();
  onTestFinished(async () => {
    const stopped = alerts.stop();
    await clock.advance(1_000);
    await stopped;
    expect([faults, clock.pending]).toEqual([[], 0]);
  });
  return { clock, events, calls, tried, alerts };
}

const bodies = (calls: readonly CallbackCall[]) => calls.map(({ request }) => JSON.parse(request.body));

describe('an event', () => {
  it('is sent at once, as the stream tells it, and once', async (context) => {
    const { clock, events, calls, tried } = open(context);
    events.emit('balance-low', LOW);
    await settle();
    expect(calls.map(({ url, request }) => [url, request.method, request.contentType])).toEqual([
      ['http://10.0.0.7/alerts', 'POST', 'application/json'],
    ]);
    expect(bodies(calls)).toEqual([{ event: 'balance-low', at: new Date(NOON).toISOString(), ...LOW }]);
    await clock.advance(600_000);
    expect(tried).toEqual(['balance-low delivered 1 ']);
    expect(calls).toHaveLength(1);
  });

  it('is signed where there is a secret', async (context) => {
    const { events, calls } = open(context, { pace: { secret: SECRET } });
    events.emit('balance-low', LOW);
    await settle();
    const { headers = {}, request } = calls[0] ?? {};
    const key = Buffer.from(SECRET.slice(6), 'base64');
    const text = `${headers['webhook-id']}.${NOON / 1_000}.${request?.body}`;
    expect(headers).toMatchObject({
      'webhook-timestamp': String(NOON / 1_000),
      'webhook-signature': `v1,${createHmac('sha256', key).update(text).digest('base64')}`,
    });
  });

  it('is not sent unless it is wanted', async (context) => {
    const { events, calls } = open(context, { events: ['breaker-closed'] });
    events.emit('balance-low', LOW);
    events.emit('breaker-opened', CLOSED);
    events.emit('breaker-closed', CLOSED);
    await settle();
    expect(bodies(calls).map(({ event }) => event)).toEqual(['breaker-closed']);
  });

  it('is not sent anywhere without a server', async (context) => {
    const { events, calls, tried } = open(context, { events: [] });
    events.emit('balance-low', LOW);
    await settle();
    expect([calls, tried]).toEqual([[], []]);
  });

  it('of a breaker is sent when it opens and when it closes, not after every try between', async (context) => {
    const { events, calls } = open(context, { events: ['breaker-opened'] });
    const namesOf = () => bodies(calls).map(({ provider, scope }) => `${provider} ${scope}`);
    for (const openings of [1, 2, 3]) events.emit('breaker-opened', { ...CLOSED, openings });
    events.emit('breaker-opened', { ...CLOSED, scope: 'money' });
    events.emit('breaker-opened', { ...CLOSED, provider: 'second' });
    await settle();
    expect(namesOf()).toEqual(['first ban', 'first money', 'second ban']);
    events.emit('breaker-closed', CLOSED);
    events.emit('breaker-opened', CLOSED);
    await settle();
    expect(namesOf().slice(3)).toEqual(['first ban']);
  });

  it('of a breaker is sent by the gateway that has found it', async (context) => {
    const { events, calls } = open(context);
    const changedBy = { by: 'replica', upstreamCode: null, taskId: null, reason: null } as const;
    events.emit('breaker-opened', { ...CLOSED, changedBy });
    events.emit('breaker-opened', { ...CLOSED, openings: 2 });
    await settle();
    expect(calls).toEqual([]);
    events.emit('breaker-closed', { ...CLOSED, changedBy });
    await settle();
    expect(calls).toEqual([]);
    events.emit('breaker-opened', CLOSED);
    await settle();
    expect(calls).toHaveLength(1);
  });

  it('of a breaker that an earlier process has found open is not sent again', async (context) => {
    const { events, calls } = open(context);
    events.emit('breaker-opened', { ...CLOSED, since: NOON - 1, openings: 2 });
    await settle();
    expect(calls).toEqual([]);
    events.emit('breaker-closed', { ...CLOSED, since: NOON - 1 });
    await settle();
    expect(bodies(calls)).toMatchObject([{ event: 'breaker-closed' }]);
  });

  it('of a breaker is sent for whole accounts only', async (context) => {
    const { events, calls } = open(context);
    events.emit('breaker-opened', { ...CLOSED, scope: 'kind', kind: 'turnstile' });
    events.emit('breaker-opened', CLOSED);
    await settle();
    expect(bodies(calls)).toMatchObject([{ event: 'breaker-opened', scope: 'ban', kind: null }]);
  });
});

describe('a server that does not take it', () => {
  it('is tried again with growing pauses under the same id, and then given up', async (context) => {
    const answers: readonly Answer[] = [500, 'nothing', 302, 404];
    const { clock, events, calls, tried } = open(context, { answer: (index) => answers[index] ?? 200 });
    events.emit('balance-low', LOW);
    await clock.advance(600_000);
    expect(calls.map(({ at }) => at)).toEqual([0, 1_000, 3_000, 7_000]);
    expect(new Set(calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(tried).toEqual([
      'balance-low failed 1 HTTP 500',
      'balance-low failed 2 no answer (ECONNREFUSED)',
      'balance-low failed 3 HTTP 302',
      'balance-low given_up 4 HTTP 404',
    ]);
  });

  it('is given up when its time is over, or when it says that it is gone', async (context) => {
    const late = open(context, { pace: { maxTries: 99, giveUpMs: 5_000 }, answer: () => 500 });
    late.events.emit('balance-low', LOW);
    await late.clock.advance(600_000);
    expect(late.calls.map(({ at }) => at)).toEqual([0, 1_000, 3_000]);
    const gone = open(context, { answer: () => 410 });
    gone.events.emit('balance-low', LOW);
    await gone.clock.advance(600_000);
    expect(gone.tried).toEqual(['balance-low given_up 1 HTTP 410']);
  });

  it('fills no memory: what comes while a hundred are on their way is given up', async (context) => {
    const { events, calls, tried } = open(context, { answer: () => new Promise(() => {}) });
    for (let count = 0; count < 103; count += 1) events.emit('balance-low', LOW);
    await settle();
    expect(calls).toHaveLength(100);
    expect(tried).toEqual(Array(3).fill('balance-low given_up 0 too many are on their way'));
  });
});

describe('a stop', () => {
  it('waits for a try under way, and begins no other', async (context) => {
    let answer: (status: number) => void = () => {};
    const slow = new Promise<number>((resolve) => {
      answer = resolve;
    });
    const { clock, events, calls, tried, alerts } = open(context, { answer: () => slow });
    events.emit('balance-low', LOW);
    await settle();
    const stopped = alerts.stop();
    answer(503);
    await stopped;
    expect(tried).toEqual(['balance-low failed 1 HTTP 503']);
    events.emit('balance-low', LOW);
    await clock.advance(60_000);
    expect(calls).toHaveLength(1);
  });

  it('waits a second at most', async (context) => {
    const { clock, events, alerts } = open(context, { answer: () => new Promise(() => {}) });
    events.emit('balance-low', LOW);
    await settle();
    let isStopped = false;
    void alerts.stop().then(() => {
      isStopped = true;
    });
    await clock.advance(999);
    expect(isStopped).toBe(false);
    await clock.advance(1);
    expect(isStopped).toBe(true);
  });
});

it('every event of the stream that is no client’s can be listed', () => {
  const ofClients = ['task-accepted', 'attempt-ended', 'failover', 'task-ended'];
  const ofOperator = Object.keys(SAYINGS).filter((name) => !ofClients.includes(name));
  expect(ofOperator.sort()).toEqual([...OPERATOR_EVENTS].sort());
});
