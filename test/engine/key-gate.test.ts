/** A wrong key, and an operator's hand: out until somebody acts. */
import { describe, expect, it } from 'vitest';
import { accepts, NOT_READY, says } from './answers.js';
import { openBench, story } from './bench.js';

const DAY = 24 * 3_600_000;

function wrongKeyAtA() {
  const bench = openBench();
  bench.transport.script('a', 'submit', says('ERROR_WRONG_USER_KEY'));
  bench.transport.always('b', 'submit', accepts('u-b'));
  for (const id of ['a', 'b']) bench.transport.always(id, 'poll', NOT_READY);
  return bench;
}

describe('a wrong key', () => {
  it('is not tried again, however long it takes', async () => {
    const bench = wrongKeyAtA();
    await bench.begin();
    await bench.clock.advance(7 * DAY);
    await bench.begin();
    expect(bench.transport.calls('a')).toHaveLength(1);
    expect(bench.state('a')).toEqual({ state: 'open', cause: 'auth', forMs: null });
  });

  it('is asked for no balance either', async () => {
    const bench = wrongKeyAtA();
    bench.transport.always('b', 'balance', says('1.5'));
    await bench.begin();
    await bench.engine.balanceUsd({ id: 'qa', keySha256: '', holdMs: 0, providers: ['a'] });
    expect(bench.transport.calls('a', 'balance')).toEqual([]);
  });

  it('is tried again when an operator lets it in', async () => {
    const bench = wrongKeyAtA();
    bench.transport.script('a', 'submit', accepts('u-a'));
    await bench.begin();
    expect(bench.engine.admit('a', 'checked')).toBe(true);
    expect(bench.state('a').state).toBe('closed');
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
  });

  it('leaves what was bought with it to be asked for', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', accepts('u1'), says('ERROR_WRONG_USER_KEY'));
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.begin();
    await bench.begin();
    await bench.clock.advance(10_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 10_000]);
  });
});

describe('an account that is held out', () => {
  it('gets nothing new until it is let in again, and says why', async () => {
    const bench = openBench();
    for (const id of ['a', 'b']) {
      bench.transport.always(id, 'submit', accepts(`u-${id}`));
      bench.transport.always(id, 'poll', NOT_READY);
    }
    expect(bench.engine.hold('a', 'invoice unpaid')).toBe(true);
    const record = await bench.find(await bench.begin());
    expect(story(record)).toEqual(['b: solving']);
    expect(record.passedOver).toEqual([
      { provider: 'a', why: 'operator open: invoice unpaid until somebody acts' },
    ]);
    expect(bench.state('a')).toEqual({ state: 'held-out', cause: 'invoice unpaid', forMs: null });
    bench.engine.admit('a', 'checked');
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
  });

  it('goes on being asked for what it has', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.begin();
    bench.engine.hold('a', 'maintenance');
    await bench.clock.advance(5_000);
    expect(bench.times('a', 'poll')).toEqual([5_000]);
  });

  it('is told as want of slots when there is nobody else', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.engine.hold('a', 'maintenance');
    expect(await bench.find(await bench.begin())).toMatchObject({ error: { code: 'no_slot' } });
  });
});

it('an account that is let in is let in for every kind and cause', async () => {
  const bench = openBench({ accounts: ['a'] });
  bench.transport.script('a', 'submit', says('ERROR_NO_SLOT_AVAILABLE'), accepts('u1'));
  bench.transport.always('a', 'poll', NOT_READY);
  await bench.begin();
  bench.engine.hold('a', 'maintenance');
  bench.engine.admit('a', 'checked');
  expect([bench.state('a').state, bench.kind('a').state]).toEqual(['closed', 'closed']);
  expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
});

it('an account that is not there can be neither held out nor let in', () => {
  const bench = openBench();
  expect([bench.engine.hold('nobody', 'x'), bench.engine.admit('nobody', 'x')]).toEqual([false, false]);
});
