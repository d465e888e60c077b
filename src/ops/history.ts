/** The last hour, minute by minute: what each provider solved and what that took, and every change of what keeps tasks away. */
import type { BreakerChange, Events } from '../core/events.js';
import type { Attempt } from '../core/store.js';
import { solveMs } from './facts.js';

/** What one provider did in one minute, or in all of them. */
export interface HistoryFigures {
  readonly id: string;
  /** Attempts that ended with an answer, and those that did not. */
  readonly solved: number;
  readonly failed: number;
  /** From acceptance to answer; null before the first. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** All that was bought, as far as prices are known. */
  readonly spendUsd: number;
  /** The part of it that brought no answer. */
  readonly lostUsd: number;
  /** How long tasks were held up by attempts that failed. */
  readonly lostMs: number;
}

/** A minute in which something ended. */
export interface HistoryMinute {
  readonly at: string;
  readonly providers: readonly HistoryFigures[];
}

/** One opening or closing, in the words of the stream of events. */
export interface HistoryChange
  extends Pick<BreakerChange, 'provider' | 'scope' | 'kind' | 'cause' | 'changedBy'> {
  readonly at: string;
  readonly change: 'opened' | 'closed';
  readonly since: string;
  readonly until: string | null;
}

/** The JSON of `GET /admin/history`. */
export interface HistoryReport {
  /** When the first of its minutes begins. */
  readonly from: string;
  readonly to: string;
  /** Oldest first; minutes in which nothing ended are left out. */
  readonly minutes: readonly HistoryMinute[];
  /** All these minutes together. */
  readonly providers: readonly HistoryFigures[];
  /** Tasks that ended, by kind, the most first. */
  readonly kinds: readonly { readonly kind: string; readonly solved: number; readonly failed: number }[];
  /** Newest first. */
  readonly changes: readonly HistoryChange[];
}

export interface History {
  /** The last so many minutes, the running one included. */
  report(minutes: number): HistoryReport;
}

export interface HistoryOptions {
  readonly events: Events;
  readonly now: () => number;
}

const MINUTE_MS = 60_000;
/** As far back as anybody can look. */
export const MOST_MINUTES = 60;
const MOST_PROVIDERS = 200;
const MOST_KINDS = 100;
const MOST_CHANGES = 500;
/** Solve times that a minute keeps of each provider: beyond that the latest stand for all. */
const MOST_TIMES = 100;

/** Starts counting what the events tell; memory is bounded however much happens. */
export function openHistory({ events, now }: HistoryOptions): History {
  const ring: (Minute | undefined)[] = new Array(MOST_MINUTES).fill(undefined);
  let changes: readonly HistoryChange[] = [];

  function minuteOf(at: number): Minute {
    const number = Math.floor(at / MINUTE_MS);
    const kept = ring[number % MOST_MINUTES];
    if (kept?.number === number) return kept;
    const fresh = new Minute(number);
    ring[number % MOST_MINUTES] = fresh;
    return fresh;
  }

  events.on('attempt-ended', ({ attempt, at }) => minuteOf(at).attempt(attempt));
  events.on('task-ended', ({ record, at }) => {
    const { status, task } = record;
    if (status === 'solved' || status === 'failed') minuteOf(at).task(task.kind, status);
  });
  for (const change of ['opened', 'closed'] as const) {
    events.on(`breaker-${change}`, (told) => {
      changes = [changeOf(told, change), ...changes].slice(0, MOST_CHANGES);
    });
  }

  return {
    report(minutes) {
      const time = now();
      const newest = Math.floor(time / MINUTE_MS);
      const oldest = newest - minutes + 1;
      const kept = ring
        .filter((minute) => minute !== undefined)
        .filter(({ number }) => number >= oldest && number <= newest)
        .sort((one, other) => one.number - other.number);
      const from = iso(oldest * MINUTE_MS);
      return {
        from,
        to: iso(time),
        minutes: kept.map(({ number, tallies }) => ({
          at: iso(number * MINUTE_MS),
          providers: say(tallies),
        })),
        providers: say(sumOf(kept)),
        kinds: kindsOf(kept),
        changes: changes.filter(({ at }) => at >= from),
      };
    },
  };
}

/** What one provider did so far. */
class Tally {
  solved = 0;
  failed = 0;
  spendUsd = 0;
  lostUsd = 0;
  lostMs = 0;
  readonly timesMs: number[] = [];

  attempt(attempt: Attempt): void {
    const { outcome, costUsd, startedAt, endedAt } = attempt;
    const spentUsd = costUsd ?? 0;
    this.spendUsd += spentUsd;
    if (outcome === 'solved') {
      const tookMs = solveMs(attempt);
      if (tookMs !== null) this.timesMs[this.solved % MOST_TIMES] = tookMs;
      this.solved += 1;
      return;
    }
    this.lostUsd += spentUsd;
    // Nobody failed where the client went away or another answer came first.
    if (outcome === 'cancelled') return;
    this.failed += 1;
    this.lostMs += Math.max(0, (endedAt ?? startedAt) - startedAt);
  }

  add(other: Tally): void {
    this.solved += other.solved;
    this.failed += other.failed;
    this.spendUsd += other.spendUsd;
    this.lostUsd += other.lostUsd;
    this.lostMs += other.lostMs;
    this.timesMs.push(...other.timesMs);
  }
}

class Minute {
  readonly tallies = new Map<string, Tally>();
  readonly kinds = new Map<string, { solved: number; failed: number }>();

  constructor(readonly number: number) {}

  attempt(attempt: Attempt): void {
    tallyIn(this.tallies, attempt.provider)?.attempt(attempt);
  }

  task(kind: string, status: 'solved' | 'failed'): void {
    countIn(this.kinds, kind, { [status]: 1 });
  }
}

function tallyIn(tallies: Map<string, Tally>, id: string): Tally | undefined {
  const known = tallies.get(id);
  if (known || tallies.size >= MOST_PROVIDERS) return known;
  const fresh = new Tally();
  tallies.set(id, fresh);
  return fresh;
}

/** Clients make up kinds: those beyond the first hundred are not told apart, so they are not told. */
function countIn(
  kinds: Map<string, { solved: number; failed: number }>,
  kind: string,
  { solved = 0, failed = 0 }: { readonly solved?: number; readonly failed?: number },
): void {
  const known = kinds.get(kind);
  if (!known && kinds.size >= MOST_KINDS) return;
  kinds.set(kind, { solved: (known?.solved ?? 0) + solved, failed: (known?.failed ?? 0) + failed });
}

function sumOf(minutes: readonly Minute[]): Map<string, Tally> {
  const sums = new Map<string, Tally>();
  for (const { tallies } of minutes) {
    for (const [id, tally] of tallies) tallyIn(sums, id)?.add(tally);
  }
  return sums;
}

function kindsOf(minutes: readonly Minute[]): HistoryReport['kinds'] {
  const sums: Minute['kinds'] = new Map();
  for (const minute of minutes) {
    for (const [kind, counts] of minute.kinds) countIn(sums, kind, counts);
  }
  const rows = [...sums].map(([kind, counts]) => ({ kind, ...counts }));
  return rows.sort((one, other) => other.solved + other.failed - one.solved - one.failed);
}

function say(tallies: ReadonlyMap<string, Tally>): readonly HistoryFigures[] {
  return [...tallies].map(([id, { solved, failed, spendUsd, lostUsd, lostMs, timesMs }]) => {
    const sorted = timesMs.toSorted((one, other) => one - other);
    return {
      id,
      solved,
      failed,
      p50Ms: percentile(sorted, 0.5),
      p95Ms: percentile(sorted, 0.95),
      spendUsd: rounded(spendUsd),
      lostUsd: rounded(lostUsd),
      lostMs,
    };
  });
}

function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

/** Sums of prices are not exact to the last digit. */
function rounded(usd: number): number {
  return Number(usd.toFixed(8));
}

function changeOf(
  { provider, scope, kind, cause, since, until, changedBy, at }: BreakerChange & { readonly at: number },
  change: HistoryChange['change'],
): HistoryChange {
  const span = { since: iso(since), until: until === null ? null : iso(until) };
  return { at: iso(at), change, provider, scope, kind, cause, ...span, changedBy };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
