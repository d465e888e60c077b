/** The state of the gateway for `GET /status`: providers as they are now, tasks and failovers of the last hour. */
import type { Events, Failover } from '../core/events.js';
import type { KindServing, KindStatus, ProviderStatus } from '../core/status.js';

type Iso<Times extends string, From> = Omit<From, Times> & { readonly [Time in Times]: string | null };

/** One kind at one provider. */
export interface KindReport extends Iso<'since' | 'until', KindStatus> {}

/** One account. */
export interface ProviderReport extends Iso<'since' | 'until', Omit<ProviderStatus, 'kinds'>> {
  readonly kinds: readonly KindReport[];
}

/** One task handed on; its `at` is when the next provider was asked. */
export interface FailoverReport extends Failover {
  readonly at: string;
}

/** The JSON of `GET /status`: times ISO 8601 in UTC, unknown figures null. */
export interface StatusReport {
  readonly version: string;
  readonly startedAt: string;
  readonly tasks: {
    readonly inFlight: number;
    readonly solvedLastHour: number;
    readonly failedLastHour: number;
  };
  readonly providers: readonly ProviderReport[];
  /** Who would be asked for each kind now, and who would not. */
  readonly serving: readonly KindServing[];
  /** Newest first. */
  readonly failovers: readonly FailoverReport[];
}

/** Where the report's facts come from; times in ms. */
export interface StatusOptions {
  readonly events: Events;
  readonly version: string;
  readonly startedAt: number;
  readonly now: () => number;
  readonly providers: () => readonly ProviderStatus[];
  readonly serving: () => readonly KindServing[];
  readonly inFlight: () => number;
}

/** The report of this moment, whenever it is asked for. */
export interface Status {
  snapshot(): StatusReport;
}

const MINUTE_MS = 60_000;
const MINUTES = 60;
const MOST_FAILOVERS = 200;

/** Starts counting what the events tell; memory is bounded however much happens. */
export function openStatus(options: StatusOptions): Status {
  const { events, version, startedAt, now, providers, serving, inFlight } = options;
  const solved = new HourCount();
  const failed = new HourCount();
  let failovers: readonly (Failover & { readonly at: number })[] = [];

  events.on('task-ended', ({ record, at }) => {
    if (record.status === 'solved') solved.add(at);
    if (record.status === 'failed') failed.add(at);
  });
  events.on('failover', (failover) => {
    failovers = [failover, ...failovers].slice(0, MOST_FAILOVERS);
  });

  return {
    snapshot() {
      const time = now();
      const recent = failovers.filter(({ at }) => at > time - MINUTES * MINUTE_MS);
      return {
        version,
        startedAt: isoTime(startedAt),
        tasks: {
          inFlight: inFlight(),
          solvedLastHour: solved.total(time),
          failedLastHour: failed.total(time),
        },
        providers: providers().map(providerReport),
        serving: serving(),
        failovers: recent.map(({ at, taskId, kind, from, to, cause }) => {
          return { at: isoTime(at), taskId, kind, from, to, cause };
        }),
      };
    },
  };
}

/** Counts over the last sixty minutes, one figure a minute. */
class HourCount {
  readonly #counts = new Array<number>(MINUTES).fill(0);
  readonly #minutes = new Array<number>(MINUTES).fill(Number.NEGATIVE_INFINITY);

  add(at: number): void {
    const minute = Math.floor(at / MINUTE_MS);
    const place = minute % MINUTES;
    this.#counts[place] = this.#minutes[place] === minute ? (this.#counts[place] ?? 0) + 1 : 1;
    this.#minutes[place] = minute;
  }

  total(now: number): number {
    const oldest = Math.floor(now / MINUTE_MS) - MINUTES + 1;
    return this.#counts.reduce(
      (sum, count, place) => sum + ((this.#minutes[place] ?? 0) >= oldest ? count : 0),
      0,
    );
  }
}

function providerReport({ kinds, ...provider }: ProviderStatus): ProviderReport {
  const { id, use, priority, state, cause, since, until, comesBack, openedBy } = provider;
  const { balanceUsd, hoursToEmpty, inFlight, limit } = provider;
  return {
    id,
    use,
    priority,
    state,
    cause,
    since: time(since),
    until: time(until),
    comesBack,
    openedBy,
    balanceUsd,
    hoursToEmpty,
    inFlight,
    limit,
    kinds: kinds.map(kindReport),
  };
}

function kindReport({ since, until, ...status }: KindStatus): KindReport {
  const { kind, state, cause, comesBack, openedBy, successRate, p50Ms, p95Ms } = status;
  const span = { since: time(since), until: time(until) };
  return { kind, state, cause, ...span, comesBack, openedBy, successRate, p50Ms, p95Ms };
}

function time(at: number | null): string | null {
  return at === null ? null : isoTime(at);
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
