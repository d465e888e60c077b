/** What holds for many tasks together: room at an account, turns between clients, money for second purchases. */
import { describe, expect, it } from 'vitest';
import type { Client } from '../../src/core/gateway.js';
import { askedFor } from '../support/fake-transport.js';
import { accepts, NOT_READY, says, solves } from './answers.js';
import { account, type Bench, CLIENT, openBench, story } from './bench.js';
import { openFlow } from './flow.js';

const OTHER: Client = { ...CLIENT, id: 'other', keySha256: 'f'.repeat(64) };
const NO_SLOT = says('ERROR_NO_SLOT_AVAILABLE');

/** An account that takes so many tasks at once and solves each after 5 s; how often it had to refuse. */
function limitTo(bench: Bench, id: string, capacity: number): () => number {
  const open = new Set<unknown>();
  let tasks = 0;
  let refusals = 0;
  bench.transport.always(id, 'submit', () => {
    if (open.size >= capacity) {
      refusals += 1;
      return NO_SLOT;
    }
    tasks += 1;
    open.add(`${id}-${tasks}`);
    return accepts(`${id}-${tasks}`);
  });
  bench.transport.always(id, 'poll', (sent) => {
    open.delete(askedFor(sent));
    return solves(`t-${askedFor(sent)}`);
  });
  return () => refusals;
}

describe('an account that takes only so many tasks at once', () => {
  it('is asked for no more than it takes, and the next provider gets the rest', async () => {
    const bench = openFlow({ accounts: ['a', 'b'], routing: { deadlineMs: 60_000 } });
    const refusals = limitTo(bench, 'a', 5);
    limitTo(bench, 'b', 1_000);
    for (let round = 0; round < 30; round += 1) {
      for (let made = 0; made < 8; made += 1) await bench.begin();
      await bench.clock.advance(5_000);
    }
    const { counts, solved } = await tally(bench, 240);
    expect(solved).toBe(240);
    // Unlimited it would be refused once a round and be left alone for ever longer.
    expect(refusals()).toBeLessThan(12);
    expect(counts.a).toBeGreaterThan(60);
  });

  it('alone, is not asked in vain again: tasks beyond what it takes wait for a place', async () => {
    const bench = openFlow({ accounts: ['a'], routing: { deadlineMs: 170_000 } });
    const refusals = limitTo(bench, 'a', 2);
    for (let made = 0; made < 3; made += 1) await bench.begin();
    expect(refusals()).toBe(1);
    await bench.clock.advance(10_000);
    for (let made = 0; made < 3; made += 1) await bench.begin();
    const { status, attempts } = await bench.find(6);
    expect({ status, attempts }).toEqual({ status: 'queued', attempts: [] });
    await bench.clock.advance(10_000);
    expect(story(await bench.find(6))).toEqual(['a: solved']);
    expect(refusals()).toBe(1);
  });

  async function tally(bench: Bench, tasks: number) {
    const counts: Record<string, number> = {};
    let solved = 0;
    for (let id = 1; id <= tasks; id += 1) {
      const { status, provider } = await bench.find(id);
      if (status === 'solved') solved += 1;
      if (provider) counts[provider] = (counts[provider] ?? 0) + 1;
    }
    return { counts, solved };
  }
});

describe('clients that wait for room', () => {
  it('take turns', async () => {
    const bench = openBench({ accounts: [account('a', { threads: 1 })], clients: [CLIENT, OTHER] });
    limitTo(bench, 'a', 1);
    for (let made = 0; made < 6; made += 1) await bench.begin();
    const { id } = await bench.submit(undefined, { client: OTHER });
    // The first runs, the second has waited as long: the other client's only task is the third.
    await bench.clock.advance(15_000);
    expect((await bench.engine.find(OTHER, id)).status).toBe('solved');
    expect((await bench.find(3)).status).not.toBe('solved');
    await bench.clock.advance(20_000);
    expect((await bench.find(6)).status).toBe('solved');
  });
});

describe('second purchases', () => {
  const UNSOLVABLE = says('ERROR_CAPTCHA_UNSOLVABLE');

  function openUnsolvable(retryBudget: { readonly ratio: number; readonly floorPerMinute: number }): Bench {
    const bench = openFlow({ accounts: ['a', 'b'], routing: { retryBudget, deadlineMs: 100_000 } });
    for (const id of ['a', 'b']) bench.transport.always(id, 'submit', accepts(`u-${id}`));
    bench.transport.always('a', 'poll', UNSOLVABLE);
    bench.transport.always('b', 'poll', solves('by b'));
    return bench;
  }

  it('beyond what all tasks together may buy again wait for more of it', async () => {
    const bench = openUnsolvable({ ratio: 0, floorPerMinute: 2 });
    for (let made = 0; made < 4; made += 1) await bench.begin();
    await bench.clock.advance(15_000);
    const states = async () =>
      await Promise.all([1, 2, 3, 4].map(async (id) => (await bench.find(id)).status));
    expect((await states()).sort()).toEqual(['solved', 'solved', 'solving', 'solving']);
    await bench.clock.advance(60_000);
    expect(await states()).toEqual(['solved', 'solved', 'solved', 'solved']);
  });

  it('are allowed for every so many first ones', async () => {
    const bench = openUnsolvable({ ratio: 0.5, floorPerMinute: 0 });
    for (let made = 0; made < 4; made += 1) await bench.begin();
    await bench.clock.advance(15_000);
    expect(bench.transport.calls('b', 'submit')).toHaveLength(2);
    await bench.clock.advance(100_000);
  });

  it('that nobody may make end the task when its deadline leaves no time for one, and not before', async () => {
    const bench = openUnsolvable({ ratio: 0, floorPerMinute: 0 });
    const record = await bench.run(94_000);
    expect(record.status).toBe('solving');
    await bench.clock.advance(6_000);
    expect(await bench.find(1)).toMatchObject({ status: 'failed', error: { code: 'unsolvable' } });
  });

  it('do not count refusals, which are free', async () => {
    const bench = openFlow({
      accounts: ['a', 'b'],
      routing: { retryBudget: { ratio: 0, floorPerMinute: 0 } },
    });
    bench.transport.always('a', 'submit', says('ERROR_KEY_DOES_NOT_EXIST'));
    bench.transport.script('b', 'submit', accepts('u'));
    bench.transport.script('b', 'poll', solves('by b'));
    expect(story(await bench.run(5_000))).toEqual(['a: auth', 'b: solved']);
  });
});

describe('an attempt that half of the tasks like it do not finish in time', () => {
  it('is not begun; a quicker provider is asked instead', async () => {
    const bench = openFlow({ accounts: ['a', 'b'], routing: { deadlineMs: 100_000 } });
    for (let made = 0; made < 10; made += 1) {
      bench.transport.script('a', 'submit', accepts(`u${made}`));
      bench.transport.script('a', 'poll', NOT_READY, NOT_READY, NOT_READY, solves('t'));
      await bench.run(40_000);
    }
    bench.transport.script('b', 'submit', accepts('u'));
    bench.transport.script('b', 'poll', solves('by b'));
    const record = await bench.run(15_000, undefined, { deadlineMs: 15_000 });
    expect(record).toMatchObject({
      provider: 'b',
      passedOver: [{ provider: 'a', why: 'cannot answer before the deadline' }],
    });
  });
});
