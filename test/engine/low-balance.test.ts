/** When money counts as low, and when that is told. */
import { describe, expect, it } from 'vitest';
import type { BalanceThreshold } from '../../src/core/events.js';
import { judgeMoney, limitOf, type MoneyLeft } from '../../src/engine/low-balance.js';

const ALERTS = { balanceBelowUsd: 2, emptyWithinHours: 6 };
const WELL: MoneyLeft = { isEmpty: false, balanceUsd: 100, hoursToEmpty: 90 };

/** What is told of these figures, one after the other. */
function told(
  figures: readonly Partial<MoneyLeft>[],
  alerts = ALERTS,
): readonly (BalanceThreshold | undefined)[] {
  let lows: readonly BalanceThreshold[] = [];
  return figures.map((left) => {
    const judged = judgeMoney({ ...WELL, ...left }, alerts, lows);
    lows = judged.lows;
    return judged.news;
  });
}

const EMPTY = { isEmpty: true, balanceUsd: 0, hoursToEmpty: 0 };

it('an account with plenty is not low', () => {
  expect(told([{}, {}])).toEqual([undefined, undefined]);
});

it.each([
  ['balanceBelowUsd', { balanceUsd: 1.99 }, { balanceUsd: 2 }],
  ['emptyWithinHours', { hoursToEmpty: 6 }, { hoursToEmpty: 6.01 }],
  ['empty', { isEmpty: true }, { isEmpty: false }],
] as const)('%s is crossed at its figure', (threshold, low, well) => {
  expect(told([low])).toEqual([threshold]);
  expect(told([well])).toEqual([undefined]);
});

it('is told once', () => {
  expect(told([{ hoursToEmpty: 5 }, { hoursToEmpty: 4 }, { hoursToEmpty: 3 }])).toEqual([
    'emptyWithinHours',
    undefined,
    undefined,
  ]);
});

it('is told again only after a recovery by a quarter', () => {
  expect(told([5, 7.4, 5, 7.5, 5].map((hoursToEmpty) => ({ hoursToEmpty })))).toEqual([
    'emptyWithinHours',
    ...[undefined, undefined, undefined],
    'emptyWithinHours',
  ]);
  expect(told([1, 2.4, 1, 2.5, 1].map((balanceUsd) => ({ balanceUsd })))).toEqual([
    'balanceBelowUsd',
    ...[undefined, undefined, undefined],
    'balanceBelowUsd',
  ]);
});

it('running down is told step by step, and what comes at once as the gravest', () => {
  expect(told([{ balanceUsd: 1 }, { balanceUsd: 1, hoursToEmpty: 3 }, EMPTY])).toEqual([
    'balanceBelowUsd',
    'emptyWithinHours',
    'empty',
  ]);
  expect(told([EMPTY, EMPTY])).toEqual(['empty', undefined]);
  expect(told([{ balanceUsd: 1, hoursToEmpty: 3 }])).toEqual(['emptyWithinHours']);
});

it('money that was paid in makes all of it news again', () => {
  expect(told([EMPTY, {}, EMPTY])).toEqual(['empty', undefined, 'empty']);
});

describe('a figure that is not known', () => {
  it('crosses nothing', () => {
    expect(told([{ isEmpty: null, balanceUsd: null, hoursToEmpty: null }])).toEqual([undefined]);
  });

  it('is no recovery either', () => {
    const low = { isEmpty: true, balanceUsd: 1, hoursToEmpty: 1 };
    expect(told([low, { isEmpty: null, balanceUsd: null, hoursToEmpty: null }, low])).toEqual([
      'empty',
      undefined,
      undefined,
    ]);
  });
});

it('a threshold of 0 is never crossed, but an empty account is low all the same', () => {
  const alerts = { balanceBelowUsd: 0, emptyWithinHours: 0 };
  expect(told([{ balanceUsd: 0.01, hoursToEmpty: 0.1 }, EMPTY], alerts)).toEqual([undefined, 'empty']);
});

it('has the figure of each threshold', () => {
  const thresholds = ['empty', 'emptyWithinHours', 'balanceBelowUsd'] as const;
  expect(thresholds.map((threshold) => limitOf(threshold, ALERTS))).toEqual([0, 6, 2]);
});
