/** A new key or address for an account while tasks run: it begins anew, and what was bought before is asked for as it was bought. */
import { describe, expect, it } from 'vitest';
import { askedFor } from '../support/fake-transport.js';
import { accepts, hasMoney, NOT_READY, RECORDED, says, solves } from './answers.js';
import { type AccountFacts, account, type Bench, CLIENT, openBench, story, TASK } from './bench.js';

/** The account `a` under another key. */
const renewed = (facts: AccountFacts = {}) => account('a', { apiKey: 'new-key', entry: 'new key', ...facts });
const OLD = 'https://a.example key-of-a';
const NEW = 'https://a.example new-key';

/** Where the calls of one sort went. */
function ways(bench: Bench, call: 'submit' | 'poll' | 'report' | 'balance'): readonly string[] {
  return bench.transport.calls('a', call).map(({ to }) => to);
}

/** The story of the sample task's kind at `a`. */
function kindOf(bench: Bench) {
  return bench.engine.provider('a')?.kinds.find(({ kind }) => kind === TASK.kind);
}

describe('an account under another key', () => {
  it('begins anew, while what was bought with the old one is asked for with the old one', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', accepts('u1'), accepts('u2'));
    bench.transport.always('a', 'poll', (sent) => solves(`token-${askedFor(sent)}`));
    const first = await bench.begin();
    await bench.clock.advance(1_000);
    await bench.change({ accounts: [renewed()] });
    expect(bench.engine.providers()).toMatchObject([{ id: 'a', inFlight: 0 }]);
    expect(bench.engine.leaving()).toMatchObject([{ id: 'a', inFlight: 1 }]);
    const second = await bench.begin();
    await bench.clock.advance(6_000);
    expect(ways(bench, 'submit')).toEqual([OLD, NEW]);
    expect(ways(bench, 'poll')).toEqual([OLD, NEW]);
    expect(await bench.find(first)).toMatchObject({ solution: { token: 'token-u1' } });
    expect(await bench.find(second)).toMatchObject({ solution: { token: 'token-u2' } });
    expect(bench.engine.leaving()).toEqual([]);
  });

  it('has no part in what happens to the old key', async () => {
    const bench = openBench({ accounts: ['a'] });
    const told: unknown[] = [];
    bench.events.on('breaker-opened', (change) => told.push(change));
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', says('ERROR_KEY_DOES_NOT_EXIST'));
    const first = await bench.begin();
    await bench.change({ accounts: [renewed()] });
    await bench.clock.advance(5_000);
    expect(story(await bench.find(first))).toEqual(['a: auth']);
    expect(bench.state('a').state).toBe('closed');
    expect(told).toEqual([]);
    expect([...(await bench.store.recall()).keys()].filter((key) => key.startsWith('gate key'))).toEqual([]);
  });

  it('is open where the old key had closed it, and a task that waits for it goes on', async () => {
    const bench = openBench({ accounts: [account('a'), account('b', { threads: 1 })], isLoose: true });
    bench.transport.script('a', 'submit', says('ERROR_KEY_DOES_NOT_EXIST'), accepts('u3'));
    bench.transport.script('b', 'submit', accepts('u1'));
    bench.transport.always('b', 'poll', NOT_READY);
    bench.transport.script('a', 'poll', solves('t3'));
    await bench.begin();
    const waiting = await bench.begin();
    expect(bench.state('a').cause).toBe('auth');
    expect((await bench.find(waiting)).attempts).toEqual([]);
    await bench.clock.advance(1_000);
    await bench.change({ accounts: [renewed(), account('b', { threads: 1 })] });
    expect(bench.state('a').state).toBe('closed');
    await bench.clock.advance(5_000);
    expect(story(await bench.find(waiting))).toEqual(['a: solved']);
  });

  it('is asked for a task that the old key could not have solved', async () => {
    const bench = openBench({ accounts: [account('a'), account('b', { threads: 1 })], isLoose: true });
    bench.transport.script('b', 'submit', accepts('u1'));
    bench.transport.always('b', 'poll', NOT_READY);
    await bench.begin(TASK, { providers: ['b'] });
    bench.transport.script('a', 'submit', says('ERROR_KEY_DOES_NOT_EXIST'), accepts('u2'));
    bench.transport.script('a', 'poll', solves('t2'));
    const refused = await bench.begin();
    expect(story(await bench.find(refused))).toEqual(['a: auth']);
    await bench.clock.advance(1_000);
    await bench.change({ accounts: [renewed(), account('b', { threads: 1 })] });
    await bench.clock.advance(5_000);
    expect(story(await bench.find(refused))).toEqual(['a: auth', 'a: solved']);
  });

  it('stays held out by the operator', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.engine.hold('a', 'invoice unpaid');
    await bench.change({ accounts: [renewed()] });
    expect(bench.state('a')).toMatchObject({ state: 'held-out', cause: 'invoice unpaid' });
    bench.engine.admit('a', 'paid');
    expect(bench.state('a').state).toBe('closed');
  });

  it('hears of the answers that the new key bought; the old one of its own', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', accepts('u1'), accepts('u2'));
    bench.transport.script('a', 'poll', solves('t1'), solves('t2'));
    const first = await bench.run(5_000);
    await bench.change({ accounts: [renewed()] });
    const second = await bench.run(5_000);
    bench.transport.script('a', 'report', RECORDED, RECORDED);
    await bench.engine.report(CLIENT, first.id, true);
    await bench.engine.report(CLIENT, second.id, false);
    await bench.clock.advance(0);
    expect(ways(bench, 'report')).toEqual([OLD, NEW]);
    const acceptedRate = kindOf(bench)?.acceptedRate ?? 1;
    expect(acceptedRate).toBeLessThan(0.95);
  });

  it('and at another address: each attempt stays at its own', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', accepts('u1'), accepts('u2'));
    bench.transport.script('a', 'poll', solves('t1'), solves('t2'));
    await bench.begin();
    await bench.clock.advance(1_000);
    await bench.change({ accounts: [account('a', { baseUrl: 'https://mirror.example' })] });
    await bench.begin();
    await bench.clock.advance(5_000);
    expect(ways(bench, 'poll')).toEqual([OLD, 'https://mirror.example key-of-a']);
  });
});

describe('the same key under another name or address', () => {
  it.each([
    ['another name', account('b', { apiKey: 'key-of-a', baseUrl: 'https://a.example' })],
    ['another address', account('a', { baseUrl: 'https://mirror.example' })],
  ])('keeps to its balance checks and bans: %s', async (_name, again) => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'balance', hasMoney(3));
    await bench.engine.balanceUsd(CLIENT);
    bench.transport.script('a', 'submit', says('ERROR: 1004'));
    await bench.run(0);
    const { forMs } = bench.state('a');
    await bench.change({ accounts: [again] });
    expect(await bench.engine.balanceUsd(CLIENT)).toBe(3);
    expect(bench.state(again.id)).toMatchObject({ state: 'open', forMs });
    expect(bench.transport.calls(undefined, 'balance')).toHaveLength(1);
  });
});
