/** What the operator wants first of several accounts that could all take a task. Pure. */
import type { Strategy } from '../core/gateway.js';

/** What a strategy may know of one account, for one task. */
export interface Merits {
  /** Its place in the config, or in the kind's own order. */
  readonly position: number;
  readonly weight: number;
  /** Price of this kind in USD; the dearest known one where nobody knows it. */
  readonly priceUsd: number;
  /** The share of its attempts that end solved. */
  readonly successRate: number;
  /** How long a solved attempt takes it. */
  readonly solveMs: number;
  /** The share of its answers that work where the task stands. */
  readonly acceptedRate: number;
  /** A number from 0 to 1, this task's and this account's own. */
  readonly draw: number;
}

interface Rule {
  /** Lower is asked first. */
  readonly rank: (merits: Merits) => number;
  /** The reason in words. */
  readonly says: (merits: Merits) => string;
  /** Whether it lives on figures that only asking can bring. */
  readonly isLearning: boolean;
}

/** Every strategy, and what it goes by. */
export const STRATEGIES: Readonly<Record<Strategy, Rule>> = {
  priority: {
    rank: ({ position }) => position,
    says: () => 'priority',
    isLearning: false,
  },
  // Exponential races: the first of the order is drawn by weight, and so is each next one of those that are left.
  weighted: {
    rank: ({ draw, weight }) => -Math.log1p(-draw) / weight,
    says: ({ weight }) => `weighted: drawn with weight ${weight}`,
    isLearning: false,
  },
  cheapest: {
    rank: usdPerSolve,
    says: (merits) => `cheapest: ${usd(usdPerSolve(merits))} a solve`,
    isLearning: true,
  },
  fastest: {
    rank: msPerSolve,
    says: (merits) => `fastest: ${(msPerSolve(merits) / 1_000).toFixed(1)} s a solve`,
    isLearning: true,
  },
  best: {
    rank: usdPerAccepted,
    says: (merits) => `best: ${usd(usdPerAccepted(merits))} an accepted answer`,
    isLearning: true,
  },
};

function usdPerSolve({ priceUsd, successRate }: Merits): number {
  return priceUsd / successRate;
}

function msPerSolve({ solveMs, successRate }: Merits): number {
  return solveMs / successRate;
}

function usdPerAccepted(merits: Merits): number {
  return usdPerSolve(merits) / merits.acceptedRate;
}

function usd(amount: number): string {
  return `${amount.toPrecision(3)} USD`;
}
