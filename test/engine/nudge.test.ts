/** A provider that tells by itself that a result is there: one poll at once, within its pace. */
import { describe, expect, it } from 'vitest';
import classic from '../../providers/classic.js';
import { followPlan, resumePlan } from '../../src/engine/poll-plan.js';
import { SolveTimes } from '../../src/engine/solve-times.js';
import { NOON } from '../support/fake-clock.js';
import { late, text } from '../support/fake-transport.js';
import { accepts, NOT_READY, says, solves } from './answers.js';
import { account, type Bench, INTENT, openBench, PACE } from './bench.js';

function openNudged(facts: Parameters<typeof account>[1] = {}) {
  const bench = openBench({ accounts: [account('a', facts)], routing: { maxAttempts: 1 } });
  bench.transport.script('a', 'submit', accepts('u1'));
  return bench;
}

const nudge = ({ engine }: Bench, taskId: number, provider = 'a') =>
  engine.nudge({ provider, taskId, attempt: 0 });

describe('a nudge', () => {
  it('brings the next poll forward, and its answer ends the task', async () => {
    const bench = openNudged({ timing: { pollEveryMs: 20_000, floorMs: 5_000 } });
    bench.transport.script('a', 'poll', NOT_READY, solves('token-a'));
    const id = await bench.begin();
    await bench.clock.advance(12_000);
    nudge(bench, id);
    await bench.clock.advance(0);
    expect(bench.times('a', 'poll')).toEqual([5_000, 12_000]);
    expect(await bench.find(id)).toMatchObject({ status: 'solved', solution: { token: 'token-a' } });
  });

  it('waits for the first-poll delay', async () => {
    const bench = openNudged();
    bench.transport.script('a', 'poll', solves('token-a'));
    const id = await bench.begin();
    nudge(bench, id);
    await bench.clock.advance(60_000);
    expect(bench.times('a', 'poll')).toEqual([5_000]);
  });

  it('waits for the floor after the last answer', async () => {
    const bench = openNudged({ timing: { pollEveryMs: 20_000, floorMs: 5_000 } });
    bench.transport.script('a', 'poll', NOT_READY, solves('token-a'));
    const id = await bench.begin();
    await bench.clock.advance(6_000);
    nudge(bench, id);
    await bench.clock.advance(20_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 10_000]);
  });

  it('during a poll makes the next one come at the floor', async () => {
    const bench = openNudged({ timing: { pollEveryMs: 20_000, floorMs: 5_000 } });
    bench.transport.script('a', 'poll', late(2_000, NOT_READY), solves('token-a'));
    const id = await bench.begin();
    await bench.clock.advance(6_000);
    nudge(bench, id);
    await bench.clock.advance(20_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 12_000]);
  });

  it('that comes before the answer to the submit is not lost', async () => {
    const timing = { firstPollMs: 1_000, pollEveryMs: 20_000, floorMs: 1_000 };
    const accounts = [account('a', { timing, callsBack: true })];
    const bench = openBench({ accounts, routing: { maxAttempts: 1 } });
    nudge(bench, 999);
    bench.transport.script('a', 'submit', late(500, accepts('u1')));
    bench.transport.script('a', 'poll', solves('token-a'));
    const id = await bench.begin();
    nudge(bench, id);
    await bench.clock.advance(30_000);
    expect(bench.times('a', 'poll')).toEqual([1_500]);
  });

  it('that was wrong costs one poll, and the others go on', async () => {
    const bench = openNudged({ timing: { pollEveryMs: 20_000, floorMs: 5_000 } });
    bench.transport.script('a', 'poll', NOT_READY, NOT_READY, solves('token-a'));
    const id = await bench.begin();
    await bench.clock.advance(12_000);
    nudge(bench, id);
    await bench.clock.advance(40_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 12_000, 32_000]);
  });

  it('waits for the end of a ban', async () => {
    const bench = openNudged({ timing: { pollEveryMs: 20_000, floorMs: 5_000, giveUpMs: 400_000 } });
    bench.transport.script('a', 'submit', says('ERROR: 1003'));
    bench.transport.script('a', 'poll', NOT_READY, solves('token-a'));
    const id = await bench.begin();
    await bench.clock.advance(6_000);
    await bench.begin();
    nudge(bench, id);
    await bench.clock.advance(60_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 36_000]);
  });

  it('for nobody’s task, or at nobody’s account, does nothing', async () => {
    const bench = openNudged({ timing: { pollEveryMs: 20_000, floorMs: 5_000 } });
    bench.transport.script('a', 'poll', NOT_READY, solves('token-a'));
    const id = await bench.begin();
    await bench.clock.advance(12_000);
    nudge(bench, id + 1);
    nudge(bench, id, 'b');
    bench.engine.nudge({ provider: 'a', taskId: id, attempt: 1 });
    await bench.clock.advance(13_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 25_000]);
  });

  it('takes a task out of the row of those that are asked for together', async () => {
    const timing = { pollEveryMs: 20_000, floorMs: 5_000 };
    const bench = openBench({ accounts: [account('a', { provider: classic, timing })] });
    bench.transport.script('a', 'submit', accepts('u1'), accepts('u2'));
    bench.transport.script('a', 'poll', text('CAPCHA_NOT_READY|CAPCHA_NOT_READY'), solves('x'), solves('y'));
    const ids = [await bench.begin(), await bench.begin()];
    await bench.clock.advance(12_000);
    nudge(bench, ids[1] ?? 0);
    await bench.clock.advance(20_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 12_000, 25_000]);
    expect(
      bench.transport.calls('a', 'poll').map(({ request }) => request.query?.ids ?? request.query?.id),
    ).toEqual(['u1,u2', 'u2', 'u1']);
    for (const id of ids) expect(await bench.find(id)).toMatchObject({ status: 'solved' });
  });
});

describe('an attempt whose result is pushed', () => {
  const terms = {
    attempt: { ...INTENT, acceptedAt: NOON },
    pace: { ...PACE, giveUpMs: 120_000 },
    now: NOON,
    deadlineAt: NOON + 120_000,
    times: new SolveTimes(),
    costMs: () => 75,
    isPushed: () => true,
  };

  it('is polled at a third of the pace, and may be asked for as early as any', () => {
    const plan = followPlan(terms);
    expect(plan.firstPollAt - NOON).toBe(5_000);
    expect([plan.firstDueAt - NOON, plan.nextDueAt(NOON + 20_000, 1) - NOON]).toEqual([15_000, 35_000]);
  });

  it('is first asked for after three times as long as any', () => {
    const plan = followPlan({ ...terms, pace: { ...terms.pace, firstPollMs: 20_000 } });
    expect([plan.firstPollAt - NOON, plan.firstDueAt - NOON]).toEqual([20_000, 60_000]);
    expect(plan.nextDueAt(NOON + 60_000, 1) - NOON).toBe(75_000);
  });

  it('is asked for at the usual pace from when its provider does not call any more', () => {
    let isPushed = true;
    const plan = followPlan({ ...terms, isPushed: () => isPushed });
    expect(plan.nextDueAt(NOON + 15_000, 1) - NOON).toBe(30_000);
    isPushed = false;
    expect(plan.nextDueAt(NOON + 15_000, 1) - NOON).toBe(20_000);
  });

  it('is asked for at once after a restart: the push may have come meanwhile', () => {
    const plan = resumePlan({ ...terms, now: NOON + 50_000 }, NOON + 51_000);
    expect([plan.firstDueAt - NOON, plan.nextDueAt(NOON + 51_000, 9) - NOON]).toEqual([51_000, 66_000]);
  });
});
