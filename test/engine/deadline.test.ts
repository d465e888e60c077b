/** Every task ends: by its deadline at the latest. */
import { describe, expect, it } from 'vitest';
import { hang, late } from '../support/fake-transport.js';
import { accepts, NOT_READY, says } from './answers.js';
import { openBench, story } from './bench.js';

describe('a deadline shorter than any solve', () => {
  it('fails at once, and nothing is bought', async () => {
    const bench = openBench();
    const record = await bench.find(await bench.begin(undefined, { deadlineMs: 4_999 }));
    expect(record).toMatchObject({ status: 'failed', attempts: [], error: { code: 'deadline' } });
    expect(record.passedOver.map(({ why }) => why)).toEqual([
      'cannot answer before the deadline',
      'cannot answer before the deadline',
    ]);
    expect(bench.transport.sent).toEqual([]);
  });

  it('for the next provider leaves the task as it is', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', NOT_READY, says('ERROR_CAPTCHA_UNSOLVABLE'));
    const record = await bench.run(10_000, undefined, { deadlineMs: 14_000 });
    expect(record).toMatchObject({ status: 'failed', error: { code: 'unsolvable' } });
    expect(bench.transport.calls('b')).toEqual([]);
  });
});

describe('the deadline', () => {
  it('is the config’s where the client wants more, and the client’s where it wants less', async () => {
    const bench = openBench({ routing: { deadlineMs: 60_000 } });
    bench.transport.always('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', NOT_READY);
    const deadlines = await Promise.all(
      [undefined, 90_000, 30_000].map((deadlineMs) => bench.submit(undefined, { deadlineMs })),
    );
    expect(deadlines.map(({ deadlineAt }) => deadlineAt - bench.startedAt)).toEqual([60_000, 60_000, 30_000]);
  });

  it('ends a task that waits for an answer, to the millisecond', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', NOT_READY);
    const id = await bench.begin(undefined, { deadlineMs: 30_000 });
    await bench.clock.advance(29_999);
    expect(await bench.find(id)).toMatchObject({ status: 'solving' });
    await bench.clock.advance(1);
    const record = await bench.find(id);
    expect(record).toMatchObject({ status: 'failed', error: { code: 'deadline' } });
    expect(story(record)).toEqual(['a: deadline']);
    expect(bench.clock.pending).toBe(0);
  });

  it('cuts a submit to what is left', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', hang());
    bench.transport.script('b', 'submit', hang());
    const record = await bench.run(16_000, undefined, { deadlineMs: 16_000 });
    expect(bench.transport.calls(undefined, 'submit').map(({ timeoutMs }) => timeoutMs)).toEqual([
      10_000, 6_000,
    ]);
    expect(record).toMatchObject({ status: 'failed', error: { code: 'deadline' } });
  });

  it('finds a submit that has not been answered: it may be charged, and its answer is booked later', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', late(7_000, accepts('u1')));
    bench.clock.after(6_000, () => void bench.engine.cancel({ id: 'qa', keySha256: '', holdMs: 0 }, 1));
    const record = await bench.run(6_500);
    expect(record.attempts).toMatchObject([
      { outcome: 'cancelled', upstreamId: null, mayBeCharged: true, costUsd: 0.001 },
    ]);
    await bench.clock.advance(1_000);
    expect((await bench.store.find(1))?.attempts).toMatchObject([
      { outcome: 'cancelled', upstreamId: 'u1', mayBeCharged: true },
    ]);
    expect(bench.transport.calls('a', 'poll')).toEqual([]);
    expect(bench.clock.pending).toBe(0);
  });

  it('finds a refusal on its way: nothing was bought after all', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', late(7_000, says('ERROR_CAPTCHA_ID')));
    bench.clock.after(6_000, () => void bench.engine.cancel({ id: 'qa', keySha256: '', holdMs: 0 }, 1));
    await bench.run(7_000);
    expect((await bench.store.find(1))?.attempts).toMatchObject([
      { outcome: 'bad_request', mayBeCharged: false, costUsd: 0 },
    ]);
  });
});
