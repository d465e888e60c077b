/** Builds a provider that speaks in.php and res.php. */
import type { Exchange, Provider, UpstreamReport, UpstreamRequest } from '../../src/core/provider.js';
import { KIND_NAMES, type Kind } from '../../src/core/task.js';
import * as wire from '../../src/wire/classic.js';
import { CLASSIC_CODES } from '../../src/wire/classic-codes.js';
import { CodeTable } from '../../src/wire/codes.js';
import { plainFacts, type ServiceFacts, ServiceRows } from './facts.js';

export type ClassicFacts = ServiceFacts<wire.ClassicRow>;

type Overrides = Partial<Pick<Provider, 'submit' | 'poll' | 'balance' | 'report' | 'refuses' | 'reports'>>;

/** A provider from its facts; `overrides` replaces single exchanges where it differs. */
export function classic(facts: ClassicFacts, overrides: Overrides = {}): Provider {
  const codes = facts.codes ? new CodeTable(facts.codes, CLASSIC_CODES) : wire.classicCodes;
  const rows = new ServiceRows(facts, wire.CLASSIC_KINDS);
  return {
    ...plainFacts(facts, rows),
    wire: 'classic',
    answersAtOnce: () => false,
    refuses(task) {
      const row = rows.find(task.kind);
      return row ? wire.refusesFields(task, row) : `does not solve ${task.kind}`;
    },
    submit: {
      ask: (task) => ({
        method: 'POST',
        path: '/in.php',
        key: 'form.key',
        form: { ...wire.toFields(task, rows.of(task.kind)), json: '1' },
      }),
      read: (reply) => wire.readAccepted(reply, codes),
    },
    poll: {
      ask: ({ upstreamId }) => resPhp({ action: 'get', id: String(upstreamId) }),
      read: (reply, { task }) => wire.readResult(reply, task.kind, rows.of(task.kind), codes),
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

/** Every kind that the classic wire can spell. */
export const CLASSIC_KIND_NAMES: readonly Kind[] = KIND_NAMES.filter((kind) => wire.CLASSIC_KINDS[kind]);
