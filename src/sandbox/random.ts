/** Chance that a seed decides: the same seed draws the same numbers. */
import type { SolveTime } from './script.js';

/** Even between 0 and 1. */
export type Random = () => number;

/** Mulberry32: small, fast, and good enough for solve times. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SPREAD = 0.3;

/** How long one task takes. */
export function drawSolveMs(time: SolveTime, random: Random): number {
  if ('fixedMs' in time) return time.fixedMs;
  if ('fromMs' in time) return time.fromMs + (time.toMs - time.fromMs) * random();
  return time.medianMs * Math.exp((time.spread ?? SPREAD) * drawNormal(random));
}

/** Box and Muller's form of a standard normal draw. */
function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
