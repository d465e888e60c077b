/** Balances that are read without anybody asking, and what the operator is told of them. */
import { describe, expect, it, vi } from 'vitest';
import classic from '../../providers/classic.js';
import type { LowBalance } from '../../src/core/events.js';
import type { Provider } from '../../src/core/provider.js';
import { settle } from '../support/fake-clock.js';
import { hang, late, text } from '../support/fake-transport.js';
import { accepts, HTML, hasMoney, NOT_READY, says, solves } from './answers.js';
import { type AccountFacts, account, CLIENT, openBench, type Setup } from './bench.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const EVERY = 5 * MINUTE;
const ALERTS = { balanceBelowUsd: 2, emptyWithinHours: 6 };

const speaking = (currency: Provider['currency']): Provider => ({
  ...classic,
  pollMany: undefined,
  currency,
});

/** A gateway that reads `a` every five minutes, and what it has told of low balances. */
function open(facts: AccountFacts = {}, setup: Setup = {}) {
  const accounts = [account('a', { balanceEveryMs: EVERY, alerts: ALERTS, priceUsd: 0.05, ...facts })];
  const bench = openBench({ accounts, routing: { maxUsdPerTask: 5 }, ...setup });
  const told: (LowBalance & { readonly at: number })[] = [];
  bench.events.on('balance-low', (low) => told.push({ ...low, at: low.at - bench.startedAt }));
  const hoursToEmpty = () => bench.engine.providers()[0]?.hoursToEmpty;
  const start = () => {
    bench.engine.share();
    return bench.clock.advance(0);
  };
  return { bench, told, hoursToEmpty, start };
}

/** A service that takes money for every task it takes, and a client that hands in one every so often. */
function spending(from: ReturnType<typeof open>, balanceUsd: number) {
  const { bench } = from;
  const service = { cents: balanceUsd * 100, spentCents: 0 };
  bench.transport.always('a', 'submit', () => {
    if (service.cents < 5) return says('ERROR_ZERO_BALANCE');
    service.cents -= 5;
    service.spentCents += 5;
    return accepts('u1');
  });
  bench.transport.always('a', 'poll', solves('token'));
  bench.transport.always('a', 'balance', () => hasMoney(service.cents / 100));
  const spend = async (hours: number, usdPerHour: number) => {
    const pauseMs = (0.05 / usdPerHour) * HOUR;
    for (let left = Math.round((hours * HOUR) / pauseMs); left > 0; left -= 1) {
      await bench.begin();
      await bench.clock.advance(pauseMs);
    }
  };
  return { service, spend };
}

describe('empty in six hours', () => {
  it('is told six hours before, once, and was right', async () => {
    const gateway = open();
    const { service, spend } = spending(gateway, 10);
    await gateway.start();
    await spend(3.75, 1);
    expect(gateway.told).toEqual([]);
    expect(gateway.hoursToEmpty()).toBeCloseTo(6.25, 1);
    await spend(4, 1);
    expect(gateway.told).toMatchObject([
      { provider: 'a', threshold: 'emptyWithinHours', limit: 6, currency: 'USD' },
    ]);
    const [low] = gateway.told;
    expect(low?.balanceUsd).toBeCloseTo(6, 0);
    expect((low?.at ?? 0) / HOUR + (low?.hoursToEmpty ?? 0)).toBeCloseTo(10, 0);
    expect(Math.abs((low?.at ?? 0) / HOUR - 4)).toBeLessThan(0.2);
    await spend(2.25, 1);
    expect(service.spentCents).toBe(1_000);
    await spend(0.1, 1);
    expect(gateway.told.map(({ threshold }) => threshold)).toEqual([
      'emptyWithinHours',
      'balanceBelowUsd',
      'empty',
    ]);
    expect(Math.abs((gateway.told[1]?.at ?? 0) / HOUR - 8)).toBeLessThan(0.2);
    expect(gateway.hoursToEmpty()).toBe(0);
  });

  it('is told again after more was paid in and has gone', async () => {
    const gateway = open({ alerts: { balanceBelowUsd: 0, emptyWithinHours: 6 } });
    const { service, spend } = spending(gateway, 8);
    await gateway.start();
    await spend(3, 1);
    expect(gateway.told).toHaveLength(1);
    service.cents += 400;
    await spend(1, 1);
    expect(gateway.hoursToEmpty()).toBeCloseTo(8, 0);
    await spend(3, 1);
    expect(gateway.told.map(({ threshold }) => threshold)).toEqual(['emptyWithinHours', 'emptyWithinHours']);
    expect(Math.abs((gateway.told[1]?.at ?? 0) / HOUR - 6)).toBeLessThan(0.3);
  });

  it('is known and not told again after a restart', async () => {
    const gateway = open();
    const { spend } = spending(gateway, 8);
    await gateway.start();
    await spend(3, 1);
    expect(gateway.told).toHaveLength(1);
    const before = gateway.hoursToEmpty();
    await gateway.bench.restart();
    expect(gateway.hoursToEmpty()).toBeCloseTo(before ?? 0, 0);
    await gateway.start();
    await spend(1, 1);
    expect(gateway.told).toHaveLength(1);
    expect(gateway.hoursToEmpty()).toBeCloseTo(4, 0);
  });

  it('in other currencies, too: what goes is read', async () => {
    const gateway = open({ provider: speaking('RUB') });
    const { spend } = spending(gateway, 10);
    await gateway.start();
    await spend(5, 1);
    expect(gateway.hoursToEmpty()).toBeCloseTo(5, 0);
    expect(gateway.told).toMatchObject([
      { threshold: 'emptyWithinHours', balanceUsd: null, currency: 'RUB', amount: expect.closeTo(6, 0) },
    ]);
    expect(gateway.bench.engine.providers()[0]?.balanceUsd).toBeNull();
  });
});

describe('an account that is empty', () => {
  it('is low as soon as a refusal is confirmed, although nobody has read it before', async () => {
    const { bench, told, hoursToEmpty, start } = open({ balanceEveryMs: 0 });
    bench.transport.always('a', 'submit', says('ERROR_ZERO_BALANCE'));
    bench.transport.always('a', 'balance', late(300, hasMoney(0)));
    await start();
    await bench.begin();
    expect(told).toEqual([]);
    await bench.clock.advance(300);
    expect(told).toMatchObject([{ threshold: 'empty', limit: 0, balanceUsd: 0, amount: 0, hoursToEmpty: 0 }]);
    await bench.clock.advance(HOUR);
    expect(told).toHaveLength(1);
    expect(hoursToEmpty()).toBe(0);
  });

  it('is not, where the refusal meant that no thread was free', async () => {
    const { bench, told, hoursToEmpty, start } = open({ provider: speaking('threads') });
    bench.transport.script('a', 'submit', says('ERROR_ZERO_BALANCE'));
    bench.transport.script('a', 'balance', late(300, hasMoney(3)));
    await start();
    await bench.begin();
    expect(hoursToEmpty()).toBeNull();
    await bench.clock.advance(1_000);
    expect([told, bench.kind('a').cause]).toEqual([[], 'no_slot']);
    await bench.clock.advance(180_000);
  });

  it('is not taken for a full one when what was read a moment ago has been spent', async () => {
    const refusedAfter = async (solves: number) => {
      const gateway = open({ alerts: { balanceBelowUsd: 0, emptyWithinHours: 0 } });
      const { service } = spending(gateway, 0.1);
      await gateway.start();
      for (let left = solves; left > 0; left -= 1) await gateway.bench.run(5_000);
      service.cents = 0;
      await gateway.bench.begin();
      const { bench, told } = gateway;
      const seen = [bench.state('a').cause, bench.kind('a').cause, told.map(({ threshold }) => threshold)];
      await bench.clock.advance(200_000);
      return seen;
    };
    expect(await refusedAfter(2)).toEqual(['zero_balance', null, ['empty']]);
    expect(await refusedAfter(1)).toEqual([null, 'no_slot', []]);
  });

  it('is low when its refusal cannot be looked into', async () => {
    const { bench, told, start } = open({ balanceEveryMs: 0 });
    bench.transport.always('a', 'submit', says('ERROR_ZERO_BALANCE'));
    bench.transport.always('a', 'balance', HTML);
    await start();
    await bench.begin();
    expect(told).toMatchObject([{ threshold: 'empty', balanceUsd: null, hoursToEmpty: 0 }]);
    await bench.clock.advance(180_000);
  });

  it('is told of by the gateway that has found it, not by the others', async () => {
    const { bench, told, start } = open({ balanceEveryMs: 0 });
    await start();
    const first = open({ balanceEveryMs: 0 });
    first.bench.transport.always('a', 'submit', says('ERROR_ZERO_BALANCE'));
    first.bench.transport.always('a', 'balance', hasMoney(0));
    await first.start();
    await first.bench.begin();
    await first.bench.clock.advance(0);
    bench.transport.always('a', 'balance', hasMoney(0));
    for (const [key, value] of await first.bench.store.recall()) {
      bench.store.rememberElsewhere(key, value);
      await settle();
    }
    await bench.clock.advance(2 * HOUR);
    expect([first.told.length, told.length, bench.state('a').cause]).toEqual([1, 0, 'zero_balance']);
    await first.bench.clock.advance(180_000);
  });
});

describe('the balance is read', () => {
  /** Every account is in use: it solves a task a minute. */
  function inUse(facts: AccountFacts = {}) {
    const gateway = open(facts);
    const { bench } = gateway;
    bench.transport.always('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', solves('token'));
    const use = async (minutes: number) => {
      for (let left = minutes; left > 0; left -= 1) {
        await bench.begin();
        await bench.clock.advance(MINUTE);
      }
    };
    /** In minutes since the start. */
    const readAt = () => bench.times('a', 'balance').map((ms) => ms / MINUTE);
    return { ...gateway, use, readAt };
  }

  it('at the start and every five minutes while the account is used', async () => {
    const { bench, start, use, readAt } = inUse();
    bench.transport.always('a', 'balance', hasMoney(50));
    await start();
    await use(16);
    expect(readAt()).toEqual([0, 5, 10, 15]);
  });

  it('a little later than that, so that not all accounts are read at once', async () => {
    const readings = async (balanceEveryMs: number) => {
      const { bench, start, use } = inUse({ balanceEveryMs });
      bench.transport.always('a', 'balance', hasMoney(50));
      vi.mocked(Math.random).mockReturnValue(0.999_999);
      await start();
      await use(15);
      return bench.times('a', 'balance').map((ms) => Math.round(ms / 1_000));
    };
    expect((await readings(MINUTE)).slice(0, 3)).toEqual([6, 72, 138]);
    expect(await readings(10 * MINUTE)).toEqual([30, 660]);
  });

  it('no closer than the service allows, and that is not in vain', async () => {
    const { start, use, bench, readAt } = inUse({ balanceEveryMs: 10_000 });
    bench.transport.always('a', 'balance', hasMoney(50));
    await start();
    await use(4);
    expect(readAt()).toEqual([0, 1, 2, 3, 4]);
  });

  it('once an hour while it is not', async () => {
    const { bench, start, use, readAt } = inUse();
    bench.transport.always('a', 'balance', hasMoney(50));
    await start();
    await bench.clock.advance(3 * HOUR);
    await use(6);
    expect(readAt()).toEqual([0, 60, 120, 180, 185]);
  });

  it('never, where the config says so or the figure means nothing', async () => {
    for (const facts of [{ balanceEveryMs: 0 }, { provider: speaking('threads') }]) {
      const { bench, start, use } = inUse(facts);
      await start();
      await use(10);
      expect(bench.times('a', 'balance')).toEqual([]);
    }
  });

  it('twice, where the service cannot tell', async () => {
    const { bench, start, use, told, hoursToEmpty, readAt } = inUse();
    bench.transport.always('a', 'balance', text('{"status":1,"request":"unlimited"}'));
    await start();
    await use(70);
    expect(readAt()).toEqual([0, 5]);
    expect([told, hoursToEmpty()]).toEqual([[], null]);
  });

  it('twice, where it does not answer, and the account stays open', async () => {
    const { bench, start } = inUse();
    bench.transport.always('a', 'balance', hang());
    await start();
    await bench.clock.advance(3 * HOUR);
    expect(bench.transport.calls('a', 'balance')).toHaveLength(2);
    expect(bench.state('a').state).toBe('closed');
  });

  it('seldom, where it has answered once and does so no more', async () => {
    const { bench, start, use, readAt } = inUse();
    bench.transport.script('a', 'balance', hasMoney(50));
    bench.transport.always('a', 'balance', HTML);
    await start();
    await use(80);
    expect(readAt()).toEqual([0, 5, 10, 70]);
  });

  it('not during a ban, and not with a wrong key', async () => {
    for (const word of ['IP_BANNED', 'ERROR_KEY_DOES_NOT_EXIST']) {
      const { bench, start } = open({ balanceEveryMs: MINUTE });
      bench.transport.script('a', 'balance', hasMoney(50));
      bench.transport.script('a', 'submit', accepts('u1'), says(word));
      bench.transport.script('a', 'poll', solves('token'));
      await start();
      await bench.run(5_000);
      await bench.begin();
      await bench.clock.advance(4.5 * MINUTE);
      expect(bench.state('a').state, word).toBe('open');
      expect(bench.times('a', 'balance'), word).toEqual([0]);
    }
  });

  it('by the way back alone while the account is out of money', async () => {
    const readings = async (balanceEveryMs: number) => {
      const { bench, start } = open({ balanceEveryMs });
      bench.transport.script('a', 'submit', accepts('u1'), says('ERROR_ZERO_BALANCE'));
      bench.transport.script('a', 'poll', solves('token'));
      bench.transport.always('a', 'balance', hasMoney(0));
      await start();
      await bench.engine.balanceUsd(CLIENT);
      await bench.run(5_000);
      await bench.begin();
      await bench.clock.advance(30 * MINUTE);
      return bench.times('a', 'balance');
    };
    const [alone, watched] = [await readings(0), await readings(MINUTE)];
    expect(alone.length).toBeGreaterThan(4);
    expect(watched).toEqual(alone);
  });

  it('not again when somebody else has just asked', async () => {
    const { bench, start, use, readAt } = inUse();
    bench.transport.always('a', 'balance', hasMoney(50));
    await start();
    await use(4);
    await bench.engine.balanceUsd(CLIENT);
    await use(5);
    expect(readAt()).toEqual([0, 4]);
    await use(2);
    expect(bench.transport.calls('a', 'balance')).toHaveLength(3);
  });

  it('once for all gateways that share a ledger', async () => {
    const { bench, start, use, hoursToEmpty } = inUse();
    bench.transport.always('a', 'balance', hasMoney(50));
    await start();
    await use(4);
    const facts = await bench.store.recall();
    const at = bench.clock.now();
    const funds = facts.get('funds a') as { readonly points: readonly object[] };
    const points = [...funds.points, { at, spent: 10 }];
    bench.store.rememberElsewhere('balance a', { ...(facts.get('balance a') as object), amount: 40, at });
    bench.store.rememberElsewhere('funds a', { ...funds, amount: 40, points });
    expect(bench.engine.providers()[0]?.balanceUsd).toBe(40);
    await use(4);
    expect(bench.transport.calls('a', 'balance')).toHaveLength(1);
    expect(hoursToEmpty()).toBeLessThan(1);
  });

  it('after a restart when it is due, not at once', async () => {
    const { bench, start, use, readAt } = inUse();
    bench.transport.always('a', 'balance', hasMoney(50));
    await start();
    await use(2);
    await bench.restart();
    await start();
    await use(4);
    expect(readAt()).toEqual([0, 5]);
  });
});

it('what was bought since the last reading counts', async () => {
  const { bench, start, hoursToEmpty } = open({ priceUsd: 2 });
  bench.transport.script('a', 'balance', hasMoney(50), hasMoney(49));
  bench.transport.always('a', 'submit', accepts('u1'));
  bench.transport.script('a', 'poll', NOT_READY, solves('token'));
  await start();
  await bench.begin();
  await bench.clock.advance(5 * MINUTE);
  const before = hoursToEmpty();
  bench.transport.always('a', 'poll', solves('token'));
  await bench.begin();
  await bench.clock.advance(MINUTE);
  expect([before, hoursToEmpty()]).toEqual([4.08, Number((47 / (3 / 0.1)).toPrecision(3))]);
});
