/** When an accepted task is asked for: never sooner, closer or more often than the provider allows. */
import { describe, expect, it } from 'vitest';
import jsonProvider from '../../providers/json.js';
import type { Timing } from '../../src/core/provider.js';
import { hang, late } from '../support/fake-transport.js';
import { accepts, HTML, json, NOT_READY, says, solves } from './answers.js';
import { account, openBench, story } from './bench.js';

function openPaced(timing: Partial<Timing> = {}, deadlineMs = 180_000) {
  const bench = openBench({ accounts: [account('a', { timing })], routing: { deadlineMs, maxAttempts: 1 } });
  bench.transport.script('a', 'submit', accepts('u1'));
  return bench;
}

describe('the first poll', () => {
  it('comes when the provider says, counted from the acceptance', async () => {
    const bench = openPaced({ firstPollMs: 7_000 });
    bench.transport.script('a', 'poll', solves('token-a'));
    await bench.begin();
    await bench.clock.advance(6_999);
    expect(bench.transport.calls('a', 'poll')).toEqual([]);
    await bench.clock.advance(1);
    expect(bench.times('a', 'poll')).toEqual([7_000]);
  });

  it('is not counted from the request', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', late(2_000, accepts('u1')));
    bench.transport.script('a', 'poll', solves('token-a'));
    await bench.run(7_000);
    expect(bench.times('a', 'poll')).toEqual([7_000]);
  });
});

describe('the floor between polls', () => {
  it('is counted from the answer', async () => {
    const bench = openPaced();
    bench.transport.script('a', 'poll', late(3_000, NOT_READY), late(9_000, NOT_READY), solves('token-a'));
    await bench.run(27_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 13_000, 27_000]);
  });

  it('is kept after a call without an answer', async () => {
    const bench = openPaced({ answerWithinMs: 2_000 });
    bench.transport.script('a', 'poll', hang(), HTML, solves('token-a'));
    await bench.run(17_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 12_000, 17_000]);
  });

  it('is stretched by the pause that an answer asks for', async () => {
    const bench = openPaced();
    bench.transport.script('a', 'poll', says('ERROR_SERVER_ERROR'), solves('token-a'));
    await bench.run(15_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 15_000]);
  });

  it('holds for each task by itself', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', accepts('u1'), accepts('u2'));
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.begin();
    await bench.clock.advance(1_000);
    await bench.begin();
    await bench.clock.advance(10_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 6_000, 10_000, 11_000]);
  });
});

it('ERROR_TOO_MUCH_REQUESTS is waited out: the task stays, and nothing is shut', async () => {
  const facts = { provider: jsonProvider, timing: { pollEveryMs: 500, firstPollMs: 500 } };
  const bench = openBench({ accounts: [account('a', facts), 'b'] });
  bench.transport.script('a', 'submit', json.accepts(77));
  const busy = json.says('ERROR_TOO_MUCH_REQUESTS');
  bench.transport.script('a', 'poll', busy, busy, json.processing, json.solves('token-a'));
  const record = await bench.run(5_000);
  expect(bench.times('a', 'poll')).toEqual([500, 2_500, 4_500, 5_000]);
  expect(record).toMatchObject({ status: 'solved', attempts: [{ polls: 4, outcome: 'solved' }] });
  expect(bench.state('a').state).toBe('closed');
});

describe('an attempt is given up', () => {
  it('when its polls are used up', async () => {
    const bench = openPaced({ maxPolls: 3 });
    bench.transport.always('a', 'poll', NOT_READY);
    const record = await bench.run(60_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 10_000, 15_000]);
    expect(record).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
    expect(record.attempts[0]).toMatchObject({ outcome: 'timeout', polls: 3, mayBeCharged: true });
  });

  it('when its time is over', async () => {
    const bench = openBench({ accounts: [account('a', { timing: { giveUpMs: 12_000 } }), 'b'] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('b', 'submit', accepts('u2'));
    for (const id of ['a', 'b']) bench.transport.always(id, 'poll', NOT_READY);
    const id = await bench.begin();
    await bench.clock.advance(11_999);
    expect(story(await bench.find(id))).toEqual(['a: solving']);
    await bench.clock.advance(1);
    expect(story(await bench.find(id))).toEqual(['a: timeout', 'b: solving']);
    expect(bench.times('b', 'submit')).toEqual([12_000]);
  });

  it('at the deadline, whatever its own time: the attempt has failed, too', async () => {
    const bench = openPaced({ giveUpMs: 600_000 }, 18_000);
    bench.transport.always('a', 'poll', NOT_READY);
    const record = await bench.run(18_000);
    expect(record).toMatchObject({ status: 'failed', error: { code: 'deadline' } });
    expect(record.attempts[0]).toMatchObject({ outcome: 'deadline', polls: 3, mayBeCharged: true });
    expect(bench.engine.providers()[0]?.kinds.find(({ kind }) => kind === 'recaptcha_v2')?.successRate).toBe(
      0,
    );
    await bench.clock.advance(60_000);
    expect(bench.transport.calls('a', 'poll')).toHaveLength(3);
  });

  it('but not in the middle of a poll: its answer may come a little later', async () => {
    const bench = openPaced({ giveUpMs: 12_000 });
    bench.transport.script('a', 'poll', NOT_READY, late(8_000, solves('token-a')));
    const id = await bench.begin();
    await bench.clock.advance(17_999);
    expect(await bench.find(id)).toMatchObject({ status: 'solving', attempts: [{ outcome: 'solving' }] });
    await bench.clock.advance(1);
    expect(await bench.find(id)).toMatchObject({ status: 'solved' });
  });

  it('in the middle of a poll when the deadline passes', async () => {
    const bench = openPaced({}, 12_000);
    bench.transport.script('a', 'poll', NOT_READY, hang());
    const record = await bench.run(12_000);
    expect(record).toMatchObject({ status: 'failed', error: { code: 'deadline' } });
    expect(bench.clock.pending).toBe(0);
  });
});

describe('an attempt that was given up', () => {
  it('is asked for slowly until the task ends', async () => {
    const bench = openPaced({ giveUpMs: 12_000 }, 100_000);
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.run(100_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 10_000, 32_000, 52_000, 72_000, 92_000]);
  });

  it('keeps to the polls that the provider allows for one task', async () => {
    const bench = openPaced({ giveUpMs: 12_000, maxPolls: 4 }, 100_000);
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.run(100_000);
    expect(bench.times('a', 'poll')).toEqual([5_000, 10_000, 32_000, 52_000]);
  });
});
