/** After a restart: what was bought is asked for, and nothing is bought twice. */
import { describe, expect, it } from 'vitest';
import type { Attempt, TaskRecord } from '../../src/core/store.js';
import { NOON } from '../support/fake-clock.js';
import { askedFor, hang, late } from '../support/fake-transport.js';
import { sampleTask } from '../support/sample-tasks.js';
import { accepts, NOT_READY, says, solves } from './answers.js';
import { account, type Bench, INTENT, left, openBench, type Setup, story, TASK } from './bench.js';

/** An attempt that `a` accepted so long ago. */
function taken(agoMs: number, change: Partial<Attempt> = {}): Attempt {
  return {
    ...INTENT,
    outcome: 'solving',
    upstreamId: 'u1',
    startedAt: NOON - agoMs,
    acceptedAt: NOON - agoMs,
    costUsd: 0.001,
    mayBeCharged: true,
    ...change,
  };
}

function ended(agoMs: number, change: Partial<Attempt> = {}): Attempt {
  return taken(agoMs, { outcome: 'timeout', endedAt: NOON - 1_000, polls: 3, ...change });
}

async function openLeft(attempts: readonly Attempt[], change: Partial<TaskRecord> = {}, setup: Setup = {}) {
  const status = attempts.some(({ acceptedAt }) => acceptedAt !== null) ? 'solving' : 'queued';
  const bench = openBench({ ...setup, left: [left(NOON - 30_000, { attempts, status, ...change })] });
  await bench.engine.load();
  bench.engine.resume();
  return bench;
}

const find = (bench: Bench) => bench.find(7);

describe('a task that a provider has', () => {
  it('is only asked for, a poll’s pause after the start', async () => {
    const bench = await openLeft([taken(20_000)]);
    bench.transport.script('a', 'poll', solves('token-a'));
    await bench.clock.advance(4_999);
    expect(bench.transport.sent).toEqual([]);
    await bench.clock.advance(1);
    expect(bench.transport.sent.map(askedFor)).toEqual(['u1']);
    expect(await find(bench)).toMatchObject({
      status: 'solved',
      provider: 'a',
      solution: { token: 'token-a' },
    });
    expect(bench.clock.pending).toBe(0);
  });

  it('is not asked for before its first poll may come', async () => {
    const bench = await openLeft(
      [taken(1_000)],
      {},
      { accounts: [account('a', { timing: { firstPollMs: 9_000 } })] },
    );
    bench.transport.script('a', 'poll', solves('token-a'));
    await bench.clock.advance(20_000);
    expect(bench.times('a', 'poll')).toEqual([8_000]);
  });

  it('is found by its client, and waited for', async () => {
    const bench = await openLeft([taken(20_000)]);
    bench.transport.script('a', 'poll', solves('token-a'));
    expect(await bench.engine.untilAccepted(7)).toMatchObject({ status: 'solving' });
    const held = bench.engine.untilEnded({ id: 'qa', keySha256: '', holdMs: 0 }, 7, 60_000);
    await bench.clock.advance(5_000);
    expect(await held).toMatchObject({ status: 'solved' });
  });

  it('goes to the next provider when it fails there', async () => {
    const bench = await openLeft([taken(20_000)]);
    bench.transport.script('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'));
    bench.transport.script('b', 'submit', accepts('u2'));
    await bench.clock.advance(5_000);
    expect(story(await find(bench))).toEqual(['a: unsolvable', 'b: solving']);
  });

  it('takes its thread again', async () => {
    const bench = await openLeft([taken(20_000)], {}, { accounts: [account('a', { threads: 1 })] });
    bench.transport.script('a', 'poll', solves('token-a'));
    bench.transport.script('a', 'submit', accepts('u2'));
    const id = await bench.begin();
    expect(await bench.find(id)).toMatchObject({ status: 'queued' });
    await bench.clock.advance(5_000);
    expect(await bench.find(id)).toMatchObject({ status: 'solving' });
  });

  it('has the polls that may have been made counted against what the provider allows', async () => {
    // At 5 s and 10 s, at least; 6 are allowed.
    const facts = account('a', { timing: { maxPolls: 6, giveUpMs: 600_000 } });
    const bench = await openLeft([taken(12_000)], {}, { accounts: [facts] });
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.clock.advance(100_000);
    expect(bench.transport.calls('a', 'poll')).toHaveLength(4);
  });

  it('has one poll left, however many may have been made', async () => {
    const facts = account('a', { timing: { maxPolls: 3, giveUpMs: 600_000 } });
    const bench = await openLeft([taken(90_000)], {}, { accounts: [facts] });
    bench.transport.script('a', 'poll', solves('token-a'));
    await bench.clock.advance(5_000);
    expect(await find(bench)).toMatchObject({ status: 'solved', attempts: [{ polls: 3 }] });
  });

  it('is asked for once, with all the time a call has, though its time was over', async () => {
    const bench = await openLeft([taken(90_000)], {}, { accounts: ['a'] });
    bench.transport.script('a', 'poll', late(9_000, solves('token-a')));
    await bench.clock.advance(14_000);
    expect(bench.transport.calls('a', 'poll').map(({ timeoutMs }) => timeoutMs)).toEqual([10_000]);
    expect(await find(bench)).toMatchObject({ status: 'solved' });
  });

  it('is asked for once though the deadline passed meanwhile', async () => {
    const bench = await openLeft([taken(900_000)], { deadlineAt: NOON - 600_000 });
    bench.transport.script('a', 'poll', late(9_000, solves('token-a')));
    await bench.clock.advance(14_000);
    expect(await find(bench)).toMatchObject({ status: 'solved' });
  });

  it.each([
    ['nothing', NOT_READY],
    ['no answer', hang()],
  ])('fails when that one poll brings %s, and is not bought again', async (_name, answer) => {
    const bench = await openLeft([taken(900_000)], { deadlineAt: NOON - 600_000 });
    bench.transport.script('a', 'poll', answer);
    await bench.clock.advance(15_000);
    expect(await find(bench)).toMatchObject({ status: 'failed', solution: null });
    expect(bench.transport.calls('b')).toEqual([]);
    expect(bench.clock.pending).toBe(0);
  });

  it('is lost when the config has its account no more: the next provider gets it', async () => {
    const bench = await openLeft([taken(20_000)], {}, { accounts: ['b'] });
    bench.transport.script('b', 'submit', accepts('u2'));
    await bench.clock.advance(0);
    const record = await find(bench);
    expect(story(record)).toEqual(['a: task_not_found', 'b: solving']);
    expect(record.attempts[0]).toMatchObject({ mayBeCharged: true, costUsd: 0.001 });
  });
});

describe('a submit that was under way', () => {
  it('is ambiguous: it goes to another provider and is flagged', async () => {
    const bench = await openLeft([{ ...INTENT, startedAt: NOON - 100 }]);
    bench.transport.script('b', 'submit', accepts('u2'));
    const told: unknown[] = [];
    bench.events.on('attempt-ended', ({ attempt }) => told.push(attempt.outcome));
    await bench.clock.advance(0);
    const record = await find(bench);
    expect(story(record)).toEqual(['a: timeout', 'b: solving']);
    expect(record.attempts[0]).toMatchObject({ mayBeCharged: true, costUsd: 0.001, endedAt: NOON });
    expect((await bench.store.find(7))?.attempts[0]).toMatchObject({
      outcome: 'timeout',
      mayBeCharged: true,
    });
    expect(told).toEqual(['timeout']);
  });

  it('is not sent to the same provider again, though there is no other', async () => {
    const bench = await openLeft([{ ...INTENT, startedAt: NOON - 100 }], {}, { accounts: ['a'] });
    await bench.clock.advance(0);
    expect(await find(bench)).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
    expect(bench.transport.sent).toEqual([]);
  });

  it('has burnt single-use inputs', async () => {
    const task = sampleTask('geetest_v3');
    const bench = await openLeft([{ ...INTENT, startedAt: NOON - 100 }], { task });
    await bench.clock.advance(0);
    expect(await find(bench)).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
    expect(bench.transport.sent).toEqual([]);
  });
});

describe('an attempt that was given up', () => {
  it('is drained beside the one that is waited for; its late answer wins', async () => {
    const second = taken(10_000, { provider: 'b', upstreamId: 'u2' });
    const bench = await openLeft([ended(70_000), second]);
    bench.transport.script('a', 'poll', solves('token-a'));
    bench.transport.always('b', 'poll', NOT_READY);
    await bench.clock.advance(20_000);
    expect(bench.times('a', 'poll')).toEqual([20_000]);
    const record = await find(bench);
    expect(record).toMatchObject({ status: 'solved', provider: 'a' });
    expect(story(record)).toEqual(['a: solved', 'b: cancelled']);
  });

  it('is drained when it is all there is', async () => {
    const bench = await openLeft([ended(70_000)], {}, { accounts: ['a'] });
    bench.transport.script('a', 'poll', solves('token-a'));
    await bench.clock.advance(20_000);
    expect(await find(bench)).toMatchObject({ status: 'solved', provider: 'a' });
  });

  it('keeps to the polls that the provider allows', async () => {
    const facts = account('a', { timing: { maxPolls: 3 } });
    const bench = await openLeft([ended(70_000)], {}, { accounts: [facts] });
    await bench.clock.advance(100_000);
    expect(bench.transport.sent).toEqual([]);
  });

  it('has burnt single-use inputs: nobody else is asked', async () => {
    const task = sampleTask('geetest_v3');
    const bench = await openLeft([ended(70_000)], { task });
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.clock.advance(150_000);
    expect(await find(bench)).toMatchObject({ status: 'failed', error: { code: 'deadline' } });
    expect(bench.transport.calls('b')).toEqual([]);
  });

  it('is not drained when it was answered with a final word', async () => {
    const unsolvable = ended(70_000, { outcome: 'unsolvable', upstreamCode: 'ERROR_CAPTCHA_UNSOLVABLE' });
    const bench = await openLeft([unsolvable]);
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.always('b', 'poll', NOT_READY);
    await bench.clock.advance(50_000);
    expect(bench.transport.calls('a')).toEqual([]);
  });
});

describe('a task that was queued', () => {
  it('is handed in as if nothing had happened', async () => {
    const bench = await openLeft([]);
    bench.transport.script('a', 'submit', accepts('u1'));
    await bench.clock.advance(0);
    expect(story(await find(bench))).toEqual(['a: solving']);
  });

  it('knows who has refused it, and what it has had', async () => {
    const refused = { ...INTENT, outcome: 'no_slot' as const, endedAt: NOON - 5_000, costUsd: 0 };
    const bench = await openLeft([refused]);
    bench.transport.script('b', 'submit', accepts('u2'));
    await bench.clock.advance(0);
    expect(story(await find(bench))).toEqual(['a: no_slot', 'b: solving']);
  });

  it('may ask a provider whose intent was withdrawn before it left', async () => {
    const withdrawn = { ...INTENT, outcome: 'cancelled' as const, endedAt: NOON - 5_000, costUsd: 0 };
    const bench = await openLeft([withdrawn]);
    bench.transport.script('a', 'submit', accepts('u1'));
    await bench.clock.advance(0);
    expect(story(await find(bench))).toEqual(['a: cancelled', 'a: solving']);
  });

  it('fails when its deadline has passed', async () => {
    const bench = await openLeft([], { deadlineAt: NOON - 1 });
    await bench.clock.advance(0);
    expect(await find(bench)).toMatchObject({ status: 'failed', error: { code: 'deadline' } });
    expect(bench.transport.sent).toEqual([]);
  });

  it('keeps to the providers of its client', async () => {
    const clients = [{ id: 'qa', keySha256: '', holdMs: 0, providers: ['b'] }];
    const bench = await openLeft([], {}, { clients });
    bench.transport.script('b', 'submit', accepts('u2'));
    await bench.clock.advance(0);
    expect(story(await find(bench))).toEqual(['b: solving']);
  });
});

it('many tasks are not asked for in the same moment', async () => {
  const records = [1, 2, 3].map((id) =>
    left(NOON - 30_000 + id, { id, status: 'solving', attempts: [taken(20_000, { upstreamId: `u${id}` })] }),
  );
  const bench = openBench({ left: records });
  bench.transport.always('a', 'poll', (sent) => solves(`token-${askedFor(sent)}`));
  await bench.engine.load();
  bench.engine.resume();
  await bench.clock.advance(6_000);
  expect(bench.times('a', 'poll')).toEqual([5_000, 5_002, 5_004]);
});

it('a process that stops leaves its tasks to the next one', async () => {
  const bench = openBench();
  bench.transport.script('a', 'submit', accepts('u1'));
  bench.transport.script('a', 'poll', NOT_READY, solves('token-a'));
  const id = await bench.begin(TASK);
  await bench.clock.advance(7_000);
  await bench.restart();
  await bench.clock.advance(5_000);
  expect(bench.times('a', 'poll')).toEqual([5_000, 12_000]);
  expect(bench.times('a', 'submit')).toEqual([0]);
  expect(await bench.find(id)).toMatchObject({ status: 'solved', solution: { token: 'token-a' } });
});

it('a process that stops while a submit is on its way writes down what comes of it', async () => {
  const bench = openBench();
  bench.transport.script('a', 'submit', late(500, accepts('u1')));
  bench.transport.script('a', 'poll', solves('token-a'));
  const id = await bench.begin(TASK);
  bench.engine.stop();
  await bench.clock.advance(500);
  expect(await bench.store.find(id)).toMatchObject({ attempts: [{ outcome: 'solving', upstreamId: 'u1' }] });
  await bench.restart();
  await bench.clock.advance(6_000);
  expect(await bench.find(id)).toMatchObject({ status: 'solved', provider: 'a' });
});
