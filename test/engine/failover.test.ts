/** The flows of DESIGN 5 in which one provider fails and another one solves. */
import { describe, expect, it } from 'vitest';
import { hang, reset } from '../support/fake-transport.js';
import { sampleTask } from '../support/sample-tasks.js';
import { accepts, json, NOT_READY, says, solves } from './answers.js';
import { account, CLIENT, openBench, story } from './bench.js';

const SLOW_A = account('a', { timing: { giveUpMs: 20_000 } });

describe('all providers down', () => {
  it('each is asked once, and the task fails at once', async () => {
    const bench = openBench({ accounts: ['a', 'b', 'c'] });
    for (const id of ['a', 'b', 'c']) bench.transport.script(id, 'submit', reset(false));
    const id = await bench.begin();
    const record = await bench.find(id);
    expect(record).toMatchObject({ status: 'failed', error: { code: 'bad_reply' } });
    expect(story(record)).toEqual(['a: bad_reply', 'b: bad_reply', 'c: bad_reply']);
    expect(bench.now).toBe(0);
  });

  it('leaves no timer behind', async () => {
    const bench = openBench();
    for (const id of ['a', 'b']) bench.transport.script(id, 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
    await bench.begin();
    expect(bench.clock.pending).toBe(0);
  });
});

describe('the first provider hangs', () => {
  it.each([
    ['on the connection', hang({ isSent: false }), false],
    ['on the answer', hang(), true],
  ])('%s: the second one solves', async (_name, answer, mayBeCharged) => {
    const bench = openBench();
    bench.transport.script('a', 'submit', answer);
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('b', 'poll', solves('token-b'));
    const record = await bench.run(15_000);
    expect(record).toMatchObject({ status: 'solved', provider: 'b', solution: { token: 'token-b' } });
    expect(bench.times('b', 'submit')).toEqual([10_000]);
    expect(record.attempts[0]).toMatchObject({ outcome: 'timeout', mayBeCharged });
  });

  it('those who come while it hangs go to the second one first', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', hang());
    bench.transport.always('b', 'submit', accepts('u-b'));
    bench.transport.always('b', 'poll', NOT_READY);
    await bench.begin();
    await bench.clock.advance(1_500);
    bench.transport.script('a', 'submit', accepts('u-a'));
    bench.transport.always('a', 'poll', NOT_READY);
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
    await bench.clock.advance(1);
    expect(story(await bench.find(await bench.begin()))).toEqual(['b: solving']);
    const why = (await bench.find(await bench.begin())).passedOver;
    expect(why).toEqual([{ provider: 'a', why: 'in doubt: a submit hangs; others first' }]);
  });

  it('an answer that takes its time because it is the solution is not a hang', async () => {
    const capsolver = (await import('../../providers/capsolver.js')).default;
    const bench = openBench({ accounts: [account('a', { provider: capsolver }), 'b'] });
    bench.transport.always('a', 'submit', { ...json.solvesText('w1'), afterMs: 5_000 });
    await bench.begin(sampleTask('image_to_text'));
    await bench.clock.advance(2_000);
    await bench.begin(sampleTask('image_to_text'));
    await bench.clock.advance(5_000);
    expect(bench.transport.calls('b')).toEqual([]);
    expect(bench.transport.calls('a')).toHaveLength(2);
  });
});

describe('a provider accepts and never solves', () => {
  function neverSolvedByA() {
    const bench = openBench({ accounts: [SLOW_A, 'b'] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('b', 'submit', accepts('u2'));
    return bench;
  }

  it('the second one solves it; the client hears nothing else meanwhile', async () => {
    const bench = neverSolvedByA();
    bench.transport.always('a', 'poll', NOT_READY);
    bench.transport.script('b', 'poll', solves('token-b'));
    const id = await bench.begin();
    await bench.clock.advance(20_000);
    expect(await bench.find(id)).toMatchObject({ status: 'solving', error: null });
    await bench.clock.advance(5_000);
    const record = await bench.find(id);
    expect(record).toMatchObject({ status: 'solved', provider: 'b' });
    expect(record.attempts).toMatchObject([
      { outcome: 'timeout', upstreamId: 'u1', polls: 3, mayBeCharged: true },
      { outcome: 'solved', upstreamId: 'u2', polls: 1 },
    ]);
    expect(bench.clock.pending).toBe(0);
  });

  it('the late answer of the first one wins', async () => {
    const bench = neverSolvedByA();
    bench.transport.script('a', 'poll', NOT_READY, NOT_READY, NOT_READY, solves('token-a'));
    bench.transport.always('b', 'poll', NOT_READY);
    const record = await bench.run(40_000);
    expect(record).toMatchObject({ status: 'solved', provider: 'a', solution: { token: 'token-a' } });
    expect(record.finishedAt).toBe(bench.startedAt + 40_000);
    expect(record.attempts).toMatchObject([
      { outcome: 'solved', polls: 4 },
      { outcome: 'cancelled', polls: 3, mayBeCharged: true, costUsd: 0.001 },
    ]);
    await bench.clock.advance(100_000);
    expect(bench.transport.calls(undefined, 'poll')).toHaveLength(7);
    expect(bench.clock.pending).toBe(0);
  });

  it('the first answer stands when both come', async () => {
    const bench = neverSolvedByA();
    bench.transport.script('a', 'poll', NOT_READY, NOT_READY, NOT_READY);
    bench.transport.script('a', 'poll', { ...solves('token-a'), afterMs: 2_000 });
    bench.transport.script('b', 'poll', NOT_READY, NOT_READY, NOT_READY);
    bench.transport.script('b', 'poll', { ...solves('token-b'), afterMs: 1_000 });
    const record = await bench.run(45_000);
    expect(record).toMatchObject({ status: 'solved', provider: 'b' });
    expect(
      bench.store.writes.filter(({ moves }) => moves.some(({ move }) => move === 'settled')),
    ).toHaveLength(1);
  });

  it('is waited for when there is nobody else', async () => {
    const bench = openBench({ accounts: [SLOW_A] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', NOT_READY, NOT_READY, NOT_READY, solves('token-a'));
    const id = await bench.begin();
    await bench.clock.advance(39_999);
    expect(await bench.find(id)).toMatchObject({ status: 'solving' });
    await bench.clock.advance(1);
    expect(await bench.find(id)).toMatchObject({ status: 'solved', provider: 'a' });
  });

  it('while it is waited for, somebody who reopens is asked', async () => {
    const bench = openBench({ accounts: [SLOW_A, 'b'] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', NOT_READY);
    bench.transport.script('b', 'submit', says('ERROR: 1003'), accepts('u2'));
    bench.transport.script('b', 'poll', solves('token-b'));
    await bench.begin();
    await bench.clock.advance(10_000);
    await bench.begin(undefined, { providers: ['b'] });
    await bench.clock.advance(35_000);
    expect(await bench.find(1)).toMatchObject({ status: 'solved', provider: 'b' });
    expect(bench.times('b', 'submit')).toEqual([10_000, 40_000]);
  });
});

describe('a captcha that was not solved', () => {
  it('goes to another provider', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'));
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('b', 'poll', solves('token-b'));
    expect(await bench.run(10_000)).toMatchObject({ status: 'solved', provider: 'b' });
  });

  it('goes to the same one when there is no other', async () => {
    const bench = openBench({ accounts: ['a'] });
    const told: unknown[] = [];
    bench.events.on('failover', (event) => told.push(event));
    bench.transport.script('a', 'submit', accepts('u1'), accepts('u2'));
    bench.transport.script('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'), solves('token-a'));
    const record = await bench.run(10_000);
    expect(story(record)).toEqual(['a: unsolvable', 'a: solved']);
    expect(told).toEqual([]);
  });

  it('does not go to the same one while that is banned, held out or out of money', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'));
    const id = await bench.begin();
    bench.engine.hold('a', 'maintenance');
    await bench.clock.advance(5_000);
    expect(await bench.find(id)).toMatchObject({ status: 'failed', error: { code: 'unsolvable' } });
    expect(bench.transport.calls('a', 'submit')).toHaveLength(1);
  });
});

it('each failover is told once, with its cause', async () => {
  const bench = openBench({ accounts: ['a', 'b', 'c'] });
  const told: unknown[] = [];
  bench.events.on('failover', (event) => told.push(event));
  bench.transport.script('a', 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
  bench.transport.script('b', 'submit', reset(true));
  bench.transport.script('c', 'submit', accepts('u3'));
  bench.transport.script('c', 'poll', solves('token-c'));
  await bench.run(5_000);
  const common = { taskId: '1', clientId: 'qa', kind: 'recaptcha_v2', at: bench.startedAt };
  expect(told).toEqual([
    { ...common, from: 'a', to: 'b', cause: 'no_slot' },
    { ...common, from: 'b', to: 'c', cause: 'bad_reply' },
  ]);
});

it('a client that goes away changes nothing for its task', async () => {
  const bench = openBench();
  bench.transport.script('a', 'submit', accepts('u1'));
  bench.transport.script('a', 'poll', solves('token-a'));
  const id = await bench.begin();
  const leaving = new AbortController();
  const held = bench.engine.untilEnded(CLIENT, id, 60_000, leaving.signal);
  await bench.clock.advance(1_000);
  leaving.abort();
  expect(await held).toMatchObject({ status: 'solving' });
  await bench.clock.advance(4_000);
  expect(await bench.find(id)).toMatchObject({ status: 'solved' });
});
