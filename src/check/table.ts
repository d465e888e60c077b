/** Checks as text: a bar for each provider while they run, a table and a sum for each when they are done. */
import { type Column, tableText } from '../terminal/table.js';
import type { Paint } from '../terminal/text.js';
import { plain } from '../terminal/text.js';
import { secondsText } from '../terminal/time.js';
import type { Job, Skipped } from './plan.js';
import type { Result } from './run.js';

/** What came of one fixture at one provider, all its runs together. */
export interface Row {
  readonly provider: string;
  readonly fixture: string;
  readonly asked: number;
  readonly solved: number;
  readonly medianMs: number | null;
  readonly costUsd: number | null;
  readonly accepted: number;
  readonly rejected: number;
  /** What the others were refused with, each once. */
  readonly trouble: string;
}

const BAR = 24;

/** A line for each provider: how far it is. */
export function progressLines(jobs: readonly Job[], results: readonly Result[], paint: Paint): string[] {
  const providers = [...new Set(jobs.map(({ provider }) => provider))];
  const width = Math.max(...providers.map(({ length }) => length));
  return providers.map((provider) => {
    const all = jobs.filter((job) => job.provider === provider).length;
    const own = results.filter((result) => result.provider === provider);
    const failed = own.filter((result) => !isGood(result)).length;
    const filled = Math.round((own.length / all) * BAR);
    const bar = paint('green', '█'.repeat(filled)) + paint('dim', '░'.repeat(BAR - filled));
    const trouble = failed === 0 ? '' : `  ${paint('red', `${failed} not good`)}`;
    return `${plain(provider).padEnd(width)}  ${bar}  ${own.length} of ${all}${trouble}`;
  });
}

/** Solved, and not known to be wrong. */
export function isGood({ isSolved, accepted }: Result): boolean {
  return isSolved && accepted !== false;
}

/** In the order in which they were asked. */
export function rowsOf(results: readonly Result[]): readonly Row[] {
  const groups = new Map<string, Result[]>();
  for (const result of results) {
    const name = JSON.stringify([result.fixture, result.provider]);
    groups.set(name, [...(groups.get(name) ?? []), result]);
  }
  return [...groups.values()].map(rowOf);
}

function rowOf(results: readonly Result[]): Row {
  const [first] = results;
  const codes = new Set(results.flatMap(({ code }) => code ?? []));
  return {
    provider: first?.provider ?? '',
    fixture: first?.fixture ?? '',
    asked: results.length,
    ...figuresOf(results),
    trouble: [...codes].join(', '),
  };
}

function figuresOf(results: readonly Result[]) {
  const solved = results.filter(({ isSolved }) => isSolved);
  const costs = results.flatMap(({ costUsd }) => costUsd ?? []);
  return {
    solved: solved.length,
    medianMs: median(solved.map(({ tookMs }) => tookMs)),
    costUsd: costs.length === 0 ? null : costs.reduce((sum, usd) => sum + usd, 0),
    accepted: results.filter(({ accepted }) => accepted === true).length,
    rejected: results.filter(({ accepted }) => accepted === false).length,
  };
}

/** Of an even number the mean of the two in the middle. */
export function median(figures: readonly number[]): number | null {
  const sorted = [...figures].sort((one, other) => one - other);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.ceil((sorted.length - 1) / 2)];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'provider', cell: ({ provider }) => provider },
  { title: 'fixture', cell: ({ fixture }) => fixture },
  { title: 'solved', cell: ({ solved, asked }) => `${solved} of ${asked}` },
  { title: 'median', isNumber: true, cell: ({ medianMs }) => secondsText(medianMs) },
  { title: 'cost $', isNumber: true, cell: ({ costUsd }) => costUsd?.toFixed(5) ?? '-' },
  { title: 'accepted', cell: acceptedText },
  { title: 'trouble', cell: ({ trouble }) => trouble || '-' },
];

function acceptedText({ accepted, rejected }: Pick<Row, 'accepted' | 'rejected'>): string {
  return accepted + rejected === 0 ? '-' : `${accepted} of ${accepted + rejected}`;
}

/** The table, what was not bought, and a line for each provider. */
export function reportText(results: readonly Result[], skipped: readonly Skipped[], paint: Paint): string {
  const rows = rowsOf(results);
  const [heading = '', ...lines] = tableText(COLUMNS, rows).trimEnd().split('\n');
  const coloured = lines.map((line, index) => {
    const { solved = 0, asked = 0, rejected = 0 } = rows[index] ?? {};
    return solved < asked || rejected > 0 ? paint('red', line) : line;
  });
  const table = rows.length === 0 ? [] : [paint('bold', heading), ...coloured, ''];
  return `${[...table, ...skippedLines(skipped), ...sums(results).map(sumLine)].join('\n')}\n`;
}

/** Those with the same reason stand together. */
function skippedLines(skipped: readonly Skipped[]): string[] {
  const whys = new Map<string, string[]>();
  for (const { fixture, provider, why } of skipped) {
    const name = provider === null ? fixture : `${fixture} at ${provider}`;
    whys.set(why, [...(whys.get(why) ?? []), name]);
  }
  const lines = [...whys].map(([why, names]) =>
    plain(`Not asked, ${why}: ${[...new Set(names)].join(', ')}.`),
  );
  return lines.length === 0 ? [] : [...lines, ''];
}

/** The figures of each provider. */
export function sums(results: readonly Result[]) {
  const providers = [...new Set(results.map(({ provider }) => provider))];
  return providers.map((provider) => {
    const own = results.filter((result) => result.provider === provider);
    return { provider, asked: own.length, ...figuresOf(own) };
  });
}

function sumLine({ provider, asked, solved, medianMs, costUsd, ...judged }: ReturnType<typeof sums>[number]) {
  const cost = costUsd === null ? 'cost unknown' : `$${costUsd.toFixed(5)}`;
  const accepted = acceptedText(judged);
  const judgedText = accepted === '-' ? 'none could be judged' : `${accepted} accepted`;
  return plain(
    `${provider}: ${solved} of ${asked} solved, ${judgedText}, median ${secondsText(medianMs)}, ${cost}.`,
  );
}
