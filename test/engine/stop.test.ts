/** The end of the process: nothing new, nobody left waiting, no timer left. */
import { expect, it } from 'vitest';
import { hang, late, reset } from '../support/fake-transport.js';
import { accepts, hasMoney, NOT_READY, says } from './answers.js';
import { account, CLIENT, openBench } from './bench.js';

it('releases whoever waits, at once', async () => {
  const bench = openBench();
  bench.transport.script('a', 'submit', accepts('u1'), hang());
  bench.transport.script('a', 'balance', hang());
  const id = await bench.begin();
  const ended = bench.engine.untilEnded(CLIENT, id, 60_000);
  const accepted = bench.engine.untilAccepted(await bench.begin());
  const balance = bench.engine.balanceUsd({ ...CLIENT, providers: ['a'] });
  await bench.clock.advance(1_000);
  bench.engine.stop();
  expect(await ended).toMatchObject({ status: 'solving' });
  expect(await accepted).toMatchObject({ status: 'queued' });
  expect(await balance).toBe(0);
  await bench.clock.advance(20_000);
});

it('keeps nobody who comes later', async () => {
  const bench = openBench();
  bench.transport.script('a', 'submit', accepts('u1'));
  const id = await bench.begin();
  bench.engine.stop();
  expect(await bench.engine.untilEnded(CLIENT, id, 60_000)).toMatchObject({ status: 'solving' });
  await expect(bench.submit()).rejects.toMatchObject({ code: 'overloaded' });
});

it('asks for nothing any more, and ends every timer', async () => {
  const bench = openBench({
    accounts: [account('a', { threads: 1, timing: { giveUpMs: 10_000 } }), 'b', 'c'],
    routing: { maxAttempts: 2 },
  });
  bench.transport.script('a', 'submit', accepts('u1'));
  bench.transport.always('a', 'poll', NOT_READY);
  bench.transport.script('b', 'submit', says('ERROR_ZERO_BALANCE'));
  bench.transport.script('b', 'balance', hasMoney(0));
  for (const _ of [1, 2, 3, 4]) bench.transport.script('c', 'submit', reset(false));
  bench.transport.script('c', 'balance', reset(false));
  const drained = await bench.begin();
  for (const _ of [1, 2, 3]) await bench.begin(undefined, { providers: ['b', 'c'] });
  await bench.begin(undefined, { providers: ['a'] });
  await bench.clock.advance(12_000);
  expect(await bench.find(drained)).toMatchObject({
    status: 'solving',
    attempts: [{ outcome: 'timeout' }, {}],
  });
  expect(bench.clock.pending).toBeGreaterThan(3);
  const sent = bench.transport.sent.length;
  bench.engine.stop();
  await bench.clock.advance(0);
  expect(bench.clock.pending).toBe(0);
  await bench.clock.advance(200_000);
  expect(bench.transport.sent).toHaveLength(sent);
});

it('a task whose intent is being written is not sent any more, and may be later', async () => {
  const bench = openBench();
  bench.store.writeMs = 100;
  const submitted = bench.submit();
  await bench.clock.advance(50);
  bench.engine.stop();
  await bench.clock.advance(300);
  const { id } = await submitted;
  expect(bench.transport.sent).toEqual([]);
  expect(await bench.store.find(id)).toMatchObject({
    status: 'queued',
    attempts: [{ provider: 'a', outcome: 'cancelled', mayBeCharged: false }],
  });
});

it('a task can still be cancelled', async () => {
  const bench = openBench();
  bench.transport.script('a', 'submit', accepts('u1'));
  const id = await bench.begin();
  bench.engine.stop();
  expect(await bench.engine.cancel(CLIENT, id)).toMatchObject({ status: 'cancelled' });
});

it.each([
  ['is booked', late(500, accepts('u1')), 500],
  ['is refused', late(700, says('ERROR_CAPTCHA_ID')), 700],
  ['does not come, at most for the grace', hang(), 3_000],
])('waits until the answer to a submit under way %s', async (_name, answer, until) => {
  const bench = openBench({ accounts: ['a'] });
  bench.transport.script('a', 'submit', answer);
  await bench.begin();
  let stoppedAt = -1;
  void bench.engine.stop(3_000).then(() => {
    stoppedAt = bench.now;
    bench.journal.push('stopped');
  });
  await bench.clock.advance(10_000);
  expect(stoppedAt).toBe(until);
  if (until < 3_000) expect(bench.journal.slice(-2)).toEqual([expect.stringContaining('wrote'), 'stopped']);
});

it('waits for nothing when nothing is under way', async () => {
  const bench = openBench();
  bench.transport.script('a', 'submit', accepts('u1'));
  bench.transport.always('a', 'poll', NOT_READY);
  await bench.begin();
  await bench.engine.stop(3_000);
  expect([bench.now, bench.clock.pending]).toEqual([0, 0]);
});

it('waits for the ledger to have a task that is being taken', async () => {
  const bench = openBench();
  bench.store.writeMs = 100;
  void bench.submit();
  await bench.clock.advance(10);
  let stoppedAt = -1;
  void bench.engine.stop(3_000).then(() => {
    stoppedAt = bench.now;
  });
  await bench.clock.advance(3_000);
  expect(stoppedAt).toBe(200);
  expect(bench.journal).toEqual(['wrote created+attempt-begun', 'wrote attempt-ended']);
});
