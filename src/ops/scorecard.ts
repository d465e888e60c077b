/** The scorecard: who solved what for which site, how well, how soon and for how much. */
import { ALL_PROVIDERS, addFigures, type Cell, type Figures, NOBODY, noFigures } from '../core/scorecard.js';
import type { Dimension, ScorecardQuery } from './scorecard-query.js';

/** One line, after the names that it is about. Rates, times and costs are null where nothing is known. */
export interface ScorecardFigures {
  /** Tasks that ended, and that the provider was asked for. */
  readonly tasks: number;
  /** Of them: solved by the provider. */
  readonly solved: number;
  /** Answers reported as good. */
  readonly accepted: number;
  /** Answers reported as bad. */
  readonly rejected: number;
  /** Accepted ÷ reported. */
  readonly acceptedRate: number | null;
  /** From asking the provider to its answer, of solved tasks: half took at most this long. */
  readonly p50Ms: number | null;
  /** Nineteen in twenty took at most this long. */
  readonly p95Ms: number | null;
  /** Times that the provider was asked for a task. */
  readonly attempts: number;
  /** Attempts that were not the first of their task. */
  readonly retries: number;
  readonly timeouts: number;
  readonly noSlots: number;
  readonly zeroBalances: number;
  readonly invalidParameters: number;
  /** What the attempts may have been charged; null when the price of one is unknown. */
  readonly costUsd: number | null;
  /** Attempts whose price is unknown. */
  readonly unpriced: number;
  /** Cost ÷ solved. */
  readonly costPerSolvedUsd: number | null;
  /** Cost per solved ÷ accepted rate: as if the answers without a report were like those with one. */
  readonly costPerAcceptedUsd: number | null;
  /** Reports that the provider took. */
  readonly reportsTaken: number;
  /** Those about bad answers, for which it may give money back. */
  readonly badReportsTaken: number;
}

export type ScorecardRow = Readonly<Partial<Record<Dimension, string | null>>> & ScorecardFigures;

const FIGURE_NAMES = [
  'tasks',
  'solved',
  'accepted',
  'rejected',
  'acceptedRate',
  'p50Ms',
  'p95Ms',
  'attempts',
  'retries',
  'timeouts',
  'noSlots',
  'zeroBalances',
  'invalidParameters',
  'costUsd',
  'unpriced',
  'costPerSolvedUsd',
  'costPerAcceptedUsd',
  'reportsTaken',
  'badReportsTaken',
] as const satisfies readonly (keyof ScorecardFigures)[];

/** So many are grouped or written at once: the event loop stands still meanwhile. */
const STEP = 500;

/** The rows of a scorecard, by name. With `rest` others get their turn between steps. */
export async function scorecardRows(
  cells: Iterable<Cell>,
  { by, only }: Pick<ScorecardQuery, 'by' | 'only'>,
  rest: () => Promise<void>,
): Promise<readonly ScorecardRow[]> {
  const isByProvider = by.includes('provider') || only.provider !== undefined;
  const wanted = Object.entries(only) as readonly (readonly [Dimension, string])[];
  const groups = new Map<string, { readonly names: readonly string[]; readonly figures: Figures }>();
  let count = 0;
  for (const cell of cells) {
    count += 1;
    if (count % STEP === 0) await rest();
    if ((cell.provider === ALL_PROVIDERS) === isByProvider) continue;
    if (wanted.some(([dimension, name]) => nameOf(cell, dimension) !== name)) continue;
    const names = by.map((dimension) => nameOf(cell, dimension));
    const key = names.join('\n');
    const group = groups.get(key) ?? { names, figures: noFigures() };
    groups.set(key, group);
    addFigures(group.figures, cell.figures);
  }
  const sorted = [...groups.values()].sort((one, other) => compare(one.names, other.names));
  return sorted.map(({ names, figures }) => ({
    ...Object.fromEntries(by.map((dimension, index) => [dimension, names[index] || null])),
    ...sayFigures(figures),
  }));
}

/** What a cell is called; empty where there is no such thing. */
function nameOf({ clientId, provider, kind, host }: Cell, dimension: Dimension): string {
  return { client: clientId, provider: provider === NOBODY ? '' : provider, kind, host }[dimension];
}

function compare(one: readonly string[], other: readonly string[]): number {
  const index = one.findIndex((name, at) => name !== other[at]);
  const [name = '', otherName = ''] = [one[index], other[index]];
  if (index < 0) return 0;
  return name < otherName ? -1 : 1;
}

const NANO = 1e9;

/** Counts as people read them, in the order of the columns. */
export function sayFigures({ counts, solveMs }: Figures): ScorecardFigures {
  const { tasks, solved, accepted, rejected, attempts, retries, nanoUsd, unpriced } = counts;
  const { timeouts, noSlots, zeroBalances, invalidParameters, reportsTaken, badReportsTaken } = counts;
  const acceptedRate = ratio(accepted, accepted + rejected);
  const costPerSolved = unpriced > 0 ? null : ratio(nanoUsd, solved);
  const costPerAccepted = costPerSolved === null ? null : ratio(costPerSolved, acceptedRate ?? 0);
  return {
    ...{ tasks, solved, accepted, rejected },
    acceptedRate: acceptedRate === null ? null : Number(acceptedRate.toFixed(6)),
    p50Ms: solveMs.quantile(0.5),
    p95Ms: solveMs.quantile(0.95),
    ...{ attempts, retries, timeouts, noSlots, zeroBalances, invalidParameters },
    costUsd: unpriced > 0 ? null : nanoUsd / NANO,
    unpriced,
    costPerSolvedUsd: toUsd(costPerSolved),
    costPerAcceptedUsd: toUsd(costPerAccepted),
    ...{ reportsTaken, badReportsTaken },
  };
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

function toUsd(nanoUsd: number | null): number | null {
  return nanoUsd === null ? null : Math.round(nanoUsd) / NANO;
}

/** What a scorecard says beside its rows. */
export interface ScorecardHead {
  readonly since: string;
  readonly until: string;
  readonly by: readonly Dimension[];
}

/** A whole scorecard, as `format=json` answers it. */
export interface ScorecardReport extends ScorecardHead {
  readonly rows: readonly ScorecardRow[];
}

/** The report as JSON text. */
export async function toJson({ rows, ...head }: ScorecardReport, rest: () => Promise<void>): Promise<string> {
  const told = await writeEach(rows, (row) => JSON.stringify(row), rest);
  return `${JSON.stringify(head).slice(0, -1)},"rows":[${told.join(',')}]}`;
}

/** The rows as CSV after RFC 4180, with a heading; what is null is empty. */
export async function toCsv({ by, rows }: ScorecardReport, rest: () => Promise<void>): Promise<string> {
  const columns = [...by, ...FIGURE_NAMES];
  const lines = await writeEach(rows, (row) => columns.map((name) => csvField(row[name])).join(','), rest);
  return [columns.join(','), ...lines].map((line) => `${line}\r\n`).join('');
}

async function writeEach(
  rows: readonly ScorecardRow[],
  write: (row: ScorecardRow) => string,
  rest: () => Promise<void>,
): Promise<readonly string[]> {
  const written: string[] = [];
  for (const row of rows) {
    written.push(write(row));
    if (written.length % STEP === 0) await rest();
  }
  return written;
}

/** Hosts and methods are the clients' words: a spreadsheet must not take one for a formula. */
function csvField(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[\s]*[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
