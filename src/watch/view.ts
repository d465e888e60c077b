/** The state of a gateway as lines of text: who works, who does not, until when, who serves what, what was handed on. */
import type { askStatus } from '../app/operator-client.js';
import { type Column, openTable } from '../terminal/table.js';
import { type Colour, type Paint, plain } from '../terminal/text.js';
import { relativeTime, secondsText, spanText } from '../terminal/time.js';
import type { Sight } from './watch.js';

export type Report = Awaited<ReturnType<typeof askStatus>>;
type Provider = Report['providers'][number];
type Failover = Report['failovers'][number];

/** Who takes the tasks of a kind now; gateways before this member was there do not tell. */
interface Serving {
  readonly kind: string;
  readonly provider: string | null;
  readonly next: readonly string[];
}

interface Options {
  readonly url: string;
  readonly now: number;
  readonly paint: Paint;
}

/** A provider, or below it one of its kinds in use. */
interface Row {
  readonly name: string;
  readonly at: Pick<Provider, 'state' | 'cause' | 'since' | 'until'>;
  readonly provider?: Provider;
  readonly kind?: Provider['kinds'][number];
}

const MOST_FAILOVERS = 8;
const COLOURS: Readonly<Record<string, Colour>> = { open: 'red', 'held-out': 'red', closed: 'dim' };

/** The whole picture, a line each. */
export function viewLines(sight: Sight<Report>, options: Options): string[] {
  const { report, fault } = sight;
  return [
    ...headLines(report, options),
    ...(fault ? [options.paint('red', faultText(fault, options.now))] : []),
    '',
    ...providerLines(report, options),
    ...servingLines(report, options),
    ...failoverLines(report.failovers, options),
  ];
}

/** Why the picture is an old one. */
export function faultText({ message, since }: NonNullable<Sight<Report>['fault']>, now: number): string {
  return plain(`Not answering for ${spanText(now - since)}, asked again every second. ${message}`);
}

function headLines({ version, startedAt, tasks }: Report, { url, now, paint }: Options): string[] {
  const up = spanText(now - Date.parse(startedAt));
  const { inFlight, solvedLastHour: solved, failedLastHour: failed } = tasks;
  return [
    `${paint('bold', `captcha-gateway ${plain(version)}`)} at ${url}, up for ${up}`,
    `${inFlight} in flight; in the last hour ${solved} solved, ${failed} failed`,
  ];
}

function providerLines({ providers }: Report, { now, paint }: Options): string[] {
  const rows = providers.flatMap((provider): Row[] => [
    { name: provider.id, at: provider, provider },
    ...provider.kinds.filter(isInUse).map((kind): Row => ({ name: `  ${kind.kind}`, at: kind, kind })),
  ]);
  const { heading, line } = openTable(columnsAt(now), rows);
  const coloured = rows.map((row) => {
    const isKind = row.kind !== undefined;
    const colour = COLOURS[row.at.state] ?? 'yellow';
    // A provider that works is what the eye is to rest on.
    return colour === 'dim' && !isKind ? line(row) : paint(colour, line(row));
  });
  return [paint('bold', heading), ...coloured];
}

function isInUse({ successRate, p50Ms, state }: Provider['kinds'][number]): boolean {
  return successRate !== null || p50Ms !== null || state !== 'closed';
}

function columnsAt(now: number): readonly Column<Row>[] {
  return [
    { title: 'provider', cell: ({ name }) => name },
    { title: 'state', cell: ({ at }) => at.state },
    { title: 'cause', cell: ({ at }) => at.cause ?? '-' },
    { title: 'since', cell: ({ at }) => relativeTime(at.since, now) },
    { title: 'until', cell: ({ at }) => untilText(at, now) },
    { title: 'in flight', cell: ({ provider }) => (provider ? inFlightText(provider) : '') },
    { title: 'success', isNumber: true, cell: ({ kind }) => (kind ? percent(kind.successRate) : '') },
    { title: 'p50', isNumber: true, cell: ({ kind }) => (kind ? secondsText(kind.p50Ms) : '') },
    { title: 'p95', isNumber: true, cell: ({ kind }) => (kind ? secondsText(kind.p95Ms) : '') },
    { title: 'balance $', isNumber: true, cell: ({ provider }) => (provider ? balance(provider) : '') },
    { title: 'empty in', cell: ({ provider }) => (provider ? emptyIn(provider) : '') },
  ];
}

function untilText({ state, until }: Row['at'], now: number): string {
  // Whose time is over waits for the next task that tries it.
  if (until !== null) return Date.parse(until) <= now ? 'now' : relativeTime(until, now);
  return state === 'open' || state === 'held-out' ? 'you act' : '-';
}

/** `3`, or `3 of 50` where a limit is known. */
export function inFlightText({ inFlight, limit }: Pick<Provider, 'inFlight' | 'limit'>): string {
  return limit === null ? String(inFlight) : `${inFlight} of ${limit}`;
}

function percent(rate: number | null): string {
  return rate === null ? '-' : `${Math.round(rate * 100)} %`;
}

function balance({ balanceUsd }: Provider): string {
  return balanceUsd?.toFixed(2) ?? '-';
}

/** How long the money lasts; `-` while nobody knows. */
export function emptyIn({ hoursToEmpty }: Pick<Provider, 'hoursToEmpty'>): string {
  if (hoursToEmpty === null) return '-';
  return hoursToEmpty === 0 ? 'empty' : spanText(hoursToEmpty * 3_600_000);
}

function servingLines(report: Report, { paint }: Options): string[] {
  const inUse = new Set([
    ...report.providers.flatMap(({ kinds }) => kinds.filter(isInUse).map(({ kind }) => kind as string)),
    ...report.failovers.map(({ kind }) => kind as string),
  ]);
  const rows = servingOf(report).filter(({ kind }) => inUse.has(kind));
  if (rows.length === 0) return [];
  const columns: readonly Column<Serving>[] = [
    { title: 'kind', cell: ({ kind }) => kind },
    { title: 'served by', cell: ({ provider }) => provider ?? 'nobody' },
    { title: 'then', cell: ({ next }) => next.join(', ') || '-' },
  ];
  const { heading, line } = openTable(columns, rows);
  const lines = rows.map((row) => (row.provider === null ? paint('red', line(row)) : line(row)));
  return ['', paint('bold', heading), ...lines];
}

function servingOf(report: Report): readonly Serving[] {
  return 'serving' in report && Array.isArray(report.serving) ? report.serving : [];
}

function failoverLines(failovers: readonly Failover[], { now, paint }: Options): string[] {
  if (failovers.length === 0) return [];
  const rows = failovers.slice(0, MOST_FAILOVERS);
  const columns: readonly Column<Failover>[] = [
    { title: 'handed on', cell: ({ at }) => relativeTime(at, now) },
    { title: 'task', cell: ({ taskId }) => taskId },
    { title: 'kind', cell: ({ kind }) => kind },
    { title: 'from', cell: ({ from }) => from },
    { title: 'to', cell: ({ to }) => to },
    { title: 'cause', cell: ({ cause }) => cause },
  ];
  const { heading, line } = openTable(columns, rows);
  return ['', paint('bold', heading), ...rows.map(line)];
}
