/** Threads: who has no free one is passed over; when nobody has, tasks queue, first come first served. */
import { describe, expect, it } from 'vitest';
import { askedFor, late } from '../support/fake-transport.js';
import { sampleTask } from '../support/sample-tasks.js';
import { accepts, NOT_READY, says, solves } from './answers.js';
import { account, type Bench, CLIENT, openBench, story } from './bench.js';

/** Accounts with so many threads each; every task is solved by its first poll, after 5 s. */
function openThreads(threads: Readonly<Record<string, number>>): Bench {
  const bench = openBench({
    accounts: Object.entries(threads).map(([id, count]) => account(id, { threads: count })),
  });
  for (const id of Object.keys(threads)) {
    let tasks = 0;
    bench.transport.always(id, 'submit', () => {
      tasks += 1;
      return accepts(`${id}-${tasks}`);
    });
    bench.transport.always(id, 'poll', (sent) => solves(`token-${askedFor(sent)}`));
  }
  return bench;
}

async function beginMany(bench: Bench, count: number): Promise<readonly number[]> {
  const ids: number[] = [];
  for (let made = 0; made < count; made += 1) ids.push(await bench.begin());
  return ids;
}

async function providers(bench: Bench, ids: readonly number[]) {
  return await Promise.all(
    ids.map(async (id) => (await bench.find(id)).attempts.map((each) => each.provider)),
  );
}

describe('threads full', () => {
  it('the next provider gets the task, and the reason is told', async () => {
    const bench = openThreads({ a: 2, b: 9 });
    const ids = await beginMany(bench, 3);
    expect(await providers(bench, ids)).toEqual([['a'], ['a'], ['b']]);
    expect((await bench.find(3)).passedOver).toEqual([{ provider: 'a', why: 'all threads are busy' }]);
    expect(bench.engine.providers().map(({ inFlight, limit }) => [inFlight, limit])).toEqual([
      [2, 2],
      [1, 9],
    ]);
  });

  it('a thread is free again when the task has left, however it left', async () => {
    const bench = openBench({ accounts: [account('a', { threads: 1 })] });
    bench.transport.script(
      'a',
      'submit',
      says('ERROR_CAPTCHA_ID'),
      accepts('u1'),
      accepts('u2'),
      accepts('u3'),
    );
    bench.transport.script('a', 'poll', solves('t1'), says('ERROR_TOKEN_EXPIRED'));
    await bench.begin();
    await bench.run(5_000);
    await bench.run(5_000);
    const id = await bench.begin();
    await bench.engine.cancel(CLIENT, id);
    await bench.clock.advance(0);
    expect(bench.engine.providers()[0]?.inFlight).toBe(0);
  });

  it('an attempt that was given up keeps its thread while it is drained', async () => {
    const facts = { threads: 1, timing: { giveUpMs: 10_000 } };
    const bench = openBench({ accounts: [account('a', facts)], routing: { deadlineMs: 40_000 } });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.begin();
    await bench.clock.advance(20_000);
    expect(bench.engine.providers()[0]?.inFlight).toBe(1);
    await bench.clock.advance(20_000);
    expect(bench.engine.providers()[0]?.inFlight).toBe(0);
  });
});

describe('nobody has room', () => {
  it('tasks wait and are taken in the order they came', async () => {
    const bench = openThreads({ a: 1 });
    const ids = await beginMany(bench, 4);
    expect(bench.transport.calls('a', 'submit')).toHaveLength(1);
    expect(await bench.find(4)).toMatchObject({ status: 'queued', attempts: [] });
    await bench.clock.advance(20_000);
    expect(bench.times('a', 'submit')).toEqual([0, 5_000, 10_000, 15_000]);
    const tokens = await Promise.all(ids.map(async (id) => (await bench.find(id)).solution?.token));
    expect(tokens).toEqual(['token-a-1', 'token-a-2', 'token-a-3', 'token-a-4']);
  });

  it('the first to be free takes the first that waits', async () => {
    const bench = openThreads({ a: 1, b: 1 });
    const ids = [await bench.begin()];
    await bench.clock.advance(2_000);
    ids.push(...(await beginMany(bench, 3)));
    await bench.clock.advance(3_000);
    expect(await providers(bench, ids)).toEqual([['a'], ['b'], ['a'], []]);
    await bench.clock.advance(2_000);
    expect(await providers(bench, ids)).toEqual([['a'], ['b'], ['a'], ['b']]);
  });

  it('a task whose deadline passes leaves the queue, and the others keep their places', async () => {
    const bench = openThreads({ a: 1 });
    await bench.begin();
    const impatient = await bench.begin(undefined, { deadlineMs: 6_000, client: CLIENT });
    const ids = await beginMany(bench, 3);
    await bench.engine.cancel(CLIENT, impatient);
    await bench.clock.advance(15_000);
    const tokens = await Promise.all(ids.map(async (id) => (await bench.find(id)).solution?.token));
    expect(tokens).toEqual(['token-a-2', 'token-a-3', undefined]);
  });

  it('fails by the deadline, told as that', async () => {
    const bench = openBench({ accounts: [account('a', { threads: 1, timing: { giveUpMs: 90_000 } })] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.begin();
    const record = await bench.run(30_000, undefined, { deadlineMs: 30_000 });
    expect(record).toMatchObject({ status: 'failed', attempts: [], error: { code: 'deadline' } });
    expect(record.passedOver).toEqual([{ provider: 'a', why: 'all threads are busy' }]);
  });

  it('fails at once when an answer cannot come in time any more', async () => {
    const bench = openThreads({ a: 1 });
    await beginMany(bench, 2);
    const record = await bench.run(5_000, undefined, { deadlineMs: 9_000 });
    expect(record.status).toBe('queued');
    await bench.clock.advance(4_000);
    expect(await bench.find(3)).toMatchObject({ status: 'failed', error: { code: 'deadline' } });
  });

  it('waits for threads, not for accounts that are shut; those are asked when they reopen', async () => {
    const bench = openBench({ accounts: [account('a', { threads: 1, timing: { giveUpMs: 90_000 } }), 'b'] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', NOT_READY);
    bench.transport.script('b', 'submit', says('ERROR_NO_SLOT_AVAILABLE'), accepts('u2'));
    bench.transport.script('b', 'poll', solves('token-b'));
    await bench.begin();
    const id = await bench.begin();
    expect(await bench.find(id)).toMatchObject({ status: 'queued', attempts: [{ outcome: 'no_slot' }] });
    const other = await bench.begin();
    await bench.clock.advance(10_000);
    expect(await bench.find(other)).toMatchObject({ status: 'solved', provider: 'b' });
    expect(bench.times('b', 'submit')).toEqual([0, 5_000]);
  });

  it('a thread that the first in the queue has no use for goes to the next', async () => {
    const bench = openBench({ accounts: [account('a', { threads: 1 }), account('b', { threads: 1 })] });
    bench.transport.script('a', 'submit', accepts('a-1'), accepts('a-2'));
    bench.transport.script('b', 'submit', accepts('b-1'), accepts('b-2'));
    bench.transport.script('a', 'poll', solves('t'), solves('t'));
    bench.transport.script('b', 'poll', solves('t'), solves('t'));
    await beginMany(bench, 2);
    const either = await bench.begin();
    const onlyB = await bench.begin(undefined, { providers: ['b'] });
    await bench.clock.advance(5_000);
    expect(await providers(bench, [either, onlyB])).toEqual([['a'], ['b']]);
    await bench.clock.advance(5_000);
  });

  it('an account that is let in again is offered to those who wait', async () => {
    const bench = openBench({ accounts: [account('a', { threads: 1, timing: { giveUpMs: 90_000 } }), 'b'] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', NOT_READY);
    bench.engine.hold('b', 'maintenance');
    await bench.begin();
    const id = await bench.begin();
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.always('b', 'poll', NOT_READY);
    bench.engine.admit('b', 'checked');
    await bench.clock.advance(0);
    expect(story(await bench.find(id))).toEqual(['b: solving']);
  });
});

it('room at an account that is shut is no offer: those who wait leave each other in peace', async () => {
  const bench = openBench({ accounts: [account('a', { threads: 1, timing: { giveUpMs: 90_000 } }), 'b'] });
  bench.transport.script('a', 'submit', accepts('a-1'));
  bench.transport.script('b', 'submit', accepts('b-1'), says('ERROR_NO_SLOT_AVAILABLE'));
  bench.transport.script('b', 'poll', solves('token-b'));
  bench.transport.always('a', 'poll', NOT_READY);
  await beginMany(bench, 2);
  await bench.clock.advance(4_000);
  const ids = await beginMany(bench, 3);
  let asked = 0;
  bench.clock.now = ((now) => () => {
    asked += 1;
    if (asked === 10_000) throw new Error('the queue goes round in circles');
    return now.call(bench.clock);
  })(bench.clock.now);
  await bench.clock.advance(1_000);
  expect(await bench.find(2)).toMatchObject({ status: 'solved', provider: 'b' });
  for (const id of ids) expect(await bench.find(id)).toMatchObject({ status: 'queued' });
});

it('a task that could not be solved waits for the same provider when its threads are busy', async () => {
  const bench = openBench({ accounts: [account('a', { threads: 1 })] });
  bench.transport.script('a', 'submit', accepts('u1'), late(10, accepts('u2')), accepts('u3'));
  bench.transport.script('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'), solves('t2'), solves('t3'));
  const [first = 0, second = 0] = await beginMany(bench, 2);
  await bench.clock.advance(20_000);
  expect(story(await bench.find(first))).toEqual(['a: unsolvable', 'a: solved']);
  expect(story(await bench.find(second))).toEqual(['a: solved']);
});

it('one kind that waits does not hold up another that can go', async () => {
  const bench = openThreads({ a: 1, b: 1 });
  await bench.begin(undefined, { providers: ['a'] });
  await bench.begin(undefined, { providers: ['a'] });
  expect(story(await bench.find(await bench.begin(sampleTask('turnstile'))))).toEqual(['b: solving']);
});
