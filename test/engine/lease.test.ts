/** Several processes on one ledger: a task is worked on by one of them, and every one of them can answer for it. */
import { describe, expect, it } from 'vitest';
import { accepts, NOT_READY, says, solves } from './answers.js';
import { type Bench, CLIENT, openBench, story } from './bench.js';

/** A task at `a`, asked for every five seconds. */
async function running(bench: Bench): Promise<number> {
  bench.transport.script('a', 'submit', accepts('u1'));
  return await bench.begin();
}

describe('a task that another process has taken over', () => {
  it('is let go at the next write: nothing more is asked or bought here', async () => {
    const bench = openBench();
    const id = await running(bench);
    bench.transport.script('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'));
    bench.store.takeOver(id);
    await bench.clock.advance(60_000);
    expect(bench.transport.calls('b', 'submit')).toEqual([]);
    expect(bench.engine.inFlight).toBe(0);
    expect(bench.faults).toEqual([]);
  });

  it('keeps its place in a thread no longer', async () => {
    const bench = openBench();
    const id = await running(bench);
    expect(bench.engine.providers()[0]?.inFlight).toBe(1);
    bench.transport.script('a', 'poll', solves('token-a'));
    bench.store.takeOver(id);
    await bench.clock.advance(5_000);
    expect(bench.engine.providers()[0]?.inFlight).toBe(0);
  });
});

describe('a lease that may have run out', () => {
  it('refuses new tasks', async () => {
    const bench = openBench();
    bench.store.isLeaseOver = true;
    await expect(bench.submit()).rejects.toMatchObject({ code: 'overloaded' });
    expect(bench.transport.sent).toEqual([]);
  });

  it('buys nothing until it is held again, then goes on', async () => {
    const bench = openBench();
    const id = await running(bench);
    bench.transport.script('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'));
    bench.store.isLeaseOver = true;
    await bench.clock.advance(10_000);
    expect(bench.transport.calls('b', 'submit')).toEqual([]);
    bench.store.isLeaseOver = false;
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('b', 'poll', solves('token-b'));
    await bench.clock.advance(6_000);
    expect(story(await bench.find(id))).toEqual(['a: unsolvable', 'b: solved']);
  });
});

describe('a process that was stopped for longer than its lease', () => {
  it('asks for nothing before it knows that the task is still its own', async () => {
    const bench = openBench();
    const id = await running(bench);
    bench.store.takeOver(id);
    bench.store.lapses += 1;
    await bench.clock.advance(60_000);
    expect(bench.transport.calls('a', 'poll')).toEqual([]);
    expect(bench.engine.inFlight).toBe(0);
  });

  it('goes on with what nobody has taken over meanwhile', async () => {
    const bench = openBench();
    const id = await running(bench);
    bench.transport.script('a', 'poll', solves('token-a'));
    bench.store.isLeaseOver = true;
    await bench.clock.advance(6_000);
    expect(bench.transport.calls('a', 'poll')).toEqual([]);
    bench.store.lapses += 1;
    bench.store.isLeaseOver = false;
    await bench.clock.advance(6_000);
    expect(await bench.find(id)).toMatchObject({ status: 'solved' });
  });
});

describe('cancelling', () => {
  it('stands, whoever works on the task', async () => {
    const bench = openBench();
    const id = await running(bench);
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.engine.cancel(CLIENT, id);
    expect(await bench.store.find(id)).toMatchObject({ status: 'cancelled' });
  });
});

describe('an idempotency key', () => {
  const keyed = (fingerprint: string) => ({ idempotency: { key: 'k1', fingerprint } });

  it('makes one task of two requests, while it runs and after', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', solves('token-a'));
    const first = await bench.submit(undefined, keyed('f1'));
    expect((await bench.submit(undefined, keyed('f1'))).id).toBe(first.id);
    await bench.clock.advance(5_000);
    expect(await bench.submit(undefined, keyed('f1'))).toMatchObject({ id: first.id, status: 'solved' });
    expect(bench.transport.calls('a', 'submit')).toHaveLength(1);
    expect(bench.engine.inFlight).toBe(0);
  });

  it('with another request is a conflict', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.submit(undefined, keyed('f1'));
    await expect(bench.submit(undefined, keyed('f2'))).rejects.toMatchObject({ code: 'conflict' });
    expect(bench.engine.inFlight).toBe(1);
  });
});

describe('what is known of the accounts', () => {
  it('outlives the process: a wrong key, an empty account, a ban', async () => {
    const bench = openBench({ accounts: ['a', 'b'] });
    bench.transport.script('a', 'submit', says('ERROR_KEY_DOES_NOT_EXIST'));
    bench.transport.script('b', 'submit', accepts('u1'));
    bench.transport.script('b', 'poll', solves('token-b'));
    await bench.run(5_000);
    expect(bench.state('a')).toMatchObject({ state: 'open', cause: 'auth' });
    await bench.restart();
    expect(bench.state('a')).toMatchObject({ state: 'open', cause: 'auth' });
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('b', 'poll', solves('token-2'));
    expect(story(await bench.run(5_000))).toEqual(['b: solved']);
  });

  it('is worth nothing under another key', async () => {
    const bench = openBench({ accounts: ['a', 'b'] });
    bench.store.remember('gate key a', { cause: 'auth', since: 0, until: null, of: 'somebody-else' });
    await bench.restart();
    expect(bench.state('a')).toMatchObject({ state: 'closed' });
  });

  it('brings solve times back', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', solves('token-a'));
    await bench.run(5_000);
    await bench.restart();
    const kind = bench.engine.providers()[0]?.kinds.find((one) => one.kind === 'recaptcha_v2');
    expect(kind).toMatchObject({ successRate: 1, p50Ms: 5_000 });
  });
});
