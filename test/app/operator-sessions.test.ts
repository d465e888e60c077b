/** Sessions of operators: random, bounded, over in time, and dead with the key they were opened with. */
import { expect, it } from 'vitest';
import { cookieName, SESSION_MS, Sessions, tokenOf } from '../../src/app/operator-sessions.js';

const KEY = 'a'.repeat(64);
let time = Date.UTC(2026, 0, 1);

function open(): Sessions {
  return new Sessions({ now: () => time });
}

it('a token is known until its time is over, and is not the key', () => {
  const sessions = open();
  const [one, other] = [sessions.begin(KEY), sessions.begin(KEY)];
  expect(one).not.toBe(other);
  expect(one).toMatch(/^[\w-]{43}$/);
  expect(sessions.until(one, KEY)).toBe(time + SESSION_MS);
  time += SESSION_MS - 1;
  expect(sessions.until(one, KEY)).toBeDefined();
  time += 1;
  expect(sessions.until(one, KEY)).toBeUndefined();
});

it('nothing, a made-up token and one that was ended are not known', () => {
  const sessions = open();
  const token = sessions.begin(KEY);
  for (const given of [undefined, '', 'x', `${token}x`]) expect(sessions.until(given, KEY)).toBeUndefined();
  sessions.end(token);
  expect(sessions.until(token, KEY)).toBeUndefined();
});

it('another key ends it for good', () => {
  const sessions = open();
  const token = sessions.begin(KEY);
  expect(sessions.until(token, 'b'.repeat(64))).toBeUndefined();
  expect(sessions.until(token, KEY)).toBeUndefined();
});

it('there are a hundred at most: the one that has been there longest goes', () => {
  const sessions = open();
  const tokens = Array.from({ length: 101 }, () => sessions.begin(KEY));
  const known = tokens.map((token) => sessions.until(token, KEY) !== undefined);
  expect([known.indexOf(true), known.filter(Boolean).length]).toEqual([1, 100]);
});

it('the cookie is this port’s own', () => {
  expect(cookieName('127.0.0.1:8080')).toBe('captcha-gateway-8080');
  expect(cookieName('[::1]:8081')).toBe('captcha-gateway-8081');
  expect(cookieName('gateway.example')).toBe('captcha-gateway');
  const cookie = 'a=b; captcha-gateway-1=one; captcha-gateway-2=two';
  expect(tokenOf(new Headers({ host: 'x:2', cookie }))).toBe('two');
  expect(tokenOf(new Headers({ host: 'x', cookie }))).toBeUndefined();
  expect(tokenOf(new Headers({ host: 'x:2' }))).toBeUndefined();
});
