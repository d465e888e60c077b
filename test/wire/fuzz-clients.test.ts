/** Whatever clients send is a task or a SolveError, and whatever services answer to a passed-through task is read or refused. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SolveError } from '../../src/core/errors.js';
import { KIND_NAMES } from '../../src/core/task.js';
import { CLASSIC_KINDS, fromFields, toFields } from '../../src/wire/classic.js';
import { readPassed } from '../../src/wire/classic-answers.js';
import { fromMembers, JSON_KINDS, toMembers } from '../../src/wire/json.js';
import { passedSolution, readResult } from '../../src/wire/json-answers.js';
import { reply } from './exchanges.js';

const value = fc.oneof(
  fc.constantFrom('', ' ', '0', '1', 'true', null, true, false, 0, -1, 1e300, '__proto__', { toString: 1 }),
  fc.string({ maxLength: 12 }),
  fc.jsonValue({ maxDepth: 3 }),
);
const name = fc.oneof(
  fc.constantFrom(
    'method',
    'type',
    'class',
    'body',
    'data',
    'data[x]',
    'proxy',
    'part1',
    'metadata',
    '__proto__',
  ),
  fc.string({ maxLength: 8 }),
);

/** The names of one kind on both wires, with any values. */
const ofKind = fc.constantFrom(...KIND_NAMES).chain((kind) => {
  const classic = CLASSIC_KINDS[kind];
  const json = JSON_KINDS[kind];
  const names = [...Object.values(classic?.names ?? {}), ...Object.values(json?.names ?? {})].flat();
  return fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 12 }).map((fields) => ({
    ...fields,
    ...classic?.fixed,
    method: classic?.method,
    type: json?.type ?? json?.proxied,
  }));
});

function attempt(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(SolveError);
  }
}

it('what clients send is a task that can be said again, or a SolveError', () => {
  const property = fc.property(fc.oneof(ofKind, fc.dictionary(name, value)), (sent) => {
    attempt(() => toFields(fromFields(sent).task));
    attempt(() => toMembers(fromMembers(sent).task));
  });
  fc.assert(property, { numRuns: 3_000 });
});

it('the answer to a passed-through task is an object with something in it, or a SolveError', () => {
  const body = fc.oneof(
    fc.json({ maxDepth: 3 }),
    fc.string(),
    fc.dictionary(name, value).map((any) => JSON.stringify(any)),
  );
  const property = fc.property(body, (any) => {
    attempt(() => expect(Object.keys(readPassed(reply(any))?.solution ?? { pending: 1 })).not.toEqual([]));
    attempt(() =>
      expect(Object.keys(readResult(reply(any), passedSolution)?.solution ?? { pending: 1 })).not.toEqual([]),
    );
  });
  fc.assert(property, { numRuns: 2_000 });
});
