/** Tokens name one attempt of one task at one account, and only who has the secret can make one. */
import { beforeEach, describe, expect, it } from 'vitest';
import { CallbackTokens } from '../../src/app/callback-tokens.js';

const SECRET = 'a1'.repeat(32);
const OTHER = 'b2'.repeat(32);
const CALLED = { provider: 'captchaai', taskId: 2_147_483_647, attempt: 2 };

let tokens: CallbackTokens;
beforeEach(() => {
  tokens = new CallbackTokens(() => ['2captcha', 'captchaai']);
  tokens.use(SECRET);
});

describe('a token', () => {
  it('names its attempt, in any process with the secret', () => {
    const again = new CallbackTokens(() => ['captchaai', 'x']);
    again.use(SECRET);
    expect(again.read(tokens.of(CALLED))).toEqual(CALLED);
  });

  it('stands in a path as it is', () => {
    expect(encodeURIComponent(tokens.of(CALLED))).toBe(tokens.of(CALLED));
  });

  it.each([{ provider: '2captcha' }, { taskId: 12 }, { attempt: 1 }])('is another one for %j', (change) => {
    const [mine, other] = [tokens.of(CALLED), tokens.of({ ...CALLED, ...change })];
    expect(other.split('.')[2]).not.toBe(mine.split('.')[2]);
  });

  it('that was changed in any place means nothing', () => {
    const token = tokens.of(CALLED);
    // The last letter holds two bits that say nothing.
    for (let place = 0; place < token.length - 1; place += 1) {
      const changed = token[place] === '1' ? '2' : '1';
      expect(tokens.read(token.slice(0, place) + changed + token.slice(place + 1))).toBeUndefined();
    }
  });

  it.each([
    '',
    '1.0',
    '1.0.',
    '1.0.abc',
    `1.0.${'A'.repeat(43)}`,
    `1.0.${'A'.repeat(10_000)}`,
    '../..',
    `0.0.${'A'.repeat(43)}`,
  ])('%j is none', (token) => {
    expect(tokens.read(token)).toBeUndefined();
  });

  it('of an account that is not configured any more means nothing', () => {
    expect(tokens.read(tokens.of({ ...CALLED, provider: 'gone' }))).toBeUndefined();
  });
});

it('without a secret there is no token', () => {
  const bare = new CallbackTokens(() => ['captchaai']);
  expect(() => bare.of(CALLED)).toThrow('no secret');
  expect([bare.secret, bare.read(tokens.of(CALLED))]).toEqual([undefined, undefined]);
});

describe('a new secret', () => {
  it('seals from then on, and tokens of the old one are understood', () => {
    const old = tokens.of(CALLED);
    tokens.use(OTHER);
    expect(tokens.of(CALLED)).not.toBe(old);
    expect([tokens.secret, tokens.read(old), tokens.read(tokens.of(CALLED))]).toEqual([
      OTHER,
      CALLED,
      CALLED,
    ]);
  });

  it('is not kept for ever: many others make room', () => {
    const old = tokens.of(CALLED);
    for (let number = 0; number < 8; number += 1) tokens.use(String(number).repeat(64));
    expect(tokens.read(old)).toBeUndefined();
  });
});
