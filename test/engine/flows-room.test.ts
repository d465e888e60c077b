/** Flows in which room is short, or no poll is needed: threads, the queue, answers that come with the submit. */
import { describe, expect, it } from 'vitest';
import capsolver from '../../providers/capsolver.js';
import { askedFor, late } from '../support/fake-transport.js';
import { sampleTask } from '../support/sample-tasks.js';
import { accepts, json, NOT_READY, says, solves } from './answers.js';
import { account, type Bench, CLIENT, story } from './bench.js';
import { openFlow } from './flow.js';

const narrow = (id: string) => account(id, { threads: 1 });

/** Every task handed to this account is solved by its first poll. */
function solvesAll(bench: Bench, id: string): void {
  let taken = 0;
  bench.transport.always(id, 'submit', () => {
    taken += 1;
    return accepts(`${id}${taken}`);
  });
  bench.transport.always(id, 'poll', (sent) => solves(`token-${askedFor(sent)}`));
}

const tokenOf = async (bench: Bench, id: number) => (await bench.find(id)).solution?.token;

describe('threads full', () => {
  it('the next provider gets the task', async () => {
    const bench = openFlow({ accounts: [narrow('a'), 'b'] });
    for (const id of ['a', 'b']) solvesAll(bench, id);
    const ids = [await bench.begin(), await bench.begin(), await bench.begin()];
    expect((await bench.find(ids[1] ?? 0)).passedOver).toEqual([
      { provider: 'a', why: 'all threads are busy' },
    ]);
    await bench.clock.advance(5_000);
    expect(await Promise.all(ids.map((id) => tokenOf(bench, id)))).toEqual([
      'token-a1',
      'token-b1',
      'token-b2',
    ]);
  });

  it('a failover waits for room behind those who wait already', async () => {
    const bench = openFlow({ accounts: [narrow('a'), narrow('b')] });
    solvesAll(bench, 'b');
    bench.transport.script('a', 'submit', accepts('a1'));
    bench.transport.script('a', 'poll', late(1_000, says('ERROR_CAPTCHA_UNSOLVABLE')));
    const first = await bench.begin();
    await bench.clock.advance(2_000);
    const second = await bench.begin();
    const third = await bench.begin(undefined, { providers: ['b'] });
    await bench.clock.advance(4_000);
    expect(story(await bench.find(first))).toEqual(['a: unsolvable']);
    await bench.clock.advance(20_000);
    const tokens = await Promise.all([second, third, first].map((id) => tokenOf(bench, id)));
    expect(tokens).toEqual(['token-b1', 'token-b2', 'token-b3']);
  });
});

describe('nobody has room', () => {
  it('tasks wait and are served in the order they came, each as a thread is free', async () => {
    const bench = openFlow({ accounts: [narrow('a'), narrow('b')] });
    for (const id of ['a', 'b']) solvesAll(bench, id);
    const ids: number[] = [];
    for (let made = 0; made < 6; made += 1) ids.push(await bench.begin());
    expect(await bench.find(6)).toMatchObject({ status: 'queued', attempts: [] });
    await bench.clock.advance(15_000);
    const finished = await Promise.all(ids.map(async (id) => (await bench.find(id)).finishedAt));
    expect(finished.map((at) => Number(at) - bench.startedAt)).toEqual([
      5_000, 5_000, 10_000, 10_000, 15_000, 15_000,
    ]);
  });

  it('a task whose deadline passes in the queue fails by it, and those behind it move up', async () => {
    const bench = openFlow({ accounts: [narrow('a')] });
    bench.transport.script('a', 'submit', accepts('a1'), accepts('a2'));
    bench.transport.script('a', 'poll', NOT_READY, NOT_READY, solves('token-1'), solves('token-2'));
    const first = await bench.begin();
    const hasty = await bench.begin(undefined, { deadlineMs: 12_000 });
    const last = await bench.begin();
    await bench.clock.advance(12_000);
    expect(await bench.find(hasty)).toMatchObject({
      status: 'failed',
      error: { code: 'deadline' },
      attempts: [],
    });
    await bench.clock.advance(8_000);
    expect(await tokenOf(bench, first)).toBe('token-1');
    expect(await tokenOf(bench, last)).toBe('token-2');
  });

  it('a thread that a failing task gives back is not lost', async () => {
    const bench = openFlow({ accounts: [narrow('a')] });
    bench.transport.script('a', 'submit', late(1_000, says('ERROR_PAGEURL')), accepts('a2'));
    bench.transport.script('a', 'poll', solves('token-2'));
    const first = await bench.begin();
    const second = await bench.begin();
    await bench.clock.advance(6_000);
    expect(await bench.find(first)).toMatchObject({ error: { code: 'bad_page_url' } });
    expect(await tokenOf(bench, second)).toBe('token-2');
  });
});

describe('a solution that comes with the submit', () => {
  const IMAGE = sampleTask('image_to_text');

  it('needs no poll, whatever the first poll’s time would be', async () => {
    const bench = openFlow({ accounts: [account('a', { provider: capsolver, threads: 1 })] });
    bench.transport.script('a', 'submit', late(900, json.solvesText('w93bx')), json.solvesText('k2'));
    const first = await bench.begin(IMAGE, { deadlineMs: 4_000 });
    const second = await bench.begin(IMAGE, { deadlineMs: 4_000 });
    const told = bench.engine.untilAccepted(first);
    await bench.clock.advance(900);
    expect(await told).toMatchObject({
      status: 'solved',
      solution: { text: 'w93bx' },
      attempts: [{ polls: 0 }],
    });
    expect(await bench.find(second)).toMatchObject({ status: 'solved', solution: { text: 'k2' } });
    expect(bench.transport.calls('a', 'poll')).toEqual([]);
  });

  it('that comes after the client has cancelled is booked and not told', async () => {
    const bench = openFlow({ accounts: [account('a', { provider: capsolver })] });
    bench.transport.script('a', 'submit', late(900, json.solvesText('w93bx')));
    const id = await bench.begin(IMAGE);
    await bench.engine.cancel(CLIENT, id);
    await bench.clock.advance(900);
    const onDisk = await bench.store.find(id);
    expect(onDisk).toMatchObject({ status: 'cancelled', solution: null, provider: null });
    expect(onDisk?.attempts).toMatchObject([{ outcome: 'solved', mayBeCharged: true }]);
  });
});
