/** Solutions for the wire tests: values of the right shape for every member that a kind can answer. */
import fc from 'fast-check';
import { MEMBER_SHAPES, type Member, type Shape } from '../../src/core/solution.js';
import type { Kind } from '../../src/core/task.js';

/** Texts as services send them: tokens hold pipes, never surrounding blanks, never a code alone. */
const token = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .map((text) => `T${text}|x`)
  .filter((text) => text === text.trim());
const word = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,19}$/);
const point = fc.record({ x: fc.nat({ max: 999 }), y: fc.nat({ max: 999 }) });
const points = fc.array(point, { minLength: 1, maxLength: 4 });

const ARBITRARIES: Readonly<Record<Shape, fc.Arbitrary<unknown>>> = {
  text: token,
  number: fc.nat({ max: 360 }),
  object: fc.dictionary(word, word, { minKeys: 1, maxKeys: 3 }),
  list: fc.array(fc.record({ xMin: fc.nat(), xMax: fc.nat() }), { minLength: 1, maxLength: 3 }),
  cookies: fc.dictionary(word, word, { minKeys: 1, maxKeys: 3 }),
  points,
  paths: fc.array(points, { minLength: 1, maxLength: 3 }),
  cells: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 0, maxLength: 9 }),
};

const SAMPLES: Readonly<Record<Shape, (member: string) => unknown>> = {
  text: (member) => `the-${member}|tail`,
  number: () => 7,
  object: (member) => ({ name: `the-${member}` }),
  list: () => [{ xMin: 1, xMax: 2 }],
  cookies: (member) => ({ session: `the-${member}` }),
  points: () => [
    { x: 34, y: 120 },
    { x: 5, y: 6 },
  ],
  paths: () => [
    [
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ],
  ],
  cells: () => [3, 5, 8],
};

/** The one value that a kind's own rules ask for. */
const OF_KIND: Readonly<Partial<Record<Kind, Readonly<Record<string, unknown>>>>> = {
  cloudflare_clearance: { cookies: { cf_clearance: 'the-clearance' }, userAgent: 'Mozilla/5.0 (X11)' },
  tencent: { ret: 0 },
  datadome: { cookie: 'datadome=the-cookie' },
};

/** These members of a kind, each with any value of its shape, all of them there. */
export function arbitrarySolution(
  kind: Kind,
  members: readonly Member[],
): fc.Arbitrary<Record<string, unknown>> {
  const own = OF_KIND[kind] ?? {};
  const model = members.map((member) => [
    member,
    Object.hasOwn(own, member) ? fc.constant(own[member]) : ARBITRARIES[MEMBER_SHAPES[member]],
  ]);
  return fc.record(Object.fromEntries(model));
}

/** One fixed value for each member. */
export function sampleSolution(kind: Kind, members: readonly Member[]): Record<string, unknown> {
  const own = OF_KIND[kind] ?? {};
  return Object.fromEntries(
    members.map((member) => [member, own[member] ?? SAMPLES[MEMBER_SHAPES[member]](member)]),
  );
}
