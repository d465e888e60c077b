/** The entry for `providers` in the config that a probed service needs. */
import type { Kind } from '../core/task.js';
import type { WireName } from './finding.js';
import type { Interview } from './interview.js';

/** As it is pasted: the key is named, never written. */
export interface Entry {
  readonly id: string;
  readonly use: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly kinds?: readonly Kind[];
  readonly timing?: { readonly answerWithinMs: number };
}

/** Answers slower than this are near the usual limit of 10 s. */
const SLOW_MS = 5_000;

/** An id for a service, from its address. */
export function idFor(baseUrl: string): string {
  const host = new URL(baseUrl).hostname.replace(/^(?:www|api)\./, '');
  return /^[a-z0-9][a-z0-9.-]*[a-z]$/.test(host) ? host.slice(0, 64) : 'house';
}

/** A name for the environment variable that holds the key. */
export function variableFor(id: string): string {
  const name = id.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  return /^\d/.test(name) ? `KEY_${name}` : `${name}_KEY`;
}

/** The preferred wire if it is usable, else the usable one with the fewest findings against it. */
export function betterWire(interviews: readonly Interview[], preferred?: WireName): Interview | undefined {
  const faults = ({ findings, wire }: Interview) => {
    return wire === preferred ? -1 : findings.filter(({ verdict }) => verdict !== 'ok').length;
  };
  return interviews.filter(({ isUsable }) => isUsable).sort((one, other) => faults(one) - faults(other))[0];
}

/**
 * Of the kinds asked about those that are known; where that could be told of none, those that were not denied.
 * Empty when all were.
 */
export function kindsFound({ findings }: Interview, asked: readonly Kind[]): readonly Kind[] {
  const verdictOf = (kind: Kind) => findings.find(({ about }) => about === `kind ${kind}`)?.verdict;
  const found = asked.filter((kind) => verdictOf(kind) === 'ok');
  return found.length > 0 ? found : asked.filter((kind) => verdictOf(kind) !== 'lacks');
}

/** A time limit of twice the slowest answer, where the usual one is too short. */
export function timingFor(slowestMs: number): Entry['timing'] {
  if (slowestMs <= SLOW_MS) return undefined;
  return { answerWithinMs: Math.ceil((2 * slowestMs) / 1_000) * 1_000 };
}
