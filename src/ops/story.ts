/** The whole story of one account for `GET /admin/providers/{id}`: times ISO 8601 in UTC. */
import type { GateChange, GateStatus, KindStory, ProviderStory } from '../core/status.js';

/** A value whose times are told as text. */
export type Told<Value, Times extends PropertyKey> = {
  readonly [Key in keyof Value]: Key extends Times ? string | Extract<Value[Key], null> : Value[Key];
};

type SpanReport<Value> = Told<Value, 'since' | 'until'>;

/** The JSON of `GET /admin/providers/{id}`. */
export interface StoryReport
  extends SpanReport<Omit<ProviderStory, 'gates' | 'doubt' | 'balance' | 'changes' | 'kinds'>> {
  readonly gates: readonly SpanReport<GateStatus>[];
  readonly doubt: SpanReport<NonNullable<ProviderStory['doubt']>> | null;
  readonly balance: Told<ProviderStory['balance'], 'toldAt' | 'askableAt'>;
  readonly changes: readonly Told<GateChange, 'at' | 'until'>[];
  readonly kinds: readonly (SpanReport<Omit<KindStory, 'changes'>> & Pick<StoryReport, 'changes'>)[];
}

/** The story as it is written. */
export function reportStory(story: ProviderStory): StoryReport {
  const { gates, doubt, balance, changes, kinds, ...provider } = story;
  const { toldAt, askableAt } = balance;
  return {
    ...provider,
    ...span(provider),
    gates: gates.map((gate) => ({ ...gate, ...span(gate) })),
    doubt: doubt && { ...doubt, since: isoTime(doubt.since), until: isoTime(doubt.until) },
    balance: { ...balance, toldAt: timeOf(toldAt), askableAt: timeOf(askableAt) },
    changes: changes.map(changeReport),
    kinds: kinds.map((kind) => ({ ...kind, ...span(kind), changes: kind.changes.map(changeReport) })),
  };
}

function changeReport(change: GateChange): Told<GateChange, 'at' | 'until'> {
  return { ...change, at: isoTime(change.at), until: timeOf(change.until) };
}

function span({ since, until }: { readonly since: number | null; readonly until: number | null }) {
  return { since: timeOf(since), until: timeOf(until) };
}

function timeOf(at: number | null): string | null {
  return at === null ? null : isoTime(at);
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}
