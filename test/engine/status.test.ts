/** What the operator is told of the accounts, and what they have shown lately. */
import { describe, expect, it } from 'vitest';
import { Score } from '../../src/engine/scores.js';
import { late } from '../support/fake-transport.js';
import { accepts, hasMoney, NOT_READY, says, solves } from './answers.js';
import { account, CLIENT, openBench } from './bench.js';

it('an account that nobody has used yet', () => {
  const bench = openBench({ accounts: [account('a', { threads: 50, kinds: ['turnstile'], priority: 3 })] });
  expect(bench.engine.providers()).toEqual([
    {
      id: 'a',
      use: 'classic',
      priority: 3,
      state: 'closed',
      cause: null,
      since: null,
      until: null,
      comesBack: null,
      openedBy: null,
      balanceUsd: null,
      hoursToEmpty: null,
      inFlight: 0,
      limit: 50,
      kinds: [
        {
          kind: 'turnstile',
          state: 'closed',
          cause: null,
          since: null,
          until: null,
          comesBack: null,
          openedBy: null,
          successRate: null,
          p50Ms: null,
          p95Ms: null,
        },
      ],
    },
  ]);
});

it('what was told of balance, solves and failures', async () => {
  const bench = openBench({ accounts: ['a'], routing: { maxAttempts: 1 } });
  bench.transport.script('a', 'balance', hasMoney(4.2));
  bench.transport.always('a', 'submit', accepts('u1'));
  bench.transport.script('a', 'poll', solves('t'), NOT_READY, solves('t'), says('ERROR_CAPTCHA_UNSOLVABLE'));
  await bench.engine.balanceUsd(CLIENT);
  for (const ms of [5_000, 10_000, 5_000]) await bench.run(ms);
  const [status] = bench.engine.providers();
  expect(status).toMatchObject({ balanceUsd: 4.2, inFlight: 0, limit: null });
  expect(status?.kinds.find(({ kind }) => kind === 'recaptcha_v2')).toMatchObject({
    successRate: 2 / 3,
    p50Ms: 10_000,
    p95Ms: 10_000,
  });
});

describe('the state of a kind', () => {
  it('is open until its time, half-open while it may be tried or is, closed afterwards', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', says('ERROR_NO_SLOT_AVAILABLE'), late(500, accepts('u1')));
    bench.transport.always('a', 'poll', NOT_READY);
    const states = [bench.kind('a').state];
    await bench.begin();
    for (const ms of [0, 4_999, 1]) {
      await bench.clock.advance(ms);
      states.push(bench.kind('a').state);
    }
    await bench.begin();
    states.push(bench.kind('a').state);
    await bench.clock.advance(500);
    states.push(bench.kind('a').state);
    expect(states).toEqual(['closed', 'open', 'open', 'half-open', 'half-open', 'closed']);
  });

  it('says since when, over all its tries', async () => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.always('a', 'submit', says('ERROR_NO_SLOT_AVAILABLE'));
    await bench.begin();
    await bench.clock.advance(5_000);
    await bench.begin();
    const kind = bench.engine.providers()[0]?.kinds.find(({ cause }) => cause !== null);
    expect(kind).toMatchObject({ since: bench.startedAt, until: bench.startedAt + 15_000 });
  });
});

it('the gravest of what closes an account is told', async () => {
  const bench = openBench({ accounts: ['a'] });
  bench.transport.script('a', 'submit', says('ERROR_ZERO_BALANCE'));
  bench.transport.script('a', 'balance', hasMoney(0));
  await bench.begin();
  expect(bench.state('a')).toMatchObject({ state: 'open', cause: 'zero_balance' });
  bench.engine.hold('a', 'maintenance');
  expect(bench.state('a')).toMatchObject({ state: 'held-out', cause: 'maintenance' });
});

it('how many tasks run', async () => {
  const bench = openBench();
  bench.transport.always('a', 'submit', accepts('u1'));
  bench.transport.always('a', 'poll', solves('t'));
  await bench.begin();
  await bench.begin();
  expect(bench.engine.inFlight).toBe(2);
  expect(bench.engine.providers()[0]?.inFlight).toBe(2);
  await bench.clock.advance(5_000);
  expect(bench.engine.inFlight).toBe(0);
});

it('every exchange is told, with what came of it and how long it took', async () => {
  const bench = openBench({ accounts: ['a'] });
  const told: unknown[] = [];
  bench.events.on('exchange', ({ provider, call, outcome, tookMs }) =>
    told.push([provider, call, outcome, tookMs]),
  );
  bench.transport.script('a', 'submit', late(300, accepts('u1')));
  bench.transport.script('a', 'poll', NOT_READY, says('ERROR_WRONG_CAPTCHA_ID'));
  await bench.run(20_000);
  expect(told).toEqual([
    ['a', 'submit', 'ok', 300],
    ['a', 'poll', 'ok', 0],
    ['a', 'poll', 'task_not_found', 0],
  ]);
});

describe('a score', () => {
  it('is unknown before the first outcome', () => {
    const score = new Score();
    expect([score.successRate, score.percentileMs(0.5)]).toEqual([null, null]);
  });

  it('has the times that shares of the solves stay within', () => {
    const score = new Score();
    for (let ms = 100; ms >= 1; ms -= 1) score.solved(ms);
    expect([score.percentileMs(0.5), score.percentileMs(0.95), score.percentileMs(1)]).toEqual([51, 96, 100]);
  });

  it('forgets what is long ago', () => {
    const score = new Score();
    for (let count = 0; count < 200; count += 1) score.failed();
    expect(score.successRate).toBe(0);
    for (let count = 0; count < 200; count += 1) score.solved(count);
    for (let count = 0; count < 200; count += 1) score.solved(1_000);
    expect([score.successRate, score.percentileMs(0)]).toEqual([1, 1_000]);
  });

  it('counts the times it has, and has none when nothing was solved for an hour', () => {
    let now = 0;
    const score = new Score(() => now);
    score.solved(1_000);
    now = 1_800_000;
    score.solved(3_000);
    expect([score.solvesAt(now), score.percentileMs(0)]).toEqual([2, 1_000]);
    now = 3_600_000;
    expect([score.solvesAt(now), score.percentileMs(0)]).toEqual([1, 3_000]);
    now = 5_400_000;
    expect([score.solvesAt(now), score.percentileMs(0), score.successRate]).toEqual([0, null, 1]);
  });
});
