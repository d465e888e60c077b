/** Builds a provider that speaks createTask and getTaskResult. */
import type { Provider, UpstreamReport, UpstreamRequest } from '../../src/core/provider.js';
import { isKind, type Kind, type Task } from '../../src/core/task.js';
import { CodeTable } from '../../src/wire/codes.js';
import * as wire from '../../src/wire/json.js';
import * as answers from '../../src/wire/json-answers.js';
import { JSON_CODES } from '../../src/wire/json-codes.js';
import { inUsd, plainFacts, type ServiceFacts, ServiceRows } from './facts.js';

export interface JsonFacts extends ServiceFacts<wire.JsonRow> {
  /** Kinds that are solved inside createTask. */
  readonly answersAtOnce?: readonly Kind[];
  readonly proxyShape?: wire.ProxyShape;
  /** An HTTP status that, on a poll and without an answer beside it, means that the task is being worked on. */
  readonly waitsOnStatus?: number;
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
  const reader = ({ kind }: Task) =>
    isKind(kind) ? answers.solutionOf(kind, rows.of(kind)) : answers.passedSolution;
  return {
    ...plainFacts(facts, rows),
    wire: 'json',
    answersAtOnce: (kind) => facts.answersAtOnce?.some((known) => known === kind) ?? false,
    refuses: (task) => rows.refuses(task, 'json', wire.refusesMembers),
    submit: {
      ask(task, callbackUrl) {
        const members = wire.toMembers(task, rows.find(task.kind), facts.proxyShape);
        const isCalled = facts.callsBack !== undefined && callbackUrl !== undefined;
        return call('/createTask', { task: members, ...(isCalled && { callbackUrl }) });
      },
      read: (reply, task) => answers.readAccepted(reply, reader(task), codes),
    },
    poll: {
      ask: ({ upstreamId }) => call('/getTaskResult', { taskId: upstreamId }),
      read(reply, { task }) {
        if (reply.status === facts.waitsOnStatus && !answers.isAnswer(reply)) return undefined;
        return inUsd(answers.readResult(reply, reader(task), codes), facts);
      },
    },
    balance: { ask: () => call('/getBalance', {}), read: (reply) => answers.readBalance(reply, codes) },
    report: {
      ask(report) {
        const { path, json: body } = reportOf(report) ?? reportByVerdict(report);
        return call(path, { taskId: report.upstreamId, ...body });
      },
      read: (reply) => answers.readReported(reply, codes),
    },
    reports: (report) => reportOf(report) !== undefined,
  };
}

function call(path: `/${string}`, body: object): UpstreamRequest {
  return { method: 'POST', path, key: 'json.clientKey', json: body };
}
