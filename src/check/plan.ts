/** What is bought: which fixture at which provider, how often, and for how much at most. */
import type { Kind } from '../core/task.js';
import type { Fixture } from './fixture.js';

/** A provider that can be checked. */
export interface Candidate {
  readonly id: string;
  /** The kinds that the gateway lets this client have solved there. */
  readonly kinds: ReadonlySet<string>;
  /** For one solve; null while nobody knows. */
  readonly priceUsd: (kind: Kind) => number | null;
}

/** One solve to be bought. */
export interface Job {
  readonly provider: string;
  readonly fixture: Fixture;
  /** From 1. */
  readonly run: number;
  readonly priceUsd: number | null;
}

/** What is not bought, and why. */
export interface Skipped {
  readonly fixture: string;
  readonly kind: Kind;
  /** Null where it is nobody's matter. */
  readonly provider: string | null;
  readonly why: string;
}

export interface Plan {
  readonly jobs: readonly Job[];
  readonly skipped: readonly Skipped[];
  /** The sum of the prices that are known. */
  readonly mostUsd: number;
  /** Jobs of which nobody knows the price. */
  readonly unpriced: number;
}

export interface PlanOptions {
  readonly fixtures: readonly Fixture[];
  readonly candidates: readonly Candidate[];
  /** Absent for all. */
  readonly kinds?: readonly Kind[] | undefined;
  readonly repeat: number;
  readonly maxUsd?: number | undefined;
}

/** Sums of prices, which have no finer parts. */
const FINEST_USD = 1e-9;

/** Plans run by run, so that a cap that is too low leaves every provider with as many fixtures as the others. */
export function planChecks({ fixtures, candidates, kinds, repeat, maxUsd }: PlanOptions): Plan {
  const jobs: Job[] = [];
  const skipped: Skipped[] = [];
  const asked = fixtures.filter(({ kind }) => kinds?.includes(kind) ?? true);
  let mostUsd = 0;
  for (const [run, fixture] of turns(asked, repeat)) {
    const skip = (provider: string | null, why: string) =>
      run === 1 && skipped.push({ fixture: fixture.id, kind: fixture.kind, provider, why });
    if (fixture.demo === null) {
      skip(null, fixture.why ?? 'no public demo page');
      continue;
    }
    const able = candidates.filter((each) => each.kinds.has(fixture.kind));
    if (able.length === 0) skip(null, 'none of these providers solves it for this client');
    for (const { id, priceUsd } of able) {
      const price = priceUsd(fixture.kind);
      const why = beyond(price, mostUsd, maxUsd);
      if (why === undefined) {
        jobs.push({ provider: id, fixture, run, priceUsd: price });
        mostUsd += price ?? 0;
        continue;
      }
      skipped.push({ fixture: fixture.id, kind: fixture.kind, provider: id, why });
    }
  }
  const unpriced = jobs.filter((job) => job.priceUsd === null).length;
  return { jobs, skipped, mostUsd, unpriced };
}

function* turns(fixtures: readonly Fixture[], repeat: number): Generator<readonly [number, Fixture]> {
  for (let run = 1; run <= repeat; run += 1) for (const fixture of fixtures) yield [run, fixture];
}

/** Why this one would break the cap; undefined when it does not. */
function beyond(priceUsd: number | null, spentUsd: number, maxUsd: number | undefined): string | undefined {
  if (maxUsd === undefined) return undefined;
  if (priceUsd === null) return 'its price is not known, and --max-usd is given';
  return spentUsd + priceUsd > maxUsd + FINEST_USD ? 'beyond --max-usd' : undefined;
}

/** What it costs at most, in words. */
export function costText({ mostUsd, unpriced }: Plan): string {
  const known = `at most $${mostUsd.toFixed(5)}`;
  if (unpriced === 0) return known;
  return `${known}, and ${unpriced} of unknown price`;
}
