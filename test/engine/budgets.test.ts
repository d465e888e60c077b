/** What all tasks together may spend on buying again. */
import { describe, expect, it } from 'vitest';
import { Budgets } from '../../src/engine/budgets.js';
import { HedgeBudget } from '../../src/engine/hedge-budget.js';
import { RetryBudget } from '../../src/engine/retry-budget.js';
import { FakeClock } from '../support/fake-clock.js';
import { ROUTING } from './bench.js';

function openRetries(ratio: number, floorPerMinute: number) {
  const clock = new FakeClock();
  return { clock, budget: new RetryBudget(clock, () => ({ ratio, floorPerMinute })) };
}

/** How many second purchases are let through at once. */
function take(budget: RetryBudget, most: number): number {
  let taken = 0;
  while (taken < most && budget.take()) taken += 1;
  return taken;
}

describe('the retry budget', () => {
  it('is its floor where little is bought, and a share of what is bought beyond that', () => {
    const { budget } = openRetries(0.2, 3);
    expect(take(budget, 99)).toBe(3);
    for (let bought = 0; bought < 10; bought += 1) budget.bought();
    expect(take(budget, 99)).toBe(2);
    expect(budget.hasSome).toBe(false);
  });

  it('is what the last minute leaves of it', async () => {
    const { clock, budget } = openRetries(0, 2);
    expect(take(budget, 1)).toBe(1);
    await clock.advance(30_000);
    expect(take(budget, 99)).toBe(1);
    await clock.advance(29_000);
    expect(budget.hasSome).toBe(false);
    await clock.advance(2_000);
    expect(take(budget, 99)).toBe(1);
    await clock.advance(60_000);
    expect(take(budget, 99)).toBe(2);
  });

  it('says when there may be some again: within a second', () => {
    const { clock, budget } = openRetries(0, 0);
    expect(budget.nextAt).toBeGreaterThan(clock.now());
    expect(budget.nextAt).toBeLessThanOrEqual(clock.now() + 1_000);
  });

  it('gets back what was not bought', () => {
    const { budget } = openRetries(0, 1);
    const giveBack = budget.take();
    expect(budget.take()).toBeUndefined();
    giveBack?.();
    expect(budget.take()).toBeDefined();
  });
});

describe('the hedge budget', () => {
  it('starts empty, is earned task by task, and is not saved up without end', () => {
    const budget = new HedgeBudget(() => 0.1);
    expect(budget.hasToken).toBe(false);
    for (let bought = 0; bought < 9; bought += 1) budget.earn();
    expect(budget.hasToken).toBe(false);
    budget.earn();
    expect(budget.hasToken).toBe(true);
    for (let bought = 0; bought < 1_000; bought += 1) budget.earn();
    let taken = 0;
    for (; budget.hasToken; taken += 1) budget.take();
    expect(taken).toBe(10);
  });
});

describe('payments', () => {
  it('of a first purchase fill both budgets, once it was made', () => {
    const budgets = new Budgets(new FakeClock(), {
      ...ROUTING,
      retryBudget: { ratio: 1, floorPerMinute: 0 },
      hedge: { share: 1 },
    });
    budgets.pay('first').settle(false);
    expect([budgets.retries.hasSome, budgets.hedges.hasToken]).toEqual([false, false]);
    budgets.pay('first').settle(true);
    expect([budgets.retries.hasSome, budgets.hedges.hasToken]).toEqual([true, true]);
  });

  it('of a second one are given back when nothing was bought', () => {
    const budgets = new Budgets(new FakeClock(), { ...ROUTING, hedge: { share: 1 } });
    budgets.pay('first').settle(true);
    const hedge = budgets.pay('hedge');
    expect(budgets.hedges.hasToken).toBe(false);
    hedge.settle(false);
    expect(budgets.hedges.hasToken).toBe(true);
    budgets.pay('hedge').settle(true);
    expect(budgets.hedges.hasToken).toBe(false);
  });
});
