/** The ledger behind its stopwatch. */
import { expect, it } from 'vitest';
import { timedLedger } from '../../src/app/timed-ledger.js';
import { Events } from '../../src/core/events.js';
import { LeaseLost } from '../../src/core/store.js';
import { openSqlite } from '../../src/store/sqlite.js';
import { begun, create, settled } from '../store/samples.js';

it('tells how each write ended, and is the same store otherwise', async () => {
  const told: string[] = [];
  const events = new Events(Date.now, (error) => {
    throw error;
  });
  events.on('ledger-written', ({ outcome, tookMs }) => {
    expect(tookMs).toBeGreaterThanOrEqual(0);
    told.push(outcome);
  });
  const store = timedLedger(openSqlite({ path: ':memory:' }), events);
  const { id } = await create(store, {}, begun());
  expect(await store.write(id, [settled()])).toBe(true);
  expect(await store.write(id, [settled()])).toBe(false);
  await expect(store.write(id + 1, [begun()])).rejects.toThrow();
  expect(told).toEqual(['done', 'done', 'done', 'failed']);
  expect(await store.find(id)).toMatchObject({ id, status: 'solved' });
  expect([store.isHeld, store.lapses]).toEqual([true, 0]);
  await store.close();
});

it('an answer that refuses is no failure', async () => {
  const told: string[] = [];
  const events = new Events(Date.now, () => {});
  events.on('ledger-written', ({ outcome }) => told.push(outcome));
  const store = openSqlite({ path: ':memory:' });
  const refusing = timedLedger({ ...store, write: () => Promise.reject(new LeaseLost()) } as never, events);
  await expect(refusing.write(1, [])).rejects.toThrow(LeaseLost);
  expect(told).toEqual(['refused']);
  await store.close();
});
