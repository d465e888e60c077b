/** The figures of usage(): by the hour, by the kind, and only of what the gateway has seen. */
import { expect, it } from 'vitest';
import { Events } from '../../src/core/events.js';
import type { TaskRecord } from '../../src/core/store.js';
import { Activity } from '../../src/engine/activity.js';

const NOON = Date.UTC(2026, 0, 1, 12);
const HOUR_MS = 3_600_000;

interface Ended {
  readonly clientId?: string;
  readonly kind?: string;
  readonly status?: TaskRecord['status'];
  readonly tookMs?: number;
  readonly costUsd?: number;
}

function open(startAt = NOON) {
  let now = startAt;
  const events = new Events(
    () => now,
    (error) => {
      throw error;
    },
  );
  const activity = new Activity(events, () => now);
  const end = ({
    clientId = 'qa',
    kind = 'turnstile',
    status = 'solved',
    tookMs = 0,
    costUsd = 0,
  }: Ended) => {
    const attempts = [{ mayBeCharged: true, costUsd }];
    const record = { clientId, task: { kind }, status, createdAt: now - tookMs, finishedAt: now, attempts };
    events.emit('task-ended', { record: record as unknown as TaskRecord });
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { activity, end, pass };
}

it('counts what ended in the hour in which it ended, for each client apart', () => {
  const { activity, end, pass } = open(NOON + 1);
  end({ costUsd: 0.25 });
  end({ costUsd: 0.5, status: 'failed' });
  end({ clientId: 'other' });
  pass(2 * HOUR_MS);
  end({ costUsd: 1 });
  expect(activity.hoursOf('qa')).toEqual([
    { startsAt: NOON, solved: 1, spentUsd: 0.75 },
    { startsAt: NOON + HOUR_MS, solved: 0, spentUsd: 0 },
    { startsAt: NOON + 2 * HOUR_MS, solved: 1, spentUsd: 1 },
  ]);
});

it('tells nothing of the time before the start, nor of more than two days', () => {
  const { activity, end, pass } = open();
  expect(activity.hoursOf('qa').map(({ startsAt }) => startsAt)).toEqual([NOON]);
  for (let hour = 0; hour < 60; hour += 1) {
    end({});
    pass(HOUR_MS);
  }
  const hours = activity.hoursOf('qa');
  expect([hours.length, hours[0]?.startsAt, hours.at(-1)?.startsAt]).toEqual([
    49,
    NOON + 12 * HOUR_MS,
    NOON + 60 * HOUR_MS,
  ]);
  expect(hours.slice(0, -1).map(({ solved }) => solved)).toEqual(Array.from({ length: 48 }, () => 1));
});

it('means are those of the solved tasks of a kind, or of all; null before the first', () => {
  const { activity, end } = open();
  expect(activity.means(undefined)).toEqual({ meanCostUsd: null, meanSolveMs: null });
  end({ tookMs: 10_000, costUsd: 0.002 });
  end({ tookMs: 20_000, costUsd: 0.004 });
  end({ kind: 'hcaptcha', tookMs: 90_000, costUsd: 0.006 });
  end({ tookMs: 1, costUsd: 9, status: 'failed' });
  expect(activity.means('turnstile')).toEqual({ meanCostUsd: 0.003, meanSolveMs: 15_000 });
  expect(activity.means(undefined)).toEqual({ meanCostUsd: 0.004, meanSolveMs: 40_000 });
  expect(activity.means('funcaptcha')).toEqual({ meanCostUsd: null, meanSolveMs: null });
});

it('means follow what happens now', () => {
  const { activity, end } = open();
  end({ tookMs: 1_000_000 });
  for (let task = 0; task < 200; task += 1) end({ tookMs: 10 });
  expect(activity.means('turnstile').meanSolveMs).toBe(10);
});
