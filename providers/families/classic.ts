/** Builds a provider that speaks in.php and res.php. */
import type {
  Exchange,
  PollMany,
  Provider,
  UpstreamReply,
  UpstreamReport,
  UpstreamRequest,
} from '../../src/core/provider.js';
import type { Task } from '../../src/core/task.js';
import * as wire from '../../src/wire/classic.js';
import * as answers from '../../src/wire/classic-answers.js';
import { CLASSIC_CODES } from '../../src/wire/classic-codes.js';
import { CodeTable } from '../../src/wire/codes.js';
import { inUsd, plainFacts, type ServiceFacts, ServiceRows } from './facts.js';

export interface ClassicFacts extends ServiceFacts<wire.ClassicRow> {
  /** The call that reads an image and answers at once, where a task asks for that. */
  readonly instantPath?: `/${string}`;
  /** Whether `threadsinfo` tells how many tasks may be in hand at once. */
  readonly tellsThreads?: true;
  /** Whether the service takes no good reports. */
  readonly takesOnlyBadReports?: true;
  /** Most ids that the service takes in one poll; absent for one. */
  readonly idsPerPoll?: number;
}

/** A provider from its facts. */
export function classic(facts: ClassicFacts): Provider {
  const codes = facts.codes ? new CodeTable(facts.codes, CLASSIC_CODES) : wire.classicCodes;
  const rows = new ServiceRows(facts, wire.CLASSIC_KINDS);
  const isInstant = (task: Task) => facts.instantPath !== undefined && task.instant === true;
  return {
    ...plainFacts(facts, rows),
    wire: 'classic',
    answersAtOnce: () => false,
    refuses: (task) => rows.refuses(task, 'classic', wire.refusesFields),
    submit: {
      ask(task, callbackUrl) {
        const row = rows.find(task.kind);
        const fields = wire.toFields(task, row);
        const files = row ? [] : (task.passed?.files ?? []);
        if (isInstant(task) && facts.instantPath) return inPhp(facts.instantPath, fields, files);
        const isCalled = facts.callsBack !== undefined && callbackUrl !== undefined;
        return inPhp('/in.php', { ...fields, ...(isCalled && { pingback: callbackUrl }) }, files);
      },
      read: (reply, task) =>
        isInstant(task)
          ? answers.readInstant(reply, task.kind, rows.of(task.kind), codes)
          : answers.readAccepted(reply, codes),
    },
    poll: {
      ask: ({ upstreamId }) => resPhp({ action: 'get', id: String(upstreamId) }),
      read(reply, { task }) {
        const row = rows.find(task.kind);
        const told = row
          ? answers.readResult(reply, task.kind, row, codes)
          : answers.readPassed(reply, codes);
        return inUsd(told, facts);
      },
    },
    ...(facts.idsPerPoll !== undefined && { pollMany: several(facts.idsPerPoll, rows, codes) }),
    balance: {
      ask: () => resPhp({ action: 'getbalance' }),
      read: (reply) => answers.readBalance(reply, codes),
    },
    ...(facts.tellsThreads && {
      threads: {
        ask: () => resPhp({ action: 'threadsinfo' }),
        read: (reply: UpstreamReply) => answers.readThreads(reply, codes),
      },
    }),
    report: report(codes),
    reports: ({ isAccepted }) => !(isAccepted && facts.takesOnlyBadReports),
  };
}

/** A form; a file that the client sent as one goes on as one. */
function inPhp(
  path: `/${string}`,
  sent: Readonly<Record<string, string>>,
  names: readonly string[],
): UpstreamRequest {
  const form = { ...sent, json: '1' };
  if (names.length === 0) return { method: 'POST', path, key: 'form.key', form };
  const fields = Object.entries(form);
  return {
    method: 'POST',
    path,
    key: 'multipart.key',
    multipart: Object.fromEntries(fields.filter(([name]) => !names.includes(name))),
    files: Object.fromEntries(
      fields.filter(([name]) => names.includes(name)).map(([name, base64]) => [name, { base64, name }]),
    ),
  };
}

/** `ids` instead of `id`; its answers are documented in plain text only. */
function several(mostTasks: number, rows: ServiceRows<wire.ClassicRow>, codes: CodeTable): PollMany {
  return {
    mostTasks,
    takes: (task) => rows.find(task.kind) !== undefined && answers.isOneToken(task),
    ask(tasks) {
      const ids = tasks.map(({ upstreamId }) => String(upstreamId)).join(',');
      return { method: 'GET', path: '/res.php', key: 'query.key', query: { action: 'get', ids } };
    },
    read: (reply, tasks) =>
      answers.readSeveral(
        reply,
        tasks.map(({ task: { kind } }) => ({ kind, row: rows.of(kind) })),
        codes,
      ),
  };
}

function report(codes: CodeTable): Exchange<UpstreamReport, void> {
  return {
    ask: ({ upstreamId, isAccepted }) =>
      resPhp({ action: isAccepted ? 'reportgood' : 'reportbad', id: String(upstreamId) }),
    read: (reply) => answers.readReported(reply, codes),
  };
}

function resPhp(query: Readonly<Record<string, string>>): UpstreamRequest {
  return { method: 'GET', path: '/res.php', key: 'query.key', query: { ...query, json: '1' } };
}
