/** Metrics of money, time and states, and that no input makes them grow. */
import { afterEach, describe, expect, it } from 'vitest';
import type { KindStatus } from '../../src/core/status.js';
import { HEDGE_WHY } from '../../src/core/store.js';
import type { TaskKind } from '../../src/core/task.js';
import { type Gauges, type Metrics, openMetrics } from '../../src/ops/metrics.js';
import {
  CREATED_AT,
  failedRecord,
  REFUSED,
  sampleAttempt,
  sampleEvents,
  sampleProvider,
  sampleRecord,
} from './records.js';

const open: Metrics[] = [];
afterEach(() => {
  for (const metrics of open.splice(0)) metrics.close();
});

function start(gauges: Partial<Gauges> = {}) {
  const events = sampleEvents();
  const all = () => ({ inFlight: 0, held: 0, providers: [], ...gauges });
  const metrics = openMetrics({ events, gauges: all });
  open.push(metrics);
  const read = async (prefix: string): Promise<Record<string, number>> => {
    const lines = (await metrics.render())
      .split('\n')
      .filter((line) => line.startsWith(`captcha_gateway_${prefix}`));
    return Object.fromEntries(
      lines.map((line) => {
        const [, name = '', value] = /^captcha_gateway_(\S+?\}?) (\S+)$/.exec(line) ?? expect.fail(line);
        return [name, Number(value)];
      }),
    );
  };
  return { events, metrics, read };
}

describe('money', () => {
  it('is counted once for every attempt that may be charged, when its task is over', async () => {
    const { events, read } = start();
    const lost = sampleAttempt({ provider: 'house', outcome: 'timeout', costUsd: 0.001 });
    const unpriced = sampleAttempt({ provider: 'dear', outcome: 'unsolvable', costUsd: null });
    const record = sampleRecord({ attempts: [sampleAttempt(REFUSED), lost, unpriced, sampleAttempt()] });
    for (const attempt of record.attempts) events.emit('attempt-ended', { record, attempt });
    events.emit('attempt-ended', { record, attempt: { ...lost, outcome: 'solved' }, isLate: true });
    events.emit('task-ended', { record });
    expect(await read('cost')).toEqual({
      'cost_usd_total{provider="house",kind="recaptcha_v2"}': 0.001,
      'cost_usd_total{provider="2captcha",kind="recaptcha_v2"}': 0.0029,
    });
    expect(await read('unpriced')).toEqual({
      'unpriced_attempts_total{provider="dear",kind="recaptcha_v2"}': 1,
    });
    expect(await read('late')).toEqual({ 'late_answers_total{provider="house"}': 1 });
  });

  it('that is spent a second time says what for', async () => {
    const { events, read } = start();
    const first = sampleAttempt({ provider: 'a', outcome: 'timeout', startedAt: CREATED_AT });
    const again = sampleAttempt({ provider: 'b', startedAt: CREATED_AT + 10, why: 'priority' });
    const hedge = sampleAttempt({ provider: 'c', startedAt: CREATED_AT + 20, why: HEDGE_WHY });
    const free = sampleAttempt({ ...REFUSED, startedAt: CREATED_AT + 30 });
    const record = sampleRecord({ attempts: [first, again, hedge, free] });
    for (const attempt of record.attempts) events.emit('attempt-ended', { record, attempt });
    expect(await read('second')).toEqual({
      'second_purchases_total{provider="b",purpose="again"}': 1,
      'second_purchases_total{provider="c",purpose="hedge"}': 1,
    });
  });

  it('that may have been spent on nothing is counted apart', async () => {
    const { events, read } = start();
    const record = sampleRecord();
    events.emit('attempt-ended', {
      record,
      attempt: sampleAttempt({ outcome: 'timeout', acceptedAt: null }),
    });
    events.emit('attempt-ended', { record, attempt: sampleAttempt({ outcome: 'timeout' }) });
    expect(await read('ambiguous')).toEqual({ 'ambiguous_attempts_total{provider="2captcha"}': 1 });
  });
});

describe('time', () => {
  it('is told from the request to acceptance and to the solution, with polls and clients', async () => {
    const { events, read } = start();
    const record = sampleRecord();
    for (const attempt of record.attempts) events.emit('attempt-ended', { record, attempt });
    events.emit('task-ended', { record });
    events.emit('task-ended', { record: failedRecord({ clientId: 'other-team' }) });
    expect(await read('queue')).toMatchObject({
      'queue_seconds_sum{kind="recaptcha_v2"}': 0.24,
      'queue_seconds_count{kind="recaptcha_v2"}': 2,
    });
    expect(await read('task_seconds')).toMatchObject({
      'task_seconds_sum{kind="recaptcha_v2"}': 21.13,
      'task_seconds_count{kind="recaptcha_v2"}': 1,
    });
    expect(await read('polls')).toMatchObject({ 'polls_total{provider="2captcha",kind="recaptcha_v2"}': 5 });
    expect(await read('client')).toEqual({
      'client_tasks_total{client="qa",outcome="solved"}': 1,
      'client_tasks_total{client="other-team",outcome="unsolvable"}': 1,
    });
  });

  it('of the ledger is told with how a write ended', async () => {
    const { events, read } = start();
    events.emit('ledger-written', { outcome: 'done', tookMs: 2 });
    events.emit('ledger-written', { outcome: 'failed', tookMs: 5_000 });
    expect(await read('ledger_write_seconds')).toMatchObject({
      'ledger_write_seconds_bucket{le="0.001",outcome="done"}': 0,
      'ledger_write_seconds_bucket{le="0.0025",outcome="done"}': 1,
      'ledger_write_seconds_sum{outcome="failed"}': 5,
    });
  });
});

const kindStatus = (kind: TaskKind, state: KindStatus['state']): KindStatus => ({
  ...sampleProvider(),
  kind,
  state,
  successRate: null,
  p50Ms: null,
  p95Ms: null,
});

describe('states', () => {
  it('tell of each account its state, its cause and the kinds it takes', async () => {
    const providers = [
      sampleProvider({ kinds: [kindStatus('turnstile', 'closed'), kindStatus('hcaptcha', 'open')] }),
      sampleProvider({ id: 'empty', state: 'open', cause: 'zero_balance', limit: null }),
      sampleProvider({
        id: 'mine',
        state: 'held-out',
        cause: 'invoice 4711',
        kinds: [kindStatus('turnstile', 'closed')],
      }),
    ];
    const { read } = start({ providers, faults: 3, version: '1.2.3' });
    const states = await read('provider_state');
    expect(Object.keys(states)).toHaveLength(15);
    expect(
      Object.entries(states)
        .filter(([, value]) => value === 1)
        .map(([name]) => name),
    ).toEqual([
      'provider_state{provider="captchaai",state="closed"}',
      'provider_state{provider="empty",state="open"}',
      'provider_state{provider="mine",state="held-out"}',
    ]);
    expect(await read('provider_cause')).toEqual({
      'provider_cause{provider="empty",cause="zero_balance"}': 1,
      'provider_cause{provider="mine",cause="operator"}': 1,
    });
    expect(await read('provider_kind_up')).toEqual({
      'provider_kind_up{provider="captchaai",kind="turnstile"}': 1,
      'provider_kind_up{provider="captchaai",kind="hcaptcha"}': 0,
      'provider_kind_up{provider="mine",kind="turnstile"}': 0,
    });
    expect(await read('provider_limit')).toEqual({
      'provider_limit{provider="captchaai"}': 50,
      'provider_limit{provider="mine"}': 50,
    });
    expect(await read('faults')).toEqual({ faults_total: 3 });
    expect(await read('faults')).toEqual({ faults_total: 3 });
    expect(await read('info')).toEqual({ 'info{version="1.2.3"}': 1 });
  });
});

/** One task with words that its client and its provider have made up. */
function madeUp(index: number) {
  const kind = `classic:method-${index}` as TaskKind;
  const passed = {
    wire: 'classic',
    fields: { pageurl: `https://host-${index}.example/`, word: `w${index}` },
  };
  const attempt = sampleAttempt({
    upstreamCode: `CODE_${index}`,
    upstreamId: `id-${index}`,
    why: `why ${index}`,
  });
  const record = failedRecord({
    task: { kind, passed } as never,
    attempts: [sampleAttempt(REFUSED), attempt],
    options: { meta: `meta ${index}`, callbackUrl: `https://hook-${index}.example/` },
    error: { code: 'internal', upstreamCode: `CODE_${index}`, detail: `detail ${index}` },
    passedOver: [{ provider: 'x', why: `reason ${index}` }],
  });
  return { record, attempt, kind };
}

it('nothing that clients or providers make up makes another series', async () => {
  const kinds = Array.from({ length: 3_000 }, (_, index) =>
    kindStatus(`json:type-${index}` as TaskKind, 'open'),
  );
  const { events, metrics } = start({ providers: [sampleProvider({ kinds })] });
  const seriesAfter = async (from: number, to: number) => {
    for (let index = from; index < to; index += 1) {
      const { record, attempt, kind } = madeUp(index);
      events.emit('task-accepted', { record, provider: attempt.provider });
      for (const each of record.attempts) events.emit('attempt-ended', { record, attempt: each });
      events.emit('failover', { taskId: `${index}`, kind, from: 'a', to: 'b', cause: 'no_slot' });
      events.emit('callback-tried', {
        taskId: `${index}`,
        clientId: 'qa',
        outcome: 'failed',
        tries: 1,
        fault: `fault ${index}`,
      });
      events.emit('task-ended', { record });
    }
    return (await metrics.render()).split('\n').filter((line) => line.startsWith('captcha_gateway')).length;
  };
  const few = await seriesAfter(0, 3);
  expect(few).toBeGreaterThan(50);
  expect(await seriesAfter(3, 3_000)).toBe(few);
});
