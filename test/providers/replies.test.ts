/**
 * Answers in the form that each provider documents, one a file, read as the file says.
 * A new file needs no code: `replies/<provider>/<name>.json`, with its source.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ERROR_POLICY, type ErrorCode, SolveError } from '../../src/core/errors.js';
import type { Provider, UpstreamReply } from '../../src/core/provider.js';
import { KIND_NAMES, type Kind, parseTask, type Task } from '../../src/core/task.js';
import { loadFolder } from '../../src/registry.js';
import { sampleTask } from '../support/sample-tasks.js';
import { reply } from './wires.js';

const folder = new URL('./replies/', import.meta.url);
const providers = await loadFolder<Provider>(new URL('../../providers/', import.meta.url));
const codes = Object.keys(ERROR_POLICY) as [ErrorCode, ...ErrorCode[]];

const error = z.strictObject({
  code: z.enum(codes),
  next: z.enum(['stop', 'other', 'wait']).optional(),
  opens: z.enum(['transport', 'kind', 'money', 'key', 'ban']).nullable().optional(),
  pauseMs: z.int().optional(),
  upstreamCode: z.string().optional(),
});
const solution = z.record(z.string(), z.unknown());

/** What a file holds. `confirmed`: the form stands in a page or client of the service itself. */
const golden = z.strictObject({
  source: z.string().min(10),
  confirmed: z.boolean(),
  exchange: z.enum(['submit', 'poll', 'balance', 'report']),
  /** For a provider of two wires, the one that is not its first. */
  wire: z.enum(['classic', 'json']).optional(),
  kind: z.enum(KIND_NAMES as [Kind, ...Kind[]]).default('recaptcha_v2'),
  /** What the task has beside what it must have. */
  fields: z.record(z.string(), z.unknown()).default({}),
  reply: z.strictObject({ status: z.int(), body: z.union([z.string(), z.record(z.string(), z.unknown())]) }),
  expect: z.union([
    z.strictObject({ error }),
    z.strictObject({ pending: z.literal(true) }),
    z.strictObject({
      upstreamId: z.union([z.string(), z.number(), z.null()]),
      solution: solution.optional(),
    }),
    z.strictObject({ solution, costUsd: z.number().optional() }),
    z.strictObject({ balanceUsd: z.number().nullable() }),
    z.strictObject({ recorded: z.literal(true) }),
  ]),
});
type Golden = z.output<typeof golden>;

function taskOf(kind: Kind, more: Golden['fields']): Task {
  const { kind: _kind, passed: _passed, ...fields } = sampleTask(kind);
  return parseTask(kind, { ...fields, ...more });
}

/** What the provider makes of a reply, in the words of the files. */
function outcomeOf(provider: Provider, { exchange, kind, fields }: Golden, answer: UpstreamReply): object {
  const task = taskOf(kind, fields);
  const upstream = { upstreamId: 'upstream-1', task };
  if (exchange === 'submit') {
    const { upstreamId, solved } = provider.submit.read(answer, task);
    return { upstreamId, ...(solved ? { solution: solved.solution } : {}) };
  }
  if (exchange === 'poll') {
    const solved = provider.poll.read(answer, upstream);
    if (!solved) return { pending: true };
    return {
      solution: solved.solution,
      ...(solved.costUsd === undefined ? {} : { costUsd: solved.costUsd }),
    };
  }
  if (exchange === 'balance') return { balanceUsd: provider.balance.read(answer) };
  provider.report?.read(answer, { ...upstream, isAccepted: true });
  return { recorded: true };
}

function outcomeOrError(provider: Provider, given: Golden): object {
  try {
    return outcomeOf(provider, given, reply(given.reply.body, given.reply.status));
  } catch (thrown) {
    if (!(thrown instanceof SolveError)) throw thrown;
    const { code, next, opens } = thrown;
    const { pauseMs, upstreamCode } = thrown.evidence;
    return { error: { code, next, opens, pauseMs, upstreamCode } };
  }
}

const ids = readdirSync(folder).sort();

it('replies are there for services that exist', () => {
  expect([...providers.keys()]).toEqual(expect.arrayContaining(ids));
});

it('every service with an address of its own has at least six', () => {
  for (const [id, { baseUrl }] of providers) {
    if (baseUrl !== '') expect([id, readdirSync(new URL(`${id}/`, folder)).length >= 6]).toEqual([id, true]);
  }
});

describe.each(ids)('%s', (id) => {
  const files = readdirSync(new URL(`${id}/`, folder)).sort();

  it.each(files)('%s', (file) => {
    const given = golden.parse(JSON.parse(readFileSync(new URL(`${id}/${file}`, folder), 'utf8')));
    const own = providers.get(id);
    const provider = given.wire ? own?.over?.[given.wire] : own;
    if (!provider) throw new Error(`no provider ${id} over ${given.wire}`);
    expect(provider.speaks).toContain(given.kind);
    const outcome = outcomeOrError(provider, given);
    if ('error' in given.expect) expect(outcome).toMatchObject(given.expect);
    else expect(outcome).toEqual(given.expect);
  });
});
