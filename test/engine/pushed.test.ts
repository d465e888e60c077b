/** Accounts whose service calls when a task is done: one poll confirms it, and seldom ones are left should it not call. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { late, reset } from '../support/fake-transport.js';
import { accepts, NOT_READY, says, solves } from './answers.js';
import { account, type Bench, CALLBACKS, CLIENT, openBench, SINGLY, story } from './bench.js';

/** One account that has called before, and is otherwise polled every 5 s. */
function openPushed(facts: Parameters<typeof account>[1] = {}) {
  return heard(openBench({ accounts: [account('a', { callsBack: true, ...facts })] }));
}

/** Calls for a task of long ago. */
function heard(bench: Bench): Bench {
  call(bench, 999);
  return bench;
}

const call = (bench: Bench, taskId: number, attempt = 0) =>
  bench.engine.nudge({ provider: 'a', taskId, attempt });

/** Hands a task in whose result is there when the first fallback poll comes, and which nobody called for. */
async function solveUncalled(bench: Bench): Promise<void> {
  bench.transport.script('a', 'submit', accepts(`u${bench.now}`));
  bench.transport.script('a', 'poll', solves('token'));
  const { status } = await bench.run(15_000);
  expect(status).toBe('solved');
}

describe('an account whose service calls', () => {
  it('is given an address of its own for every attempt, and others are not', async () => {
    const accounts = [account('a', { callsBack: true }), account('b')];
    const bench = openBench({ accounts });
    bench.transport.script('a', 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
    bench.transport.script('b', 'submit', accepts('u1'));
    bench.transport.script('b', 'poll', solves('token-b'));
    const { id } = await bench.run(5_000);
    const [first, second] = bench.transport.calls(undefined, 'submit').map(({ request }) => request.form);
    expect(first).toMatchObject({ pingback: `${CALLBACKS}/a/${id}/0` });
    expect(second).not.toHaveProperty('pingback');
  });

  it('is asked once, after its call', async () => {
    const bench = openPushed();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', solves('token-a'));
    const id = await bench.begin();
    await bench.clock.advance(12_000);
    call(bench, id);
    await bench.clock.advance(0);
    expect(bench.times('a', 'poll')).toEqual([12_000]);
    expect(await bench.find(id)).toMatchObject({ status: 'solved', attempts: [{ polls: 1 }] });
  });

  it('is asked once, however often it calls', async () => {
    const bench = openPushed();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', late(200, solves('token-a')));
    const id = await bench.begin();
    await bench.clock.advance(8_000);
    for (const passedMs of [0, 0, 100, 200, 10_000]) {
      call(bench, id);
      await bench.clock.advance(passedMs);
    }
    expect(bench.times('a', 'poll')).toEqual([8_000]);
  });

  it('that calls again and again too early is asked no faster than its floor', async () => {
    const bench = openPushed();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', NOT_READY, NOT_READY, NOT_READY, solves('token-a'));
    const id = await bench.begin();
    for (let second = 0; second < 20; second += 1) {
      call(bench, id);
      await bench.clock.advance(1_000);
    }
    expect(bench.times('a', 'poll')).toEqual([5_000, 10_000, 15_000, 20_000]);
  });

  it('that does not call is asked at a third of the pace, and its answer found', async () => {
    const bench = openPushed();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', NOT_READY, solves('token-a'));
    const { status } = await bench.run(40_000);
    expect([status, bench.times('a', 'poll')]).toEqual(['solved', [15_000, 30_000]]);
  });

  it('tells by its call that a captcha cannot be solved, and the next one is asked', async () => {
    const bench = heard(openBench({ accounts: [account('a', { callsBack: true }), account('b')] }));
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'));
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('b', 'poll', solves('token-b'));
    const id = await bench.begin();
    await bench.clock.advance(7_000);
    call(bench, id);
    await bench.clock.advance(5_000);
    expect(bench.times('a', 'poll')).toEqual([7_000]);
    expect(story(await bench.find(id))).toEqual(['a: unsolvable', 'b: solved']);
  });

  it('may call for a submit whose answer was lost: nothing comes of it', async () => {
    const bench = openBench({ accounts: [account('a', { callsBack: true }), account('b')] });
    bench.transport.script('a', 'submit', reset(true));
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('b', 'poll', solves('token-b'));
    const id = await bench.begin();
    call(bench, id);
    await bench.clock.advance(5_000);
    expect(bench.times('a', 'poll')).toEqual([]);
    expect(story(await bench.find(id))).toEqual(['a: bad_reply', 'b: solved']);
  });

  it('that calls for an ended task, or for a cancelled one, is not asked', async () => {
    const bench = openPushed();
    bench.transport.script('a', 'submit', accepts('u1'), accepts('u2'));
    bench.transport.script('a', 'poll', solves('token-a'));
    const { id } = await bench.run(15_000);
    const cancelled = await bench.begin();
    await bench.clock.advance(6_000);
    await bench.engine.cancel(CLIENT, cancelled);
    for (const ended of [id, cancelled]) call(bench, ended);
    await bench.clock.advance(4_000);
    expect(bench.times('a', 'poll')).toEqual([15_000]);
  });

  it('is asked at once after a restart, and heard as before', async () => {
    const bench = openPushed();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', NOT_READY, solves('token-a'));
    const id = await bench.begin();
    await bench.clock.advance(6_000);
    await bench.restart();
    heard(bench);
    await bench.clock.advance(6_000);
    expect(bench.times('a', 'poll')).toEqual([11_000]);
    await bench.clock.advance(7_000);
    call(bench, id);
    await bench.clock.advance(0);
    expect(bench.times('a', 'poll')).toEqual([11_000, 19_000]);
    expect(await bench.find(id)).toMatchObject({ status: 'solved' });
  });

  it('answers some kinds inside the submit: those carry no address', async () => {
    const provider = { ...SINGLY, answersAtOnce: () => true };
    const bench = openPushed({ provider });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', solves('token-a'));
    await bench.run(5_000);
    expect(bench.transport.calls('a', 'submit')[0]?.request.form).not.toHaveProperty('pingback');
    expect(bench.times('a', 'poll')).toEqual([5_000]);
  });
});

describe('an account whose service is to call', () => {
  /** Polls of a task begun now, from its beginning on. */
  async function polled(bench: Bench): Promise<readonly number[]> {
    const [since, before] = [bench.now, bench.times('a', 'poll').length];
    bench.transport.script('a', 'submit', accepts(`u${since}`));
    bench.transport.script('a', 'poll', NOT_READY, solves('token'));
    const { status } = await bench.run(40_000);
    expect(status).toBe('solved');
    return bench
      .times('a', 'poll')
      .slice(before)
      .map((at) => at - since);
  }

  it('is polled as any other after three results, which is told once, and seldom again after a call', async () => {
    const bench = openPushed();
    const told: unknown[] = [];
    onTestFinished(
      bench.events.on('calls-missed', ({ provider, results }) => told.push([provider, results])),
    );
    await solveUncalled(bench);
    await solveUncalled(bench);
    expect(told).toEqual([]);
    await solveUncalled(bench);
    expect(told).toEqual([['a', 3]]);
    expect((await polled(bench))[0]).toBe(5_000);
    expect(told).toHaveLength(1);
    call(bench, 1);
    expect(await polled(bench)).toEqual([15_000, 30_000]);
  });

  it('is polled as any other until its first call, and then seldom', async () => {
    const bench = openBench({ accounts: [account('a', { callsBack: true })] });
    expect(await polled(bench)).toEqual([5_000, 10_000]);
    call(bench, 1);
    expect(await polled(bench)).toEqual([15_000, 30_000]);
  });

  it('and never does is polled as any other, and that is told', async () => {
    const bench = openBench({ accounts: [account('a', { callsBack: true })] });
    const told: unknown[] = [];
    onTestFinished(bench.events.on('calls-missed', ({ results }) => told.push(results)));
    for (let task = 0; task < 5; task += 1) expect((await polled(bench))[0]).toBe(5_000);
    expect(told).toEqual([3]);
  });

  it('is given time: calls may come a little after the polls that find the results', async () => {
    const bench = openPushed();
    const told: unknown[] = [];
    onTestFinished(bench.events.on('calls-missed', (missed) => told.push(missed)));
    bench.transport.script('a', 'submit', accepts('u1'), accepts('u2'), accepts('u3'), accepts('u4'));
    bench.transport.script('a', 'poll', solves('w'), solves('x'), solves('y'), solves('z'));
    for (let task = 0; task < 4; task += 1) await bench.begin();
    await bench.clock.advance(15_000);
    expect(bench.times('a', 'poll')).toHaveLength(4);
    expect(told).toEqual([]);
    expect(await polled(bench)).toEqual([15_000, 30_000]);
    expect(told).toHaveLength(1);
  });
});
