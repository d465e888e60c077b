/** What a refusal looks like in each dialect, whatever it refuses. */
import { expect } from 'vitest';
import { type Answer, jsonOf } from '../support/http.js';

export const CLASSIC = ['/in.php', '/res.php'];
export const JSON_PATHS = [
  '/createTask',
  '/getTaskResult',
  '/getBalance',
  '/reportCorrect',
  '/feedbackTask',
  '/no/such',
];
export const CLASSIC_WORD = /^(ERROR_[A-Z_]+|CAPCHA_NOT_READY|OK\|\d+|[A-Z_|]+)$/;

/** HTTP 200, and a word this dialect has. */
export function expectClassic({ status, headers, text }: Answer): void {
  expect(status).toBe(200);
  if (headers['content-type'] === 'application/json') {
    expect(JSON.parse(text)).toEqual({
      status: expect.any(Number),
      request: expect.any(String),
      error_text: expect.any(String),
    });
    return;
  }
  expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(text).toMatch(CLASSIC_WORD);
}

/** HTTP 200 with an errorId, and with a code and a description where that is not 0. */
function expectJson(answer: Answer): void {
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json']);
  const { errorId, ...said } = jsonOf(answer);
  if (errorId === 0) return;
  expect({ errorId, ...said }).toMatchObject({
    errorId: 1,
    errorCode: expect.stringMatching(/^[A-Z][A-Z_]+$/),
    errorDescription: expect.stringMatching(/\S/),
  });
}

/** A problem whose status is the one on the line, or a task that was taken after all. */
export function expectNative(answer: Answer): void {
  if (answer.status < 300) return;
  expect(answer.headers['content-type']).toBe('application/problem+json');
  const { status, code, title, type } = jsonOf(answer);
  expect([status, type, typeof code, typeof title]).toEqual([
    answer.status,
    'about:blank',
    'string',
    'string',
  ]);
  expect(answer.status).toBeLessThan(500);
}

export function expectFor(path: string, method: string): (answer: Answer) => void {
  if (path.startsWith('/v1') || path.startsWith('/admin') || (method !== 'POST' && !isOld(path)))
    return expectNative;
  return CLASSIC.some((classic) => path.startsWith(classic)) ? expectClassic : expectJson;
}

export function isOld(path: string): boolean {
  return CLASSIC.includes(path) || (JSON_PATHS.includes(path) && path !== '/no/such');
}
