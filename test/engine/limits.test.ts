/** How much of it a client may have. */
import { describe, expect, it } from 'vitest';
import type { ClientLimits } from '../../src/core/gateway.js';
import { NOON } from '../support/fake-clock.js';
import { accepts, NOT_READY, says, solves } from './answers.js';
import { account, CLIENT, INTENT, left, openBench } from './bench.js';

function openLimited(limits: ClientLimits, priceUsd = 0.001) {
  const client = { ...CLIENT, limits };
  const bench = openBench({ accounts: [account('a', { priceUsd })], clients: [client] });
  bench.transport.always('a', 'submit', accepts('u1'));
  return { bench, submit: () => bench.begin(undefined, { client }) };
}

describe('inFlight', () => {
  it('is what a client may have running at once', async () => {
    const { bench, submit } = openLimited({ inFlight: 2 });
    bench.transport.always('a', 'poll', solves('token-a'));
    await submit();
    await submit();
    await expect(submit()).rejects.toMatchObject({
      code: 'rate_limited',
      evidence: { detail: 'clients.qa.limits.inFlight is reached.', retryAfterMs: 1_000 },
    });
    await bench.clock.advance(5_000);
    await submit();
    await submit();
    await expect(submit()).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('counts failed and cancelled tasks out again', async () => {
    const { bench, submit } = openLimited({ inFlight: 1 });
    bench.transport.script('a', 'submit', says('ERROR_CAPTCHA_ID'));
    await submit();
    await bench.engine.cancel(CLIENT, await submit());
    await bench.clock.advance(0);
    await submit();
  });

  it('counts what was running before a restart', async () => {
    const client = { ...CLIENT, limits: { inFlight: 1 } };
    const bench = openBench({ accounts: [], clients: [client], left: [left(NOON - 1_000)] });
    await bench.engine.load();
    bench.engine.resume();
    await expect(bench.submit(undefined, { client })).rejects.toMatchObject({ code: 'rate_limited' });
    await bench.clock.advance(0);
    await bench.submit(undefined, { client });
  });

  it('is each client’s own', async () => {
    const { bench, submit } = openLimited({ inFlight: 1 });
    await submit();
    await bench.begin(undefined, { client: { ...CLIENT, id: 'other', limits: { inFlight: 1 } } });
    await expect(submit()).rejects.toMatchObject({ code: 'rate_limited' });
  });
});

describe('perMinute', () => {
  it('is what a client may send in any sixty seconds', async () => {
    const { bench, submit } = openLimited({ perMinute: 2 });
    bench.transport.always('a', 'poll', solves('token-a'));
    await submit();
    await bench.clock.advance(20_000);
    await submit();
    await expect(submit()).rejects.toMatchObject({
      code: 'rate_limited',
      evidence: { detail: 'clients.qa.limits.perMinute is reached.', retryAfterMs: 40_000 },
    });
    await bench.clock.advance(40_000);
    await submit();
    await expect(submit()).rejects.toMatchObject({ evidence: { retryAfterMs: 20_000 } });
  });
});

describe('usdPerDay', () => {
  it('is what a client may spend, and comes back at midnight UTC', async () => {
    const { bench, submit } = openLimited({ usdPerDay: 0.0085 }, 0.003);
    bench.transport.always('a', 'poll', solves('token-a'));
    for (const _ of [1, 2]) {
      await submit();
      await bench.clock.advance(5_000);
    }
    await expect(submit()).rejects.toMatchObject({
      code: 'zero_balance',
      evidence: { detail: 'clients.qa.limits.usdPerDay is spent.' },
    });
    await bench.clock.advance(12 * 3_600_000);
    await submit();
  });

  it('counts what the ledger says of today, not of yesterday', async () => {
    const attempts = [
      { ...INTENT, outcome: 'solved' as const, mayBeCharged: true, costUsd: 0.01, endedAt: NOON },
    ];
    const done = { attempts, status: 'solved' as const, finishedAt: NOON - 1_000 };
    const client = { ...CLIENT, limits: { usdPerDay: 0.01 } };
    for (const [createdAt, isSpent] of [
      [NOON - 3_600_000, true],
      [NOON - 13 * 3_600_000, false],
    ] as const) {
      const bench = openBench({ accounts: [], clients: [client], left: [left(createdAt, done)] });
      await bench.engine.load();
      bench.engine.resume();
      const submitted = bench.submit(undefined, { client });
      if (isSpent) await expect(submitted).rejects.toMatchObject({ code: 'zero_balance' });
      else await submitted;
    }
  });

  it('counts what a resumed task had cost before only once', async () => {
    const attempt = { ...INTENT, outcome: 'solving' as const, upstreamId: 'u1', acceptedAt: NOON - 20_000 };
    const attempts = [{ ...attempt, costUsd: 0.003, mayBeCharged: true }];
    const client = { ...CLIENT, limits: { usdPerDay: 0.006 } };
    const bench = openBench({
      accounts: [account('a', { priceUsd: 0.003 })],
      clients: [client],
      left: [left(NOON - 30_000, { attempts, status: 'solving' })],
    });
    bench.transport.script('a', 'poll', solves('token-a'));
    bench.transport.script('a', 'submit', accepts('u2'));
    await bench.engine.load();
    bench.engine.resume();
    await bench.clock.advance(5_000);
    expect(await bench.find(7)).toMatchObject({ status: 'solved' });
    await bench.submit(undefined, { client });
  });

  it('counts a submit that may have been charged', async () => {
    const { bench, submit } = openLimited({ usdPerDay: 0.003 }, 0.003);
    bench.transport.script('a', 'submit', { isAmbiguous: true });
    await submit();
    await expect(submit()).rejects.toMatchObject({ code: 'zero_balance' });
    bench.transport.always('a', 'poll', NOT_READY);
  });

  it('does not count what was refused', async () => {
    const { bench, submit } = openLimited({ usdPerDay: 0.003 }, 0.003);
    bench.transport.script('a', 'submit', says('ERROR_CAPTCHA_ID'));
    await submit();
    await submit();
  });
});

it('a refused task is not remembered', async () => {
  const { bench, submit } = openLimited({ inFlight: 0 });
  await expect(submit()).rejects.toMatchObject({ code: 'rate_limited' });
  expect([bench.store.records, bench.transport.sent]).toEqual([[], []]);
});
