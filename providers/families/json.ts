/** Builds a provider that speaks createTask and getTaskResult. */
import type { Provider, UpstreamReport, UpstreamRequest } from '../../src/core/provider.js';
import { type FieldName, KIND_NAMES, type Kind } from '../../src/core/task.js';
import { type CodeRow, CodeTable } from '../../src/wire/codes.js';
import * as wire from '../../src/wire/json.js';
import { JSON_CODES } from '../../src/wire/json-codes.js';
import { withoutNames } from './rows.js';
import { type PaceFacts, paceOf } from './timing.js';

export interface JsonFacts extends PaceFacts {
  readonly id: string;
  readonly title: string;
  readonly baseUrl: string;
  readonly kinds: readonly Kind[];
  /** Kinds that are withdrawn or unconfirmed: asked for only when the config names them. */
  readonly alsoSpeaks?: readonly Kind[];
  readonly pricesUsdPer1000?: Readonly<Partial<Record<Kind, number>>>;
  /** Where the service spells a kind otherwise than 2Captcha. */
  readonly rows?: Readonly<Partial<Record<Kind, Partial<wire.JsonRow>>>>;
  /** Inputs that the service has no place for. */
  readonly lacks?: Readonly<Partial<Record<Kind, readonly FieldName[]>>>;
  /** Kinds that are solved inside createTask. */
  readonly answersAtOnce?: readonly Kind[];
  readonly proxyShape?: wire.ProxyShape;
  readonly codes?: readonly CodeRow[];
  /** The call that takes a report, without key and id; undefined where the service takes none of this sort. */
  readonly report?: (report: UpstreamReport) => ReportCall | undefined;
}

export interface ReportCall {
  readonly path: `/${string}`;
  readonly json?: object;
}

/** reportCorrect and reportIncorrect, for every kind. */
export function reportByVerdict({ isAccepted }: UpstreamReport): ReportCall {
  return { path: isAccepted ? '/reportCorrect' : '/reportIncorrect' };
}

/** A provider from its facts. */
export function json(facts: JsonFacts): Provider {
  const codes = facts.codes ? new CodeTable(facts.codes, JSON_CODES) : wire.jsonCodes;
  const rows = rowsOf(facts);
  const rowOf = (kind: Kind) => {
    const row = rows.get(kind);
    if (!row) throw new TypeError(`${facts.id} has no row for ${kind}`);
    return row;
  };
  const reportOf = facts.report ?? reportByVerdict;
  return {
    id: facts.id,
    title: facts.title,
    wire: 'json',
    baseUrl: facts.baseUrl,
    kinds: facts.kinds,
    speaks: [...rows.keys()],
    timing: paceOf(facts),
    pricesUsdPer1000: facts.pricesUsdPer1000 ?? {},
    answersAtOnce: (kind) => facts.answersAtOnce?.includes(kind) ?? false,
    refuses(task) {
      const row = rows.get(task.kind);
      return row ? wire.refusesMembers(task, row) : `does not solve ${task.kind}`;
    },
    submit: {
      ask: (task) => call('/createTask', { task: wire.toMembers(task, rowOf(task.kind), facts.proxyShape) }),
      read: (reply, task) => wire.readAccepted(reply, task.kind, rowOf(task.kind), codes),
    },
    poll: {
      ask: ({ upstreamId }) => call('/getTaskResult', { taskId: upstreamId }),
      read: (reply, { task }) => wire.readResult(reply, task.kind, rowOf(task.kind), codes),
    },
    balance: { ask: () => call('/getBalance', {}), read: (reply) => wire.readBalance(reply, codes) },
    report: {
      ask(report) {
        const { path, json: body } = reportOf(report) ?? reportByVerdict(report);
        return call(path, { taskId: report.upstreamId, ...body });
      },
      read: (reply) => wire.readReported(reply, codes),
    },
    reports: (report) => reportOf(report) !== undefined,
  };
}

function call(path: `/${string}`, body: object): UpstreamRequest {
  return { method: 'POST', path, key: 'json.clientKey', json: body };
}

function rowsOf(facts: JsonFacts): ReadonlyMap<Kind, wire.JsonRow> {
  const spoken = new Set([...facts.kinds, ...(facts.alsoSpeaks ?? [])]);
  const rows = new Map<Kind, wire.JsonRow>();
  for (const kind of KIND_NAMES) {
    const shared = wire.JSON_KINDS[kind];
    if (!shared || !spoken.has(kind)) continue;
    const row = { ...shared, ...facts.rows?.[kind] };
    rows.set(kind, { ...row, names: withoutNames(row.names, facts.lacks?.[kind]) });
  }
  return rows;
}

/** Every kind that the json wire can spell. */
export const JSON_KIND_NAMES: readonly Kind[] = KIND_NAMES.filter((kind) => wire.JSON_KINDS[kind]);
