/** What the page reads against what the gateway writes: the compiler compares the two, and so does a glance at both. */
import { expect, it } from 'vitest';
import type * as page from '../../../src/ops/dashboard/wire.js';
import { openHistory } from '../../../src/ops/history.js';
import { openStatus } from '../../../src/ops/status.js';
import { sayTask } from '../../../src/wire/native.js';
import { CREATED_AT, sampleEvents, sampleProvider, sampleRecord } from '../records.js';
import { figures, history, provider, status } from './samples.js';

const events = sampleEvents();
const now = () => CREATED_AT;

it('the status', () => {
  const serving = () => [{ kind: 'turnstile', provider: null, next: [], passedOver: [] } as const];
  const startedAt = CREATED_AT;
  const providers = () => [sampleProvider()];
  const gateway = openStatus({ events, version: '1', startedAt, now, providers, serving, inFlight: () => 0 });
  const told: page.Status = gateway.snapshot();
  expect(Object.keys(told)).toEqual(expect.arrayContaining(Object.keys(status())));
  expect(Object.keys(told.providers[0] ?? {})).toEqual(expect.arrayContaining(Object.keys(provider('a'))));
});

it('the history', () => {
  const gateway = openHistory({ events, now });
  const record = sampleRecord();
  for (const attempt of record.attempts) events.emit('attempt-ended', { record, attempt });
  const told: page.History = gateway.report(60);
  expect(Object.keys(told).sort()).toEqual(Object.keys(history()).sort());
  expect(Object.keys(told.providers[0] ?? {}).sort()).toEqual(Object.keys(figures('a')).sort());
});

it('a task', () => {
  const told = sayTask(sampleRecord());
  const read: (keyof page.Task)[] = [
    'taskId',
    'status',
    'kind',
    'provider',
    'costUsd',
    'createdAt',
    'finishedAt',
    'deadlineAt',
    'attempts',
    'passedOver',
  ];
  for (const name of read) expect(told).toHaveProperty(name);
  const ofAttempt: (keyof page.Attempt)[] = [
    'provider',
    'outcome',
    'upstreamCode',
    'upstreamId',
    'startedAt',
    'tookMs',
    'polls',
    'costUsd',
    'mayBeCharged',
  ];
  for (const name of ofAttempt) expect(told).toHaveProperty(`attempts.0.${name}`);
});
