/** Capacity: one kind at one account is left alone for a while, and comes back by one real submit. */
import { describe, expect, it } from 'vitest';
import { late, type Sent } from '../support/fake-transport.js';
import { sampleTask } from '../support/sample-tasks.js';
import { accepts, NOT_READY, says, solves } from './answers.js';
import { account, openBench, story } from './bench.js';

const NO_SLOT = says('ERROR_NO_SLOT_AVAILABLE');
const SHUT_FOR = (forMs: number) => ({ state: 'open', cause: 'no_slot', forMs });

/** `a` has no slot; `b` takes everything. */
function noSlotAtA() {
  const bench = openBench();
  bench.transport.always('a', 'submit', NO_SLOT);
  bench.transport.always('b', 'submit', accepts('u-b'));
  bench.transport.always('b', 'poll', NOT_READY);
  return bench;
}

describe('the cooldown', () => {
  it('adds nothing while it lasts: the account is not asked at all', async () => {
    const bench = noSlotAtA();
    for (const _ of [1, 2, 3]) await bench.begin();
    await bench.clock.advance(4_999);
    const record = await bench.find(await bench.begin());
    expect(bench.transport.calls('a')).toHaveLength(1);
    expect(story(record)).toEqual(['b: solving']);
    expect(record.passedOver).toEqual([
      { provider: 'a', why: expect.stringMatching(/^kind open: no_slot until /) },
    ]);
  });

  it('doubles with every try in a row that fails, up to its limit', async () => {
    const bench = noSlotAtA();
    const waits: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      await bench.begin();
      const { forMs } = bench.kind('a');
      waits.push(forMs ?? 0);
      await bench.clock.advance(forMs ?? 0);
    }
    expect(waits.map((ms) => ms / 1_000)).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
    expect(bench.transport.calls('a')).toHaveLength(9);
  });

  it('starts again from the beginning once it was closed for as long as it was open last', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', NO_SLOT, NO_SLOT, accepts('u1'), NO_SLOT);
    bench.transport.always('a', 'poll', NOT_READY);
    bench.transport.always('b', 'submit', accepts('u-b'));
    bench.transport.always('b', 'poll', NOT_READY);
    await bench.begin();
    await bench.clock.advance(5_000);
    await bench.begin();
    expect(bench.kind('a')).toEqual(SHUT_FOR(10_000));
    await bench.clock.advance(10_000);
    await bench.begin();
    expect(bench.kind('a').state).toBe('closed');
    await bench.clock.advance(10_000);
    await bench.begin();
    expect(bench.kind('a')).toEqual(SHUT_FOR(5_000));
  });

  it('is not doubled by refusals of submits that were under way together', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.always('a', 'submit', late(100, NO_SLOT));
    for (let count = 0; count < 10; count += 1) await bench.begin();
    await bench.clock.advance(100);
    expect(bench.kind('a')).toEqual(SHUT_FOR(5_000));
  });

  it('is never shorter than the pause that the provider asks for', async () => {
    const bench = openBench({ breaker: { cooldownMs: 1_000 }, accounts: ['a'] });
    bench.transport.script('a', 'submit', NO_SLOT);
    await bench.begin();
    expect(bench.kind('a')).toEqual(SHUT_FOR(5_000));
  });

  it('is the config’s alone at an address of one’s own', async () => {
    const bench = openBench({
      breaker: { cooldownMs: 1_000 },
      accounts: [account('a', { isPublic: false })],
    });
    bench.transport.script('a', 'submit', NO_SLOT);
    await bench.begin();
    expect(bench.kind('a')).toEqual(SHUT_FOR(1_000));
  });

  it('holds for one kind only', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', NO_SLOT, accepts('u2'));
    await bench.begin();
    const id = await bench.begin(sampleTask('turnstile'));
    expect(story(await bench.find(id))).toEqual(['a: solving']);
    expect(bench.kind('a', 'turnstile').state).toBe('closed');
  });
});

describe('coming back', () => {
  it('is tried by one task alone, the others go on as if it were shut', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', NO_SLOT, late(500, accepts('u1')));
    bench.transport.always('b', 'submit', accepts('u-b'));
    for (const id of ['a', 'b']) bench.transport.always(id, 'poll', NOT_READY);
    await bench.begin();
    await bench.clock.advance(5_000);
    expect(bench.kind('a').state).toBe('half-open');
    const ids = [await bench.begin(), await bench.begin(), await bench.begin()];
    await bench.clock.advance(500);
    const stories = await Promise.all(ids.map(async (id) => story(await bench.find(id))));
    expect(stories).toEqual([['a: solving'], ['b: solving'], ['b: solving']]);
    expect(bench.kind('a').state).toBe('closed');
  });

  it('gets a quarter of the usual time', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', NO_SLOT, accepts('u1'), accepts('u2'));
    bench.transport.script('b', 'submit', accepts('u-b'));
    for (const id of ['a', 'b']) bench.transport.always(id, 'poll', NOT_READY);
    await bench.begin();
    await bench.clock.advance(5_000);
    await bench.begin();
    await bench.begin();
    expect(bench.transport.calls('a', 'submit').map(({ timeoutMs }) => timeoutMs)).toEqual([
      10_000, 2_500, 10_000,
    ]);
  });

  it('fails when the try is not answered in time', async () => {
    const bench = openBench({ routing: { maxAttempts: 9 } });
    bench.transport.script('a', 'submit', NO_SLOT, late(3_000, accepts('never read')));
    bench.transport.always('b', 'submit', accepts('u-b'));
    bench.transport.always('b', 'poll', NOT_READY);
    await bench.begin();
    await bench.clock.advance(5_000);
    const record = await bench.run(2_500);
    expect(story(record)).toEqual(['a: timeout', 'b: solving']);
    expect(bench.kind('a')).toEqual({ state: 'open', cause: 'timeout', forMs: 10_000 });
  });

  it('is free for the next task when the try never left', async () => {
    const bench = noSlotAtA();
    await bench.begin();
    await bench.clock.advance(5_000);
    bench.store.isFailing = true;
    await expect(bench.submit()).rejects.toMatchObject({ code: 'overloaded' });
    bench.store.isFailing = false;
    expect(bench.kind('a').state).toBe('half-open');
    await bench.begin();
    expect(bench.transport.calls('a', 'submit')).toHaveLength(2);
  });
});

describe('unsupported', () => {
  it('is remembered for a day', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', says('ERROR_METHOD_CALL'), accepts('u1'));
    bench.transport.always('b', 'submit', accepts('u-b'));
    for (const id of ['a', 'b']) bench.transport.always(id, 'poll', NOT_READY);
    await bench.begin();
    await bench.clock.advance(24 * 3_600_000 - 1);
    await bench.begin();
    expect(bench.transport.calls('a', 'submit')).toHaveLength(1);
    await bench.clock.advance(1);
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
  });

  it('is not shortened by a refusal for want of slots that was under way', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', says('ERROR_METHOD_CALL'), late(100, NO_SLOT));
    await Promise.all([bench.submit(), bench.submit()]);
    await bench.clock.advance(100);
    expect(bench.kind('a')).toMatchObject({ cause: 'unsupported' });
  });

  it('is not asked as a last resort', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', says('ERROR_METHOD_CALL'));
    await bench.begin();
    await bench.clock.advance(3_600_000);
    expect(await bench.find(await bench.begin())).toMatchObject({ error: { code: 'unsupported' } });
  });
});

describe('when everything is shut', () => {
  /** Two failed tries at `a`: its cooldown (10 s) is longer than the pause it asks for (5 s). */
  async function twiceRefused(answer: (sent: Sent) => ReturnType<typeof says> = () => NO_SLOT) {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', NO_SLOT, NO_SLOT, answer);
    await bench.begin();
    await bench.clock.advance(5_000);
    await bench.begin();
    return bench;
  }

  it('the one that reopens first is asked all the same, after the pause it asked for', async () => {
    const bench = await twiceRefused(() => accepts('u1'));
    await bench.clock.advance(4_999);
    expect(await bench.find(await bench.begin())).toMatchObject({ attempts: [], error: { code: 'no_slot' } });
    await bench.clock.advance(1);
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
  });

  it('those who come while it is asked wait for what it says: yes', async () => {
    const bench = await twiceRefused(() => late(400, accepts('u1')));
    bench.transport.always('a', 'submit', accepts('u2'));
    await bench.clock.advance(5_000);
    const ids = [await bench.begin(), await bench.begin(), await bench.begin()];
    expect(bench.transport.calls('a', 'submit')).toHaveLength(3);
    await bench.clock.advance(400);
    const stories = await Promise.all(ids.map(async (id) => story(await bench.find(id))));
    expect(stories).toEqual([['a: solving'], ['a: solving'], ['a: solving']]);
  });

  it('those who come while it is asked wait for what it says: no', async () => {
    const bench = await twiceRefused(() => late(400, NO_SLOT));
    await bench.clock.advance(5_000);
    const ids = [await bench.begin(), await bench.begin(), await bench.begin()];
    await bench.clock.advance(400);
    const records = await Promise.all(ids.map((id) => bench.find(id)));
    expect(records.map(({ error }) => error?.code)).toEqual(['no_slot', 'no_slot', 'no_slot']);
    expect(records.map(({ attempts }) => attempts.length)).toEqual([1, 0, 0]);
  });
});

it('says when it opens and when it closes', async () => {
  const bench = openBench({ accounts: ['a'] });
  bench.transport.script('a', 'submit', NO_SLOT, accepts('u1'));
  bench.transport.script('a', 'poll', solves('token-a'));
  const told: unknown[] = [];
  bench.events.on('breaker-opened', (event) => told.push(event));
  bench.events.on('breaker-closed', (event) => told.push(event));
  await bench.begin();
  await bench.clock.advance(5_000);
  await bench.run(5_000);
  const opened = {
    provider: 'a',
    scope: 'kind',
    kind: 'recaptcha_v2',
    cause: 'no_slot',
    since: bench.startedAt,
    openings: 1,
  };
  const by = { by: 'submit', upstreamCode: 'ERROR_NO_SLOT_AVAILABLE', taskId: '1', reason: null };
  const openedBy = by;
  const until = bench.startedAt + 5_000;
  expect(told).toEqual([
    { ...opened, until, openedBy, changedBy: by, at: bench.startedAt },
    { ...opened, until, openedBy, changedBy: { ...by, upstreamCode: null, taskId: '2' }, at: until },
  ]);
});
