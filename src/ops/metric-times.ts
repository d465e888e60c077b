/** Metrics of waiting and of work: how long tasks queue and take, how often is polled, how long the ledger takes. */
import { Counter, Histogram, type Registry } from 'prom-client';
import type { Events } from '../core/events.js';
import { outcomeOf, queueMs, tookMs } from './facts.js';
import { kindLabel, limitWords } from './metric-words.js';

const QUEUE_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const TASK_SECONDS = [0.1, 0.5, 1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300];
const WRITE_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** Counts from the events; returns what ends that. */
export function countTimes(events: Events, registry: Registry): readonly (() => void)[] {
  const { queueSeconds, taskSeconds, clientTasks, polls, writeSeconds } = openTimes([registry]);
  const [account, client] = [limitWords(), limitWords()];
  return [
    events.on('task-ended', ({ record }) => {
      const kind = kindLabel(record);
      const [queued, took] = [queueMs(record), tookMs(record)];
      if (queued !== null) queueSeconds.observe({ kind }, queued / 1_000);
      if (record.status === 'solved' && took !== null) taskSeconds.observe({ kind }, took / 1_000);
      clientTasks.inc({ client: client(record.clientId), outcome: outcomeOf(record) });
    }),
    events.on('attempt-ended', ({ record, attempt, isLate }) => {
      if (!isLate) polls.inc({ provider: account(attempt.provider), kind: kindLabel(record) }, attempt.polls);
    }),
    events.on('ledger-written', ({ outcome, tookMs }) => writeSeconds.observe({ outcome }, tookMs / 1_000)),
  ];
}

function openTimes(registers: Registry[]) {
  return {
    queueSeconds: new Histogram({
      name: 'captcha_gateway_queue_seconds',
      help: 'From the request to the first acceptance by a provider, of tasks that ended.',
      labelNames: ['kind'],
      buckets: QUEUE_SECONDS,
      registers,
    }),
    taskSeconds: new Histogram({
      name: 'captcha_gateway_task_seconds',
      help: 'From the request to the solution.',
      labelNames: ['kind'],
      buckets: TASK_SECONDS,
      registers,
    }),
    clientTasks: new Counter({
      name: 'captcha_gateway_client_tasks_total',
      help: 'Tasks that ended, by who asked: solved, cancelled, or the code of the error.',
      labelNames: ['client', 'outcome'],
      registers,
    }),
    polls: new Counter({
      name: 'captcha_gateway_polls_total',
      help: 'Polls of attempts that ended; one request may poll for several.',
      labelNames: ['provider', 'kind'],
      registers,
    }),
    writeSeconds: new Histogram({
      name: 'captcha_gateway_ledger_write_seconds',
      help: 'One write to the ledger: done, refused for what stands there, or failed.',
      labelNames: ['outcome'],
      buckets: WRITE_SECONDS,
      registers,
    }),
  };
}
