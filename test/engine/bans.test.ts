/** A ban: no call of any kind until the stated time. */
import { describe, expect, it } from 'vitest';
import { late } from '../support/fake-transport.js';
import { sampleTask } from '../support/sample-tasks.js';
import { accepts, hasMoney, NOT_READY, says, solves } from './answers.js';
import { CLIENT, openBench, story } from './bench.js';

const BANNED_30S = says('ERROR: 1003');

describe('while a ban lasts', () => {
  it('nothing is submitted, of no kind', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', BANNED_30S, accepts('u-a'));
    bench.transport.always('b', 'submit', accepts('u-b'));
    for (const id of ['a', 'b']) bench.transport.always(id, 'poll', NOT_READY);
    await bench.begin();
    await bench.begin(sampleTask('turnstile'));
    await bench.clock.advance(29_999);
    await bench.begin();
    expect(bench.transport.calls('a')).toHaveLength(1);
    await bench.clock.advance(1);
    expect(bench.state('a').state).toBe('closed');
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
  });

  it('running tasks are not asked for either, and are afterwards', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'), BANNED_30S);
    bench.transport.script('a', 'poll', solves('token-a'));
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.always('b', 'poll', NOT_READY);
    const id = await bench.begin();
    await bench.begin();
    await bench.clock.advance(30_000);
    expect(bench.times('a', 'poll')).toEqual([30_000]);
    expect(await bench.find(id)).toMatchObject({ status: 'solved', provider: 'a' });
  });

  it('running tasks go to the next provider when it outlasts them', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'), says('ERROR_BANNED'));
    bench.transport.always('b', 'submit', accepts('u-b'));
    bench.transport.always('b', 'poll', solves('token-b'));
    const id = await bench.begin();
    await bench.begin();
    await bench.clock.advance(10_000);
    const record = await bench.find(id);
    expect(record).toMatchObject({ status: 'solved', provider: 'b' });
    expect(story(record)).toEqual(['a: banned', 'b: solved']);
    expect(bench.transport.calls('a', 'poll')).toEqual([]);
  });

  it('a task that is told of it goes on elsewhere, and still takes its answer afterwards', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', BANNED_30S, solves('token-a'));
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.always('b', 'poll', NOT_READY);
    const record = await bench.run(35_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 35_000]);
    expect(record).toMatchObject({ status: 'solved', provider: 'a' });
    expect(story(record)).toEqual(['a: solved', 'b: cancelled']);
  });

  it('no balance is asked for and no report sent', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', accepts('u1'), BANNED_30S);
    bench.transport.script('a', 'poll', solves('token-a'));
    const id = await bench.begin();
    await bench.clock.advance(5_000);
    await bench.begin();
    await bench.engine.report(CLIENT, id, true);
    await bench.engine.balanceUsd(CLIENT);
    await bench.clock.advance(29_999);
    expect(bench.transport.calls('a').map(({ call }) => call)).toEqual(['submit', 'poll', 'submit']);
  });

  it('an operator cannot let it in', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', BANNED_30S);
    await bench.begin();
    bench.engine.admit('a', 'checked');
    expect(bench.state('a')).toEqual({ state: 'open', cause: 'rate_limited', forMs: 30_000 });
    expect(await bench.find(await bench.begin())).toMatchObject({ attempts: [], status: 'failed' });
  });
});

it('a submit that was decided before the ban does not leave after it', async () => {
  const bench = openBench();
  bench.store.writeMs = 50;
  bench.transport.script('a', 'submit', BANNED_30S);
  bench.transport.script('b', 'submit', accepts('u1'), accepts('u2'));
  bench.transport.always('b', 'poll', NOT_READY);
  void bench.submit();
  await bench.clock.advance(49);
  const second = bench.submit();
  await bench.clock.advance(200);
  expect(story(await bench.find((await second).id))).toEqual(['a: banned', 'b: solving']);
  expect(bench.transport.calls('a')).toHaveLength(1);
  expect((await bench.find((await second).id)).attempts[0]).toMatchObject({ mayBeCharged: false });
});

it('a shorter ban does not shorten a longer one', async () => {
  const bench = openBench({ accounts: ['a'] });
  bench.transport.script('a', 'submit', says('ERROR: 1005'), late(100, BANNED_30S));
  await Promise.all([bench.submit(), bench.submit()]);
  await bench.clock.advance(100);
  expect(bench.state('a')).toMatchObject({ forMs: 599_900 });
});

it('a ban told by a balance call is kept like any other', async () => {
  const bench = openBench({ accounts: ['a'] });
  bench.transport.script('a', 'balance', says('IP_BANNED'));
  bench.transport.always('a', 'submit', accepts('u1'));
  await bench.engine.balanceUsd(CLIENT);
  expect(bench.state('a')).toEqual({ state: 'open', cause: 'banned', forMs: 300_000 });
  await bench.begin();
  await bench.clock.advance(299_999);
  expect(bench.transport.calls('a', 'submit')).toEqual([]);
});

it('a balance that may not be asked for during a ban may be asked for right after it', async () => {
  const bench = openBench({ accounts: ['a'] });
  bench.transport.script('a', 'submit', BANNED_30S);
  bench.transport.script('a', 'balance', hasMoney(2.5));
  await bench.begin();
  await bench.clock.advance(29_000);
  await bench.engine.balanceUsd(CLIENT);
  await bench.clock.advance(1_000);
  expect(await bench.engine.balanceUsd(CLIENT)).toBe(2.5);
});
