/** What is bought, and what is not. */
import { describe, expect, it } from 'vitest';
import type { Fixture } from '../../src/check/fixture.js';
import { type Candidate, costText, planChecks } from '../../src/check/plan.js';

const FIXTURES: readonly Fixture[] = [
  { id: 'turnstile', kind: 'turnstile', demo: 'own', fields: {} },
  { id: 'hcaptcha', kind: 'hcaptcha', demo: 'own', fields: {} },
  { id: 'audio', kind: 'audio', demo: null, why: 'no recording', fields: {} },
];

function candidate(id: string, kinds: readonly string[], priceUsd: number | null = 0.002): Candidate {
  return { id, kinds: new Set(kinds), priceUsd: () => priceUsd };
}

const BOTH = [candidate('a', ['turnstile', 'hcaptcha', 'audio']), candidate('b', ['turnstile'], 0.001)];

function plan(more: Partial<Parameters<typeof planChecks>[0]> = {}) {
  const { jobs, ...rest } = planChecks({ fixtures: FIXTURES, candidates: BOTH, repeat: 1, ...more });
  return { jobs: jobs.map(({ provider, fixture, run }) => `${run} ${fixture.id} ${provider}`), ...rest };
}

describe('a plan', () => {
  it('has every fixture at everybody who solves its kind', () => {
    const { jobs, mostUsd, skipped, unpriced } = plan();
    expect(jobs).toEqual(['1 turnstile a', '1 turnstile b', '1 hcaptcha a']);
    expect(mostUsd).toBeCloseTo(0.005);
    expect(unpriced).toBe(0);
    expect(skipped).toEqual([{ fixture: 'audio', kind: 'audio', provider: null, why: 'no recording' }]);
  });

  it('goes round before it repeats', () => {
    expect(plan({ repeat: 2, kinds: ['turnstile'] }).jobs).toEqual([
      '1 turnstile a',
      '1 turnstile b',
      '2 turnstile a',
      '2 turnstile b',
    ]);
    expect(plan({ repeat: 2 }).skipped).toHaveLength(1);
  });

  it('says what nobody solves', () => {
    const { jobs, skipped } = plan({ kinds: ['hcaptcha'], candidates: [candidate('b', ['turnstile'])] });
    expect(jobs).toEqual([]);
    expect(skipped).toMatchObject([{ fixture: 'hcaptcha', provider: null }]);
  });

  it('keeps to its cap, to the cent', () => {
    const { jobs, mostUsd, skipped } = plan({ repeat: 3, kinds: ['turnstile'], maxUsd: 0.006 });
    expect(jobs).toEqual(['1 turnstile a', '1 turnstile b', '2 turnstile a', '2 turnstile b']);
    expect(mostUsd).toBeCloseTo(0.006);
    expect(skipped).toMatchObject([
      { provider: 'a', why: 'beyond --max-usd' },
      { provider: 'b', why: 'beyond --max-usd' },
    ]);
    expect(plan({ maxUsd: 0 }).jobs).toEqual([]);
  });

  it('buys nothing of unknown price under a cap, and says so without one', () => {
    const candidates = [candidate('a', ['turnstile'], null)];
    expect(plan({ candidates, maxUsd: 1 }).jobs).toEqual([]);
    const free = planChecks({ fixtures: FIXTURES, candidates, repeat: 1 });
    expect(free.jobs).toHaveLength(1);
    expect(costText(free)).toBe('at most $0.00000, and 1 of unknown price');
    expect(costText({ ...free, unpriced: 0, mostUsd: 0.0123 })).toBe('at most $0.01230');
  });
});
