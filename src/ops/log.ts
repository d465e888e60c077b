/** The log: one line per attempt and one per task, made of picked fields only, every text of them made safe to tell. */
import { type DestinationStream, pino, stdTimeFunctions } from 'pino';
import type { BreakerChange, ConfigReload, EventMap, Events, LowBalance } from '../core/events.js';
import { BLANK, tellable, withoutSecrets } from '../core/tellable.js';
import { attemptFacts, taskFacts } from './facts.js';
import { openPretty } from './pretty.js';

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
  /** Resolves when what was said so far has left the process; waits no longer than a reader that is gone deserves. */
  flush(): Promise<void>;
}

/** The members of a log that write. */
export type LogMethod = 'debug' | 'info' | 'warn' | 'error';

/** What is written, and where. */
export interface LogOptions {
  readonly level: LogLevel;
  /** Stdout unless given. */
  readonly destination?: DestinationStream | undefined;
  /** JSON lines unless told. */
  readonly format?: 'json' | 'pretty' | undefined;
  readonly isColoured?: boolean | undefined;
  /** What the gateway knows to be secret: blanked wherever it turns up. */
  readonly secrets?: (() => readonly string[]) | undefined;
}

/** Opens the log. Lines leave as soon as they can and hold nothing up: a reader that hangs blocks no task. */
export function openLog({ level, destination, format, isColoured, secrets }: LogOptions): Log {
  const { stream: out, begin, flush } = destination ? leaveTo(destination) : openStdout();
  const stream =
    format === 'pretty' ? openPretty({ isColoured: isColoured === true, destination: out }) : out;
  const logger = pino({ level, base: null, timestamp: stdTimeFunctions.isoTime }, stream);
  const known = secrets ?? (() => []);
  const writer =
    (name: LogMethod): LogLine =>
    (fields, message) => {
      if (!logger.isLevelEnabled(name)) return;
      const told = tellableFields(fields, known());
      begin();
      if (message === undefined) logger[name](told);
      else logger[name](told, tellable(withoutSecrets(message, known())));
    };
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    setLevel(wanted) {
      logger.level = wanted;
    },
    flush,
  };
}

interface Outlet {
  readonly stream: DestinationStream;
  /** A line is about to be handed over. */
  begin(): void;
  flush(): Promise<void>;
}

/** Whoever gave the stream looks after it. */
function leaveTo(stream: DestinationStream): Outlet {
  return { stream, begin() {}, flush: async () => {} };
}

const FLUSH_MS = 300;

/** Standard output, written to in the background, and when all of it is written. */
function openStdout(): Outlet {
  const stream = pino.destination(1);
  let isPending = false;
  stream.on('drain', () => {
    isPending = false;
  });
  return {
    stream,
    begin() {
      isPending = true;
    },
    async flush() {
      if (!isPending) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, FLUSH_MS);
        stream.once('drain', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
  };
}

/** Ids of providers look like chance and are none of the gateway's secrets; what they come from has checked them. */
const VERBATIM: ReadonlySet<string> = new Set(['upstreamId']);

/** The one gate of the log: whatever text somebody hands over, here it loses what looks like a secret. */
function tellableFields(fields: LogFields, secrets: readonly string[]): Record<string, unknown> {
  const told: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) told[name] = tellableValue(name, value, secrets);
  return told;
}

function tellableValue(name: string, value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') {
    const known = withoutSecrets(value, secrets);
    return VERBATIM.has(name) ? known : tellable(known);
  }
  if (Array.isArray(value)) return value.map((each) => tellableValue(name, each, secrets));
  // The type lets nothing else in; whoever goes round it with an object learns so here.
  return typeof value === 'object' && value !== null ? BLANK : value;
}

/** Writes what happens in the gateway to the log; returns what ends it. */
export function logEvents(events: Events, log: Log): () => void {
  const subscriptions = [
    events.on('attempt-ended', ({ record, attempt, isLate }) =>
      log.info({ event: 'attempt', ...attemptFacts(record, attempt, isLate) }),
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
