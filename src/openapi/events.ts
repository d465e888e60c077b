/** The events of the streams, and what is sent to the servers of clients and of the operator. */
import { z } from 'zod';
import { type BalanceThreshold, type LowBalance, OPERATOR_EVENTS } from '../core/events.js';
import { anyKind, TASK } from './answers.js';
import { changedBy, failover, REFUSED, RELOADED, scope } from './operator-answers.js';
import { type JsonSchema, type Members, ref, time, words } from './schema.js';

const figure = z.number().nullable();
const { meta: _meta, ...task } = TASK;

const breaker = z.object({
  at: time,
  provider: z.string(),
  scope,
  kind: anyKind.nullable(),
  cause: z.string(),
  since: time,
  until: time.nullable(),
  changedBy: changedBy.nullable(),
});

const lowBalance = {
  provider: z.string(),
  balanceUsd: figure,
  amount: figure.meta({ description: 'In the service’s own currency.' }),
  currency: z.string(),
  hoursToEmpty: figure,
  threshold: words<BalanceThreshold>({ empty: true, emptyWithinHours: true, balanceBelowUsd: true }),
  limit: z.number(),
} satisfies Members<LowBalance>;

/** The `data` of every event. */
export const EVENT_DATA = {
  TaskAccepted: z.object({ at: time, taskId: z.string(), kind: anyKind, provider: z.string() }),
  AttemptFailed: z.object({
    at: time,
    taskId: z.string(),
    kind: anyKind,
    provider: z.string(),
    outcome: z.string(),
    upstreamCode: z.string().nullable(),
    costUsd: figure,
    mayBeCharged: z.boolean(),
  }),
  TaskEnded: z.object({ at: time, ...task }),
  BreakerChange: breaker,
  BalanceLow: z.object({ at: time, ...lowBalance }),
  ConfigReloaded: z.object({ at: time, ...RELOADED }),
  ConfigRefused: z.object({ at: time, ...REFUSED }),
  Failover: failover,
};

/** Each event's name, and which data it comes with. */
export const EVENT_NAMES: Readonly<Record<string, keyof typeof EVENT_DATA>> = {
  'task-accepted': 'TaskAccepted',
  'attempt-failed': 'AttemptFailed',
  failover: 'Failover',
  'task-solved': 'TaskEnded',
  'task-failed': 'TaskEnded',
  'breaker-opened': 'BreakerChange',
  'breaker-closed': 'BreakerChange',
  'balance-low': 'BalanceLow',
  'config-reloaded': 'ConfigReloaded',
  'config-refused': 'ConfigRefused',
};

/** The events of a stream as they read, and what the operator's own server is sent. */
export function eventSchemas(): Record<string, JsonSchema> {
  return {
    StreamEvent: {
      description: 'One event of the stream: its id, its name, and the JSON of its data.',
      oneOf: Object.entries(EVENT_NAMES).map(([name, data]) => ({
        type: 'object',
        properties: { id: { type: 'string' }, event: { const: name }, data: ref(data) },
        required: ['id', 'event', 'data'],
      })),
    },
    OperatorAlert: {
      description: 'The data of an event, with its name.',
      oneOf: OPERATOR_EVENTS.map((name) => ({
        allOf: [ref(EVENT_NAMES[name] ?? name)],
        type: 'object',
        properties: { event: { const: name } },
        required: ['event'],
      })),
    },
  };
}
