/** A client takes its task back. */
import { describe, expect, it } from 'vitest';
import { accepts, NOT_READY, says, solves } from './answers.js';
import { account, CLIENT, openBench } from './bench.js';

describe('a running task', () => {
  it('ends, is asked for no more, and is remembered so', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', NOT_READY);
    const id = await bench.begin();
    await bench.clock.advance(6_000);
    const record = await bench.engine.cancel(CLIENT, id);
    expect(record).toMatchObject({ status: 'cancelled', error: null, solution: null, provider: null });
    expect(record.attempts).toMatchObject([
      { outcome: 'cancelled', upstreamId: 'u1', polls: 1, mayBeCharged: true, costUsd: 0.001 },
    ]);
    expect(await bench.store.find(id)).toEqual(record);
    await bench.clock.advance(60_000);
    expect(bench.transport.calls('a', 'poll')).toHaveLength(1);
    expect(bench.clock.pending).toBe(0);
  });

  it('moves nobody’s score', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    const id = await bench.begin();
    await bench.engine.cancel(CLIENT, id);
    expect(
      bench.engine.providers()[0]?.kinds.find(({ kind }) => kind === 'recaptcha_v2')?.successRate,
    ).toBeNull();
  });

  it('lets go of those who wait for it', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    const id = await bench.begin();
    const held = bench.engine.untilEnded(CLIENT, id, 60_000);
    await bench.engine.cancel(CLIENT, id);
    expect(await held).toMatchObject({ status: 'cancelled' });
  });

  it('that waits for room leaves the queue', async () => {
    const bench = openBench({ accounts: [account('a', { threads: 1 })] });
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', solves('token-a'));
    await bench.begin();
    const id = await bench.begin();
    expect(await bench.engine.cancel(CLIENT, id)).toMatchObject({ status: 'cancelled', attempts: [] });
    await bench.clock.advance(5_000);
    expect(bench.transport.calls('a', 'submit')).toHaveLength(1);
  });

  it('whose intent has not left yet is never sent', async () => {
    const bench = openBench();
    bench.store.writeMs = 100;
    bench.transport.script('a', 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
    void bench.submit();
    await bench.clock.advance(250);
    const cancelled = bench.engine.cancel(CLIENT, 1);
    await bench.clock.advance(500);
    expect(await cancelled).toMatchObject({ status: 'cancelled' });
    expect(bench.transport.calls('b')).toEqual([]);
    expect((await bench.store.find(1))?.attempts).toMatchObject([
      { outcome: 'no_slot' },
      { provider: 'b', outcome: 'cancelled', mayBeCharged: false, costUsd: 0 },
    ]);
  });
});

it('a finished task stays as it is', async () => {
  const bench = openBench();
  bench.transport.script('a', 'submit', accepts('u1'));
  bench.transport.script('a', 'poll', solves('token-a'));
  const record = await bench.run(5_000);
  expect(await bench.engine.cancel(CLIENT, record.id)).toEqual(record);
  expect(await bench.engine.cancel(CLIENT, record.id)).toMatchObject({ status: 'solved' });
});

it('a task of another client is not found', async () => {
  const bench = openBench();
  bench.transport.script('a', 'submit', accepts('u1'));
  const id = await bench.begin();
  const other = { ...CLIENT, id: 'other' };
  const notFound = { code: 'task_not_found' };
  await expect(bench.engine.cancel(other, id)).rejects.toMatchObject(notFound);
  await expect(bench.engine.find(other, id)).rejects.toMatchObject(notFound);
  await expect(bench.engine.untilEnded(other, id, 10)).rejects.toMatchObject(notFound);
  await expect(bench.engine.report(other, id, true)).rejects.toMatchObject(notFound);
  await expect(bench.engine.cancel(CLIENT, 999)).rejects.toMatchObject(notFound);
  expect(await bench.find(id)).toMatchObject({ status: 'solving' });
});
