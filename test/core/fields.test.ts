/** The forms in which fields are written, and the one in which they are kept. */
import { describe, expect, it } from 'vitest';
import { SolveError } from '../../src/core/errors.js';
import { parseCookies } from '../../src/core/fields.js';
import { type Kind, parseTask } from '../../src/core/task.js';
import { sampleTask } from '../support/sample-tasks.js';

describe('parseCookies', () => {
  it.each([
    ['a=b', { a: 'b' }],
    ['a:b;c:d', { a: 'b', c: 'd' }],
    [' a = b ; c = d ;; ', { a: 'b', c: 'd' }],
    ['a=b=c:d', { a: 'b=c:d' }],
    ['a:b=c', { a: 'b=c' }],
    ['flag', { flag: '' }],
    ['', {}],
  ])('%j', (written, cookies) => {
    expect(parseCookies(written)).toEqual(cookies);
  });
});

/** A task of this kind with some fields more; the code of what is wrong when it cannot be read. */
function taskWith(kind: Kind, more: object): unknown {
  const { kind: _, ...fields } = sampleTask(kind);
  try {
    return parseTask(kind, { ...fields, ...more });
  } catch (error) {
    return error instanceof SolveError ? error.code : error;
  }
}

describe('the challenge of ALTCHA', () => {
  it.each([
    [
      { algorithm: 'SHA-256', maxnumber: 5 },
      { algorithm: 'SHA-256', maxnumber: 5 },
    ],
    ['{"algorithm":"SHA-256"}', { algorithm: 'SHA-256' }],
  ])('%j is kept as an object', (challengeJson, kept) => {
    expect(taskWith('altcha', { challengeJson })).toMatchObject({ challengeJson: kept });
  });

  it.each(['text', '[]', '"text"', 'null', '{"half":', 7])('%j is none', (challengeJson) => {
    expect(taskWith('altcha', { challengeJson })).toBe('bad_request');
  });
});

describe('lists of images', () => {
  it('are kept as bare base64, in their order', () => {
    const images = ['data:image/png;base64,AAAA', 'BB\nBB'];
    expect(taskWith('bls', { images })).toMatchObject({ images: ['AAAA', 'BBBB'] });
  });

  it.each([[[]], [['no base64!']], [['']], ['AAAA'], [Array.from({ length: 21 }, () => 'AAAA')]])(
    '%j are none',
    (images) => {
      expect(taskWith('bls', { images })).toBe('image_error');
    },
  );
});

it.each([
  ['4x4', true],
  ['1x12', true],
  ['4', false],
  ['4x', false],
  ['x4', false],
  ['4x4x4', false],
  ['100x4', false],
])('a grid of %s: %s', (gridSize, isTaken) => {
  const read = taskWith('grid', { gridSize });
  if (isTaken) expect(read).toMatchObject({ gridSize });
  else expect(read).toBe('bad_request');
});
