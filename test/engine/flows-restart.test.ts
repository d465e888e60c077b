/** Flows across the end of a process: what a stop leaves, and what the next start makes of it. */
import { describe, expect, it } from 'vitest';
import type { Attempt, TaskRecord } from '../../src/core/store.js';
import { NOON } from '../support/fake-clock.js';
import { askedFor, hang, late } from '../support/fake-transport.js';
import { accepts, NOT_READY, solves } from './answers.js';
import { account, type Bench, CLIENT, INTENT, left, openBench, type Setup, story } from './bench.js';
import { openFlow } from './flow.js';

/** An attempt that `a` accepted so long ago, as the ledger has it. */
function solvingSince(agoMs: number): Attempt {
  const at = NOON - agoMs;
  const taken = { outcome: 'solving', upstreamId: 'u1', costUsd: 0.001, mayBeCharged: true } as const;
  return { ...INTENT, ...taken, startedAt: at, acceptedAt: at };
}

const submittingSince = (agoMs: number): Attempt => ({ ...INTENT, startedAt: NOON - agoMs });

/** A start on a ledger with one task, which an earlier process began a minute ago. */
async function startOn(attempts: readonly Attempt[], change: Partial<TaskRecord> = {}, setup: Setup = {}) {
  const status = attempts.some(({ acceptedAt }) => acceptedAt !== null) ? 'solving' : 'queued';
  const bench = openFlow({ ...setup, left: [left(NOON - 60_000, { status, attempts, ...change })] });
  await bench.engine.load();
  bench.engine.resume();
  return bench;
}

const submits = (bench: Bench) => bench.transport.calls(undefined, 'submit');

describe('a start', () => {
  it('asks for what was bought, within what is left of the polls, and buys nothing', async () => {
    // Polls at 5, 10 and 15 s may have been made: of 5 two are left.
    const facts = account('a', { timing: { maxPolls: 5 } });
    const bench = await startOn([solvingSince(16_000)], {}, { accounts: [facts] });
    bench.transport.script('a', 'poll', NOT_READY, solves('token-a'));
    await bench.clock.advance(10_000);
    expect(bench.transport.sent.map(askedFor)).toEqual(['u1', 'u1']);
    expect(await bench.find(7)).toMatchObject({ status: 'solved', attempts: [{ polls: 5 }] });
  });

  it('takes a submit that was under way for bought: flagged, and another provider is asked', async () => {
    const bench = await startOn([submittingSince(1_000)]);
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('b', 'poll', solves('token-b'));
    await bench.clock.advance(5_000);
    const record = await bench.find(7);
    expect(record).toMatchObject({ status: 'solved', provider: 'b' });
    expect(record.attempts[0]).toMatchObject({ outcome: 'timeout', mayBeCharged: true, costUsd: 0.001 });
    expect(submits(bench).map(({ account: to }) => to)).toEqual(['b']);
  });

  it.each([{ maxAttempts: 1 }, { maxUsdPerTask: 0.0015 }])('counts it towards %o', async (routing) => {
    const bench = await startOn([submittingSince(1_000)], {}, { routing });
    await bench.clock.advance(0);
    expect(await bench.find(7)).toMatchObject({ status: 'failed' });
    expect(bench.transport.sent).toEqual([]);
  });

  it('without the account that has the task goes to another one', async () => {
    const bench = await startOn([solvingSince(10_000)], {}, { accounts: ['b'] });
    const told: unknown[] = [];
    bench.events.on('failover', ({ from, to, cause }) => told.push([from, to, cause]));
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('b', 'poll', solves('token-b'));
    await bench.clock.advance(5_000);
    expect(story(await bench.find(7))).toEqual(['a: task_not_found', 'b: solved']);
    expect(told).toEqual([['a', 'b', 'task_not_found']]);
  });

  it.each([
    ['and takes the answer', solves('token-a'), [5_000], { status: 'solved', provider: 'a' }],
    ['and soon gives up', NOT_READY, [5_000, 10_000], { status: 'failed', error: { code: 'deadline' } }],
  ])('long after the deadline still asks, at its pace, %s', async (_name, answer, polls, outcome) => {
    const bench = await startOn([solvingSince(60_000)], { deadlineAt: NOON - 1_000 });
    bench.transport.always('a', 'poll', answer);
    await bench.clock.advance(60_000);
    expect(await bench.find(7)).toMatchObject(outcome);
    expect(bench.times('a', 'poll')).toEqual(polls);
    expect(submits(bench)).toEqual([]);
  });

  it('on a queued task past its deadline buys nothing', async () => {
    const bench = await startOn([], { deadlineAt: NOON - 1 });
    await bench.clock.advance(0);
    expect(await bench.find(7)).toMatchObject({ status: 'failed', error: { code: 'deadline' } });
    expect(bench.transport.sent).toEqual([]);
  });
});

describe('a stop', () => {
  /** Whether a promise has settled. */
  function watch(promise: Promise<unknown>): { isOver: boolean } {
    const seen = { isOver: false };
    void promise.then(() => {
      seen.isOver = true;
    });
    return seen;
  }

  it('releases all who wait, refuses new tasks, and sends nothing new', async () => {
    const bench = openBench({ accounts: [account('a', { threads: 1 })] });
    bench.transport.script('a', 'submit', accepts('u1'));
    const running = await bench.begin();
    const queued = await bench.begin();
    const held = Promise.all([
      bench.engine.untilEnded(CLIENT, running, 60_000),
      bench.engine.untilEnded(CLIENT, queued, 60_000),
      bench.engine.untilAccepted(queued),
    ]);
    const stopped = bench.engine.stop(5_000);
    expect((await held).map(({ status }) => status)).toEqual(['solving', 'queued', 'queued']);
    await stopped;
    await expect(bench.submit()).rejects.toMatchObject({
      code: 'overloaded',
      evidence: { retryAfterMs: 1_000 },
    });
    await bench.clock.advance(200_000);
    expect(bench.transport.sent).toHaveLength(1);
    expect(bench.clock.pending).toBe(0);
    bench.store.abandon();
    expect((await bench.store.adopt(10)).map(({ status }) => status)).toEqual(['solving', 'queued']);
  });

  it('waits for a submit under way and its booking; the next start only polls', async () => {
    const bench = openFlow();
    bench.store.writeMs = 20;
    bench.transport.script('a', 'submit', late(2_000, accepts('u1')));
    bench.transport.script('a', 'poll', solves('token-a'));
    const submitted = bench.submit();
    await bench.clock.advance(1_000);
    const { id } = await submitted;
    const seen = watch(bench.engine.stop(5_000));
    await bench.clock.advance(1_039);
    expect(seen.isOver).toBe(false);
    await bench.clock.advance(1);
    expect(seen.isOver).toBe(true);
    expect(await bench.store.find(id)).toMatchObject({
      attempts: [{ outcome: 'solving', upstreamId: 'u1' }],
    });
    await bench.restart();
    await bench.clock.advance(10_000);
    expect(await bench.find(id)).toMatchObject({ status: 'solved', provider: 'a' });
    expect(submits(bench)).toHaveLength(1);
  });

  it('waits for the submit of a cancelled task too: its id may be a paid one', async () => {
    const bench = openFlow();
    bench.transport.script('a', 'submit', late(2_000, accepts('u1')));
    const id = await bench.begin();
    await bench.engine.cancel(CLIENT, id);
    const seen = watch(bench.engine.stop(5_000));
    await bench.clock.advance(1_999);
    expect(seen.isOver).toBe(false);
    await bench.clock.advance(1);
    expect(seen.isOver).toBe(true);
    expect((await bench.store.find(id))?.attempts).toMatchObject([
      { outcome: 'cancelled', upstreamId: 'u1', mayBeCharged: true },
    ]);
  });

  it('does not wait longer than it is given', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', hang());
    const id = await bench.begin();
    const seen = watch(bench.engine.stop(3_000));
    await bench.clock.advance(2_999);
    expect(seen.isOver).toBe(false);
    await bench.clock.advance(1);
    expect(seen.isOver).toBe(true);
    expect(await bench.store.find(id)).toMatchObject({ attempts: [{ outcome: 'submitting' }] });
    await bench.clock.advance(60_000);
    expect(bench.transport.sent).toHaveLength(1);
  });

  it('during a failing submit books the failure and asks nobody else', async () => {
    const bench = openFlow();
    bench.transport.script('a', 'submit', hang());
    const id = await bench.begin();
    const stopped = bench.engine.stop(20_000);
    await bench.clock.advance(10_000);
    await stopped;
    expect(await bench.store.find(id)).toMatchObject({
      status: 'queued',
      attempts: [{ outcome: 'timeout', mayBeCharged: true }],
    });
    expect(bench.transport.calls('b')).toEqual([]);
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('b', 'poll', solves('token-b'));
    await bench.restart();
    await bench.clock.advance(5_000);
    expect(await bench.find(id)).toMatchObject({ status: 'solved', provider: 'b' });
  });
});
