/** Whatever a service answers: a reader gives an answer with its main member, "not ready", or a SolveError. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SolveError } from '../../src/core/errors.js';
import type { UpstreamReply } from '../../src/core/provider.js';
import type { Solution } from '../../src/core/solution.js';
import { factsOf, KIND_NAMES, type Kind } from '../../src/core/task.js';
import * as classic from '../../src/wire/classic.js';
import * as json from '../../src/wire/json.js';
import { sampleSolution } from './solutions.js';

const status = fc.constantFrom(200, 200, 200, 204, 302, 400, 401, 403, 429, 500, 502, 503);
const kinds = fc.constantFrom(...KIND_NAMES);
const word = fc.constantFrom(
  'OK',
  'OK|',
  'OK|x',
  'CAPCHA_NOT_READY',
  'ERROR_ZERO_BALANCE',
  'ERROR: 1001',
  'ready',
  'processing',
  'failed',
  '',
  ' ',
);

/** Names that readers look for, with values they do not expect. */
const names = fc.constantFrom(
  'status',
  'request',
  'result',
  'errorId',
  'errorCode',
  'taskId',
  'solution',
  'token',
  'text',
  'gRecaptchaResponse',
  'challenge',
  'validate',
  'captcha_output',
  'price',
  'cost',
  'balance',
  '__proto__',
  'toString',
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    word,
    fc.constantFrom(null, true, false, 0, 1, -1, 1.5, 1e300),
    fc.nat(),
    fc.string({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(names, tie('value')), { maxLength: 5 }).map((pairs) => Object.fromEntries(pairs)),
  ),
}));

/** A valid reply with a piece cut out, put in twice, or replaced by something else. */
function mutated(body: string): fc.Arbitrary<string> {
  const at = fc.nat({ max: body.length });
  const filling = fc.oneof(
    fc.constant(''),
    fc.string({ maxLength: 5 }),
    fc.constantFrom('null', '""', '{}', '0', '|', '"'),
  );
  return fc.tuple(at, at, filling).map(([a, b, piece]) => {
    return body.slice(0, Math.min(a, b)) + piece + body.slice(Math.max(a, b));
  });
}

const valid = KIND_NAMES.flatMap((kind) => {
  const solution = sampleSolution(factsOf(kind).solution);
  return [
    classic.sayResult(kind, solution, true),
    classic.sayResult(kind, solution, false),
    { errorId: 0, status: 'ready', solution: json.saySolution(kind, solution), cost: '0.1', taskId: 5 },
    { errorId: 1, errorCode: 'ERROR_CAPTCHA_UNSOLVABLE', errorDescription: 'x' },
    { status: 1, request: '2122988149' },
  ];
});
const texts = valid.map((body) => (typeof body === 'string' ? body : JSON.stringify(body)));

const body = fc.oneof(
  { arbitrary: fc.constantFrom(...texts).chain(mutated), weight: 4 },
  { arbitrary: value.map((any) => JSON.stringify(any)), weight: 3 },
  { arbitrary: fc.json(), weight: 1 },
  { arbitrary: fc.string({ unit: 'grapheme', maxLength: 80 }), weight: 1 },
  { arbitrary: fc.tuple(word, fc.string()).map((parts) => parts.join('')), weight: 1 },
);
const reply: fc.Arbitrary<UpstreamReply> = fc.record({ status, body });

/** The value read; undefined when the reader refused, which it may do with a SolveError only. */
function attempt<Value>(read: () => Value): { readonly value: Value } | undefined {
  try {
    return { value: read() };
  } catch (error) {
    expect(error).toBeInstanceOf(SolveError);
    return undefined;
  }
}

function expectMainMember(solution: Solution | undefined, kind: Kind): void {
  const main = solution?.[factsOf(kind).solution[0]];
  expect(main).toBeTypeOf('string');
  expect(String(main).trim()).not.toBe('');
}

function expectId(upstreamId: unknown): void {
  if (typeof upstreamId === 'number') expect(Number.isSafeInteger(upstreamId) && upstreamId > 0).toBe(true);
  else expect(upstreamId).toMatch(/^[\w-]{1,100}$/);
}

function expectMoney(amount: number | null | undefined): void {
  expect(amount === null || Number.isFinite(amount)).toBe(true);
}

const RUNS = { numRuns: 3_000 };

describe('the classic wire', () => {
  it('never makes a solution out of anything else', () => {
    const property = fc.property(reply, kinds, (any, kind) => {
      const row = classic.CLASSIC_KINDS[kind] as classic.ClassicRow;
      const read = attempt(() => classic.readResult(any, kind, row));
      if (!read?.value) return;
      expectMainMember(read.value.solution, kind);
      if (read.value.costUsd !== undefined) expectMoney(read.value.costUsd);
    });
    fc.assert(property, RUNS);
  });

  it('never makes an id, a balance or a report out of anything else', () => {
    const property = fc.property(reply, (any) => {
      const accepted = attempt(() => classic.readAccepted(any));
      if (accepted) expectId(accepted.value.upstreamId);
      const balance = attempt(() => classic.readBalance(any));
      if (balance) expectMoney(balance.value);
      attempt(() => classic.readReported(any));
    });
    fc.assert(property, RUNS);
  });
});

describe('the json wire', () => {
  it('never makes a solution out of anything else', () => {
    const property = fc.property(reply, kinds, (any, kind) => {
      const row = json.JSON_KINDS[kind] as json.JsonRow;
      const read = attempt(() => json.readResult(any, kind, row));
      if (read?.value) expectMainMember(read.value.solution, kind);
    });
    fc.assert(property, RUNS);
  });

  it('never makes an id, a balance or a report out of anything else', () => {
    const property = fc.property(reply, kinds, (any, kind) => {
      const row = json.JSON_KINDS[kind] as json.JsonRow;
      const accepted = attempt(() => json.readAccepted(any, kind, row))?.value;
      if (accepted?.solved) expectMainMember(accepted.solved.solution, kind);
      else if (accepted) expectId(accepted.upstreamId);
      const balance = attempt(() => json.readBalance(any));
      if (balance) expectMoney(balance.value);
      attempt(() => json.readReported(any));
    });
    fc.assert(property, RUNS);
  });
});

describe('what clients send', () => {
  const sent = fc.oneof(
    fc.dictionary(
      fc.oneof(names, fc.constantFrom('method', 'type', 'body', 'pageurl', 'googlekey', 'data', 'data[x]')),
      value,
    ),
    value.map((any) => ({
      method: any,
      type: any,
      pageurl: any,
      websiteURL: any,
      proxy: any,
      data: any,
      cookies: any,
    })),
    kinds.chain((kind) => {
      const row = classic.CLASSIC_KINDS[kind] as classic.ClassicRow;
      const all = Object.values(row.names).flat();
      return fc
        .record(Object.fromEntries(all.map((name) => [name, value])), { requiredKeys: [] })
        .map((fields) => ({
          method: row.method,
          type: json.JSON_KINDS[kind]?.type,
          ...row.fixed,
          ...fields,
        }));
    }),
  );

  it('is a task or a SolveError, whatever it is', () => {
    const property = fc.property(sent, (any) => {
      attempt(() => classic.fromFields(any));
      attempt(() => json.fromMembers(any));
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});
