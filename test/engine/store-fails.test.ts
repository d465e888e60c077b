/** A ledger that cannot be written: nothing new is taken, and what runs goes on in memory. */
import { describe, expect, it } from 'vitest';
import classic from '../../providers/classic.js';
import { accepts, hasMoney, says, solves } from './answers.js';
import { account, CLIENT, openBench, story } from './bench.js';

describe('at the submit', () => {
  it('the task is refused as overloaded, and no provider is asked', async () => {
    const bench = openBench();
    bench.store.isFailing = true;
    await expect(bench.submit()).rejects.toMatchObject({ code: 'overloaded' });
    expect(bench.transport.sent).toEqual([]);
    expect(bench.faults).toMatchObject([{ message: 'the disk is full' }]);
    expect([bench.engine.inFlight, bench.clock.pending]).toEqual([0, 0]);
  });

  it('leaves no trace in threads and limits', async () => {
    const client = { ...CLIENT, limits: { inFlight: 1 } };
    const bench = openBench({ accounts: [account('a', { threads: 1 })], clients: [client] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.store.isFailing = true;
    for (const _ of [1, 2])
      await expect(bench.submit(undefined, { client })).rejects.toMatchObject({ code: 'overloaded' });
    bench.store.isFailing = false;
    expect(story(await bench.find(await bench.begin(undefined, { client })))).toEqual(['a: solving']);
  });

  it('a thread that was taken for it goes to the next in the queue', async () => {
    const bench = openBench({ accounts: [account('a', { threads: 1 })] });
    bench.store.writeMs = 100;
    bench.transport.script('a', 'submit', accepts('u2'));
    const failing = expect(bench.submit()).rejects.toMatchObject({ code: 'overloaded' });
    await bench.clock.advance(50);
    const waiting = bench.submit();
    bench.store.isFailing = true;
    await bench.clock.advance(50);
    bench.store.isFailing = false;
    await bench.clock.advance(500);
    await failing;
    expect(story(await bench.find((await waiting).id))).toEqual(['a: solving']);
  });

  it('ids that cannot be reserved are no other case', async () => {
    const bench = openBench();
    const reserveIds = bench.store.reserveIds.bind(bench.store);
    bench.store.reserveIds = () => Promise.reject(new Error('the disk is gone'));
    await expect(bench.submit()).rejects.toMatchObject({ code: 'overloaded' });
    bench.store.reserveIds = reserveIds;
    bench.transport.script('a', 'submit', accepts('u1'));
    expect((await bench.submit()).id).toBe(1);
  });
});

describe('while a task runs', () => {
  it('the task goes on, the client gets its answer, and it is written when the disk is back', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', solves('token-a'));
    const id = await bench.begin();
    bench.store.isFailing = true;
    await bench.clock.advance(20_000);
    expect(await bench.find(id)).toMatchObject({ status: 'solved', solution: { token: 'token-a' } });
    expect(await bench.store.find(id)).toMatchObject({ status: 'solving' });
    expect(bench.faults).toMatchObject([{ message: 'the disk is full' }]);
    bench.store.isFailing = false;
    await bench.clock.advance(1_000);
    expect(await bench.store.find(id)).toMatchObject({ status: 'solved', attempts: [{ outcome: 'solved' }] });
  });

  it('nothing is bought that is not on disk: the next provider is asked when it is back', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'));
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('b', 'poll', solves('token-b'));
    const id = await bench.begin();
    bench.store.isFailing = true;
    await bench.clock.advance(10_000);
    expect(bench.transport.calls('b', 'submit')).toEqual([]);
    bench.store.isFailing = false;
    await bench.clock.advance(6_000);
    const record = await bench.find(id);
    expect(record).toMatchObject({ status: 'solved', provider: 'b' });
    expect(await bench.store.find(id)).toMatchObject({ status: 'solved', attempts: record.attempts });
    expect(bench.faults).toHaveLength(1);
  });

  it('a task that cannot buy ends by its deadline all the same', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'));
    const id = await bench.begin();
    bench.store.isFailing = true;
    await bench.clock.advance(200_000);
    expect(await bench.find(id)).toMatchObject({ status: 'failed', error: { code: 'deadline' } });
    bench.store.isFailing = false;
    await bench.clock.advance(1_000);
    expect(await bench.store.find(id)).toMatchObject({ status: 'failed' });
  });
});

it('a fault of ours ends the task and is reported; nobody waits for ever', async () => {
  const fault = new TypeError('a bug');
  let questions = 0;
  const refuses = () => {
    questions += 1;
    if (questions > 1) throw fault;
    return undefined;
  };
  const bench = openBench({ accounts: [account('a', { provider: { ...classic, refuses } })] });
  bench.transport.script('a', 'submit', accepts('u1'));
  bench.transport.script('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'));
  const record = await bench.run(5_000);
  expect(record).toMatchObject({ status: 'failed', error: { code: 'internal' } });
  expect(bench.faults).toEqual([fault]);
  expect(bench.clock.pending).toBe(0);
});

describe('whoever asks while the ledger cannot be read', () => {
  const limited = { ...CLIENT, limits: { usdPerDay: 5 } };

  it.each<[string, (bench: ReturnType<typeof openBench>) => Promise<unknown>]>([
    ['for a task', ({ engine }) => engine.find(CLIENT, 1)],
    ['for a task, as the operator', ({ engine }) => engine.inspect(1)],
    ['whether a task was accepted', ({ engine }) => engine.untilAccepted(1)],
    ['how a task ends', ({ engine }) => engine.untilEnded(CLIENT, 1, 1_000)],
    ['for the money of the day', ({ engine }) => engine.balanceUsd(limited)],
  ])('%s is told to come again', async (_name, ask) => {
    const bench = openBench({ accounts: [account('a')], clients: [limited], isLoose: true });
    bench.transport.always('a', 'balance', hasMoney(7));
    bench.store.find = () => Promise.reject(new Error('the disk is gone'));
    bench.store.spentUsd = () => Promise.reject(new Error('the disk is gone'));
    await expect(ask(bench)).rejects.toMatchObject({ code: 'overloaded' });
    expect(bench.faults).toMatchObject([{ message: 'the disk is gone' }]);
  });
});
