/** Asks a service what it speaks and what it lacks, without spending money unless told to. */
import type { Account } from '../core/provider.js';
import type { Kind } from '../core/task.js';
import { CLASSIC_LAST, CLASSIC_QUESTIONS, classicKindQuestion } from './classic.js';
import { betterWire, type Entry, kindsFound, timingFor } from './entry.js';
import type { Finding, Question, WireName } from './finding.js';
import { type Interview, interview } from './interview.js';
import { JSON_LAST, JSON_QUESTIONS, jsonKindQuestion } from './json.js';
import { Line, type LineOptions } from './line.js';
import { buy } from './purchase.js';

export type { Entry } from './entry.js';
export { idFor, variableFor } from './entry.js';
export type { Finding, Verdict, WireName } from './finding.js';
export type { Pace } from './line.js';

export interface ProbeOptions extends LineOptions {
  /** The account on either wire; both have the same address and key. */
  readonly accounts: Readonly<Record<WireName, Account>>;
  /** The wire to use if it can be used; the better one unless told. */
  readonly prefers?: WireName | undefined;
  /** Kinds to ask about; those that most services take unless told. */
  readonly kinds?: readonly Kind[] | undefined;
  /** Buys one task of each of the kinds that are named. */
  readonly isSolving: boolean;
  /** Name of the environment variable that holds the key. */
  readonly variable: string;
  readonly onFinding: (finding: Finding) => void;
}

export interface ProbeReport {
  readonly isUsable: boolean;
  /** Wires on which anything was answered. */
  readonly speaks: readonly WireName[];
  readonly findings: readonly Finding[];
  /** Why not everything was asked; null when everything was. */
  readonly stopped: string | null;
  /** Null when the gateway cannot use the service. */
  readonly entry: Entry | null;
}

const COMMON_KINDS: readonly Kind[] = [
  'image_to_text',
  'recaptcha_v2',
  'recaptcha_v2_enterprise',
  'recaptcha_v3',
  'recaptcha_v3_enterprise',
  'hcaptcha',
  'turnstile',
  'geetest_v3',
  'geetest_v4',
  'funcaptcha',
];

/** Probes one service. */
export async function probe(options: ProbeOptions): Promise<ProbeReport> {
  const { accounts, kinds = COMMON_KINDS, onFinding } = options;
  const line = new Line(options);
  const interviews: Interview[] = [];
  for (const wire of ['classic', 'json'] as const) {
    const questions = questionsOf(wire, kinds);
    interviews.push(await interview({ line, account: accounts[wire], wire, questions, onFinding }));
  }
  const chosen = betterWire(interviews, options.prefers);
  const bought = chosen && options.isSolving ? await buyAll(options, line, chosen.wire) : [];
  const isSolved = bought.every(({ verdict }) => verdict !== 'lacks');
  const entry = chosen && isSolved ? entryFor(options, chosen, line.slowestMs) : null;
  return {
    isUsable: entry !== null,
    speaks: interviews.filter(({ isSpoken }) => isSpoken).map(({ wire }) => wire),
    findings: [...interviews.flatMap(({ findings }) => findings), ...bought],
    stopped: line.stopped ?? null,
    entry,
  };
}

function questionsOf(wire: WireName, kinds: readonly Kind[]): readonly Question[] {
  const questionOf = wire === 'classic' ? classicKindQuestion : jsonKindQuestion;
  const ofKinds = kinds.map(questionOf).filter((question) => question !== undefined);
  if (wire === 'json') return [...JSON_QUESTIONS, ...ofKinds, ...JSON_LAST];
  return [...CLASSIC_QUESTIONS, ...ofKinds, ...CLASSIC_LAST];
}

async function buyAll(options: ProbeOptions, line: Line, wire: WireName): Promise<readonly Finding[]> {
  const buyer = { line, wire, clock: options.clock, account: options.accounts[wire] };
  const findings: Finding[] = [];
  for (const kind of options.kinds ?? []) {
    if (line.stopped) break;
    const finding = await buy(buyer, kind);
    findings.push(finding);
    options.onFinding(finding);
  }
  return findings;
}

/** Null when every kind asked about is denied. */
function entryFor(options: ProbeOptions, chosen: Interview, slowestMs: number): Entry | null {
  const { id, provider, baseUrl } = options.accounts[chosen.wire];
  const asked = (options.kinds ?? COMMON_KINDS).filter((kind) => provider.speaks.includes(kind));
  const kinds = kindsFound(chosen, asked);
  if (kinds.length === 0) return null;
  const timing = timingFor(slowestMs);
  const apiKey = `\${${options.variable}}`;
  return { id, use: provider.id, baseUrl, apiKey, kinds, ...(timing ? { timing } : {}) };
}
