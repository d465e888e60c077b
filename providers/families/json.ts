/** Builds a provider that speaks createTask and getTaskResult. */
import type { Provider, UpstreamReport, UpstreamRequest } from '../../src/core/provider.js';
import { KIND_NAMES, type Kind } from '../../src/core/task.js';
import { CodeTable } from '../../src/wire/codes.js';
import * as wire from '../../src/wire/json.js';
import { JSON_CODES } from '../../src/wire/json-codes.js';
import { plainFacts, type ServiceFacts, ServiceRows } from './facts.js';

export interface JsonFacts extends ServiceFacts<wire.JsonRow> {
  /** Kinds that are solved inside createTask. */
  readonly answersAtOnce?: readonly Kind[];
  readonly proxyShape?: wire.ProxyShape;
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
  const rows = new ServiceRows(facts, wire.JSON_KINDS);
  const reportOf = facts.report ?? reportByVerdict;
  return {
    ...plainFacts(facts, rows),
    wire: 'json',
    answersAtOnce: (kind) => facts.answersAtOnce?.includes(kind) ?? false,
    refuses(task) {
      const row = rows.find(task.kind);
      return row ? wire.refusesMembers(task, row) : `does not solve ${task.kind}`;
    },
    submit: {
      ask: (task) =>
        call('/createTask', { task: wire.toMembers(task, rows.of(task.kind), facts.proxyShape) }),
      read: (reply, task) => wire.readAccepted(reply, task.kind, rows.of(task.kind), codes),
    },
    poll: {
      ask: ({ upstreamId }) => call('/getTaskResult', { taskId: upstreamId }),
      read: (reply, { task }) => wire.readResult(reply, task.kind, rows.of(task.kind), codes),
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

/** Every kind that the json wire can spell. */
export const JSON_KIND_NAMES: readonly Kind[] = KIND_NAMES.filter((kind) => wire.JSON_KINDS[kind]);
