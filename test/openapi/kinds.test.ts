/** What the document says of each kind against what the gateway takes: the same values pass, the same ones are refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factsOf, KIND_NAMES, type Kind } from '../../src/core/task.js';
import { buildDocument } from '../../src/openapi/document.js';
import { solutionName, submitName } from '../../src/openapi/kinds.js';
import { sampleSubmit } from '../../src/openapi/samples.js';
import { ref } from '../../src/openapi/schema.js';
import { readSubmit } from '../../src/wire/native.js';
import { faultsOf } from '../support/json-schema.js';
import { arbitraryTask } from '../support/sample-tasks.js';
import { arbitrarySolution, sampleSolution } from '../wire/solutions.js';

const { schemas } = buildDocument({ version: '1.2.3' }).components;
const OPTIONS = {
  deadlineMs: 1_000,
  maxUsd: 0.5,
  providers: ['a'],
  callbackUrl: 'https://a.example/',
  meta: [1],
};

function isTaken(body: unknown): boolean {
  try {
    readSubmit(body);
    return true;
  } catch {
    return false;
  }
}

function submitFaults(kind: Kind, body: unknown): readonly string[] {
  return faultsOf(ref(submitName(kind)), body, { schemas });
}

describe.each(KIND_NAMES)('%s', (kind) => {
  const small = sampleSubmit(kind);
  const full = { ...sampleSubmit(kind, { isFull: true }), ...OPTIONS };

  it('has samples that the gateway takes and the document describes', () => {
    for (const body of [small, full]) {
      readSubmit(body);
      expect(submitFaults(kind, body)).toEqual([]);
      expect(faultsOf(ref('Submit'), body, { schemas })).toEqual([]);
    }
  });

  it('is refused by both without any one of the fields that it must have', () => {
    const { required, oneOf = [] } = factsOf(kind);
    for (const name of [...required, ...oneOf.slice(0, 1)]) {
      const { [name]: _gone, ...body } = small;
      expect([name, isTaken(body), submitFaults(kind, body).length > 0]).toEqual([name, false, true]);
    }
  });

  it.each([
    ['a field of no kind', { nobodysField: 1 }],
    ['a deadline of nothing', { deadlineMs: 0 }],
    ['a negative price', { maxUsd: -1 }],
    ['no provider at all', { providers: [] }],
  ])('is refused by both with %s', (_what, extra) => {
    const body = { ...small, ...extra };
    expect([isTaken(body), submitFaults(kind, body).length > 0]).toEqual([false, true]);
  });

  it('is described as whatever task the gateway may be given', () => {
    fc.assert(
      fc.property(arbitraryTask(kind), (task) => {
        const body = JSON.parse(JSON.stringify(task));
        expect([isTaken(body), ...submitFaults(kind, body)]).toEqual([true]);
      }),
      { numRuns: 20 },
    );
  });

  it('has a described solution', () => {
    const check = { schemas, isStrict: true };
    const { solution } = factsOf(kind);
    expect(faultsOf(ref(solutionName(kind)), sampleSolution(kind, solution), check)).toEqual([]);
    fc.assert(
      fc.property(arbitrarySolution(kind, solution), (given) => {
        expect(faultsOf(ref(solutionName(kind)), given, check)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });
});
