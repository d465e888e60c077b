import { describe, expect, it } from 'vitest';
import type { Events } from '../../src/core/events.js';
import { type LogLevel, logEvents, openLog } from '../../src/ops/log.js';
import {
  CREATED_AT,
  failedRecord,
  REFUSED,
  SECRETS,
  sampleAttempt,
  sampleEvents,
  sampleRecord,
} from './records.js';

const FACTS = [
  'client',
  'code',
  'costUsd',
  'kind',
  'polls',
  'provider',
  'queueMs',
  'solveMs',
  'targetHost',
  'taskId',
  'upstreamCode',
  'upstreamId',
];

const OF_AN_ATTEMPT = ['attempt', 'isAmbiguous', 'isLate', 'mayBeCharged', 'why'];
const OF_A_TASK = ['attempts', 'door', 'tookMs'];

interface Written {
  readonly events: Events;
  readonly lines: () => Record<string, unknown>[];
  readonly text: () => string;
  readonly end: () => void;
}

function written(level: LogLevel = 'info'): Written {
  const texts: string[] = [];
  const events = sampleEvents();
  const end = logEvents(events, openLog({ level, destination: { write: (text) => texts.push(text) } }));
  return { events, end, text: () => texts.join(''), lines: () => texts.map((text) => JSON.parse(text)) };
}

describe('a line of the log', () => {
  it('is one JSON object with level, time, the fields and the message', () => {
    const texts: string[] = [];
    const log = openLog({ level: 'info', destination: { write: (text) => texts.push(text) } });
    log.info({ event: 'listening', port: 8080 }, 'The gateway listens.');
    expect(texts).toHaveLength(1);
    expect(texts[0]).toMatch(
      /^\{"level":30,"time":"\d{4}-\d\d-\d\dT[\d:.]+Z","event":"listening","port":8080,"msg":"The gateway listens\."\}\n$/,
    );
  });

  it('is written from the chosen level up', () => {
    const texts: string[] = [];
    const log = openLog({ level: 'warn', destination: { write: (text) => texts.push(text) } });
    for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level]({ event: level });
    expect(texts.map((text) => JSON.parse(text).event)).toEqual(['warn', 'error']);
  });
});

describe('an attempt that ended', () => {
  it('is one line with exactly the agreed keys', () => {
    const { events, lines } = written();
    events.emit('attempt-ended', { record: sampleRecord(), attempt: sampleAttempt() });
    expect(lines()).toHaveLength(1);
    expect(Object.keys(lines()[0] ?? {}).sort()).toEqual(
      [...FACTS, ...OF_AN_ATTEMPT, 'event', 'level', 'time'].sort(),
    );
  });

  it('tells what the provider did', () => {
    const { events, lines } = written();
    events.emit('attempt-ended', { record: sampleRecord(), attempt: sampleAttempt() });
    expect(lines()[0]).toMatchObject({
      event: 'attempt',
      taskId: '12345',
      client: 'qa',
      provider: '2captcha',
      upstreamId: '7412',
      kind: 'recaptcha_v2',
      targetHost: 'www.example.com',
      queueMs: 120,
      solveMs: 21_000,
      polls: 5,
      costUsd: 0.0029,
      code: 'solved',
      upstreamCode: null,
    });
  });

  it('has nulls for what nobody knows', () => {
    const { events, lines } = written();
    const attempt = sampleAttempt(REFUSED);
    const task = { kind: 'image_to_text', imageBase64: 'secret-image' } as const;
    events.emit('attempt-ended', { record: sampleRecord({ task, attempts: [attempt] }), attempt });
    expect(lines()[0]).toMatchObject({
      provider: 'captchaai',
      upstreamId: null,
      targetHost: null,
      queueMs: null,
      solveMs: null,
      code: 'no_slot',
      upstreamCode: 'ERROR_NO_SLOT_AVAILABLE',
    });
  });

  it('cuts a word of the provider that is too long for a code', () => {
    const { events, lines } = written();
    events.emit('attempt-ended', {
      record: sampleRecord(),
      attempt: sampleAttempt({ upstreamCode: 'word '.repeat(100) }),
    });
    expect(lines()[0]?.upstreamCode).toBe('word '.repeat(16));
  });
});

describe('a task that ended', () => {
  it('is one line with exactly the agreed keys', () => {
    const { events, lines } = written();
    events.emit('task-ended', { record: sampleRecord() });
    expect(lines()).toHaveLength(1);
    expect(Object.keys(lines()[0] ?? {}).sort()).toEqual(
      [...FACTS, ...OF_A_TASK, 'event', 'level', 'time'].sort(),
    );
  });

  it('sums up its attempts', () => {
    const { events, lines } = written();
    const lost = sampleAttempt({
      provider: 'house',
      outcome: 'timeout',
      acceptedAt: CREATED_AT + 80,
      costUsd: 0.001,
    });
    events.emit('task-ended', {
      record: sampleRecord({ attempts: [sampleAttempt(REFUSED), lost, sampleAttempt()] }),
    });
    expect(lines()[0]).toMatchObject({
      event: 'task',
      taskId: '12345',
      provider: '2captcha',
      upstreamId: '7412',
      queueMs: 80,
      solveMs: 21_050,
      polls: 10,
      costUsd: 0.0039,
      code: 'solved',
      upstreamCode: null,
    });
  });

  it('has no price when one that was charged is unknown', () => {
    const { events, lines } = written();
    events.emit('task-ended', {
      record: sampleRecord({ attempts: [sampleAttempt(), sampleAttempt({ costUsd: null })] }),
    });
    expect(lines()[0]?.costUsd).toBeNull();
  });

  it('names the code it failed with', () => {
    const { events, lines } = written();
    events.emit('task-ended', { record: failedRecord() });
    expect(lines()[0]).toMatchObject({
      provider: null,
      upstreamId: null,
      code: 'unsolvable',
      upstreamCode: 'ERROR_CAPTCHA_UNSOLVABLE',
    });
  });

  it('says when it was cancelled', () => {
    const { events, lines } = written();
    events.emit('task-ended', { record: failedRecord({ status: 'cancelled', error: null }) });
    expect(lines()[0]).toMatchObject({ code: 'cancelled', upstreamCode: null });
  });
});

describe('the providers', () => {
  it('are told of at a failover', () => {
    const { events, lines } = written();
    const failover = {
      taskId: '12345',
      kind: 'turnstile',
      from: 'captchaai',
      to: '2captcha',
      cause: 'no_slot',
    } as const;
    events.emit('failover', failover);
    expect(lines()).toEqual([{ level: 30, time: expect.any(String), event: 'failover', ...failover }]);
  });

  it('are told of when a breaker opens and closes', () => {
    const { events, lines } = written();
    const change = {
      provider: 'captchaai',
      scope: 'kind',
      kind: 'turnstile',
      cause: 'no_slot',
      since: CREATED_AT,
    } as const;
    const by = { upstreamCode: null, taskId: null, reason: null };
    const submit = { ...by, by: 'submit', upstreamCode: 'ERROR_NO_SLOT_AVAILABLE', taskId: '12345' } as const;
    const operator = { ...by, by: 'operator', reason: 'topped up' } as const;
    const told = { ...change, openings: 1, openedBy: submit };
    events.emit('breaker-opened', { ...told, until: CREATED_AT + 5_000, changedBy: submit });
    const closed = { scope: 'key', kind: null, until: null } as const;
    events.emit('breaker-closed', { ...told, ...closed, changedBy: operator });
    const since = '2026-01-01T00:00:00.000Z';
    const time = expect.any(String);
    expect(lines()).toEqual([
      {
        level: 40,
        time,
        event: 'breaker-opened',
        ...change,
        since,
        until: '2026-01-01T00:00:05.000Z',
        ...submit,
      },
      { level: 30, time, event: 'breaker-closed', ...change, ...closed, since, ...operator },
    ]);
  });

  it('warn of a provider that does not call as it was asked to', () => {
    const { events, lines } = written();
    events.emit('calls-missed', { provider: 'captchaai', results: 3 });
    const hint = 'is server.publicUrl reached from outside, and registered there?';
    const time = expect.any(String);
    const line = { level: 40, time, event: 'calls-missed', provider: 'captchaai', results: 3, hint };
    expect(lines()).toEqual([line]);
  });

  it('warn of money that is low, and of a server that is not reached in the end', () => {
    const { events, lines } = written();
    const figures = { balanceUsd: null, amount: 310, currency: 'RUB', hoursToEmpty: 5.5 };
    const low = { provider: 'rucaptcha', ...figures, threshold: 'emptyWithinHours', limit: 6 } as const;
    events.emit('balance-low', low);
    const tried = { told: 'balance-low', tries: 1, fault: 'HTTP 500' } as const;
    events.emit('webhook-tried', { ...tried, outcome: 'failed' });
    events.emit('webhook-tried', { ...tried, outcome: 'given_up' });
    const time = expect.any(String);
    expect(lines()).toEqual([
      { level: 40, time, event: 'balance-low', ...low },
      { level: 30, time, event: 'webhook', ...tried, outcome: 'failed' },
      { level: 40, time, event: 'webhook', ...tried, outcome: 'given_up' },
    ]);
  });

  it('are no longer told of after the end of the subscription', () => {
    const { events, end, text } = written();
    end();
    events.emit('task-ended', { record: sampleRecord() });
    expect(text()).toBe('');
  });
});

describe('an attempt', () => {
  it('says why it was made, and whether it may be charged without an answer', () => {
    const { events, lines } = written();
    const attempt = sampleAttempt({ outcome: 'timeout', acceptedAt: null, why: 'priority' });
    events.emit('attempt-ended', {
      record: sampleRecord({ attempts: [sampleAttempt(REFUSED), attempt] }),
      attempt,
    });
    const told = { attempt: 1, why: 'priority', mayBeCharged: true, isAmbiguous: true, isLate: false };
    expect(lines()[0]).toMatchObject(told);
    events.emit('attempt-ended', { record: sampleRecord(), attempt: sampleAttempt(), isLate: true });
    expect(lines()[1]).toMatchObject({ attempt: 1, isAmbiguous: false, isLate: true });
  });
});

describe('the log', () => {
  it('never holds a secret, whatever the records hold', () => {
    const { events, text } = written('debug');
    for (const record of [sampleRecord(), failedRecord()]) {
      events.emit('task-accepted', { record, provider: 'captchaai' });
      for (const attempt of record.attempts) events.emit('attempt-ended', { record, attempt });
      events.emit('task-ended', { record });
    }
    expect(text().split('\n').filter(Boolean)).toHaveLength(6);
    for (const secret of SECRETS) expect(text()).not.toContain(secret);
  });
});
