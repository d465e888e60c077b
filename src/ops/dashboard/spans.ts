/** When which provider took no tasks, for the timeline: whole accounts and single kinds, in the window that is shown. */
import type { Change, Condition, Failover, Provider } from './wire.js';

export interface ClosedSpan {
  readonly provider: string;
  readonly isAccount: boolean;
  readonly isHeld: boolean;
  readonly cause: string;
  readonly from: number;
  readonly to: number;
}

export interface Window {
  readonly from: number;
  readonly to: number;
}

/** What was closed within the window, whether it still is or not; kinds first, since an account's own bar has a word to show and is drawn on top. */
export function spansOf(
  providers: readonly Provider[],
  changes: readonly Change[],
  window: Window,
): readonly ClosedSpan[] {
  const past = changes
    .filter(({ change }) => change === 'closed')
    .map(({ provider, scope, cause, since, at }) => {
      const isAccount = scope !== 'kind';
      return {
        provider,
        isAccount,
        isHeld: scope === 'operator',
        cause,
        from: Date.parse(since),
        to: Date.parse(at),
      };
    });
  const current = providers.flatMap((provider) => [
    ...stillClosed(provider.id, provider, true, window.to),
    ...provider.kinds.flatMap((kind) => stillClosed(provider.id, kind, false, window.to)),
  ]);
  return [...past, ...current]
    .filter(({ from, to }) => to > window.from && from < window.to)
    .map((span) => ({ ...span, from: Math.max(span.from, window.from), to: Math.min(span.to, window.to) }))
    .sort((one, other) => Number(one.isAccount) - Number(other.isAccount) || one.from - other.from);
}

function stillClosed(
  provider: string,
  { state, cause, since }: Condition,
  isAccount: boolean,
  to: number,
): readonly ClosedSpan[] {
  if ((state !== 'open' && state !== 'half-open' && state !== 'held-out') || since === null) return [];
  return [
    { provider, isAccount, isHeld: state === 'held-out', cause: cause ?? '', from: Date.parse(since), to },
  ];
}

export interface Hop {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly causes: readonly string[];
  readonly tasks: readonly string[];
}

/** Failovers, those that would be drawn on the same spot as one. */
export function hopsOf(failovers: readonly Failover[], window: Window, spotMs: number): readonly Hop[] {
  const hops = new Map<string, Hop>();
  for (const { at, from, to, cause, taskId } of failovers.toReversed()) {
    const time = Date.parse(at);
    if (time <= window.from || time > window.to) continue;
    const key = `${Math.floor(time / spotMs)} ${from} ${to}`;
    const known = hops.get(key);
    const causes = [...new Set([...(known?.causes ?? []), cause])];
    hops.set(key, { at: known?.at ?? time, from, to, causes, tasks: [...(known?.tasks ?? []), taskId] });
  }
  return [...hops.values()];
}

/** The shortest of these windows in which all there is to see can be seen. */
export function windowFor(startedAt: number, now: number, minutes: number | null): Window {
  const wanted = minutes ?? [2, 5, 10, 20, 40].find((span) => now - startedAt <= span * 60_000) ?? 60;
  return { from: now - wanted * 60_000, to: now };
}

/** Where the axis has its marks: full minutes, not too many of them. */
export function ticksOf({ from, to }: Window, most: number): readonly number[] {
  const minute = 60_000;
  const step = [1, 2, 5, 10, 15, 20, 30].find((minutes) => (to - from) / (minutes * minute) <= most) ?? 60;
  const first = Math.ceil(from / (step * minute)) * step * minute;
  return Array.from(
    { length: Math.max(0, Math.floor((to - first) / (step * minute)) + 1) },
    (_, index) => first + index * step * minute,
  );
}
