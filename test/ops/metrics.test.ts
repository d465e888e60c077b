import perfHooks from 'node:perf_hooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Events } from '../../src/core/events.js';
import { type Gauges, type Metrics, openMetrics } from '../../src/ops/metrics.js';
import {
  CREATED_AT,
  failedRecord,
  REFUSED,
  SECRETS,
  sampleAttempt,
  sampleEvents,
  sampleProvider,
  sampleRecord,
} from './records.js';

const open: Metrics[] = [];

afterEach(() => {
  for (const metrics of open.splice(0)) metrics.close();
});

function start(gauges: () => Gauges = () => ({ inFlight: 0, held: 0, providers: [] })): {
  events: Events;
  metrics: Metrics;
} {
  const events = sampleEvents();
  const metrics = openMetrics({ events, gauges });
  open.push(metrics);
  return { events, metrics };
}

/** The samples of one scrape: `name{labels}` → value. Fails on a line that is no sample. */
async function scrape(metrics: Metrics): Promise<Record<string, number>> {
  const lines = (await metrics.render()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = '', value] =
        /^([a-z0-9_:]+(?:\{(?:[a-z_]+="[^"]*",?)+\})?) (\S+)$/i.exec(line) ?? expect.fail(line);
      return [name, Number(value)];
    }),
  );
}

/** Those of the config are there from the start, and have a test of their own. */
async function ours(metrics: Metrics): Promise<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(await scrape(metrics)).filter(([name]) => /^captcha_gateway_(?!config_)/.test(name)),
  );
}

describe('counters', () => {
  it('count tasks by kind and outcome', async () => {
    const { events, metrics } = start();
    events.emit('task-ended', { record: sampleRecord() });
    events.emit('task-ended', { record: sampleRecord() });
    events.emit('task-ended', { record: failedRecord() });
    events.emit('task-ended', { record: failedRecord({ status: 'cancelled', error: null }) });
    expect(await scrape(metrics)).toMatchObject({
      'captcha_gateway_tasks_total{kind="recaptcha_v2",outcome="solved"}': 2,
      'captcha_gateway_tasks_total{kind="recaptcha_v2",outcome="unsolvable"}': 1,
      'captcha_gateway_tasks_total{kind="recaptcha_v2",outcome="cancelled"}': 1,
    });
  });

  it('count attempts, and time those that solved', async () => {
    const { events, metrics } = start();
    for (const attempt of sampleRecord().attempts)
      events.emit('attempt-ended', { record: sampleRecord(), attempt });
    events.emit('attempt-ended', { record: sampleRecord(), attempt: sampleAttempt({ outcome: 'timeout' }) });
    expect(await scrape(metrics)).toMatchObject({
      'captcha_gateway_attempts_total{provider="captchaai",kind="recaptcha_v2",outcome="no_slot"}': 1,
      'captcha_gateway_attempts_total{provider="2captcha",kind="recaptcha_v2",outcome="solved"}': 1,
      'captcha_gateway_attempts_total{provider="2captcha",kind="recaptcha_v2",outcome="timeout"}': 1,
      'captcha_gateway_solve_seconds_bucket{le="20",provider="2captcha",kind="recaptcha_v2"}': 0,
      'captcha_gateway_solve_seconds_bucket{le="30",provider="2captcha",kind="recaptcha_v2"}': 1,
      'captcha_gateway_solve_seconds_sum{provider="2captcha",kind="recaptcha_v2"}': 21,
      'captcha_gateway_solve_seconds_count{provider="2captcha",kind="recaptcha_v2"}': 1,
    });
  });

  it('count the calls of each provider', async () => {
    const { events, metrics } = start();
    for (const taskId of ['1', '2']) events.emit('provider-called', { provider: 'captchaai', taskId });
    expect(await scrape(metrics)).toMatchObject({
      'captcha_gateway_provider_calls_total{provider="captchaai"}': 2,
    });
  });

  it('count failovers and time exchanges', async () => {
    const { events, metrics } = start();
    events.emit('failover', {
      taskId: '1',
      kind: 'turnstile',
      from: 'captchaai',
      to: '2captcha',
      cause: 'no_slot',
    });
    events.emit('exchange', { provider: 'captchaai', call: 'submit', outcome: 'no_slot', tookMs: 41 });
    expect(await scrape(metrics)).toMatchObject({
      'captcha_gateway_failovers_total{from="captchaai",to="2captcha",cause="no_slot"}': 1,
      'captcha_gateway_exchange_seconds_sum{provider="captchaai",call="submit",outcome="no_slot"}': 0.041,
      'captcha_gateway_exchange_seconds_bucket{le="0.05",provider="captchaai",call="submit",outcome="no_slot"}': 1,
      'captcha_gateway_exchange_seconds_bucket{le="0.025",provider="captchaai",call="submit",outcome="no_slot"}': 0,
    });
  });

  it('count what the operator’s server was told', async () => {
    const { events, metrics } = start();
    const tried = { told: 'balance-low', tries: 1, fault: null } as const;
    for (const outcome of ['failed', 'failed', 'delivered'] as const)
      events.emit('webhook-tried', { ...tried, outcome });
    expect(await scrape(metrics)).toMatchObject({
      'captcha_gateway_webhooks_total{event="balance-low",outcome="failed"}': 2,
      'captcha_gateway_webhooks_total{event="balance-low",outcome="delivered"}': 1,
    });
  });

  it('never grow without bound, whatever words come', async () => {
    const { events, metrics } = start();
    for (let index = 0; index < 1_000; index += 1) {
      events.emit('failover', {
        taskId: '1',
        kind: 'turnstile',
        from: 'a',
        to: 'b',
        cause: `cause ${index}`,
      });
    }
    const failovers = Object.entries(await ours(metrics)).filter(([name]) =>
      name.includes('failovers_total'),
    );
    expect(failovers).toHaveLength(201);
    expect(
      Object.fromEntries(failovers)['captcha_gateway_failovers_total{from="a",to="b",cause="other"}'],
    ).toBe(800);
  });
});

describe('gauges', () => {
  it('are read at each scrape, and forget a provider that is gone', async () => {
    const kinds = ['closed', 'ramping', 'open', 'half-open', 'held-out'] as const;
    let now: Gauges = {
      inFlight: 12,
      held: 3,
      providers: kinds.map((state) => sampleProvider({ id: state, state })),
    };
    const { metrics } = start(() => now);
    expect(await scrape(metrics)).toMatchObject({
      captcha_gateway_tasks_in_flight: 12,
      captcha_gateway_requests_held: 3,
      'captcha_gateway_provider_up{provider="closed"}': 1,
      'captcha_gateway_provider_up{provider="ramping"}': 1,
      'captcha_gateway_provider_up{provider="open"}': 0,
      'captcha_gateway_provider_up{provider="half-open"}': 0,
      'captcha_gateway_provider_up{provider="held-out"}': 0,
      'captcha_gateway_provider_balance_usd{provider="closed"}': 12.5,
      'captcha_gateway_provider_seconds_to_empty{provider="closed"}': 144_000,
      'captcha_gateway_provider_in_flight{provider="closed"}': 3,
    });
    now = {
      inFlight: 0,
      held: 0,
      providers: [sampleProvider({ id: 'house', balanceUsd: null, hoursToEmpty: null, inFlight: 0 })],
    };
    const after = await ours(metrics);
    expect(after).toMatchObject({
      captcha_gateway_tasks_in_flight: 0,
      captcha_gateway_requests_held: 0,
      'captcha_gateway_provider_up{provider="house"}': 1,
      'captcha_gateway_provider_in_flight{provider="house"}': 0,
    });
    const names = Object.keys(after).filter((name) => name.includes('provider'));
    expect(names.filter((name) => !name.includes('"house"'))).toEqual([]);
    expect(names.join()).not.toContain('balance');
  });
});

/** What there is before anything has happened. */
const UNTOUCHED = [
  'captcha_gateway_tasks_in_flight',
  'captcha_gateway_requests_held',
  'captcha_gateway_faults_total',
  'captcha_gateway_info{version="unknown"}',
];

describe('a scrape', () => {
  it('is Prometheus text with the default metrics of the process beside ours', async () => {
    const { metrics } = start();
    expect(metrics.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    const names = Object.keys(await scrape(metrics));
    expect(names).toEqual(
      expect.arrayContaining(['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']),
    );
    expect(await metrics.render()).toContain('# TYPE captcha_gateway_tasks_total counter\n');
  });

  it('shows one gateway only, however many there are in the process', async () => {
    const one = start();
    const other = start();
    one.events.emit('task-ended', { record: sampleRecord() });
    expect(Object.keys(await ours(one.metrics))).toContain(
      'captcha_gateway_tasks_total{kind="recaptcha_v2",outcome="solved"}',
    );
    expect(Object.keys(await ours(other.metrics))).toEqual(UNTOUCHED);
    expect(await scrape(other.metrics)).toHaveProperty('process_resident_memory_bytes');
  });

  it('counts nothing after the close', async () => {
    const { events, metrics } = start();
    metrics.close();
    events.emit('task-ended', { record: sampleRecord() });
    expect(Object.keys(await ours(metrics))).toEqual(UNTOUCHED);
  });

  it('needs the observers of the process once, however often metrics are opened', () => {
    start();
    const observe = vi.spyOn(perfHooks, 'monitorEventLoopDelay');
    start();
    start();
    expect(observe).not.toHaveBeenCalled();
    observe.mockRestore();
  });

  it('never holds a secret, nor what one task is about', async () => {
    const { events, metrics } = start();
    for (const record of [sampleRecord(), failedRecord()]) {
      for (const attempt of record.attempts) events.emit('attempt-ended', { record, attempt });
      events.emit('attempt-ended', {
        record,
        attempt: sampleAttempt({ ...REFUSED, acceptedAt: CREATED_AT }),
      });
      events.emit('task-ended', { record });
    }
    const text = Object.keys(await ours(metrics)).join('\n');
    for (const word of [...SECRETS, 'example.com', '12345', '7412']) expect(text).not.toContain(word);
  });
});
