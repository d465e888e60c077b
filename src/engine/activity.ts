/** What the gateway has solved since it started, and what its accounts have room for: the figures that clients ask for. */
import type { Events } from '../core/events.js';
import type { Usage, UsageHour } from '../core/gateway.js';
import { spentUsd, type TaskRecord } from '../core/store.js';
import { passedWire, type TaskKind } from '../core/task.js';
import type { AccountState } from './account.js';
import { statusOf } from './account-status.js';

const HOUR_MS = 3_600_000;
/** Today and yesterday, whatever the client's time zone. */
const KEPT_HOURS = 49;
/** The means are those of the last so many solved tasks of a kind. */
const KEPT_SOLVES = 200;

interface Solve {
  readonly tookMs: number;
  readonly costUsd: number;
}

/** Counts tasks as they end; bounded by clients × hours and kinds × solves. */
export class Activity {
  readonly #now: () => number;
  readonly #since: number;
  readonly #hours = new Map<string, Map<number, UsageHour>>();
  readonly #solves = new Map<string, Solve[]>();

  constructor(events: Events, now: () => number) {
    this.#now = now;
    this.#since = now();
    events.on('task-ended', ({ record }) => this.#count(record));
  }

  #count(record: TaskRecord): void {
    const startsAt = hourOf(this.#now());
    const hours = this.#hours.get(record.clientId) ?? new Map<number, UsageHour>();
    this.#hours.set(record.clientId, hours);
    const { solved, spentUsd: spent } = hours.get(startsAt) ?? { solved: 0, spentUsd: 0 };
    const isSolved = record.status === 'solved';
    hours.set(startsAt, {
      startsAt,
      solved: solved + (isSolved ? 1 : 0),
      spentUsd: spent + spentUsd(record),
    });
    const [oldest] = hours.keys();
    if (hours.size > KEPT_HOURS && oldest !== undefined) hours.delete(oldest);
    if (!isSolved) return;
    const kind = passedWire(record.task.kind) ?? record.task.kind;
    const solves = this.#solves.get(kind) ?? [];
    this.#solves.set(kind, solves);
    const tookMs = (record.finishedAt ?? this.#now()) - record.createdAt;
    solves.push({ tookMs, costUsd: spentUsd(record) });
    if (solves.length > KEPT_SOLVES) solves.shift();
  }

  /** Every hour of which all is known, oldest first: the first one begins with the gateway. */
  hoursOf(clientId: string): readonly UsageHour[] {
    const newest = hourOf(this.#now());
    const oldest = Math.max(hourOf(this.#since), newest - (KEPT_HOURS - 1) * HOUR_MS);
    const counted = this.#hours.get(clientId);
    return Array.from({ length: (newest - oldest) / HOUR_MS + 1 }, (_, index) => {
      const startsAt = oldest + index * HOUR_MS;
      return counted?.get(startsAt) ?? { startsAt, solved: 0, spentUsd: 0 };
    });
  }

  /** The means over the last solved tasks of a kind, or of all kinds. */
  means(kind: string | undefined): Pick<Usage, 'meanCostUsd' | 'meanSolveMs'> {
    const solves = kind === undefined ? [...this.#solves.values()].flat() : (this.#solves.get(kind) ?? []);
    return {
      meanCostUsd: mean(solves.map(({ costUsd }) => costUsd)),
      meanSolveMs: mean(solves.map(({ tookMs }) => tookMs)),
    };
  }
}

/** How busy the accounts are that take tasks just now. */
export function roomOf(
  accounts: readonly AccountState[],
  now: number,
  kind: TaskKind | undefined,
): Pick<Usage, 'busy' | 'free'> {
  const taking = accounts
    .map((account) => statusOf(account, now))
    .filter(({ state, kinds }) => takes(state) && takesKind(kinds, kind));
  return {
    busy: taking.reduce((sum, { inFlight }) => sum + inFlight, 0),
    free: taking.reduce(
      (sum, { limit, inFlight }) => sum + (limit === null ? 1 : Math.max(0, limit - inFlight)),
      0,
    ),
  };
}

type Status = ReturnType<typeof statusOf>;

function takes(state: Status['state']): boolean {
  return state !== 'open' && state !== 'held-out';
}

function takesKind(kinds: Status['kinds'], wanted: TaskKind | undefined): boolean {
  return kinds.some(({ kind, state }) => (wanted === undefined || kind === wanted) && takes(state));
}

function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
