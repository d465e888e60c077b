/** When money counts as low: each threshold is told once when it is crossed, and again only after a recovery. */
import type { BalanceThreshold } from '../core/events.js';
import type { BalanceAlerts } from '../core/provider.js';

/** What is known of an account's money. */
export interface MoneyLeft {
  /** There is nothing, or the service has refused a task for want of money; null where nobody knows. */
  readonly isEmpty: boolean | null;
  readonly balanceUsd: number | null;
  readonly hoursToEmpty: number | null;
}

/** What is low, and what of it is new. */
export interface Lows {
  /** Thresholds that are crossed and told of. */
  readonly lows: readonly BalanceThreshold[];
  /** The gravest of those that are crossed now and were not before. */
  readonly news: BalanceThreshold | undefined;
}

/** The gravest first. */
const THRESHOLDS: readonly BalanceThreshold[] = ['empty', 'emptyWithinHours', 'balanceBelowUsd'];
/** So much above a threshold it has recovered: figures that waver around it are told once. */
const RECOVERY = 1.25;

/** What is low now; a figure that is not known changes nothing. */
export function judgeMoney(
  left: MoneyLeft,
  alerts: BalanceAlerts,
  before: readonly BalanceThreshold[],
): Lows {
  const lows = THRESHOLDS.filter((threshold) => isLow(threshold, left, alerts) ?? before.includes(threshold));
  return { lows, news: lows.find((threshold) => !before.includes(threshold)) };
}

/** The figure at which this threshold is crossed. */
export function limitOf(threshold: BalanceThreshold, alerts: BalanceAlerts): number {
  return threshold === 'empty' ? 0 : alerts[threshold];
}

/** Undefined where it stays as it was: between the threshold and the recovery, and where nothing is known. */
function isLow(threshold: BalanceThreshold, left: MoneyLeft, alerts: BalanceAlerts): boolean | undefined {
  if (threshold === 'empty') return left.isEmpty ?? undefined;
  const limit = alerts[threshold];
  if (limit === 0) return false;
  const figure = threshold === 'balanceBelowUsd' ? left.balanceUsd : left.hoursToEmpty;
  if (figure === null) return undefined;
  if (figure <= 0 || isBelow(threshold, figure, limit)) return true;
  return figure >= limit * RECOVERY ? false : undefined;
}

/** Below is below, and within is to the last minute. */
function isBelow(threshold: BalanceThreshold, figure: number, limit: number): boolean {
  return threshold === 'balanceBelowUsd' ? figure < limit : figure <= limit;
}
