/** What is wrong now and what was wrong lately, told as incidents: what, why, until when, who stood in, what it cost. */
import type { Change, ChangedBy, Condition, Failover, History, Provider, Status } from './wire.js';

export interface Incident {
  readonly key: string;
  readonly provider: string;
  /** The kinds it was about; empty for the whole account. */
  readonly kinds: readonly string[];
  readonly state: Condition['state'];
  readonly cause: string | null;
  /** In ms since 1970. */
  readonly from: number;
  /** Null while it lasts. */
  readonly to: number | null;
  readonly until: number | null;
  readonly comesBack: Condition['comesBack'];
  readonly openedBy: ChangedBy | null;
  readonly closedBy: ChangedBy | null;
  /** How often it was closed; close together they count as one incident. */
  readonly times: number;
  /** Tasks that were handed on because of it, by who took them, the most first. */
  readonly handedOn: readonly (readonly [provider: string, tasks: number])[];
  /** What attempts there have cost that brought nothing, and how long they held tasks up. */
  readonly lostUsd: number;
  readonly lostMs: number;
}

type Span = Omit<Incident, 'handedOn' | 'lostUsd' | 'lostMs'>;

/** Spans with less than that between them are one incident. */
const TOGETHER_MS = 60_000;
/** Failures that lead to a closing come before it. */
const LEAD_MS = 60_000;

const WRONG: ReadonlySet<Condition['state']> = new Set(['open', 'half-open', 'held-out']);

/** What keeps a whole account away, then what keeps kinds away, then what is over; each newest first. */
export function incidentsOf(status: Status, history: History, now: number): readonly Incident[] {
  const current = status.providers.flatMap((provider) => currentSpans(provider));
  const past = pastSpans(history.changes, now).filter(
    (span) => !current.some((other) => belongs(span, other)),
  );
  const spans = [...current.map((span) => withRow(span, history.changes)), ...past];
  const told = spans.map((span) => withCost(span, status.failovers, history, now));
  const rank = ({ to, kinds }: Incident) => (to !== null ? 2 : kinds.length > 0 ? 1 : 0);
  return told.sort((one, other) => rank(one) - rank(other) || other.from - one.from);
}

function currentSpans(provider: Provider): readonly Span[] {
  if (WRONG.has(provider.state)) return [spanOf(provider.id, [], provider)];
  const closed = provider.kinds.filter(({ state }) => WRONG.has(state));
  const causes = new Set(closed.map(({ cause }) => cause));
  return [...causes].flatMap((cause) => {
    const alike = closed.filter((kind) => kind.cause === cause);
    const [first] = alike.sort((one, other) => (other.until ?? '~').localeCompare(one.until ?? '~'));
    if (!first) return [];
    const names = alike.map(({ kind }) => kind);
    return [spanOf(provider.id, names, first)];
  });
}

function spanOf(provider: string, kinds: readonly string[], condition: Condition): Span {
  const { state, cause, since, until, comesBack, openedBy } = condition;
  const times = { from: Date.parse(since ?? ''), to: null, until: until === null ? null : Date.parse(until) };
  const key = `${provider}|${kinds.length > 0 ? 'kind' : 'account'}|${cause}`;
  return { key, provider, kinds, state, cause, ...times, comesBack, openedBy, closedBy: null, times: 1 };
}

/** The same trouble, told twice: what is still the matter is told as that. */
function belongs(past: Span, current: Span): boolean {
  const isSame = past.key === current.key && (past.to ?? 0) >= current.from - TOGETHER_MS;
  return isSame || (past.to === null && past.provider === current.provider);
}

/** A current incident begins where the row of closings began that it is the last of. */
function withRow(span: Span, changes: readonly Change[]): Span {
  let { from, times } = span;
  for (const change of changes) {
    if (change.change !== 'closed' || keyOf(change) !== span.key) continue;
    if (Date.parse(change.at) < from - TOGETHER_MS) break;
    from = Math.min(from, Date.parse(change.since));
    times += 1;
  }
  return { ...span, from, times };
}

function keyOf({ provider, scope, kind, cause }: Change): string {
  return `${provider}|${scope === 'kind' && kind !== null ? 'kind' : 'account'}|${cause}`;
}

/** Every opening with its closing, those of one row together. */
function pastSpans(changes: readonly Change[], now: number): readonly Span[] {
  const rows = new Map<string, Span[]>();
  for (const change of changes.toReversed().filter((one) => one.change === 'closed')) {
    const opened = changes.find(
      (other) =>
        other.change === 'opened' &&
        other.since === change.since &&
        other.scope === change.scope &&
        other.kind === change.kind &&
        other.provider === change.provider,
    );
    const span = closedSpan(change, opened?.changedBy ?? null, now);
    const row = rows.get(span.key) ?? [];
    rows.set(span.key, row);
    const last = row.at(-1);
    if (last && span.from <= (last.to ?? now) + TOGETHER_MS) row[row.length - 1] = joined(last, span);
    else row.push(span);
  }
  return [...rows.values()].flat();
}

function closedSpan(change: Change, openedBy: ChangedBy | null, now: number): Span {
  const { provider, kind, scope, cause, since, at, changedBy } = change;
  const kinds = scope === 'kind' && kind !== null ? [kind] : [];
  const state = scope === 'operator' ? 'held-out' : 'open';
  const span = { from: Date.parse(since), to: Math.min(Date.parse(at), now), until: null };
  const ends = { comesBack: null, openedBy, closedBy: changedBy };
  return { key: keyOf(change), provider, kinds, state, cause, ...span, ...ends, times: 1 };
}

function joined(one: Span, other: Span): Span {
  return {
    ...other,
    from: Math.min(one.from, other.from),
    kinds: [...new Set([...one.kinds, ...other.kinds])],
    openedBy: one.openedBy,
    times: one.times + other.times,
  };
}

function withCost(span: Span, failovers: readonly Failover[], { minutes }: History, now: number): Incident {
  const [from, to] = [span.from - LEAD_MS, span.to ?? now];
  const isIn = (at: number) => at >= from && at <= to + 1_000;
  const counts = new Map<string, number>();
  for (const failover of failovers) {
    const isOfKind = span.kinds.length === 0 || span.kinds.includes(failover.kind);
    const isIts = failover.from === span.provider && failover.cause === span.cause && isOfKind;
    if (isIts && isIn(Date.parse(failover.at))) counts.set(failover.to, (counts.get(failover.to) ?? 0) + 1);
  }
  const handedOn = [...counts].sort(([, one], [, other]) => other - one);
  const during = minutes.filter(({ at }) => isIn(Date.parse(at)) || isIn(Date.parse(at) + 59_999));
  const figures = during.flatMap(({ providers }) => providers.filter(({ id }) => id === span.provider));
  return {
    ...span,
    key: `${span.key}|${span.to === null ? 'now' : span.from}`,
    handedOn,
    lostUsd: figures.reduce((sum, { lostUsd }) => sum + lostUsd, 0),
    lostMs: figures.reduce((sum, { lostMs }) => sum + lostMs, 0),
  };
}
