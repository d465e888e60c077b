/** What a client is told it may spend. */
import { describe, expect, it } from 'vitest';
import { late, reset } from '../support/fake-transport.js';
import { accepts, hasMoney, solves } from './answers.js';
import { account, CLIENT, openBench } from './bench.js';

it('is the sum of the accounts', async () => {
  const bench = openBench();
  bench.transport.script('a', 'balance', hasMoney(1.25));
  bench.transport.script('b', 'balance', hasMoney(2.5));
  expect(await bench.engine.balanceUsd(CLIENT)).toBe(3.75);
});

it('is the sum of the accounts that the client may use', async () => {
  const bench = openBench();
  bench.transport.script('b', 'balance', hasMoney(2.5));
  expect(await bench.engine.balanceUsd({ ...CLIENT, providers: ['b'] })).toBe(2.5);
  expect(bench.transport.calls('a')).toEqual([]);
});

it('is remembered: the accounts are asked as rarely as they allow', async () => {
  const bench = openBench({ accounts: ['a'] });
  bench.transport.script('a', 'balance', late(300, hasMoney(1)), late(300, hasMoney(9)));
  const first = Promise.all([bench.engine.balanceUsd(CLIENT), bench.engine.balanceUsd(CLIENT)]);
  await bench.clock.advance(300);
  expect(await first).toEqual([1, 1]);
  await bench.clock.advance(59_999);
  expect(await bench.engine.balanceUsd(CLIENT)).toBe(1);
  await bench.clock.advance(1);
  expect(await bench.engine.balanceUsd(CLIENT)).toBe(1);
  await bench.clock.advance(300);
  expect(await bench.engine.balanceUsd(CLIENT)).toBe(9);
  expect(bench.times('a', 'balance')).toEqual([0, 60_300]);
});

it('is not waited for long', async () => {
  const bench = openBench();
  bench.transport.script('a', 'balance', late(8_000, hasMoney(1)));
  bench.transport.script('b', 'balance', hasMoney(2));
  const told = bench.engine.balanceUsd(CLIENT);
  let isTold = false;
  void told.then(() => {
    isTold = true;
  });
  await bench.clock.advance(2_499);
  expect(isTold).toBe(false);
  await bench.clock.advance(1);
  expect(await told).toBe(2);
  await bench.clock.advance(8_000);
});

it('counts an account that cannot be asked as nothing', async () => {
  const bench = openBench();
  bench.transport.script('a', 'balance', reset(false));
  bench.transport.script('b', 'balance', hasMoney(2));
  expect(await bench.engine.balanceUsd(CLIENT)).toBe(2);
});

describe('a client with usdPerDay', () => {
  it('is told what is left of its day, when that is less', async () => {
    const client = { ...CLIENT, limits: { usdPerDay: 0.01 } };
    const bench = openBench({ accounts: [account('a', { priceUsd: 0.004 })], clients: [client] });
    bench.transport.script('a', 'balance', hasMoney(5));
    expect(await bench.engine.balanceUsd(client)).toBe(0.01);
    bench.transport.always('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', solves('token-a'));
    await bench.run(5_000, undefined, { client });
    expect(await bench.engine.balanceUsd(client)).toBeCloseTo(0.006, 9);
  });

  it('is never told less than nothing', async () => {
    const client = { ...CLIENT, limits: { usdPerDay: 0.004 } };
    const bench = openBench({ accounts: [account('a', { priceUsd: 0.004 })], clients: [client] });
    bench.transport.script('a', 'balance', hasMoney(5));
    bench.transport.always('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', solves('token-a'));
    await bench.run(5_000, undefined, { client });
    expect(await bench.engine.balanceUsd(client)).toBe(0);
  });
});
