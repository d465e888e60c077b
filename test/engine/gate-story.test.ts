/** What is told of each gate: who opened it, what ends it, what happened; over restarts and between replicas. */
import { describe, expect, it } from 'vitest';
import type { Task } from '../../src/core/task.js';
import { reset } from '../support/fake-transport.js';
import { sampleTask } from '../support/sample-tasks.js';
import { accepts, hasMoney, NOT_READY, says } from './answers.js';
import { account, type Bench, CLIENT, openBench, TASK } from './bench.js';

const RESET = reset(false);
const NO_SLOT = says('ERROR_NO_SLOT_AVAILABLE');
const EMPTY = says('ERROR_ZERO_BALANCE');
const WRONG_KEY = says('ERROR_KEY_DOES_NOT_EXIST');
const BANNED_30S = says('ERROR: 1003');
const PROXY = {
  scheme: 'http',
  host: '192.0.2.9',
  port: 80,
  username: 'ali',
  password: 'sesame-open',
} as const;
const ONLY_A = { ...CLIENT, providers: ['a'] };

function openA(): Bench {
  const bench = openBench({ accounts: [account('a', { balanceCheckMs: 1_000 })] });
  bench.transport.always('a', 'poll', NOT_READY);
  return bench;
}

function storyOf(bench: Bench) {
  const story = bench.engine.provider('a');
  if (!story) throw new Error('there is no such account');
  return story;
}

/** The changes of the account, newest first, in few words. */
function changesOf(bench: Bench): readonly string[] {
  return storyOf(bench).changes.map(
    ({ change, scope, cause, by }) => `${change} ${scope} ${cause} by ${by?.by}`,
  );
}

describe('who opened it, and what ends it', () => {
  it.each([
    ['no slot', NO_SLOT, 'probe', 'ERROR_NO_SLOT_AVAILABLE'],
    ['a kind it does not take', says('ERROR_METHOD_CALL'), 'probe', 'ERROR_METHOD_CALL'],
  ])('%s: a submit; a probe', async (_name, answer, comesBack, upstreamCode) => {
    const bench = openA();
    bench.transport.script('a', 'submit', answer);
    const id = await bench.begin();
    const kind = storyOf(bench).kinds.find((one) => one.kind === TASK.kind);
    const openedBy = { by: 'submit', upstreamCode, taskId: String(id), reason: null };
    expect(kind).toMatchObject({ state: 'open', comesBack, openedBy, openings: expect.any(Number) });
    expect(kind?.changes).toMatchObject([{ change: 'opened', scope: 'kind', by: openedBy }]);
    expect(bench.engine.providers()[0]?.kinds.find((one) => one.kind === TASK.kind)).toMatchObject({
      comesBack,
      openedBy,
    });
  });

  it.each([
    ['a wrong key', WRONG_KEY, 'operator', 'ERROR_KEY_DOES_NOT_EXIST'],
    ['a ban', BANNED_30S, 'time', 'ERROR: 1003'],
  ])('%s told by a poll: that poll', async (_name, answer, comesBack, upstreamCode) => {
    const bench = openA();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', answer);
    const id = await bench.begin();
    await bench.clock.advance(5_000);
    const openedBy = { by: 'poll', upstreamCode, taskId: String(id), reason: null };
    expect(bench.engine.providers()[0]).toMatchObject({ state: 'open', comesBack, openedBy });
  });

  it.each(['submit', 'poll'] as const)(
    'a ban whose word repeats the proxy at a %s: without it',
    async (call) => {
      const bench = openA();
      if (call === 'poll') bench.transport.script('a', 'submit', accepts('u1'));
      bench.transport.script('a', call, says('ERROR: 1003 for sesame-open at 192.0.2.9'));
      await bench.begin({ ...TASK, proxy: PROXY });
      await bench.clock.advance(5_000);
      const openedBy = { by: call, upstreamCode: 'ERROR: 1003 for *** at ***' };
      expect(bench.engine.providers()[0]).toMatchObject({ state: 'open', openedBy });
    },
  );

  it('no money: the submit; the balance', async () => {
    const bench = openA();
    bench.transport.script('a', 'submit', EMPTY);
    bench.transport.script('a', 'balance', hasMoney(0), hasMoney(2));
    await bench.begin();
    const openedBy = { by: 'submit', upstreamCode: 'ERROR_ZERO_BALANCE', taskId: '1' };
    expect(storyOf(bench)).toMatchObject({ comesBack: 'balance', openedBy, balance: { amount: 0 } });
    await bench.clock.advance(1_000);
    expect(changesOf(bench)).toEqual([
      'closed money zero_balance by balance',
      'opened money zero_balance by submit',
    ]);
  });

  it('an account that is not reached: the call that failed last, with no word of the service', async () => {
    const bench = openA();
    bench.transport.script('a', 'submit', RESET, RESET, RESET);
    for (let task = 0; task < 3; task += 1) await bench.begin();
    const openedBy = { by: 'submit', upstreamCode: null, taskId: '3' };
    expect(storyOf(bench)).toMatchObject({ state: 'open', comesBack: 'probe', openedBy });
    bench.transport.script('a', 'balance', RESET, says('ERROR_WRONG_USER_KEY'));
    await bench.clock.advance(5_000);
    expect(storyOf(bench).openedBy).toMatchObject({ by: 'balance', taskId: null });
    await bench.clock.advance(15_000);
    expect(storyOf(bench).changes[0]).toMatchObject({ change: 'opened', scope: 'key' });
    expect(storyOf(bench).changes[1]).toMatchObject({
      change: 'closed',
      scope: 'transport',
      by: { by: 'balance', upstreamCode: 'ERROR_WRONG_USER_KEY' },
    });
  });

  it('doubt: the submit that failed; a probe', async () => {
    const bench = openA();
    bench.transport.script('a', 'submit', RESET);
    await bench.begin();
    const openedBy = { by: 'submit', upstreamCode: null, taskId: '1', reason: null };
    expect(storyOf(bench)).toMatchObject({ state: 'half-open', comesBack: 'probe', openedBy });
    expect(storyOf(bench).doubt).toEqual({
      cause: 'bad_reply',
      since: bench.startedAt,
      until: bench.startedAt + 5_000,
    });
  });

  it('an operator: the words that were given, also for letting it in', async () => {
    const bench = openA();
    bench.engine.hold('a', 'invoice unpaid');
    const openedBy = { by: 'operator', upstreamCode: null, taskId: null, reason: 'invoice unpaid' };
    expect(storyOf(bench)).toMatchObject({ state: 'held-out', comesBack: 'operator', openedBy });
    bench.engine.admit('a', 'invoice paid');
    expect(storyOf(bench)).toMatchObject({ state: 'closed', comesBack: null, openedBy: null });
    expect(storyOf(bench).changes.map(({ by }) => by?.reason)).toEqual(['invoice paid', 'invoice unpaid']);
  });

  it('the end of a ban: time', async () => {
    const bench = openA();
    bench.transport.script('a', 'submit', BANNED_30S);
    await bench.begin();
    await bench.clock.advance(30_000);
    expect(changesOf(bench)).toEqual([
      'closed ban rate_limited by time',
      'opened ban rate_limited by submit',
    ]);
  });
});

describe('the story of an account', () => {
  it('has the kinds that clients made up, once they were asked for', async () => {
    const bench = openA();
    bench.transport.script('a', 'submit', NO_SLOT);
    await bench.begin({ ...sampleTask('turnstile'), kind: 'classic:new_method' } as Task);
    const made = storyOf(bench).kinds.at(-1);
    expect(made).toMatchObject({ kind: 'classic:new_method', state: 'open', share: 0, openings: 1 });
  });

  it('has what was told of its money, and when it may be asked again', async () => {
    const bench = openA();
    bench.transport.script('a', 'balance', hasMoney(4.2));
    expect(storyOf(bench).balance).toEqual({ amount: null, currency: 'USD', toldAt: null, askableAt: null });
    await bench.engine.balanceUsd(ONLY_A);
    const toldAt = bench.clock.now();
    expect(storyOf(bench).balance).toEqual({
      amount: 4.2,
      currency: 'USD',
      toldAt,
      askableAt: toldAt + 1_000,
    });
  });

  it('is nothing for an account that is not there', () => {
    expect(openA().engine.provider('nobody')).toBeUndefined();
  });
});

describe('after a restart', () => {
  it('what is closed is closed by the same call, since the same time, and comes back the same way', async () => {
    const bench = openA();
    bench.transport.script('a', 'submit', NO_SLOT, NO_SLOT, WRONG_KEY);
    await bench.begin();
    await bench.clock.advance(5_000);
    await bench.begin();
    await bench.begin(sampleTask('turnstile'));
    const before = storyOf(bench);
    await bench.restart();
    expect(storyOf(bench)).toEqual(before);
    expect(before.kinds.find(({ kind }) => kind === TASK.kind)).toMatchObject({ openings: 2 });
    expect(before.openedBy).toMatchObject({ by: 'submit', taskId: '3' });
  });

  /** Three tasks, each when the one before may be followed; the process is another one before the third. */
  async function askAcrossRestart(bench: ReturnType<typeof openA>): Promise<void> {
    await bench.begin();
    await bench.clock.advance(5_000);
    await bench.begin();
    await bench.restart();
    await bench.clock.advance(10_000);
    await bench.begin();
  }

  it('the next failure lasts twice as long as the last one before', async () => {
    const bench = openA();
    bench.transport.script('a', 'submit', NO_SLOT, NO_SLOT, NO_SLOT);
    await askAcrossRestart(bench);
    expect(bench.kind('a')).toMatchObject({ state: 'open', forMs: 20_000 });
  });

  it('it has to stay closed as long as it was open last before that is forgotten', async () => {
    const bench = openA();
    bench.transport.script('a', 'submit', NO_SLOT, NO_SLOT, accepts('u1'), NO_SLOT);
    await askAcrossRestart(bench);
    await bench.clock.advance(9_999);
    await bench.begin();
    expect(bench.kind('a')).toMatchObject({ state: 'open', forMs: 20_000 });
  });

  it('what happened is known, twenty changes of it', async () => {
    const bench = openA();
    for (let count = 0; count < 12; count += 1) {
      bench.engine.hold('a', `hold ${count}`);
      await bench.clock.advance(1);
      bench.engine.admit('a', `admit ${count}`);
      await bench.clock.advance(1);
    }
    bench.engine.hold('a', 'last');
    await bench.restart();
    const { changes } = storyOf(bench);
    expect(changes).toHaveLength(20);
    expect(changes.slice(0, 2).map(({ by }) => by?.reason)).toEqual(['last', 'admit 11']);
    expect([...bench.store.records].length).toBe(0);
  });

  it('is the same with facts of an earlier version, which know nobody who opened it', async () => {
    const bench = openA();
    bench.engine.hold('a', 'maintenance');
    const facts = await bench.store.recall();
    const { cause, since, until, of } = facts.get('gate operator a') as Readonly<Record<string, unknown>>;
    bench.store.remember('gate operator a', { cause, since, until, of });
    await bench.restart();
    expect(storyOf(bench)).toMatchObject({ state: 'held-out', cause, since, openedBy: null });
  });
});

describe('another replica', () => {
  /** What it has written down of a wrong key at `a`. */
  async function openTold() {
    const bench = openA();
    bench.engine.share();
    bench.transport.script('a', 'submit', WRONG_KEY);
    await bench.begin();
    const fact = (await bench.store.recall()).get('gate key a');
    const told = openA();
    told.engine.share();
    told.store.rememberElsewhere('gate key a', fact);
    return { told, fact };
  }

  it('is named as the one that closed it, with the grounds it had; what it wrote down stands', async () => {
    const { told, fact } = await openTold();
    const openedBy = { by: 'replica', upstreamCode: 'ERROR_KEY_DOES_NOT_EXIST', taskId: '1', reason: null };
    expect(storyOf(told)).toMatchObject({ state: 'open', cause: 'auth', openedBy });
    expect(changesOf(told)).toEqual(['opened key auth by replica']);
    expect((await told.store.recall()).get('gate key a')).toEqual(fact);
    expect(fact).toMatchObject({ openedBy: { by: 'submit' } });
  });

  it('is named as the one that opened it again', async () => {
    const { told } = await openTold();
    told.store.rememberElsewhere('gate key a', null);
    expect(storyOf(told).state).toBe('closed');
    expect(changesOf(told)[0]).toBe('closed key auth by replica');
  });
});
