/** The log: JSON lines, one per attempt and one per task, made of picked fields only. */
import { type DestinationStream, pino, stdTimeFunctions } from 'pino';
import type { BreakerChange, ConfigReload, EventMap, Events, LowBalance } from '../core/events.js';
import { attemptFacts, taskFacts } from './facts.js';

/** Lines below the level are not written. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** Plain values only: no record, request or error can be handed over whole, with whatever it holds. */
export type LogFields = Readonly<
  Record<string, string | number | boolean | readonly string[] | null | undefined>
>;

/** Writes one line; `event` is the word to search for, `message` is for people. */
export type LogLine = (fields: LogFields, message?: string) => void;

/** Where the process says what it does. */
export interface Log {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
  /** The least important lines that are written from now on. */
  setLevel(level: LogLevel): void;
}

/** What is written, and where. */
export interface LogOptions {
  readonly level: LogLevel;
  /** Stdout unless given. */
  readonly destination?: DestinationStream | undefined;
}

/** Opens the log; lines are written at once, so none is lost when the process dies. */
export function openLog({ level, destination }: LogOptions): Log {
  const logger = pino(
    { level, base: null, timestamp: stdTimeFunctions.isoTime },
    destination ?? pino.destination(1),
  );
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    setLevel(wanted) {
      logger.level = wanted;
    },
  };
}

/** Writes what happens in the gateway to the log; returns what ends it. */
export function logEvents(events: Events, log: Log): () => void {
  const subscriptions = [
    events.on('attempt-ended', ({ record, attempt }) =>
      log.info({ event: 'attempt', ...attemptFacts(record, attempt) }),
    ),
    events.on('task-ended', ({ record }) => log.info({ event: 'task', ...taskFacts(record) })),
    events.on('failover', ({ taskId, kind, from, to, cause }) => {
      log.info({ event: 'failover', taskId, kind, from, to, cause });
    }),
    events.on('callback-tried', ({ taskId, clientId, outcome, tries, fault }) => {
      const write = outcome === 'given_up' ? log.warn : log.info;
      write({ event: 'callback', taskId, client: clientId, outcome, tries, fault });
    }),
    events.on('calls-missed', (missed) => log.warn({ event: 'calls-missed', ...missedFields(missed) })),
    events.on('config-reloaded', (reload) => log.info({ event: 'config-reloaded', ...reloadFields(reload) })),
    events.on('config-refused', ({ by, issues, tookMs }) => {
      const faults = issues.map(({ path, message }) => `${path || 'config'}: ${message}`);
      log.error({ event: 'config-refused', by, issues: faults, tookMs }, 'the config before goes on');
    }),
    events.on('breaker-opened', (change) => log.warn({ event: 'breaker-opened', ...breakerFields(change) })),
    events.on('breaker-closed', (change) => log.info({ event: 'breaker-closed', ...breakerFields(change) })),
    events.on('balance-low', (low) => log.warn({ event: 'balance-low', ...lowFields(low) })),
    events.on('webhook-tried', ({ told, outcome, tries, fault }) => {
      const write = outcome === 'given_up' ? log.warn : log.info;
      write({ event: 'webhook', told, outcome, tries, fault });
    }),
  ];
  return () => {
    for (const unsubscribe of subscriptions) unsubscribe();
  };
}

function reloadFields({ by, changed, needsRestart, tookMs }: ConfigReload): LogFields {
  return { by, changed, needsRestart, tookMs };
}

function missedFields({ provider, results }: EventMap['calls-missed']): LogFields {
  return { provider, results, hint: 'is server.publicUrl reached from outside, and registered there?' };
}

function lowFields({ provider, balanceUsd, amount, ...low }: LowBalance): LogFields {
  const { currency, hoursToEmpty, threshold, limit } = low;
  return { provider, balanceUsd, amount, currency, hoursToEmpty, threshold, limit };
}

function breakerFields(change: BreakerChange): LogFields {
  const { provider, scope, kind, cause, since, until, changedBy } = change;
  return {
    provider,
    scope,
    kind,
    cause,
    since: isoTime(since),
    until: until === null ? null : isoTime(until),
    by: changedBy?.by ?? null,
    upstreamCode: changedBy?.upstreamCode ?? null,
    taskId: changedBy?.taskId ?? null,
    reason: changedBy?.reason ?? null,
  };
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
