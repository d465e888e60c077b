/** What happened, folded from what was told: the outage, not its single events. */
import { describe, expect, it } from 'vitest';
import { incidentsOf } from '../../../src/ops/dashboard/incidents.js';
import { change, failover, figures, history, iso, kind, NOW, provider, status } from './samples.js';

const BY = { by: 'submit', upstreamCode: 'ERROR_ZERO_BALANCE', taskId: '7', reason: null };
const EMPTY = {
  state: 'open',
  cause: 'zero_balance',
  since: iso(120),
  until: iso(-42),
  comesBack: 'balance',
  openedBy: BY,
} as const;

describe('what is wrong now', () => {
  it('is nothing where everybody takes tasks, or is coming back', () => {
    const back = provider('a', { state: 'ramping', cause: 'no_slot', since: iso(5) });
    expect(incidentsOf(status({ providers: [back, provider('b')] }), history(), NOW)).toEqual([]);
  });

  it('is told with cause, time, way back and who took the tasks', () => {
    const failovers = [
      failover(60, { cause: 'zero_balance', to: 'c' }),
      ...[100, 110, 121].map((ago) => failover(ago, { cause: 'zero_balance' })),
      failover(90, { cause: 'timeout' }),
      failover(90, { cause: 'zero_balance', from: 'b' }),
      failover(600, { cause: 'zero_balance' }),
    ];
    const told = incidentsOf(status({ providers: [provider('a', EMPTY)], failovers }), history(), NOW);
    expect(told).toEqual([
      {
        key: 'a|account|zero_balance|now',
        ...{ provider: 'a', kinds: [], state: 'open', cause: 'zero_balance', comesBack: 'balance' },
        ...{ from: NOW - 120_000, to: null, until: NOW + 42_000, openedBy: BY, closedBy: null, times: 1 },
        handedOn: [
          ['b', 3],
          ['c', 1],
        ],
        ...{ lostUsd: 0, lostMs: 0 },
      },
    ]);
  });

  it('is one thing for all kinds with the same cause, and as long as the longest of them', () => {
    const closed = (until: number) =>
      ({ state: 'open', cause: 'no_slot', since: iso(10), until: iso(until) }) as const;
    const kinds = [
      kind('turnstile', closed(-5)),
      kind('recaptcha_v2', closed(-9)),
      kind('hcaptcha', { ...closed(-3), cause: 'unsupported' }),
      kind('audio'),
    ];
    const told = incidentsOf(status({ providers: [provider('a', { kinds })] }), history(), NOW);
    expect(told.map((each) => [each.cause, [...each.kinds].sort(), each.until])).toEqual([
      ['no_slot', ['recaptcha_v2', 'turnstile'], NOW + 9_000],
      ['unsupported', ['hcaptcha'], NOW + 3_000],
    ]);
  });

  it('of an account covers its kinds', () => {
    const kinds = [kind('turnstile', { state: 'open', cause: 'no_slot', since: iso(10) })];
    const told = incidentsOf(status({ providers: [provider('a', { ...EMPTY, kinds })] }), history(), NOW);
    expect(told.map(({ cause }) => cause)).toEqual(['zero_balance']);
  });

  it('begins where the row of closings began that it is the last of', () => {
    const changes = [
      change('opened', 20),
      change('closed', 30, { since: iso(60) }),
      change('opened', 60),
      change('closed', 70, { since: iso(90) }),
      change('closed', 600, { since: iso(700) }),
    ];
    const open = provider('a', { state: 'open', cause: 'timeout', since: iso(20) });
    const [now, ...past] = incidentsOf(status({ providers: [open] }), history({ changes }), NOW);
    expect([now?.from, now?.times]).toEqual([NOW - 90_000, 3]);
    expect(past.map(({ from, to }) => [from, to])).toEqual([[NOW - 700_000, NOW - 600_000]]);
  });

  it('costs what attempts there have lost in those minutes', () => {
    const lost = (ago: number, lostUsd: number) => {
      return {
        at: iso(ago),
        providers: [figures('a', { lostUsd, lostMs: 1_500 }), figures('b', { lostUsd: 9 })],
      };
    };
    const minutes = [lost(600, 8), lost(120, 0.002), lost(60, 0.001)];
    const [told] = incidentsOf(status({ providers: [provider('a', EMPTY)] }), history({ minutes }), NOW);
    expect([told?.lostUsd, told?.lostMs]).toEqual([0.003, 3_000]);
  });
});

describe('what was wrong', () => {
  it('is told from its opening to its closing, by whom, newest first', () => {
    const changes = [
      change('closed', 100, { since: iso(130), cause: 'no_slot', scope: 'kind', kind: 'turnstile' }),
      change('closed', 500, {
        since: iso(900),
        scope: 'operator',
        cause: 'lunch',
        changedBy: { ...BY, by: 'operator' },
      }),
      change('opened', 900, { scope: 'operator', cause: 'lunch', changedBy: BY }),
    ];
    const told = incidentsOf(status(), history({ changes }), NOW);
    expect(told).toMatchObject([
      { cause: 'no_slot', kinds: ['turnstile'], from: NOW - 130_000, to: NOW - 100_000, openedBy: null },
      {
        cause: 'lunch',
        state: 'held-out',
        from: NOW - 900_000,
        to: NOW - 500_000,
        openedBy: BY,
        closedBy: { by: 'operator' },
      },
    ]);
  });

  it('is one incident where it comes and goes', () => {
    const flap = [10, 40, 70].map((ago) => change('closed', ago, { since: iso(ago + 8) }));
    const told = incidentsOf(
      status(),
      history({ changes: [...flap, change('closed', 900, { since: iso(910) })] }),
      NOW,
    );
    expect(told.map(({ from, to, times }) => [from, to, times])).toEqual([
      [NOW - 78_000, NOW - 10_000, 3],
      [NOW - 910_000, NOW - 900_000, 1],
    ]);
  });
});
