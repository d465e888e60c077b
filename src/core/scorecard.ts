/** What the tasks that have ended come to: every figure's definition. */
import { ERROR_POLICY } from './errors.js';
import type { Attempt, AttemptOutcome, TaskRecord } from './record.js';
import { Sketch } from './sketch.js';
import { type TaskKind, targetHost } from './task.js';

/**
 * What is counted, of all tasks that ended in a span, for one provider; `ALL_PROVIDERS` counts every task once.
 * An attempt whose request never left counts as nothing.
 */
export interface Counts {
  /** Tasks that the provider was asked for. */
  tasks: number;
  /** Tasks whose answer was its own. */
  solved: number;
  /** Its answers that their client reported as good. */
  accepted: number;
  /** Its answers that their client reported as bad. */
  rejected: number;
  /** Times that it was asked for a task. */
  attempts: number;
  /** Attempts that were not the first of their task. */
  retries: number;
  /** Attempts that ended without an answer in time: `timeout`, or `deadline` of the task. */
  timeouts: number;
  /** Attempts that met `no_slot`. */
  noSlots: number;
  /** Attempts that met `zero_balance`. */
  zeroBalances: number;
  /** Attempts refused for what the caller had sent: the codes of HTTP 400 that the error table blames on the caller. */
  invalidParameters: number;
  /** What attempts that may be charged cost, in billionths of a USD, as far as their price is known. */
  nanoUsd: number;
  /** Attempts that may be charged at a price that nobody knows. */
  unpriced: number;
  /** Reports on its answers that the provider took. */
  reportsTaken: number;
  /** Those about bad answers: what the provider may give back. No provider says whether it does. */
  badReportsTaken: number;
}

/** Counts, and the times from asking the provider to its answer, of the solved tasks. */
export interface Figures {
  readonly counts: Counts;
  readonly solveMs: Sketch;
}

/** What a task counts for. */
export interface CellName {
  readonly clientId: string;
  /** An account's id, `ALL_PROVIDERS` or `NOBODY`. */
  readonly provider: string;
  readonly kind: string;
  /** Empty for captchas without a page. */
  readonly host: string;
}

export interface Cell extends CellName {
  readonly figures: Figures;
}

/** In place of a provider: the tasks as such, each counted once. No account can be called that. */
export const ALL_PROVIDERS = '*';
/** In place of a provider: tasks that nobody was asked for. */
export const NOBODY = '-';
/** The hosts that came after there were too many; no host has a blank. */
export const OTHER_HOSTS = 'other hosts';
/** The same for passed-through kinds, whose names are the clients' choice too. */
export const OTHER_KINDS = 'other kinds';

/** Times in ms since 1970; `until` itself is out. */
export interface Span {
  readonly since: number;
  readonly until: number;
}

/** As much of an attempt as is counted. */
export type EndedAttempt = Pick<
  Attempt,
  'provider' | 'outcome' | 'startedAt' | 'endedAt' | 'costUsd' | 'mayBeCharged' | 'tookReport'
>;

/** As much of a task that has ended as is counted. */
export interface EndedTask extends Pick<TaskRecord, 'clientId' | 'status' | 'provider' | 'reported'> {
  readonly finishedAt: number;
  readonly kind: TaskKind;
  readonly host: string;
  readonly attempts: readonly EndedAttempt[];
}

/** What a whole record counts with; undefined while it is open. */
export function endedTask(record: TaskRecord): EndedTask | undefined {
  const { finishedAt, task } = record;
  if (finishedAt === null) return undefined;
  return { ...record, finishedAt, kind: task.kind, host: targetHost(task) ?? '' };
}

/** For whom a task is counted. */
export interface Scope {
  /** The attempts that are counted. */
  readonly asked: readonly EndedAttempt[];
  /** The first of the whole task. */
  readonly first: EndedAttempt | undefined;
  /** Absent for all of them. */
  readonly provider?: string;
}

/** Counts a task for one provider, or as such. */
export function countTask(
  { counts, solveMs }: Figures,
  task: EndedTask,
  { asked, first, provider }: Scope,
): void {
  counts.tasks += 1;
  for (const attempt of asked) countAttempt(counts, attempt, attempt === first);
  if (task.status !== 'solved' || (provider !== undefined && provider !== task.provider)) return;
  counts.solved += 1;
  if (task.reported !== null) counts[task.reported ? 'accepted' : 'rejected'] += 1;
  const answer = asked.find((attempt) => attempt.outcome === 'solved' && attempt.provider === task.provider);
  if (!answer) return;
  if (answer.endedAt !== null) solveMs.add(answer.endedAt - answer.startedAt);
  if (!answer.tookReport) return;
  counts.reportsTaken += 1;
  if (task.reported === false) counts.badReportsTaken += 1;
}

const NANO = 1e9;

function countAttempt(counts: Counts, attempt: EndedAttempt, isFirst: boolean): void {
  const { outcome, mayBeCharged, costUsd } = attempt;
  counts.attempts += 1;
  if (!isFirst) counts.retries += 1;
  const met = COUNTED.get(outcome);
  if (met) counts[met] += 1;
  if (!mayBeCharged) return;
  if (costUsd === null) counts.unpriced += 1;
  else counts.nanoUsd += Math.round(costUsd * NANO);
}

/** What outcomes count as. */
const COUNTED: ReadonlyMap<AttemptOutcome, keyof Counts> = new Map<AttemptOutcome, keyof Counts>([
  ['timeout', 'timeouts'],
  ['deadline', 'timeouts'],
  ['no_slot', 'noSlots'],
  ['zero_balance', 'zeroBalances'],
  ...Object.entries(ERROR_POLICY)
    .filter(([, { http, blame }]) => http === 400 && blame === 'caller')
    .map(([code]) => [code as AttemptOutcome, 'invalidParameters'] as const),
]);

/** An intent that was withdrawn before it left asked nobody. */
export function wasAsked({ outcome, mayBeCharged }: EndedAttempt): boolean {
  return outcome !== 'cancelled' || mayBeCharged;
}

const NO_COUNTS: Readonly<Counts> = {
  tasks: 0,
  solved: 0,
  accepted: 0,
  rejected: 0,
  attempts: 0,
  retries: 0,
  timeouts: 0,
  noSlots: 0,
  zeroBalances: 0,
  invalidParameters: 0,
  nanoUsd: 0,
  unpriced: 0,
  reportsTaken: 0,
  badReportsTaken: 0,
};
const COUNT_NAMES = Object.keys(NO_COUNTS) as readonly (keyof Counts)[];

export function noFigures(): Figures {
  return { counts: { ...NO_COUNTS }, solveMs: new Sketch() };
}

/** Adds `more` to `sum`. */
export function addFigures(sum: Figures, more: Figures): void {
  for (const name of COUNT_NAMES) sum.counts[name] += more.counts[name];
  sum.solveMs.addAll(more.solveMs);
}

/** Figures as they are kept: what is zero is left out. */
export function writeFigures({ counts, solveMs }: Figures): string {
  const some = Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
  return JSON.stringify({ ...some, solveMs });
}

/** What `writeFigures` has written, in this version or an earlier one. */
export function readFigures(text: string): Figures {
  const { solveMs, ...counts }: Partial<Counts> & { solveMs?: string } = JSON.parse(text);
  return { counts: { ...NO_COUNTS, ...counts }, solveMs: Sketch.from(solveMs ?? '') };
}
