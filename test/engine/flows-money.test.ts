/** Flows in which the number of purchases or their price is the limit, and what a client is told of its money. */
import { describe, expect, it } from 'vitest';
import { hang, late, reset } from '../support/fake-transport.js';
import { accepts, hasMoney, says, solves } from './answers.js';
import { account, type Bench, CLIENT, story } from './bench.js';
import { openFlow } from './flow.js';

const NO_SLOT = says('ERROR_NO_SLOT_AVAILABLE');
const UNSOLVABLE = says('ERROR_CAPTCHA_UNSOLVABLE');

const priced = (prices: Readonly<Record<string, number | null>>) =>
  Object.entries(prices).map(([id, priceUsd]) => account(id, { priceUsd }));

/** These accounts take a task and do not solve it. */
function buyInVain(bench: Bench, ...ids: readonly string[]): void {
  for (const id of ids) {
    bench.transport.script(id, 'submit', accepts(`u-${id}`));
    bench.transport.script(id, 'poll', UNSOLVABLE);
  }
}

describe('maxAttempts', () => {
  it('counts what was accepted or may have been, and no refusal', async () => {
    const bench = openFlow({
      accounts: ['a', 'b', 'c', 'd', 'e', 'f'],
      routing: { maxAttempts: 2 },
    });
    bench.transport.script('a', 'submit', NO_SLOT);
    bench.transport.script('b', 'submit', reset(true));
    bench.transport.script('c', 'submit', reset(false));
    bench.transport.script('d', 'submit', says('ERROR_KEY_DOES_NOT_EXIST'));
    buyInVain(bench, 'e');
    const record = await bench.run(5_000);
    expect(record).toMatchObject({ status: 'failed', error: { code: 'unsolvable' } });
    expect(record.attempts.map(({ mayBeCharged }) => mayBeCharged)).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
    expect(record.passedOver).toEqual([{ provider: 'f', why: 'the task has had all its attempts' }]);
  });

  it('of one leaves nothing to buy after an ambiguous submit', async () => {
    const bench = openFlow({ routing: { maxAttempts: 1 } });
    bench.transport.script('a', 'submit', hang());
    const record = await bench.run(10_000);
    expect(record).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
    expect(bench.transport.calls('b')).toEqual([]);
  });
});

describe('a price cap', () => {
  it('maxUsdPerTask holds for all purchases together; who fits is still asked', async () => {
    const bench = openFlow({
      accounts: priced({ a: 0.005, b: 0.006, c: 0.004, d: null }),
      routing: { maxUsdPerTask: 0.01, maxAttempts: 9 },
    });
    buyInVain(bench, 'a', 'c');
    bench.transport.script('d', 'submit', accepts('u-d'));
    bench.transport.script('d', 'poll', solves('token-d'));
    const record = await bench.run(15_000);
    expect(story(record)).toEqual(['a: unsolvable', 'c: unsolvable', 'd: solved']);
    expect(record.passedOver).toContainEqual({ provider: 'b', why: 'costs more than the task may' });
    expect(record.attempts.map(({ costUsd }) => costUsd)).toEqual([0.005, 0.004, null]);
  });

  it('options.maxUsd lowers it', async () => {
    const bench = openFlow({ accounts: priced({ a: 0.005, b: 0.002 }) });
    buyInVain(bench, 'b');
    const record = await bench.run(5_000, undefined, { maxUsd: 0.003 });
    expect(story(record)).toEqual(['b: unsolvable']);
    expect(bench.transport.calls('a')).toEqual([]);
  });

  it('options.maxUsd does not raise it', async () => {
    const bench = openFlow({ accounts: priced({ a: 0.005 }), routing: { maxUsdPerTask: 0.004 } });
    const record = await bench.find(await bench.begin(undefined, { maxUsd: 9 }));
    expect(record).toMatchObject({ status: 'failed', attempts: [] });
    expect(bench.transport.sent).toEqual([]);
  });

  it('is reached by a price that the provider told, though the config’s is lower', async () => {
    const bench = openFlow({ accounts: priced({ a: 0.004 }), routing: { maxUsdPerTask: 0.01 } });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', { body: '{"status":1,"request":"t","price":"0.009"}' });
    const record = await bench.run(5_000);
    expect(record).toMatchObject({ status: 'solved', attempts: [{ costUsd: 0.009 }] });
  });
});

describe('the balance', () => {
  const client = { ...CLIENT, limits: { usdPerDay: 0.01 } };

  it('is asked for once a minute, and told from memory meanwhile', async () => {
    const bench = openFlow();
    bench.transport.script('a', 'balance', hasMoney(1), hasMoney(4));
    bench.transport.script('b', 'balance', hasMoney(2), hasMoney(8));
    expect(await bench.engine.balanceUsd(CLIENT)).toBe(3);
    await bench.clock.advance(30_000);
    expect(await bench.engine.balanceUsd(CLIENT)).toBe(3);
    await bench.clock.advance(30_000);
    await bench.engine.balanceUsd(CLIENT);
    await bench.clock.advance(0);
    expect(await bench.engine.balanceUsd(CLIENT)).toBe(12);
    expect(bench.times('a', 'balance')).toEqual([0, 60_000]);
  });

  it('is capped by what is left of usdPerDay, across a restart, until midnight', async () => {
    const bench = openFlow({ accounts: priced({ a: 0.004 }), clients: [client] });
    bench.transport.always('a', 'balance', hasMoney(5));
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', solves('token-a'));
    await bench.run(5_000, undefined, { client });
    expect(await bench.engine.balanceUsd(client)).toBeCloseTo(0.006, 9);
    await bench.restart();
    expect(await bench.engine.balanceUsd(client)).toBeCloseTo(0.006, 9);
    await bench.clock.advance(12 * 3_600_000);
    expect(await bench.engine.balanceUsd(client)).toBe(0.01);
  });

  it('counts an ambiguous purchase as spent, and refuses the task after the last cent', async () => {
    const bench = openFlow({ accounts: priced({ a: 0.01 }), clients: [client] });
    bench.transport.script('a', 'balance', hasMoney(5));
    bench.transport.script('a', 'submit', reset(true));
    await bench.begin(undefined, { client });
    expect(await bench.engine.balanceUsd(client)).toBe(0);
    await expect(bench.submit(undefined, { client })).rejects.toMatchObject({ code: 'zero_balance' });
  });

  it.each([
    ['refused after all', says('ERROR_NO_SLOT_AVAILABLE'), 0.01],
    ['taken', accepts('u1'), 0.006],
  ])(
    'counts a submit under way at a cancellation as spent until it is %s',
    async (_name, answer, leftUsd) => {
      const bench = openFlow({ accounts: priced({ a: 0.004 }), clients: [client] });
      bench.transport.script('a', 'balance', hasMoney(5));
      bench.transport.script('a', 'submit', late(2_000, answer));
      await bench.engine.cancel(client, await bench.begin(undefined, { client }));
      expect(await bench.engine.balanceUsd(client)).toBeCloseTo(0.006, 9);
      await bench.clock.advance(2_000);
      expect(await bench.engine.balanceUsd(client)).toBeCloseTo(leftUsd, 9);
    },
  );
});
