/** What a client waits for: the acceptance, the end, its own patience. */
import { describe, expect, it } from 'vitest';
import { hang, late } from '../support/fake-transport.js';
import { accepts, NOT_READY, says, solves } from './answers.js';
import { CLIENT, openBench } from './bench.js';

/** Whether a promise has settled, and when, in ms since the start. */
function watch(bench: ReturnType<typeof openBench>, promise: Promise<unknown>): { at: number | undefined } {
  const seen: { at: number | undefined } = { at: undefined };
  void promise.then(() => {
    seen.at = bench.now;
  });
  return seen;
}

describe('until accepted', () => {
  it('ends when a provider has taken the task', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', late(700, accepts('u1')));
    const seen = watch(bench, bench.engine.untilAccepted(await bench.begin()));
    await bench.clock.advance(2_000);
    expect(seen.at).toBe(700);
  });

  it('ends when all have refused it', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', late(700, says('ERROR_NO_SLOT_AVAILABLE')));
    bench.transport.script('b', 'submit', late(700, says('ERROR_ZERO_BALANCE')));
    bench.transport.script('b', 'balance', hang());
    const accepted = bench.engine.untilAccepted(await bench.begin());
    const seen = watch(bench, accepted);
    await bench.clock.advance(2_000);
    expect(seen.at).toBe(1_400);
    expect(await accepted).toMatchObject({ status: 'failed', error: { code: 'no_slot' } });
  });

  it('ends after acceptWithinMs in any case, and the task goes on', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', hang());
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('b', 'poll', solves('token-b'));
    const id = await bench.begin();
    const seen = watch(bench, bench.engine.untilAccepted(id));
    await bench.clock.advance(15_000);
    expect(seen.at).toBe(3_500);
    expect(await bench.find(id)).toMatchObject({ status: 'solved' });
  });

  it('ends when the client goes away', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', hang());
    const leaving = new AbortController();
    const seen = watch(bench, bench.engine.untilAccepted(await bench.begin(), leaving.signal));
    await bench.clock.advance(1_000);
    leaving.abort();
    await bench.clock.advance(0);
    expect(seen.at).toBe(1_000);
  });

  it('is over at once for a task that has ended, and an error for one that never was', async () => {
    const bench = openBench({ accounts: [] });
    const id = await bench.begin();
    expect(await bench.engine.untilAccepted(id)).toMatchObject({ status: 'failed' });
    await expect(bench.engine.untilAccepted(99)).rejects.toMatchObject({ code: 'task_not_found' });
  });
});

describe('until ended', () => {
  it('ends with the task', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', solves('token-a'));
    const ended = bench.engine.untilEnded(CLIENT, await bench.begin(), 20_000);
    const seen = watch(bench, ended);
    await bench.clock.advance(20_000);
    expect(seen.at).toBe(5_000);
    expect(await ended).toMatchObject({ status: 'solved', solution: { token: 'token-a' } });
  });

  it('ends with the client’s patience, and leaves no timer', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', NOT_READY);
    const id = await bench.begin();
    const before = bench.clock.pending;
    const ended = bench.engine.untilEnded(CLIENT, id, 3_000);
    const seen = watch(bench, ended);
    await bench.clock.advance(4_000);
    expect([seen.at, bench.clock.pending]).toEqual([3_000, before]);
    expect(await ended).toMatchObject({ status: 'solving' });
  });

  it.each([0, -1])('does not wait for %s ms', async (waitMs) => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    expect(await bench.engine.untilEnded(CLIENT, await bench.begin(), waitMs)).toMatchObject({
      status: 'solving',
    });
  });

  it('does not wait for a client that has gone already', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    const id = await bench.begin();
    expect(await bench.engine.untilEnded(CLIENT, id, 9_000, AbortSignal.abort())).toMatchObject({ id });
  });

  it('ends for all who wait', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', solves('token-a'));
    const id = await bench.begin();
    const held = Promise.all([1, 2, 3].map(() => bench.engine.untilEnded(CLIENT, id, 20_000)));
    await bench.clock.advance(5_000);
    expect((await held).map(({ status }) => status)).toEqual(['solved', 'solved', 'solved']);
    expect(bench.clock.pending).toBe(0);
  });
});

it('a finished task is found in memory, and in the store when it is older', async () => {
  const bench = openBench();
  bench.transport.script('a', 'submit', accepts('u1'));
  bench.transport.script('a', 'poll', solves('token-a'));
  const record = await bench.run(5_000);
  await bench.restart();
  expect(await bench.find(record.id)).toEqual(record);
  expect(await bench.engine.inspect(record.id)).toEqual(record);
  expect(await bench.engine.inspect(99)).toBeUndefined();
});

it('images are not kept with a finished task', async () => {
  const bench = openBench();
  bench.transport.script('a', 'submit', accepts('u1'));
  bench.transport.script('a', 'poll', solves('w93bx'));
  const record = await bench.run(5_000, { kind: 'image_to_text', imageBase64: 'aW1hZ2U=', lang: 'en' });
  expect(record).toMatchObject({ status: 'solved', task: { kind: 'image_to_text', lang: 'en' } });
  expect(record.task).not.toHaveProperty('imageBase64');
});
