import { beforeEach, describe, expect, it } from 'vitest';
import type { Events } from '../../src/core/events.js';
import type { ProviderStatus } from '../../src/core/status.js';
import { openStatus, type Status } from '../../src/ops/status.js';
import { CREATED_AT, failedRecord, SECRETS, sampleEvents, sampleProvider, sampleRecord } from './records.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FAILOVER = {
  taskId: '12345',
  kind: 'turnstile',
  from: 'captchaai',
  to: '2captcha',
  cause: 'no_slot',
} as const;
const OPENED_BY = {
  by: 'submit',
  upstreamCode: 'ERROR_ZERO_BALANCE',
  taskId: '12345',
  reason: null,
} as const;

let time: number;
let events: Events;
let status: Status;
let providers: readonly ProviderStatus[];

beforeEach(() => {
  time = CREATED_AT + HOUR;
  events = sampleEvents(() => time);
  providers = [];
  status = openStatus({
    events,
    version: '0.1.0',
    startedAt: CREATED_AT,
    now: () => time,
    providers: () => providers,
    serving: () => [{ kind: 'turnstile', provider: '2captcha', next: ['house'], passedOver: [] }],
    inFlight: () => 12,
  });
});

describe('the status', () => {
  it('has exactly the agreed shape', () => {
    providers = [
      sampleProvider({
        state: 'open',
        cause: 'zero_balance',
        since: CREATED_AT,
        comesBack: 'balance',
        openedBy: OPENED_BY,
        kinds: [
          {
            kind: 'recaptcha_v2',
            state: 'open',
            cause: 'no_slot',
            since: CREATED_AT,
            until: CREATED_AT + 5_000,
            comesBack: 'probe',
            openedBy: OPENED_BY,
            successRate: 0.97,
            p50Ms: 18_200,
            p95Ms: 41_000,
          },
        ],
      }),
    ];
    events.emit('task-ended', { record: sampleRecord() });
    events.emit('failover', FAILOVER);
    expect(JSON.parse(JSON.stringify(status.snapshot()))).toStrictEqual({
      version: '0.1.0',
      startedAt: '2026-01-01T00:00:00.000Z',
      tasks: { inFlight: 12, solvedLastHour: 1, failedLastHour: 0 },
      providers: [
        {
          id: 'captchaai',
          use: 'captchaai',
          priority: 1,
          state: 'open',
          cause: 'zero_balance',
          since: '2026-01-01T00:00:00.000Z',
          until: null,
          comesBack: 'balance',
          openedBy: OPENED_BY,
          balanceUsd: 12.5,
          hoursToEmpty: 40,
          inFlight: 3,
          limit: 50,
          kinds: [
            {
              kind: 'recaptcha_v2',
              state: 'open',
              cause: 'no_slot',
              since: '2026-01-01T00:00:00.000Z',
              until: '2026-01-01T00:00:05.000Z',
              comesBack: 'probe',
              openedBy: OPENED_BY,
              successRate: 0.97,
              p50Ms: 18_200,
              p95Ms: 41_000,
            },
          ],
        },
      ],
      serving: [{ kind: 'turnstile', provider: '2captcha', next: ['house'], passedOver: [] }],
      failovers: [{ at: '2026-01-01T01:00:00.000Z', ...FAILOVER }],
    });
  });

  it('is of the moment it is asked for', () => {
    expect(status.snapshot().providers).toEqual([]);
    providers = [sampleProvider({ id: 'house' })];
    expect(status.snapshot().providers).toMatchObject([{ id: 'house', since: null, until: null }]);
  });

  it('never holds a secret', () => {
    for (const record of [sampleRecord(), failedRecord()]) events.emit('task-ended', { record });
    for (const secret of SECRETS) expect(JSON.stringify(status.snapshot())).not.toContain(secret);
  });
});

describe('the last hour', () => {
  const tasks = () => status.snapshot().tasks;

  it('counts tasks that were solved and that failed, not those the client cancelled', () => {
    for (let index = 0; index < 3; index += 1) events.emit('task-ended', { record: sampleRecord() });
    events.emit('task-ended', { record: failedRecord() });
    events.emit('task-ended', { record: failedRecord({ status: 'cancelled', error: null }) });
    expect(tasks()).toEqual({ inFlight: 12, solvedLastHour: 3, failedLastHour: 1 });
  });

  it('slides: each minute drops the one that is an hour old', () => {
    for (let minute = 0; minute < 90; minute += 1) {
      events.emit('task-ended', { record: sampleRecord() });
      expect(tasks().solvedLastHour).toBe(Math.min(minute + 1, 60));
      time += MINUTE;
    }
    time += 29 * MINUTE;
    expect(tasks().solvedLastHour).toBe(30);
    time += 30 * MINUTE;
    expect(tasks().solvedLastHour).toBe(0);
  });

  it('starts a minute afresh that was used an hour ago', () => {
    for (let index = 0; index < 5; index += 1) events.emit('task-ended', { record: failedRecord() });
    time += HOUR;
    events.emit('task-ended', { record: failedRecord() });
    expect(tasks().failedLastHour).toBe(1);
  });

  it('keeps failovers for an hour, newest first', () => {
    events.emit('failover', { ...FAILOVER, taskId: '1' });
    time += HOUR - 1;
    events.emit('failover', { ...FAILOVER, taskId: '2' });
    expect(status.snapshot().failovers.map(({ taskId }) => taskId)).toEqual(['2', '1']);
    time += 1;
    expect(status.snapshot().failovers.map(({ taskId }) => taskId)).toEqual(['2']);
  });

  it('keeps at most 200 failovers', () => {
    for (let index = 1; index <= 500; index += 1)
      events.emit('failover', { ...FAILOVER, taskId: String(index) });
    const kept = status.snapshot().failovers.map(({ taskId }) => taskId);
    expect(kept).toHaveLength(200);
    expect([kept[0], kept[199]]).toEqual(['500', '301']);
  });
});
