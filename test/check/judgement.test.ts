/** Whether an answer is right. */
import { describe, expect, it } from 'vitest';
import type { Fixture } from '../../src/check/fixture.js';
import { judge, readTrial, trialOf } from '../../src/check/judgement.js';
import type { Solution } from '../../src/core/solution.js';

function fixture(more: Partial<Fixture>): Fixture {
  return { id: 'x', kind: 'image_to_text', demo: 'own', fields: {}, ...more };
}

describe('a known answer', () => {
  it.each<readonly [NonNullable<Fixture['answer']>, Solution, boolean | null]>([
    [{ text: 'W9H5K' }, { text: 'w9h5k ' }, true],
    [{ text: 'W9H5K', caseSensitive: true }, { text: 'w9h5k' }, false],
    [{ text: ['Friday', 'it is Friday'] }, { text: 'It  is friday' }, true],
    [{ text: '42' }, { text: 42 }, true],
    [{ text: 'a' }, { text: 'b' }, false],
    [{ text: 'a' }, {}, null],
    [{ cells: [1, 5, 9] }, { cells: [9, 1, 5] }, true],
    [{ cells: [1, 5, 9] }, { cells: [1, 5] }, false],
    [{ cells: [1] }, { cells: [1, 2] }, false],
    [{ cells: [1] }, {}, null],
    [{ points: [{ x: 10, y: 10, width: 5, height: 5 }] }, { coordinates: [{ x: 12, y: 15 }] }, true],
    [{ points: [{ x: 10, y: 10, width: 5, height: 5 }] }, { coordinates: [{ x: 16, y: 12 }] }, false],
    [
      { points: [{ x: 10, y: 10, width: 5, height: 5 }] },
      {
        coordinates: [
          { x: 12, y: 12 },
          { x: 90, y: 90 },
        ],
      },
      false,
    ],
    [{ points: [{ x: 0, y: 0, width: 1, height: 1 }] }, { coordinates: [] }, false],
    [{ angle: 180 }, { angle: 170 }, true],
    [{ angle: 180 }, { angle: -180 }, true],
    [{ angle: 350 }, { angle: 2 }, true],
    [{ angle: 180 }, { angle: 90 }, false],
    [{ angle: 180, tolerance: 5 }, { angle: 170 }, false],
    [{ angle: 180 }, {}, null],
    [{}, { text: 'a' }, null],
  ])('%j and %j: %j', (answer, solution, accepted) => {
    expect(judge(fixture({ answer }), solution)).toBe(accepted);
  });

  it('that is not there judges nothing', () => {
    expect(judge(fixture({}), { text: 'a' })).toBe(null);
  });
});

describe('a page that tries answers', () => {
  const url = 'https://demo.example/verify';

  it('is sent a form or JSON, with the members of the solution in it', () => {
    const form = { url, form: { response: '{token}' }, contains: 'Hooray' };
    expect(trialOf(fixture({ verify: form }), { token: 'a&b' })).toEqual({
      url,
      contentType: 'application/x-www-form-urlencoded',
      body: 'response=a%26b',
    });
    const json = { url, json: { key: 'k', all: '{a}-{b}' }, contains: 'ok' };
    expect(trialOf(fixture({ verify: json }), { a: 1, b: 'x' })?.body).toBe('{"key":"k","all":"1-x"}');
  });

  it('is not asked with half an answer', () => {
    const verify = { url, json: { a: '{a}', b: '{b}' }, contains: 'ok' };
    expect(trialOf(fixture({ verify }), { a: 'x' })).toBeUndefined();
    expect(trialOf(fixture({}), { token: 'x' })).toBeUndefined();
  });

  it.each<readonly [number, string, string | undefined, boolean | null]>([
    [200, '{ "success": true }', undefined, true],
    [200, '{ "success": false }', undefined, false],
    [400, '{ "success": false }', '"success":false', false],
    [200, 'we are being repaired', '"success":false', null],
    [200, '', undefined, null],
    [403, 'who are you? "success":true', undefined, null],
    [500, '"success":false', '"success":false', null],
  ])('%d %s (bad: %s) says %j', (status, text, rejects, said) => {
    expect(readTrial({ url, contains: '"success":true', rejects }, status, text)).toBe(said);
  });
});
