/** What we say of a solution on res.php: read back as the same, in the form that its clients know. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Member, Solution } from '../../src/core/solution.js';
import type { Kind } from '../../src/core/task.js';
import { CLASSIC_KINDS, type ClassicRow } from '../../src/wire/classic.js';
import { type Saying, sayResult } from '../../src/wire/classic-answers.js';
import { first } from '../../src/wire/rows.js';
import { sampleTask } from '../support/sample-tasks.js';
import { pollClassic as poll } from './exchanges.js';
import { arbitrarySolution, sampleSolution } from './solutions.js';

const rows = Object.entries(CLASSIC_KINDS) as [Kind, ClassicRow][];

function say(kind: Kind, solution: Solution, saying: Partial<Saying> = {}): unknown {
  return sayResult(sampleTask(kind), solution, { asJson: false, ...saying });
}

/** The members of a row; of two that share their place, the first. */
function membersOf({ answer }: ClassicRow): Member[] {
  const entries = Object.entries(answer) as [Member, string][];
  const places = entries.map(([, paths]) => first(paths));
  return entries
    .filter((_, index) => places.indexOf(places[index] ?? '') === index)
    .map(([member]) => member);
}

describe('what we say of a solution is read back', () => {
  it.each(rows)('%s as JSON, with every member', (kind, row) => {
    const property = fc.property(arbitrarySolution(kind, membersOf(row)), (solution) => {
      expect(poll(kind, say(kind, solution, { asJson: true }))).toEqual({ solution, costUsd: undefined });
    });
    fc.assert(property, { numRuns: 60 });
  });

  it.each(rows)('%s as plain text, with the members that fit there', (kind, row) => {
    const fitting = membersOf(row).filter((member) => first(row.answer[member] ?? '').startsWith('request'));
    const property = fc.property(arbitrarySolution(kind, fitting), (solution) => {
      const said = say(kind, solution);
      expect(said).toMatch(/^OK\|/);
      expect(poll(kind, said)).toEqual({ solution, costUsd: undefined });
    });
    fc.assert(property, { numRuns: 60 });
  });

  it.each(rows.filter(([, { captchaai }]) => captchaai))(
    "%s as CaptchaAI's clients look for it",
    (kind, { captchaai = {} }) => {
      const solution = sampleSolution(kind, Object.keys(captchaai) as Member[]);
      const said = say(kind, solution, { asJson: true, flavour: 'captchaai' });
      expect(poll(kind, said)?.solution).toEqual(solution);
    },
  );
});

describe('the form of an answer', () => {
  it('is text for a token, an object for several members', () => {
    const token = { token: 't', userAgent: 'UA' };
    expect(say('turnstile', token, { asJson: true })).toEqual({ status: 1, request: 't', useragent: 'UA' });
    expect(say('turnstile', token)).toBe('OK|t');
    const solution = { challenge: 'c', validate: 'v', seccode: 's' };
    const object = { geetest_challenge: 'c', geetest_validate: 'v', geetest_seccode: 's' };
    expect(say('geetest_v3', solution, { asJson: true })).toEqual({ status: 1, request: object });
    expect(say('geetest_v3', solution)).toBe(`OK|${JSON.stringify(object)}`);
  });

  it.each<[Kind, Solution, unknown, string]>([
    ['coordinates', { coordinates: [{ x: 1, y: 2 }] }, [{ x: 1, y: 2 }], 'coordinates:x=1,y=2'],
    [
      'temu_image',
      {
        coordinates: [
          { x: 1, y: 2 },
          { x: 3, y: 4 },
        ],
      },
      [
        { x: 1, y: 2 },
        { x: 3, y: 4 },
      ],
      'coordinates:x=1,y=2;x=3,y=4',
    ],
    ['grid', { cells: [3, 8, 5] }, [3, 8, 5], 'click:3/8/5'],
    ['bls', { cells: [1] }, [1], 'click:1'],
    ['grid', { cells: [] }, 'No_matching_images', 'No_matching_images'],
    ['rotate', { angle: 80 }, '80', '80'],
    ['canvas', { paths: [[{ x: 1, y: 2 }]] }, [[{ x: 1, y: 2 }]], '[[{"x":1,"y":2}]]'],
    ['bounding_box', { boxes: [{ xMin: 1 }] }, [{ xMin: 1 }], '[{"xMin":1}]'],
    ['tspd', { cookies: { a: 'b' } }, { a: 'b' }, '{"a":"b"}'],
    ['cloudflare_clearance', { cookies: { cf_clearance: 'c' } }, 'c', 'c'],
    [
      'lemin',
      { answer: 'a', challengeId: 'i' },
      { answer: 'a', challenge_id: 'i' },
      '{"answer":"a","challenge_id":"i"}',
    ],
    ['alibaba', { data: { a: 1 } }, { a: 1 }, '{"a":1}'],
  ])('of %s with %j is %j, in plain text %s', (kind, solution, request, plain) => {
    expect(say(kind, solution, { asJson: true })).toEqual({ status: 1, request });
    expect(say(kind, solution)).toBe(`OK|${plain}`);
  });

  it("has Lemin's second member and the user agent under CaptchaAI's names for its clients", () => {
    const flavour = 'captchaai';
    expect(say('lemin', { answer: 'a', challengeId: 'i' }, { asJson: true, flavour })).toEqual({
      status: 1,
      request: { answer: 'a', challenge_uuid: 'i' },
    });
    expect(say('turnstile', { token: 't', userAgent: 'UA' }, { asJson: true, flavour })).toEqual({
      status: 1,
      request: 't',
      user_agent: 'UA',
    });
    expect(say('rotate', { angle: 80 }, { asJson: true, flavour })).toEqual({ status: 1, request: '80' });
  });
});
