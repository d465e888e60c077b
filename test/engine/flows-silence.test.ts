/** Flows in which a provider is silent: hanging submits, tasks that are given up, late answers, bans. */
import { describe, expect, it } from 'vitest';
import { askedFor, hang, late } from '../support/fake-transport.js';
import { accepts, HALF_JSON, NOT_READY, says, solves } from './answers.js';
import { account, type Bench, openBench, story } from './bench.js';
import { openFlow } from './flow.js';

const SLOW_A = account('a', { timing: { giveUpMs: 20_000 } });

function failovers(bench: Bench): readonly string[] {
  const told: string[] = [];
  bench.events.on('failover', ({ from, to, cause }) => told.push(`${from} ${to} ${cause}`));
  return told;
}

describe('the first provider hangs', () => {
  it.each([
    ['on the connection', hang({ isSent: false }), 'timeout', false],
    ['in the body', hang(), 'timeout', true],
    ['and then sends half an answer', late(9_000, HALF_JSON), 'bad_reply', true],
  ])('%s: the second one solves, and the first is not asked again', async (_name, answer, code, charged) => {
    const bench = openFlow();
    const told = failovers(bench);
    bench.transport.script('a', 'submit', answer);
    bench.transport.script('b', 'submit', accepts('u1'), accepts('u2'));
    bench.transport.script('b', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'), solves('token-b'));
    const record = await bench.run(40_000);
    expect(record).toMatchObject({ status: 'solved', provider: 'b' });
    expect(story(record)).toEqual([`a: ${code}`, 'b: unsolvable', 'b: solved']);
    expect(record.attempts[0]).toMatchObject({ mayBeCharged: charged, costUsd: charged ? 0.001 : 0 });
    expect(bench.transport.calls('a', 'submit')).toHaveLength(1);
    expect(told).toEqual([`a b ${code}`]);
  });
});

describe('a provider accepts and never solves', () => {
  it('is given up at giveUpMs; the second one solves', async () => {
    const bench = openFlow({ accounts: [SLOW_A, 'b'] });
    const told = failovers(bench);
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', NOT_READY);
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('b', 'poll', solves('token-b'));
    const record = await bench.run(25_000);
    expect(record).toMatchObject({ status: 'solved', provider: 'b', solution: { token: 'token-b' } });
    expect(bench.times('b', 'submit')).toEqual([20_000]);
    expect(told).toEqual(['a b timeout']);
  });

  it('is drained slowly, under its own id, and its late answer wins', async () => {
    const bench = openFlow({ accounts: [SLOW_A, 'b'] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', NOT_READY, NOT_READY, NOT_READY, NOT_READY, solves('token-a'));
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.always('b', 'poll', NOT_READY);
    const record = await bench.run(60_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 10_000, 15_000, 40_000, 60_000]);
    expect(new Set(bench.transport.calls('a', 'poll').map(askedFor))).toEqual(new Set(['u1']));
    expect(record).toMatchObject({ status: 'solved', provider: 'a' });
    expect(story(record)).toEqual(['a: solved', 'b: cancelled']);
    expect(bench.transport.calls(undefined, 'submit')).toHaveLength(2);
  });

  it('answers late while the next submit is under way: what that one buys is booked', async () => {
    const slowB = account('b', { timing: { answerWithinMs: 30_000 } });
    const bench = openFlow({ accounts: [SLOW_A, slowB, 'c'] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', NOT_READY, NOT_READY, NOT_READY, solves('token-a'));
    bench.transport.script('b', 'submit', late(25_000, accepts('u2')));
    const early = await bench.run(40_000);
    expect(early).toMatchObject({ status: 'solved', provider: 'a' });
    expect(story(early)).toEqual(['a: solved', 'b: cancelled']);
    await bench.clock.advance(100_000);
    expect((await bench.store.find(early.id))?.attempts[1]).toMatchObject({
      outcome: 'cancelled',
      upstreamId: 'u2',
      mayBeCharged: true,
      costUsd: 0.001,
    });
    expect(bench.transport.calls('b', 'poll')).toEqual([]);
    expect(bench.transport.calls('c')).toEqual([]);
  });

  it('two are given up, the third solves, and nobody is asked any more', async () => {
    const slow = (id: string) => account(id, { timing: { giveUpMs: 20_000 } });
    const bench = openFlow({ accounts: [slow('a'), slow('b'), 'c'] });
    for (const id of ['a', 'b', 'c']) bench.transport.script(id, 'submit', accepts(`u-${id}`));
    for (const id of ['a', 'b']) bench.transport.always(id, 'poll', NOT_READY);
    bench.transport.script('c', 'poll', solves('token-c'));
    const record = await bench.run(45_000);
    expect(story(record)).toEqual(['a: timeout', 'b: timeout', 'c: solved']);
    const sent = bench.transport.sent.length;
    await bench.clock.advance(200_000);
    expect(bench.transport.sent).toHaveLength(sent);
  });
});

describe('the deadline', () => {
  it('shorter than any solve fails at once and buys nothing', async () => {
    const bench = openFlow();
    const record = await bench.find(await bench.begin(undefined, { deadlineMs: 1_000 }));
    expect(record).toMatchObject({ status: 'failed', error: { code: 'deadline' }, attempts: [] });
    expect(bench.transport.sent).toEqual([]);
  });

  it('ends what is followed and what is drained, and both may be charged', async () => {
    const bench = openFlow({ accounts: [SLOW_A, 'b'] });
    for (const id of ['a', 'b']) {
      bench.transport.script(id, 'submit', accepts(`u-${id}`));
      bench.transport.always(id, 'poll', NOT_READY);
    }
    const record = await bench.run(45_000, undefined, { deadlineMs: 45_000 });
    expect(record).toMatchObject({ status: 'failed', error: { code: 'deadline' } });
    expect(record.finishedAt).toBe(record.deadlineAt);
    expect(story(record)).toEqual(['a: timeout', 'b: deadline']);
    expect(record.attempts.map(({ mayBeCharged }) => mayBeCharged)).toEqual([true, true]);
  });
});

describe('a ban', () => {
  it('sends every running task of the account to the next provider, and asks it nothing', async () => {
    const bench = openBench({ accounts: ['a', 'b'] });
    const told = failovers(bench);
    bench.transport.script('a', 'submit', accepts('u1'), accepts('u2'), accepts('u3'));
    bench.transport.script('a', 'poll', says('ERROR_BANNED'));
    let taken = 0;
    bench.transport.always('b', 'submit', () => {
      taken += 1;
      return accepts(`b${taken}`);
    });
    bench.transport.always('b', 'poll', (sent) => solves(`token-${askedFor(sent)}`));
    const ids = [await bench.begin(), await bench.begin(), await bench.begin()];
    await bench.clock.advance(11_000);
    const records = await Promise.all(ids.map((id) => bench.find(id)));
    expect(records.map(({ status, provider }) => `${status} ${provider}`)).toEqual(ids.map(() => 'solved b'));
    expect(new Set(records.map(({ solution }) => solution?.token)).size).toBe(3);
    expect(told).toEqual(ids.map(() => 'a b banned'));
    expect(bench.transport.calls('a', 'poll')).toHaveLength(1);
    expect(bench.engine.inFlight).toBe(0);
  });
});
