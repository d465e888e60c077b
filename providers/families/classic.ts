/** Builds a provider that speaks in.php and res.php. */
import type { Exchange, Provider, UpstreamReport, UpstreamRequest } from '../../src/core/provider.js';
import { type FieldName, KIND_NAMES, type Kind } from '../../src/core/task.js';
import * as wire from '../../src/wire/classic.js';
import { CLASSIC_CODES } from '../../src/wire/classic-codes.js';
import { type CodeRow, CodeTable } from '../../src/wire/codes.js';
import { withoutNames } from './rows.js';
import { type PaceFacts, paceOf } from './timing.js';

export interface ClassicFacts extends PaceFacts {
  readonly id: string;
  readonly title: string;
  readonly baseUrl: string;
  readonly kinds: readonly Kind[];
  /** Kinds that are withdrawn or unconfirmed: asked for only when the config names them. */
  readonly alsoSpeaks?: readonly Kind[];
  readonly pricesUsdPer1000?: Readonly<Partial<Record<Kind, number>>>;
  /** Where the service spells a kind otherwise than 2Captcha. */
  readonly rows?: Readonly<Partial<Record<Kind, Partial<wire.ClassicRow>>>>;
  /** Inputs that the service has no place for. */
  readonly lacks?: Readonly<Partial<Record<Kind, readonly FieldName[]>>>;
  /** The service's own codes, and its own meanings of shared ones. */
  readonly codes?: readonly CodeRow[];
}

type Overrides = Partial<Pick<Provider, 'submit' | 'poll' | 'balance' | 'report' | 'refuses' | 'reports'>>;

/** A provider from its facts; `overrides` replaces single exchanges where it differs. */
export function classic(facts: ClassicFacts, overrides: Overrides = {}): Provider {
  const codes = facts.codes ? new CodeTable(facts.codes, CLASSIC_CODES) : wire.classicCodes;
  const rows = rowsOf(facts);
  const rowOf = (kind: Kind) => {
    const row = rows.get(kind);
    if (!row) throw new TypeError(`${facts.id} has no row for ${kind}`);
    return row;
  };
  return {
    id: facts.id,
    title: facts.title,
    wire: 'classic',
    baseUrl: facts.baseUrl,
    kinds: facts.kinds,
    speaks: [...rows.keys()],
    timing: paceOf(facts),
    pricesUsdPer1000: facts.pricesUsdPer1000 ?? {},
    answersAtOnce: () => false,
    refuses(task) {
      const row = rows.get(task.kind);
      return row ? wire.refusesFields(task, row) : `does not solve ${task.kind}`;
    },
    submit: {
      ask: (task) => ({
        method: 'POST',
        path: '/in.php',
        key: 'form.key',
        form: { ...wire.toFields(task, rowOf(task.kind)), json: '1' },
      }),
      read: (reply) => wire.readAccepted(reply, codes),
    },
    poll: {
      ask: ({ upstreamId }) => resPhp({ action: 'get', id: String(upstreamId) }),
      read: (reply, { task }) => wire.readResult(reply, task.kind, rowOf(task.kind), codes),
    },
    balance: { ask: () => resPhp({ action: 'getbalance' }), read: (reply) => wire.readBalance(reply, codes) },
    report: report(codes),
    reports: () => true,
    ...overrides,
  };
}

function report(codes: CodeTable): Exchange<UpstreamReport, void> {
  return {
    ask: ({ upstreamId, isAccepted }) =>
      resPhp({ action: isAccepted ? 'reportgood' : 'reportbad', id: String(upstreamId) }),
    read: (reply) => wire.readReported(reply, codes),
  };
}

function resPhp(query: Readonly<Record<string, string>>): UpstreamRequest {
  return { method: 'GET', path: '/res.php', key: 'query.key', query: { ...query, json: '1' } };
}

function rowsOf(facts: ClassicFacts): ReadonlyMap<Kind, wire.ClassicRow> {
  const spoken = new Set([...facts.kinds, ...(facts.alsoSpeaks ?? [])]);
  const rows = new Map<Kind, wire.ClassicRow>();
  for (const kind of KIND_NAMES) {
    const shared = wire.CLASSIC_KINDS[kind];
    if (!shared || !spoken.has(kind)) continue;
    const row = { ...shared, ...facts.rows?.[kind] };
    rows.set(kind, { ...row, names: withoutNames(row.names, facts.lacks?.[kind]) });
  }
  return rows;
}

/** Every kind that the classic wire can spell. */
export const CLASSIC_KIND_NAMES: readonly Kind[] = KIND_NAMES.filter((kind) => wire.CLASSIC_KINDS[kind]);
