/** Money: an account that says it has none is asked how much it has, and comes back when there is some. */
import { describe, expect, it } from 'vitest';
import { type Answer, hang, late, text } from '../support/fake-transport.js';
import { sampleTask } from '../support/sample-tasks.js';
import { accepts, hasMoney, NOT_READY, says } from './answers.js';
import { account, CLIENT, openBench, story } from './bench.js';

const EMPTY = says('ERROR_ZERO_BALANCE');
const BROKE = { state: 'open', cause: 'zero_balance' };

/** `a` says it is empty and answers balance calls like this; `b` takes everything. */
function emptyAtA(...balances: readonly Answer[]) {
  const bench = openBench();
  bench.transport.script('a', 'submit', EMPTY);
  bench.transport.script('a', 'balance', ...balances);
  bench.transport.always('b', 'submit', accepts('u-b'));
  for (const id of ['a', 'b']) bench.transport.always(id, 'poll', NOT_READY);
  return bench;
}

describe('ERROR_ZERO_BALANCE', () => {
  it('has the balance asked for at once, and does not make the task wait for it', async () => {
    const bench = emptyAtA(late(800, hasMoney(0)));
    const record = await bench.find(await bench.begin());
    expect(bench.times('a', 'balance')).toEqual([0]);
    expect(story(record)).toEqual(['a: zero_balance', 'b: solving']);
    await bench.clock.advance(800);
    expect(bench.state('a')).toMatchObject(BROKE);
    expect(bench.engine.providers()[0]?.balanceUsd).toBe(0);
  });

  it('means that no thread was free when there is money after all', async () => {
    const bench = emptyAtA(hasMoney(3.2));
    bench.transport.script('a', 'submit', accepts('u-t'), accepts('u-a'));
    await bench.begin();
    expect(bench.state('a').state).toBe('closed');
    expect(bench.kind('a')).toEqual({ state: 'open', cause: 'no_slot', forMs: 5_000 });
    expect(story(await bench.find(await bench.begin(sampleTask('turnstile'))))).toEqual(['a: solving']);
    await bench.clock.advance(5_000);
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
  });

  it('means so for every kind that was refused while the balance was asked for', async () => {
    const bench = emptyAtA(late(300, hasMoney(3.2)));
    bench.transport.script('a', 'submit', EMPTY);
    await Promise.all([bench.submit(), bench.submit(sampleTask('turnstile'))]);
    await bench.clock.advance(300);
    expect(bench.state('a').state).toBe('closed');
    expect([bench.kind('a').cause, bench.kind('a', 'turnstile').cause]).toEqual(['no_slot', 'no_slot']);
  });

  it('means so at once when a balance was told too lately to be asked for again', async () => {
    const bench = emptyAtA(hasMoney(3.2));
    await bench.engine.balanceUsd({ ...CLIENT, providers: ['a'] });
    await bench.clock.advance(10_000);
    await bench.begin();
    expect(bench.transport.calls('a', 'balance')).toHaveLength(1);
    expect([bench.state('a').state, bench.kind('a').cause]).toEqual(['closed', 'no_slot']);
  });

  it('waits for its turn when the balance told too lately was nothing', async () => {
    const bench = emptyAtA(hasMoney(0), hasMoney(2));
    await bench.engine.balanceUsd({ ...CLIENT, providers: ['a'] });
    await bench.clock.advance(10_000);
    await bench.begin();
    expect(bench.state('a')).toMatchObject(BROKE);
    await bench.clock.advance(60_000);
    expect(bench.times('a', 'balance')).toEqual([0, 70_000]);
    expect(bench.state('a').state).toBe('closed');
  });

  it('means so where the service has no such figure', async () => {
    const bench = emptyAtA(text('{"status":1,"request":"unlimited"}'));
    await bench.begin();
    expect([bench.state('a').state, bench.kind('a').cause]).toEqual(['closed', 'no_slot']);
  });
});

describe('an empty account', () => {
  it('is out until a later check shows money', async () => {
    const bench = emptyAtA(hasMoney(0), hasMoney(5));
    bench.transport.script('a', 'submit', accepts('u-a'));
    await bench.begin();
    await bench.clock.advance(59_999);
    expect(story(await bench.find(await bench.begin()))).toEqual(['b: solving']);
    await bench.clock.advance(1);
    expect([bench.state('a').state, bench.kind('a').state]).toEqual(['closed', 'closed']);
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
  });

  it('is checked at the pace that the service allows, ever more rarely', async () => {
    const bench = emptyAtA(...Array.from({ length: 7 }, () => hasMoney(0)));
    await bench.begin();
    await bench.clock.advance(1_500_000);
    expect(bench.times('a', 'balance').map((ms) => ms / 60_000)).toEqual([0, 1, 3, 7, 12, 17, 22]);
  });

  it('is not asked to solve anything meanwhile, not even as a last resort', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', EMPTY);
    bench.transport.always('a', 'balance', hasMoney(0));
    await bench.begin();
    await bench.clock.advance(200_000);
    expect(await bench.find(await bench.begin())).toMatchObject({
      attempts: [],
      error: { code: 'zero_balance' },
    });
  });

  it('goes on being asked for what it has', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', accepts('u1'), EMPTY);
    bench.transport.script('a', 'balance', hasMoney(0));
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.begin();
    await bench.begin();
    await bench.clock.advance(10_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 10_000]);
  });

  it('comes back when a client’s own question shows the money first', async () => {
    const bench = emptyAtA(hasMoney(0), hasMoney(0), hasMoney(4));
    await bench.begin();
    await bench.clock.advance(130_000);
    expect(bench.state('a')).toMatchObject({ ...BROKE, forMs: 50_000 });
    await bench.engine.balanceUsd({ ...CLIENT, providers: ['a'] });
    await bench.clock.advance(0);
    expect(bench.state('a').state).toBe('closed');
    await bench.clock.advance(120_000);
    expect(bench.transport.calls('a', 'balance')).toHaveLength(3);
  });

  it('stays out while its balance cannot be had', async () => {
    const bench = emptyAtA(hang(), says('ERROR_ZERO_BALANCE'), hasMoney(1));
    await bench.begin();
    await bench.clock.advance(119_999);
    expect(bench.state('a')).toMatchObject(BROKE);
    await bench.clock.advance(1);
    expect(bench.times('a', 'balance')).toEqual([0, 60_000, 120_000]);
    expect(bench.state('a').state).toBe('closed');
  });

  it('is let in by an operator, and not checked any more', async () => {
    const bench = emptyAtA(hasMoney(0));
    bench.transport.script('a', 'submit', accepts('u-a'));
    await bench.begin();
    bench.engine.admit('a', 'checked');
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
    await bench.clock.advance(170_000);
    expect(bench.transport.calls('a', 'balance')).toHaveLength(1);
  });

  it('is not put off longer by refusals of submits that were under way together', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.always('a', 'submit', late(100, EMPTY));
    bench.transport.script('a', 'balance', hasMoney(0), hasMoney(1));
    for (let count = 0; count < 8; count += 1) await bench.begin();
    await bench.clock.advance(60_100);
    expect(bench.times('a', 'balance')).toEqual([100, 60_100]);
    expect(bench.state('a').state).toBe('closed');
  });
});

it('a faster pace is kept where the config allows one', async () => {
  const bench = openBench({ accounts: [account('a', { balanceCheckMs: 1_000 })] });
  bench.transport.script('a', 'submit', EMPTY);
  bench.transport.script('a', 'balance', hasMoney(0), hasMoney(0), hasMoney(1));
  await bench.begin();
  await bench.clock.advance(3_000);
  expect(bench.times('a', 'balance')).toEqual([0, 1_000, 3_000]);
});
