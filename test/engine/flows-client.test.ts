/** Flows that the client starts after the submit: it cancels, reports, or asks for what is not its own. */
import { describe, expect, it } from 'vitest';
import { askedFor, hang, late } from '../support/fake-transport.js';
import { accepts, NOT_READY, RECORDED, says, solves } from './answers.js';
import { account, CLIENT, openBench, story } from './bench.js';
import { openFlow } from './flow.js';

describe('a cancelled task', () => {
  it('ends at once for everybody who waits, and its thread goes to the next', async () => {
    const bench = openFlow({ accounts: [account('a', { threads: 1 })] });
    bench.transport.script('a', 'submit', accepts('u1'), accepts('u2'));
    bench.transport.script('a', 'poll', solves('token-2'));
    const first = await bench.begin();
    const second = await bench.begin();
    const held = bench.engine.untilEnded(CLIENT, first, 60_000);
    await bench.clock.advance(1_000);
    await bench.engine.cancel(CLIENT, first);
    expect(await held).toMatchObject({ status: 'cancelled', finishedAt: bench.clock.now() });
    await bench.clock.advance(5_000);
    expect(await bench.find(second)).toMatchObject({ status: 'solved', solution: { token: 'token-2' } });
    expect(bench.transport.calls('a', 'poll').map(askedFor)).toEqual(['u2']);
  });

  it.each([
    ['an id', late(2_000, accepts('u1')), { outcome: 'cancelled', upstreamId: 'u1', mayBeCharged: true }],
    ['no answer', hang(), { outcome: 'timeout', upstreamId: null, mayBeCharged: true }],
    [
      'a refusal',
      late(2_000, says('ERROR_NO_SLOT_AVAILABLE')),
      { outcome: 'no_slot', upstreamId: null, mayBeCharged: false },
    ],
  ])(
    'whose submit is under way and brings %s has that on disk, and buys nothing again',
    async (...[, answer, booked]) => {
      const bench = openFlow();
      bench.transport.script('a', 'submit', answer);
      const id = await bench.begin();
      await bench.clock.advance(1_000);
      expect(await bench.engine.cancel(CLIENT, id)).toMatchObject({ status: 'cancelled' });
      expect(bench.now).toBe(1_000);
      await bench.clock.advance(120_000);
      expect(await bench.store.find(id)).toMatchObject({ status: 'cancelled', attempts: [booked] });
      expect(await bench.find(id)).toMatchObject({ status: 'cancelled', attempts: [booked] });
      expect(bench.transport.sent.map(({ account: to, call }) => `${call} ${to}`)).toEqual(['submit a']);
    },
  );

  it('is cancelled once, however often it is asked for', async () => {
    const bench = openFlow();
    bench.transport.script('a', 'submit', accepts('u1'));
    const id = await bench.begin();
    const records = await Promise.all([1, 2, 3].map(() => bench.engine.cancel(CLIENT, id)));
    expect(records.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    const settled = bench.store.writes.filter(({ moves }) => moves.some(({ move }) => move === 'settled'));
    expect(settled).toHaveLength(1);
  });

  it('while one attempt is drained and another followed leaves neither', async () => {
    const bench = openFlow({ accounts: [account('a', { timing: { giveUpMs: 10_000 } }), 'b'] });
    for (const id of ['a', 'b']) {
      bench.transport.script(id, 'submit', accepts(`u-${id}`));
      bench.transport.always(id, 'poll', NOT_READY);
    }
    const id = await bench.begin();
    await bench.clock.advance(16_000);
    const record = await bench.engine.cancel(CLIENT, id);
    expect(story(record)).toEqual(['a: timeout', 'b: cancelled']);
    const sent = bench.transport.sent.length;
    await bench.clock.advance(200_000);
    expect(bench.transport.sent).toHaveLength(sent);
  });

  it('after the end stays what it was', async () => {
    const bench = openFlow();
    bench.transport.script('a', 'submit', says('ERROR_PAGEURL'));
    const record = await bench.find(await bench.begin());
    expect(await bench.engine.cancel(CLIENT, record.id)).toEqual(record);
  });
});

describe('a report', () => {
  it('goes once to the provider that solved, after a failover too', async () => {
    const bench = openFlow();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'));
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('b', 'poll', solves('token-b'));
    const { id } = await bench.run(10_000);
    bench.transport.script('b', 'report', late(500, RECORDED));
    await Promise.all([bench.engine.report(CLIENT, id, false), bench.engine.report(CLIENT, id, false)]);
    await bench.engine.report(CLIENT, id, true);
    await bench.clock.advance(1_000);
    expect(bench.transport.calls(undefined, 'report').map(askedFor)).toEqual(['u2']);
    expect(await bench.store.find(id)).toMatchObject({ reported: false });
  });

  it('that cannot be written is told to nobody, and may be made again', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', solves('token-a'));
    const { id } = await bench.run(5_000);
    bench.store.isFailing = true;
    await expect(bench.engine.report(CLIENT, id, true)).rejects.toMatchObject({ code: 'overloaded' });
    expect(bench.faults).toMatchObject([{ message: 'the disk is full' }]);
    expect(bench.transport.calls('a', 'report')).toEqual([]);
    bench.store.isFailing = false;
    bench.transport.script('a', 'report', RECORDED);
    await bench.engine.report(CLIENT, id, true);
    await bench.clock.advance(0);
    expect(await bench.find(id)).toMatchObject({ reported: true });
  });
});

describe('another client’s task', () => {
  const STRANGER = { ...CLIENT, id: 'stranger' };

  it.each(['running', 'finished', 'finished before a restart'])(
    '%s is not found, in no way',
    async (state) => {
      const bench = openBench();
      bench.transport.script('a', 'submit', accepts('u1'));
      bench.transport.always('a', 'poll', solves('token-a'));
      const id = await bench.begin();
      if (state !== 'running') await bench.clock.advance(5_000);
      if (state === 'finished before a restart') await bench.restart();
      const { engine } = bench;
      const own = await bench.find(id);
      for (const asked of [id, 4_711]) {
        const refused = {
          code: 'task_not_found',
          evidence: { detail: `There is no task ${asked} for this key.` },
        };
        await expect(engine.find(STRANGER, asked)).rejects.toMatchObject(refused);
        await expect(engine.untilEnded(STRANGER, asked, 1_000)).rejects.toMatchObject(refused);
        await expect(engine.cancel(STRANGER, asked)).rejects.toMatchObject(refused);
        await expect(engine.report(STRANGER, asked, true)).rejects.toMatchObject(refused);
      }
      expect(await bench.find(id)).toEqual(own);
      expect(bench.transport.calls('a', 'report')).toEqual([]);
    },
  );
});
