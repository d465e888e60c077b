/** Flows as the disk sees them: what is written before what leaves or is told, and a disk that refuses. */
import { describe, expect, it } from 'vitest';
import type { TaskRecord } from '../../src/core/store.js';
import { late, reset } from '../support/fake-transport.js';
import { accepts, says, solves } from './answers.js';
import { type Bench, CLIENT, openBench, type Setup } from './bench.js';
import { openFlow } from './flow.js';

const WRITE_MS = 50;

function openSlowDisk(setup: Setup = {}): Bench {
  const bench = openFlow(setup);
  bench.store.writeMs = WRITE_MS;
  return bench;
}

/** What is on disk of the only task. */
const onDisk = ({ store }: Bench): TaskRecord | undefined => store.records[0];

/** What is on disk in the moment a promise settles. */
async function onDiskAt(bench: Bench, told: Promise<unknown>): Promise<TaskRecord | undefined> {
  await told;
  return onDisk(bench);
}

/** The task with everything that happens to it, in one order. */
async function runNoted(bench: Bench, ms: number): Promise<readonly string[]> {
  const submitted = bench.submit().then(async ({ id }) => {
    bench.journal.push('told id');
    const accepted = bench.engine.untilAccepted(id).then(() => bench.journal.push('told accepted'));
    const ended = bench.engine.untilEnded(CLIENT, id, ms).then(() => bench.journal.push('told ended'));
    await Promise.all([accepted, ended]);
  });
  await bench.clock.advance(ms);
  await submitted;
  return bench.journal;
}

describe('in the order of the ledger', () => {
  it('the task and the first intent are on disk before the first request leaves', async () => {
    const bench = openSlowDisk();
    const seen: unknown[] = [];
    bench.transport.script('a', 'submit', () => {
      seen.push(onDisk(bench));
      return accepts('u1');
    });
    bench.transport.script('a', 'poll', solves('token-a'));
    const id = bench.submit();
    await bench.clock.advance(WRITE_MS - 1);
    expect(bench.transport.sent).toEqual([]);
    await bench.clock.advance(6_000);
    expect(seen).toMatchObject([
      { id: (await id).id, status: 'queued', attempts: [{ provider: 'a', outcome: 'submitting' }] },
    ]);
  });

  it('the upstream id is on disk before anybody hears of the acceptance', async () => {
    const bench = openSlowDisk();
    bench.transport.script('a', 'submit', late(200, accepts('u1')));
    bench.transport.script('a', 'poll', solves('token-a'));
    const seen = bench.submit().then(({ id }) => onDiskAt(bench, bench.engine.untilAccepted(id)));
    await bench.clock.advance(10_000);
    expect(await seen).toMatchObject({
      status: 'solving',
      attempts: [{ outcome: 'solving', upstreamId: 'u1' }],
    });
  });

  it.each([
    ['solved', solves('token-a'), { status: 'solved', solution: { token: 'token-a' } }],
    ['failed', says('ERROR_TOKEN_EXPIRED'), { status: 'failed', error: { code: 'task_expired' } }],
  ])('the outcome is on disk before anybody hears that it is %s', async (_name, answer, outcome) => {
    const bench = openSlowDisk();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', answer);
    const seen = bench.submit().then(({ id }) => onDiskAt(bench, bench.engine.untilEnded(CLIENT, id, 9_000)));
    await bench.clock.advance(10_000);
    expect(await seen).toMatchObject(outcome);
  });

  it('a cancellation is on disk before it is confirmed', async () => {
    const bench = openSlowDisk();
    bench.transport.script('a', 'submit', accepts('u1'));
    const submitted = bench.submit();
    await bench.clock.advance(1_000);
    const seen = onDiskAt(bench, bench.engine.cancel(CLIENT, (await submitted).id));
    await bench.clock.advance(1_000);
    expect(await seen).toMatchObject({ status: 'cancelled', attempts: [{ outcome: 'cancelled' }] });
  });

  it('a failover: the end of one attempt, then the intent of the next, then the request', async () => {
    const bench = openSlowDisk();
    bench.transport.script('a', 'submit', reset(true));
    bench.transport.script('b', 'submit', accepts('u2'));
    bench.transport.script('b', 'poll', solves('token-b'));
    expect(await runNoted(bench, 10_000)).toEqual([
      'wrote created+attempt-begun',
      'submit a',
      'told id',
      'wrote attempt-ended',
      'wrote attempt-begun',
      'submit b',
      'wrote attempt-accepted',
      'told accepted',
      'poll b',
      'wrote attempt-ended+settled',
      'told ended',
    ]);
  });

  it('when all have refused, the refusals are there with the end', async () => {
    const bench = openSlowDisk();
    for (const id of ['a', 'b']) bench.transport.script(id, 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
    const journal = await runNoted(bench, 2_000);
    expect(journal.slice(-3, -2)).toEqual(['wrote settled']);
    expect(onDisk(bench)?.attempts.map(({ outcome }) => outcome)).toEqual(['no_slot', 'no_slot']);
  });
});

describe('a disk that refuses', () => {
  it('at the submit: overloaded, nothing is sent, and nothing is left', async () => {
    const bench = openBench();
    bench.store.isFailing = true;
    const refused = { code: 'overloaded', evidence: { detail: 'The ledger cannot be reached.' } };
    await expect(bench.submit()).rejects.toMatchObject(refused);
    await bench.clock.advance(200_000);
    expect(bench.transport.sent).toEqual([]);
    expect([bench.engine.inFlight, bench.clock.pending, bench.faults.length]).toEqual([0, 0, 1]);
    await expect(bench.find(1)).rejects.toMatchObject({ code: 'task_not_found' });
  });

  it('after the submit: everybody is told, nobody is asked twice, and it is written later', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', () => {
      bench.store.isFailing = true;
      return accepts('u1');
    });
    bench.transport.script('a', 'poll', () => {
      bench.store.isFailing = false;
      return solves('token-a');
    });
    const id = await bench.begin();
    expect(await bench.engine.untilAccepted(id)).toMatchObject({ status: 'solving' });
    expect(onDisk(bench)).toMatchObject({ status: 'queued', attempts: [{ outcome: 'submitting' }] });
    await bench.clock.advance(5_000);
    expect(onDisk(bench)).toMatchObject({
      status: 'solved',
      attempts: [{ outcome: 'solved', upstreamId: 'u1', mayBeCharged: true }],
    });
    expect(bench.transport.calls(undefined, 'submit')).toHaveLength(1);
    await bench.clock.advance(1_000);
    expect([bench.faults.length, bench.clock.pending]).toEqual([1, 0]);
  });
});
