/** What a route throws is told as a problem, whichever route it is. */
import { expect, it } from 'vitest';
import { openApp } from '../../src/app/doors.js';
import { SolveError } from '../../src/core/errors.js';

async function ask(thrown: unknown) {
  const faults: unknown[] = [];
  const app = openApp((fault) => void faults.push(fault));
  app.get('/admin/thing', () => {
    throw thrown;
  });
  const response = await app.request('/admin/thing');
  const type = response.headers.get('content-type');
  return { faults, status: response.status, type, body: await response.json() };
}

it('a ledger that is away is no secret', async () => {
  const { faults, ...answer } = await ask(new SolveError('overloaded', { retryAfterMs: 1_000 }));
  expect(answer).toMatchObject({
    status: 503,
    type: 'application/problem+json',
    body: { code: 'overloaded' },
  });
  expect(faults).toEqual([]);
});

it('a fault of our own is told to the log, and not to the caller', async () => {
  const fault = new TypeError('the key is 12345');
  const { faults, ...answer } = await ask(fault);
  expect(answer).toMatchObject({ status: 502, type: 'application/problem+json', body: { code: 'internal' } });
  expect(JSON.stringify(answer.body)).not.toContain('12345');
  expect(faults).toEqual([fault]);
});
