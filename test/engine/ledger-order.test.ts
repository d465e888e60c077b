/** What is on disk before what: the intent before the request, the id and the outcome before anybody is told. */
import { describe, expect, it } from 'vitest';
import { late, reset } from '../support/fake-transport.js';
import { accepts, says, solves } from './answers.js';
import { CLIENT, openBench } from './bench.js';

/** A bench whose disk takes 20 ms for a write, and whose journal says what the client hears when. */
function openSlowDisk(...setup: Parameters<typeof openBench>) {
  const bench = openBench(...setup);
  bench.store.writeMs = 20;
  const note = (name: string) => () => bench.journal.push(name);
  bench.events.on('task-accepted', note('told accepted'));
  bench.events.on('attempt-ended', note('told attempt ended'));
  bench.events.on('task-ended', note('told ended'));
  return bench;
}

it('a task that is solved by the first provider', async () => {
  const bench = openSlowDisk();
  bench.transport.script('a', 'submit', accepts('u1'));
  bench.transport.script('a', 'poll', solves('token-a'));
  const submitted = bench.submit().then((record) => {
    bench.journal.push('id told');
    void bench.engine.untilAccepted(record.id).then(() => bench.journal.push('client told accepted'));
    void bench.engine
      .untilEnded(CLIENT, record.id, 60_000)
      .then(() => bench.journal.push('client told ended'));
  });
  await bench.clock.advance(10_000);
  await submitted;
  expect(bench.journal).toEqual([
    'wrote created+attempt-begun',
    'submit a',
    'id told',
    'wrote attempt-accepted',
    'told accepted',
    'client told accepted',
    'poll a',
    'wrote attempt-ended+settled',
    'told attempt ended',
    'told ended',
    'client told ended',
  ]);
});

it('a task that fails over', async () => {
  const bench = openSlowDisk();
  bench.transport.script('a', 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
  bench.transport.script('b', 'submit', accepts('u2'));
  void bench.submit();
  await bench.clock.advance(1_000);
  expect(bench.journal).toEqual([
    'wrote created+attempt-begun',
    'submit a',
    'wrote attempt-ended',
    'told attempt ended',
    'wrote attempt-begun',
    'submit b',
    'wrote attempt-accepted',
    'told accepted',
  ]);
});

it('a task that waits for room is on disk before it is confirmed', async () => {
  const bench = openSlowDisk();
  bench.engine.hold('a', 'x');
  bench.engine.hold('b', 'x');
  void bench.submit().then(() => bench.journal.push('id told'));
  await bench.clock.advance(1_000);
  expect(bench.journal).toEqual(['wrote created', 'id told', 'wrote settled', 'told ended']);
});

describe('what is on disk', () => {
  it('is what the client sees, at every step', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', reset(true));
    bench.transport.script('b', 'submit', late(300, accepts('u2')));
    bench.transport.script('b', 'poll', solves('token-b'));
    const id = await bench.begin();
    for (const ms of [0, 299, 1, 4_999, 1]) {
      await bench.clock.advance(ms);
      const { passedOver: _passedOver, ...seen } = await bench.find(id);
      expect(await bench.store.find(id)).toMatchObject(seen);
    }
  });

  it('knows the id that the provider gave in the type it came in', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', { body: '{"status":1,"request":2122988149}' });
    const id = await bench.begin();
    expect((await bench.store.find(id))?.attempts[0]?.upstreamId).toBe(2_122_988_149);
  });

  it('is one settlement, whoever comes second', async () => {
    const bench = openBench();
    bench.store.writeMs = 100;
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', solves('token-a'));
    void bench.submit();
    await bench.clock.advance(5_210);
    const cancelled = bench.engine.cancel(CLIENT, 1);
    await bench.clock.advance(500);
    expect(await cancelled).toMatchObject({ status: 'solved' });
    const settled = bench.store.writes.flatMap(({ moves }) => moves.filter(({ move }) => move === 'settled'));
    expect(settled).toHaveLength(1);
  });
});

it('ids are given once each, from reserved runs', async () => {
  const bench = openBench({ accounts: [] });
  const records = await Promise.all(Array.from({ length: 1_500 }, () => bench.submit()));
  const ids = new Set(records.map(({ id }) => id));
  expect([ids.size, Math.min(...ids), Math.max(...ids)]).toEqual([1_500, 1, 1_500]);
});
