/** The last hour, minute by minute, as the events have told it. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { BreakerChange, Events } from '../../src/core/events.js';
import { type History, openHistory } from '../../src/ops/history.js';
import {
  CREATED_AT,
  failedRecord,
  REFUSED,
  SECRETS,
  sampleAttempt,
  sampleEvents,
  sampleRecord,
} from './records.js';

const MINUTE = 60_000;
const CHANGE: BreakerChange = {
  provider: 'captchaai',
  scope: 'money',
  kind: null,
  cause: 'zero_balance',
  since: CREATED_AT,
  until: null,
  openings: 1,
  openedBy: null,
  changedBy: { by: 'submit', upstreamCode: 'ERROR_ZERO_BALANCE', taskId: '7', reason: null },
};

let time: number;
let events: Events;
let history: History;

beforeEach(() => {
  time = CREATED_AT;
  events = sampleEvents(() => time);
  history = openHistory({ events, now: () => time });
});

function solve(tookMs: number, costUsd: number | null = 0.001, provider = '2captcha'): void {
  const attempt = sampleAttempt({ provider, costUsd, acceptedAt: time, endedAt: time + tookMs });
  events.emit('attempt-ended', { record: sampleRecord(), attempt });
}

it('has nothing to tell at first', () => {
  expect(history.report(60)).toEqual({
    from: '2025-12-31T23:01:00.000Z',
    to: '2026-01-01T00:00:00.000Z',
    minutes: [],
    providers: [],
    kinds: [],
    changes: [],
  });
});

describe('a minute', () => {
  it('counts what each provider solved and failed, what it took and what it cost', () => {
    for (const tookMs of [1_000, 2_000, 3_000]) solve(tookMs);
    const unsolvable = { outcome: 'unsolvable', costUsd: 0.002 } as const;
    for (const change of [REFUSED, unsolvable, { outcome: 'cancelled', costUsd: 0.004 } as const]) {
      events.emit('attempt-ended', { record: sampleRecord(), attempt: sampleAttempt(change) });
    }
    expect(history.report(1).minutes).toEqual([
      {
        at: '2026-01-01T00:00:00.000Z',
        providers: [
          {
            ...{ id: '2captcha', solved: 3, failed: 1, p50Ms: 2_000, p95Ms: 3_000 },
            ...{ spendUsd: 0.009, lostUsd: 0.006, lostMs: 21_070 },
          },
          {
            ...{ id: 'captchaai', solved: 0, failed: 1, p50Ms: null, p95Ms: null },
            ...{ spendUsd: 0, lostUsd: 0, lostMs: 41 },
          },
        ],
      },
    ]);
  });

  it('takes a price that nobody knows for nothing', () => {
    solve(1_000, null);
    expect(history.report(1).providers).toMatchObject([{ solved: 1, spendUsd: 0 }]);
  });

  it('keeps the latest hundred solve times, however many there are', () => {
    for (let index = 0; index < 100; index += 1) solve(60_000);
    for (let index = 0; index < 100; index += 1) solve(1_000);
    expect(history.report(1).providers).toMatchObject([{ solved: 200, p50Ms: 1_000, p95Ms: 1_000 }]);
  });
});

describe('the hour', () => {
  it('is told minute by minute, oldest first, and as a whole', () => {
    for (const tookMs of [1_000, 5_000, 9_000]) {
      solve(tookMs);
      time += MINUTE;
    }
    const { minutes, providers } = history.report(60);
    expect(minutes.map(({ at, providers: [only] }) => [at.slice(11, 16), only?.p50Ms])).toEqual([
      ['00:00', 1_000],
      ['00:01', 5_000],
      ['00:02', 9_000],
    ]);
    expect(providers).toMatchObject([{ id: '2captcha', solved: 3, p50Ms: 5_000, spendUsd: 0.003 }]);
  });

  it('narrows to the minutes that are asked for', () => {
    solve(1_000);
    time += 2 * MINUTE;
    solve(2_000);
    expect(history.report(2).providers).toMatchObject([{ solved: 1, p50Ms: 2_000 }]);
    expect(history.report(3).providers).toMatchObject([{ solved: 2 }]);
  });

  it('forgets what is older, also when nothing has come since', () => {
    solve(1_000);
    time += 59 * MINUTE;
    expect(history.report(60).minutes).toHaveLength(1);
    time += MINUTE;
    expect(history.report(60).minutes).toEqual([]);
    solve(2_000);
    expect(history.report(60).providers).toMatchObject([{ solved: 1 }]);
  });

  it('counts tasks by kind, the most first, without those that their clients took back', () => {
    const { task } = sampleRecord();
    for (const kind of ['turnstile', 'recaptcha_v2', 'recaptcha_v2'] as const)
      events.emit('task-ended', { record: sampleRecord({ task: { ...task, kind } }) });
    events.emit('task-ended', { record: failedRecord() });
    events.emit('task-ended', { record: failedRecord({ status: 'cancelled', error: null }) });
    expect(history.report(60).kinds).toEqual([
      { kind: 'recaptcha_v2', solved: 2, failed: 1 },
      { kind: 'turnstile', solved: 1, failed: 0 },
    ]);
  });
});

describe('the changes', () => {
  it('are told newest first, in the words of the stream', () => {
    events.emit('breaker-opened', CHANGE);
    time += MINUTE;
    events.emit('breaker-closed', { ...CHANGE, changedBy: null });
    const common = { provider: 'captchaai', scope: 'money', kind: null, cause: 'zero_balance' };
    const span = { since: '2026-01-01T00:00:00.000Z', until: null };
    expect(history.report(60).changes).toEqual([
      { at: '2026-01-01T00:01:00.000Z', change: 'closed', ...common, ...span, changedBy: null },
      { at: '2026-01-01T00:00:00.000Z', change: 'opened', ...common, ...span, changedBy: CHANGE.changedBy },
    ]);
    time += 59 * MINUTE;
    expect(history.report(60).changes).toHaveLength(1);
  });
});

describe('its memory', () => {
  it('is bounded: providers, kinds and changes beyond the bound are left out', () => {
    const { task } = sampleRecord();
    for (let index = 0; index < 1_000; index += 1) {
      solve(1_000, 0.001, `p${index}`);
      events.emit('task-ended', { record: sampleRecord({ task: { ...task, kind: `classic:k${index}` } }) });
      events.emit('breaker-opened', CHANGE);
    }
    const { providers, kinds, changes } = history.report(60);
    expect([providers.length, kinds.length, changes.length]).toEqual([200, 100, 500]);
  });

  it('holds no secret', () => {
    for (const record of [sampleRecord(), failedRecord()]) {
      events.emit('task-ended', { record });
      for (const attempt of record.attempts) events.emit('attempt-ended', { record, attempt });
    }
    for (const secret of SECRETS) expect(JSON.stringify(history.report(60))).not.toContain(secret);
  });
});
