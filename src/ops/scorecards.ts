/** Answers with scorecards: one counting at a time, and for a while the same answer where counting was dear. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Cancel, Clock } from '../core/clock.js';
import { SolveError } from '../core/errors.js';
import type { Span } from '../core/scorecard.js';
import type { TaskStore } from '../core/store.js';
import { BOUNDS_OF_SPAN, Tally } from '../core/tally.js';
import { type ScorecardReport, scorecardRows } from './scorecard.js';
import { emptySpan, type ScorecardQuery, timeOf } from './scorecard-query.js';

export interface ScorecardTools {
  readonly clock: Clock;
  readonly store: Pick<TaskStore, 'tally'>;
}

/** Figures are kept for as many times as long as they took to count, so that asking again and again costs little, */
const KEPT_TIMES = 5;
/** and are this old at most. */
const MOST_KEPT_MS = 10_000;
/** Countings that wait for one another; a day of many tasks takes seconds. */
const MOST_WAITING = 4;

interface Counted {
  readonly span: Span;
  readonly tally: Tally;
  readonly tookMs: number;
}

export class Scorecards {
  /** By what was asked, under way or done; whoever asks the same gets the same. */
  readonly #counted = new Map<string, Promise<Counted>>();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  readonly #cancels = new Set<Cancel>();
  #isStopped = false;

  constructor(private readonly tools: ScorecardTools) {}

  /**
   * The figures of everybody, or of one client.
   * @throws SolveError `bad_request` for a span without length, `overloaded` when too much is being counted already.
   */
  async tell(query: ScorecardQuery, clientId?: string): Promise<ScorecardReport> {
    const { by, only } = query;
    const { span, tally } = await this.#count(query);
    const own = clientId === undefined ? tally.cells : tally.cellsOf(clientId);
    const rows = await scorecardRows(own, { by, only }, turn);
    return { since: isoTime(span.since), until: isoTime(span.until), by, rows };
  }

  #count({ since, until }: ScorecardQuery): Promise<Counted> {
    const { clock, store } = this.tools;
    const key = JSON.stringify([since, until]);
    const known = this.#counted.get(key);
    if (known) return known;
    const span = { since: timeOf(since, clock.now()), until: timeOf(until, clock.now()) };
    if (span.since >= span.until) throw emptySpan();
    if (this.#waiting >= MOST_WAITING)
      throw new SolveError('overloaded', {
        detail: 'Other scorecards are being counted.',
        retryAfterMs: 5_000,
      });
    const counted = this.#inTurn(async () => {
      const tally = new Tally(BOUNDS_OF_SPAN);
      const startedAt = clock.now();
      await store.tally(span, tally);
      return { span, tally, tookMs: clock.now() - startedAt };
    });
    this.#counted.set(key, counted);
    const forget = () => void this.#counted.delete(key);
    counted.then(({ tookMs }) => this.#later(forget, tookMs * KEPT_TIMES), forget);
    return counted;
  }

  /** Ends its timers. */
  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#cancels) cancel();
  }

  #later(forget: () => void, keptMs: number): void {
    if (this.#isStopped) return;
    const cancel = this.tools.clock.after(Math.min(keptMs, MOST_KEPT_MS), () => {
      this.#cancels.delete(cancel);
      forget();
    });
    this.#cancels.add(cancel);
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#waiting += 1;
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    try {
      return await done;
    } finally {
      this.#waiting -= 1;
    }
  }
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
