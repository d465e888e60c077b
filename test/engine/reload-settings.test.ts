/** A new config while tasks run: clients, routing, breakers, polls and budgets go by what holds now. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Client, RoutingSettings } from '../../src/core/gateway.js';
import { changeMembers } from '../../src/core/live.js';
import { Budgets } from '../../src/engine/budgets.js';
import { accepts, NOT_READY, says, solves } from './answers.js';
import { account, type Bench, CLIENT, openBench, ROUTING, story, TASK } from './bench.js';

const keySha256 = (key: string) => createHash('sha256').update(key).digest('hex');
const client = (change: Partial<Client> = {}): Client => ({ ...CLIENT, ...change });

/** Every submit is taken and none is solved. */
function openBusy(setup: Parameters<typeof openBench>[0] = {}): Bench {
  const bench = openBench({ accounts: ['a'], isLoose: true, ...setup });
  let taken = 0;
  bench.transport.always('a', 'submit', () => {
    taken += 1;
    return accepts(`u${taken}`);
  });
  bench.transport.always('a', 'poll', NOT_READY);
  return bench;
}

/** Hands a task in as the client of this key. */
function submitAs(bench: Bench, key: string) {
  return bench.begin(TASK, { client: bench.engine.authenticate(key) });
}

const LIMITED = { code: 'rate_limited' };

describe('clients', () => {
  it('count on what they have in flight and have sent', async () => {
    const bench = openBusy({ clients: [client({ limits: { inFlight: 3, perMinute: 10 } })] });
    for (let made = 0; made < 3; made += 1) await submitAs(bench, 'qa-key');
    await bench.change({ clients: [client({ limits: { inFlight: 4, perMinute: 10 } })] });
    await submitAs(bench, 'qa-key');
    await expect(submitAs(bench, 'qa-key')).rejects.toMatchObject(LIMITED);
    await bench.change({ clients: [client({ limits: { inFlight: 9, perMinute: 5 } })] });
    await submitAs(bench, 'qa-key');
    await expect(submitAs(bench, 'qa-key')).rejects.toMatchObject({ evidence: { detail: /perMinute/ } });
    await bench.engine.cancel(CLIENT, 1);
    await bench.change({ clients: [client({ limits: { inFlight: 5 } })] });
    await submitAs(bench, 'qa-key');
    await expect(submitAs(bench, 'qa-key')).rejects.toMatchObject({ evidence: { detail: /inFlight/ } });
  });

  it('that are taken out are refused, and what they have running ends as if they were there', async () => {
    const other = client({ id: 'other', keySha256: keySha256('other-key') });
    const bench = openBench({ clients: [client({ providers: ['b'] }), other] });
    bench.transport.script('b', 'submit', accepts('u1'));
    bench.transport.script('b', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'), solves('t2'));
    const id = await submitAs(bench, 'qa-key');
    await bench.change({ clients: [other] });
    expect(() => bench.engine.authenticate('qa-key')).toThrow('auth');
    bench.transport.script('b', 'submit', accepts('u2'));
    await bench.clock.advance(10_000);
    // Never at a, which it was not to use.
    expect(story(await bench.find(id))).toEqual(['b: unsolvable', 'b: solved']);
  });

  it('have new keys, and new sites at once', async () => {
    const bench = openBusy();
    await bench.change({
      clients: [client({ keySha256: keySha256('new-key'), targets: { deny: ['example.com'] } })],
    });
    expect(() => bench.engine.authenticate('qa-key')).toThrow('auth');
    await expect(submitAs(bench, 'new-key')).rejects.toMatchObject({ code: 'not_allowed' });
    expect(bench.transport.sent).toEqual([]);
  });

  it('are narrowed to other accounts for what they have waiting, too', async () => {
    const bench = openBusy({
      accounts: [account('a', { threads: 1 }), account('b')],
      clients: [client({ providers: ['a'] })],
    });
    await submitAs(bench, 'qa-key');
    const waiting = await submitAs(bench, 'qa-key');
    bench.transport.script('b', 'submit', accepts('b1'));
    bench.transport.always('b', 'poll', NOT_READY);
    await bench.change({ clients: [client({ providers: ['b'] })] });
    expect(story(await bench.find(waiting))).toEqual(['b: solving']);
  });
});

describe('routing', () => {
  it('goes by the order of now', async () => {
    const bench = openBench({ isLoose: true });
    bench.transport.always('b', 'submit', accepts('b1'));
    bench.transport.always('b', 'poll', NOT_READY);
    await bench.change({ routing: { kinds: { recaptcha_v2: { providers: ['b'] } } } });
    expect(story(await bench.find(await bench.begin()))).toEqual(['b: solving']);
    bench.transport.always('a', 'submit', accepts('a1'));
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.change({ routing: {} });
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
  });

  it('limits attempts, price and time of what runs by the figures of now', async () => {
    const bench = openBench({ accounts: ['a', 'b', 'c'], routing: { maxAttempts: 3 } });
    for (const id of ['a', 'b']) {
      bench.transport.script(id, 'submit', accepts(`${id}1`));
      bench.transport.script(id, 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'));
    }
    const id = await bench.begin();
    await bench.clock.advance(5_000);
    await bench.change({ routing: { maxAttempts: 2, deadlineMs: 30_000 } });
    await bench.clock.advance(5_000);
    expect(story(await bench.find(id))).toEqual(['a: unsolvable', 'b: unsolvable']);
    bench.transport.script('a', 'submit', accepts('a2'));
    bench.transport.always('a', 'poll', NOT_READY);
    const { deadlineAt, createdAt } = await bench.submit();
    expect(deadlineAt - createdAt).toBe(30_000);
    await bench.clock.advance(30_000);
  });

  it('buys again as the budget of now says, with what was spent before', async () => {
    const retryBudget = (floorPerMinute: number) => ({
      routing: { retryBudget: { ratio: 0, floorPerMinute } },
    });
    const bench = openBench({ ...retryBudget(1), isLoose: true });
    for (const id of ['a', 'b']) bench.transport.always(id, 'submit', accepts(`${id}1`));
    bench.transport.always('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'));
    bench.transport.always('b', 'poll', NOT_READY);
    const ids = [await bench.begin(), await bench.begin()];
    await bench.clock.advance(5_000);
    const attempts = async () =>
      (await Promise.all(ids.map((id) => bench.find(id)))).map((one) => one.attempts.length);
    expect(await attempts()).toEqual([2, 1]);
    await bench.change(retryBudget(2));
    expect(await attempts()).toEqual([2, 2]);
  });

  it('hedges from the moment that it is told to, and no longer', () => {
    const routing = { ...ROUTING };
    const { hedges } = new Budgets(openBench().clock, routing);
    const isOn = (change: Partial<RoutingSettings>) => {
      changeMembers<RoutingSettings>(routing, { ...ROUTING, ...change });
      return hedges.isOn;
    };
    expect([isOn({}), isOn({ hedge: { share: 1 } }), isOn({})]).toEqual([false, true, false]);
  });
});

describe('breakers', () => {
  it('open after as many failures, and for as long, as the config of now says', async () => {
    const bench = openBench({ accounts: ['a'], breaker: { failures: 9 } });
    await bench.change({ breaker: { failures: 9, cooldownMs: 7_000 } });
    bench.transport.script('a', 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
    await bench.run(0);
    expect(bench.kind('a').forMs).toBe(7_000);
  });

  it('ask for the balance as often as the config of now says', async () => {
    const bench = openBench({ accounts: [account('a', { balanceCheckMs: 60_000 })], isLoose: true });
    bench.transport.always('a', 'submit', says('ERROR_ZERO_BALANCE'));
    bench.transport.always('a', 'balance', says('0'));
    await bench.run(0);
    await bench.change({ accounts: [account('a', { balanceCheckMs: 600_000 })] });
    await bench.clock.advance(599_000);
    expect(bench.transport.calls('a', 'balance')).toHaveLength(1);
    await bench.clock.advance(2_000);
    expect(bench.transport.calls('a', 'balance')).toHaveLength(2);
  });
});

it('a request that was not heard may be repeated as long as the config of now says', async () => {
  const bench = openBusy({ repeatWindowMs: 0 });
  const id = await bench.begin();
  bench.engine.unheard(CLIENT, () => 'request', id);
  expect(bench.engine.repeated(CLIENT, () => 'request')).toBeUndefined();
  await bench.change({ repeatWindowMs: 5_000 });
  bench.engine.unheard(CLIENT, () => 'request', id);
  expect(bench.engine.repeated(CLIENT, () => 'request')).toBe(id);
});

it('an attempt that nobody was asked to call about is polled at its usual pace', async () => {
  const bench = openBench({ accounts: ['a'], isLoose: true });
  bench.transport.script('a', 'submit', accepts('u1'), accepts('u2'));
  bench.transport.always('a', 'poll', NOT_READY);
  const silent = await bench.begin();
  await bench.change({ accounts: [account('a', { callsBack: true, entry: 'calls' })] });
  const called = await bench.begin();
  bench.engine.nudge({ provider: 'a', taskId: called, attempt: 0 });
  await bench.clock.advance(21_000);
  const polls = bench.transport.calls('a', 'poll').map(({ request }) => request.query?.id);
  expect(polls.filter((id) => id === 'u1')).toHaveLength(4);
  expect(polls.filter((id) => id === 'u2').length).toBeLessThan(4);
  expect(silent).not.toBe(called);
});

it('an account that calls is not waited for where there was no address to give it', async () => {
  const bench = openBench({ accounts: [account('a', { callsBack: true })], callbackUrl: () => undefined });
  const missed: unknown[] = [];
  bench.events.on('calls-missed', (event) => missed.push(event));
  for (let made = 1; made <= 4; made += 1) {
    bench.transport.script('a', 'submit', accepts(`u${made}`));
    bench.transport.script('a', 'poll', solves(`t${made}`));
    await bench.run(20_000);
  }
  expect(missed).toEqual([]);
});
