/** A new config while tasks run: what an account keeps, and what becomes of one that has left or has come. */
import { describe, expect, it } from 'vitest';
import { Accounts } from '../../src/engine/accounts.js';
import { Room } from '../../src/engine/room.js';
import { late } from '../support/fake-transport.js';
import { accepts, hasMoney, NOT_READY, says, solves } from './answers.js';
import { account, type Bench, BREAKER, CLIENT, openBench, story, TASK } from './bench.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The story of the sample task's kind at `a`. */
function kindOf(bench: Bench) {
  return bench.engine.provider('a')?.kinds.find(({ kind }) => kind === TASK.kind);
}

describe('an account whose service and key stay', () => {
  it('keeps its threads taken, and takes as many as it is given now', async () => {
    const bench = openBench({ accounts: [account('a', { threads: 2 })], isLoose: true });
    bench.transport.script('a', 'submit', accepts('u1'), accepts('u2'), accepts('u3'));
    bench.transport.always('a', 'poll', NOT_READY);
    for (let made = 0; made < 3; made += 1) await bench.begin();
    expect(bench.transport.calls('a', 'submit')).toHaveLength(2);
    await bench.change({ accounts: [account('a', { threads: 3, entry: 'three' })] });
    expect(bench.transport.calls('a', 'submit')).toHaveLength(3);
    expect(bench.engine.providers()).toMatchObject([{ inFlight: 3, limit: 3 }]);
  });

  it('stays closed for what it was closed for, for as long as before', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
    bench.transport.script('b', 'submit', says('ERROR: 1003'));
    await bench.run(0);
    const before = bench.engine.providers();
    await bench.change({ accounts: [account('b', { priority: 1 }), account('a', { priority: 2 })] });
    expect(bench.engine.providers().map(({ id }) => id)).toEqual(['b', 'a']);
    expect(bench.kind('a')).toEqual({ state: 'open', cause: 'no_slot', forMs: 5_000 });
    expect(bench.state('b')).toMatchObject({ state: 'open', cause: before[1]?.cause });
  });

  it('keeps what was learnt of it', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', solves('t1'));
    await bench.run(5_000);
    const before = bench.engine.provider('a');
    expect(kindOf(bench)).toMatchObject({ successRate: 1, p50Ms: 5_000 });
    await bench.change({ accounts: [account('a', { entry: 'dearer', priceUsd: 0.01 })] });
    expect(bench.engine.provider('a')).toEqual(before);
  });

  it('is not asked for its balance sooner than the service allows', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.always('a', 'balance', hasMoney(3));
    const ask = () => bench.engine.balanceUsd(CLIENT);
    await ask();
    await bench.change({ accounts: [account('a', { entry: 'changed', weight: 2 })] });
    await bench.change({ accounts: ['b'] });
    await bench.change({ accounts: ['a'] });
    expect(await ask()).toBe(3);
    expect(bench.transport.calls('a', 'balance')).toHaveLength(1);
    await bench.clock.advance(MINUTE_MS);
    await ask();
    expect(bench.transport.calls('a', 'balance')).toHaveLength(2);
  });

  it('is polled at its pace across reloads, each task by the account that has it', async () => {
    const bench = openBench({ accounts: ['a'], isLoose: true });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.begin();
    for (let made = 0; made < 30; made += 1) {
      await bench.clock.advance(1_000);
      await bench.change({ accounts: made % 2 === 0 ? [account('a', { weight: made + 1 })] : ['b'] });
    }
    const times = bench.times('a', 'poll');
    const gaps = times.map((at, index) => at - (times[index - 1] ?? 0));
    expect(times.length).toBeGreaterThan(3);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5_000);
  });

  it.each([
    ['takes a new pace for what begins now', { timing: { firstPollMs: 9_000 } }, 9_000],
    ['keeps the pace where nothing is said of it', { weight: 4 }, 5_000],
  ])('%s', async (_name, facts, firstPollMs) => {
    const bench = openBench({ accounts: ['a'] });
    await bench.change({ accounts: [account('a', { entry: 'changed', ...facts })] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', solves('t1'));
    await bench.run(9_000);
    expect(bench.times('a', 'poll')).toEqual([firstPollMs]);
  });

  it('is taken at its new price, and for its new kinds only', async () => {
    const bench = openBench({ accounts: ['a'] });
    expect(bench.kind('a').state).toBe('closed');
    await bench.change({ accounts: [account('a', { entry: 'dear', priceUsd: 1 })] });
    expect((await bench.run(0)).passedOver).toMatchObject([{ why: expect.stringMatching(/cost/) }]);
    await bench.change({ accounts: [account('a', { entry: 'narrow', kinds: ['turnstile'] })] });
    expect((await bench.run(0)).passedOver).toEqual([{ provider: 'a', why: 'does not solve recaptcha_v2' }]);
  });
});

describe('what a new entry may have put right', () => {
  it.each([
    ['a refused key', 'ERROR_KEY_DOES_NOT_EXIST', (bench: Bench) => bench.state('a').state],
    ['a kind that was not taken', 'ERROR_WRONG_CAPTCHA_ID', (bench: Bench) => bench.kind('a').state],
  ])('is tried again: %s', async (_name, word, state) => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', says(word));
    await bench.run(0);
    await bench.change({ accounts: ['a'] });
    expect(state(bench)).toBe('open');
    await bench.change({ accounts: [account('a', { entry: 'with another wording' })] });
    expect(state(bench)).toBe('closed');
    expect(bench.engine.provider('a')?.changes.concat(kindOf(bench)?.changes ?? [])).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ change: 'closed', by: expect.objectContaining({ by: 'config' }) }),
      ]),
    );
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', solves('t1'));
    expect(story(await bench.run(5_000))).toEqual(['a: solved']);
  });
});

describe('an account that is taken out', () => {
  it('ends what it has in hand and is asked for nothing new', async () => {
    const bench = openBench({ accounts: ['a', 'b'] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('a', 'poll', NOT_READY, solves('t1'));
    bench.transport.script('b', 'poll', solves('t2'));
    const first = await bench.begin();
    await bench.change({ accounts: ['b'] });
    const second = await bench.begin();
    expect(bench.engine.providers().map(({ id }) => id)).toEqual(['b']);
    await bench.clock.advance(10_000);
    expect(story(await bench.find(first))).toEqual(['a: solved']);
    expect(story(await bench.find(second))).toEqual(['b: solved']);
    expect(bench.engine.leaving()).toEqual([]);
  });

  it('books a submit that was on its way, and follows it', async () => {
    const bench = openBench({ accounts: ['a', 'b'] });
    bench.transport.script('a', 'submit', late(2_000, accepts('u1')));
    bench.transport.script('a', 'poll', solves('t1'));
    const id = await bench.begin();
    await bench.change({ accounts: ['b'] });
    await bench.clock.advance(7_000);
    expect(story(await bench.find(id))).toEqual(['a: solved']);
  });

  it('is drained: its late answer still counts', async () => {
    const bench = openBench({ accounts: [account('a', { timing: { giveUpMs: 10_000 } }), account('b')] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('a', 'poll', NOT_READY, NOT_READY, solves('late'));
    bench.transport.always('b', 'poll', NOT_READY);
    const id = await bench.begin();
    await bench.clock.advance(11_000);
    await bench.change({ accounts: ['b'] });
    await bench.clock.advance(50_000);
    expect(await bench.find(id)).toMatchObject({ provider: 'a', solution: { token: 'late' } });
  });

  it('is no candidate for a task that waited for it: the task ends with what is left', async () => {
    const bench = openBench({ accounts: [account('a', { threads: 1 })], isLoose: true });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.begin();
    const waiting = await bench.begin();
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('b', 'poll', solves('t2'));
    await bench.change({ accounts: ['b'] });
    await bench.clock.advance(5_000);
    expect(story(await bench.find(waiting))).toEqual(['b: solved']);
  });

  it('asks for no balance any more, and does again when it is back', async () => {
    const bench = openBench({ accounts: ['a', 'b'] });
    bench.transport.script('a', 'submit', says('ERROR_ZERO_BALANCE'));
    bench.transport.script('b', 'submit', says('ERROR_ZERO_BALANCE'));
    bench.transport.always('a', 'balance', hasMoney(0));
    bench.transport.always('b', 'balance', hasMoney(0));
    await bench.run(0);
    await bench.change({ accounts: ['b'] });
    await bench.clock.advance(10 * MINUTE_MS);
    expect(bench.transport.calls('a', 'balance')).toHaveLength(1);
    await bench.change({ accounts: ['a', 'b'] });
    expect(bench.state('a')).toMatchObject({ state: 'open', cause: 'zero_balance' });
    await bench.clock.advance(MINUTE_MS);
    expect(bench.transport.calls('a', 'balance')).toHaveLength(2);
  });

  it('comes back as it was, a ban that runs included', async () => {
    const bench = openBench({ accounts: ['a', 'b'] });
    bench.transport.script('a', 'submit', says('ERROR: 1003'));
    bench.transport.script('b', 'submit', accepts('u1'));
    bench.transport.script('b', 'poll', solves('t1'));
    await bench.run(5_000);
    const { forMs } = bench.state('a');
    await bench.change({ accounts: ['b'] });
    await bench.clock.advance(1_000);
    await bench.change({ accounts: ['a', 'b'] });
    expect(bench.state('a')).toMatchObject({ state: 'open', forMs: (forMs ?? 0) - 1_000 });
  });

  it('tells of its changes again when it is back, and of its free threads', async () => {
    const bench = openBench({ accounts: [account('a', { threads: 1 })], isLoose: true });
    const told: unknown[] = [];
    bench.events.on('breaker-opened', ({ cause }) => told.push(cause));
    bench.transport.script('a', 'submit', accepts('u1'), says('ERROR_NO_SLOT_AVAILABLE'));
    bench.transport.script('a', 'poll', solves('t1'));
    await bench.begin();
    await bench.change({ accounts: ['b'] });
    await bench.change({ accounts: [account('a', { threads: 1 })] });
    const queued = await bench.begin();
    expect((await bench.find(queued)).attempts).toEqual([]);
    await bench.clock.advance(5_000);
    expect(told).toEqual(['no_slot']);
    expect(story(await bench.find(queued))).toEqual(['a: no_slot']);
  });

  it('is forgotten after an hour, and sooner where there are many of them', async () => {
    const bench = openBench();
    const { clock, transport, events } = bench;
    const tools = { clock, transport, events, room: new Room(), breaker: BREAKER };
    const accounts = new Accounts([account('a')], tools);
    for (let made = 0; made < 150; made += 1) accounts.change([account('a', { apiKey: `key-${made}` })]);
    expect(accounts.named('a')).toHaveLength(101);
    await clock.advance(HOUR_MS);
    accounts.change([account('a', { apiKey: 'key-149' })]);
    expect(accounts.named('a')).toHaveLength(1);
    accounts.close();
  });
});

describe('a new account', () => {
  it('takes a task that is queued, at once', async () => {
    const bench = openBench({ accounts: [account('a', { threads: 1 })], isLoose: true });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.begin();
    const queued = await bench.begin();
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('b', 'poll', solves('t2'));
    await bench.change({ accounts: [account('a', { threads: 1 }), account('b')] });
    expect(story(await bench.find(queued))).toEqual(['b: solving']);
    await bench.clock.advance(5_000);
    expect(story(await bench.find(queued))).toEqual(['b: solved']);
  });

  it('takes what was queued in the order of the queue, however many there are', async () => {
    const bench = openBench({ accounts: [account('a', { threads: 1 })], isLoose: true });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', NOT_READY);
    bench.transport.always('b', 'poll', NOT_READY);
    await bench.begin();
    const ids: number[] = [];
    for (let made = 0; made < 450; made += 1) ids.push(await bench.begin());
    let taken = 0;
    bench.transport.always('b', 'submit', () => {
      taken += 1;
      return accepts(`b${taken}`);
    });
    await bench.change({ accounts: [account('a', { threads: 1 }), account('b', { threads: 430 })] });
    await bench.clock.advance(0);
    const open = await Promise.all(ids.map(async (id) => (await bench.find(id)).attempts.length));
    expect(open.indexOf(0)).toBe(430);
    expect(taken).toBe(430);
  });

  it('of an id that was known before the start takes up what the ledger has of it', async () => {
    const bench = openBench({ accounts: ['a', 'b'] });
    bench.transport.script('a', 'submit', says('ERROR: 1004'));
    bench.transport.script('b', 'submit', accepts('u1'));
    bench.transport.script('b', 'poll', solves('t1'));
    await bench.run(5_000);
    const { forMs } = bench.state('a');
    await bench.change({ accounts: ['b'] });
    await bench.restart();
    await bench.change({ accounts: ['a', 'b'] });
    expect(forMs).toBeGreaterThan(0);
    expect(bench.state('a')).toMatchObject({ state: 'open', forMs });
  });
});
