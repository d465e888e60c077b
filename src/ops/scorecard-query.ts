/** Reads what a scorecard is asked for. */
import { type Issue, SolveError } from '../core/errors.js';

/** What figures can be told apart by. */
export const DIMENSIONS = ['client', 'provider', 'kind', 'host'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export type ScorecardFormat = 'json' | 'csv';

/** A moment: itself, in ms since 1970, or how long ago. */
export type Moment = { readonly at: number } | { readonly agoMs: number };

export interface ScorecardQuery {
  readonly since: Moment;
  readonly until: Moment;
  /** In the order asked for; empty for one row of everything. */
  readonly by: readonly Dimension[];
  /** Only these; an empty text is what has no such name. */
  readonly only: Readonly<Partial<Record<Dimension, string>>>;
  readonly format: ScorecardFormat;
}

const DEFAULT_BY: readonly Dimension[] = ['provider', 'kind', 'host'];
const KNOWN: ReadonlySet<string> = new Set(['since', 'until', 'by', 'format', ...DIMENSIONS]);

/** @throws SolveError `bad_request` with an issue for each fault. */
export function readQuery(query: URLSearchParams): ScorecardQuery {
  const issues: Issue[] = [];
  const fault = (path: string, message: string) => void issues.push({ path, message });
  for (const name of new Set(query.keys()))
    if (!KNOWN.has(name)) fault(name, `is not known; here go ${[...KNOWN].join(', ')}`);
  const since = readMoment(query.get('since') ?? '24h');
  const until = readMoment(query.get('until') ?? '0m');
  if (!since) fault('since', MOMENT);
  if (!until) fault('until', MOMENT);
  const by = readDimensions(query.get('by'));
  if (!by) fault('by', `must be some of ${DIMENSIONS.join(', ')}, with commas between them, none twice`);
  const format = query.get('format') ?? 'json';
  if (format !== 'json' && format !== 'csv') fault('format', 'must be json or csv');
  if (!since || !until || !by || (format !== 'json' && format !== 'csv') || issues.length > 0)
    throw refusal(issues);
  const given = DIMENSIONS.flatMap((name) =>
    query.has(name) ? [[name, query.get(name)?.trim() ?? '']] : [],
  );
  return { since, until, by, only: Object.fromEntries(given), format };
}

/** The time that a moment is, at `now`. */
export function timeOf(moment: Moment, now: number): number {
  return 'at' in moment ? moment.at : now - moment.agoMs;
}

/** A scorecard cannot be told for this span. */
export function emptySpan(): SolveError {
  return refusal([{ path: 'since', message: 'must be before until' }]);
}

function refusal(issues: readonly Issue[]): SolveError {
  const detail = issues.map(({ path, message }) => `${path} ${message}`).join('; ');
  return new SolveError('bad_request', { issues, detail });
}

const MOMENT = 'must be a span such as 24h or 7d (m, h, d, w), or a time such as 2026-01-31T12:00:00Z';
const UNITS_MS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const SPAN = /^(\d{1,6}(?:\.\d{1,6})?)([mhdw])$/;
/** A plus becomes a blank in a query. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+ -]\d\d:?\d\d)?)?$/i;

function readMoment(text: string): Moment | undefined {
  const [, count, unit = ''] = SPAN.exec(text) ?? [];
  const unitMs = UNITS_MS[unit];
  if (count !== undefined && unitMs !== undefined) return { agoMs: Math.round(Number(count) * unitMs) };
  const [, day, time = '00:00', zone = 'Z'] = TIME.exec(text) ?? [];
  if (day === undefined) return undefined;
  const at = Date.parse(`${day}T${time}${zone.replace(' ', '+').toUpperCase()}`);
  return Number.isNaN(at) ? undefined : { at };
}

function readDimensions(text: string | null): readonly Dimension[] | undefined {
  if (text === null) return DEFAULT_BY;
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  if (text.trim() === '') return [];
  const known = names.flatMap((name) => DIMENSIONS.find((dimension) => dimension === name) ?? []);
  return known.length === names.length && new Set(known).size === known.length ? known : undefined;
}
