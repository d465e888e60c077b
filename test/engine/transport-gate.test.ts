/** Transport: an account that cannot be reached several times in a row is left alone until it answers. */
import { describe, expect, it } from 'vitest';
import { hang, late, reset, text } from '../support/fake-transport.js';
import { accepts, HTML, hasMoney, NOT_READY, says, solves } from './answers.js';
import { account, type Bench, CLIENT, openBench, type Setup, story } from './bench.js';

const RESET = reset(false);

/** `count` tasks that only `a` may have: a doubt does not keep them away from it. */
async function beginAtA(bench: Bench, count: number): Promise<void> {
  for (let begun = 0; begun < count; begun += 1) await bench.begin(undefined, { providers: ['a'] });
}

/** `a` is dead after three tasks; `b` takes everything. */
async function deadAtA(setup: Setup = {}) {
  const bench = openBench(setup);
  bench.transport.script('a', 'submit', RESET, RESET, RESET);
  bench.transport.always('b', 'submit', accepts('u-b'));
  for (const id of ['a', 'b']) bench.transport.always(id, 'poll', NOT_READY);
  await beginAtA(bench, 3);
  return bench;
}

describe('failures in a row', () => {
  it('shut the account, at the number that the config names', async () => {
    const bench = openBench();
    bench.transport.always('a', 'submit', RESET);
    bench.transport.always('b', 'submit', accepts('u-b'));
    bench.transport.always('b', 'poll', NOT_READY);
    await beginAtA(bench, 2);
    expect(bench.state('a').state).toBe('half-open');
    await beginAtA(bench, 1);
    expect(bench.state('a')).toEqual({ state: 'open', cause: 'bad_reply', forMs: 5_000 });
    expect(story(await bench.find(await bench.begin()))).toEqual(['b: solving']);
    expect(bench.transport.calls('a')).toHaveLength(3);
    bench.transport.always('a', 'balance', hasMoney(1));
  });

  it.each([
    ['an accepted submit', accepts('u1')],
    ['a refusal', says('ERROR_CAPTCHA_ID')],
    ['a wrong page URL', says('ERROR_PAGEURL')],
  ])('are counted anew after %s', async (_name, answer) => {
    const bench = openBench({ accounts: ['a'] });
    bench.transport.script('a', 'submit', RESET, RESET, answer, RESET, RESET);
    bench.transport.always('a', 'poll', NOT_READY);
    for (let count = 0; count < 5; count += 1) await bench.begin();
    expect(bench.state('a').state).toBe('half-open');
  });

  it('count polls and balance calls too', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'));
    bench.transport.script('a', 'poll', HTML, HTML);
    bench.transport.script('a', 'balance', RESET);
    await bench.begin();
    await bench.clock.advance(10_000);
    expect(bench.state('a').state).toBe('closed');
    await bench.engine.balanceUsd({ ...CLIENT, providers: ['a'] });
    expect(bench.state('a')).toMatchObject({ state: 'open', cause: 'bad_reply' });
  });

  it('do not count a task that the service itself calls late or lost', async () => {
    const bench = openBench({ accounts: ['a'], routing: { maxAttempts: 9 } });
    bench.transport.always('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', says('ERROR_SERVER_ERROR'));
    await bench.run(120_000);
    expect(bench.state('a').state).toBe('closed');
  });

  it('do not shut it ever longer when they were under way together', async () => {
    const bench = openBench();
    bench.transport.always('a', 'submit', hang());
    bench.transport.always('a', 'balance', hasMoney(1));
    bench.transport.always('b', 'submit', accepts('u-b'));
    bench.transport.always('b', 'poll', NOT_READY);
    await beginAtA(bench, 12);
    await bench.clock.advance(10_000);
    expect(bench.state('a')).toMatchObject({ state: 'open', cause: 'timeout', forMs: 5_000 });
  });
});

describe('coming back', () => {
  it('is tried by a balance call when the cooldown is over', async () => {
    const bench = await deadAtA();
    bench.transport.script('a', 'balance', hasMoney(1));
    bench.transport.script('a', 'submit', accepts('u-a'));
    await bench.clock.advance(4_999);
    expect(bench.transport.calls('a', 'balance')).toEqual([]);
    await bench.clock.advance(1);
    expect(bench.times('a', 'balance')).toEqual([5_000]);
    // Reached again; whether it takes tasks again, the next one finds out.
    expect(bench.state('a').state).toBe('half-open');
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
  });

  it('is left to that call while it is under way', async () => {
    const bench = await deadAtA();
    const closed: unknown[] = [];
    bench.events.on('breaker-closed', ({ scope }) => closed.push([scope, bench.now]));
    bench.transport.script('a', 'balance', late(700, hasMoney(1)));
    await bench.clock.advance(5_000);
    expect(story(await bench.find(await bench.begin()))).toEqual(['b: solving']);
    await bench.clock.advance(700);
    expect(closed).toEqual([['transport', 5_700]]);
  });

  it('takes longer with every try that fails, within the pace of balance calls', async () => {
    const bench = openBench({ accounts: [account('a', { balanceCheckMs: 1_000 }), 'b'] });
    bench.transport.script('a', 'balance', hasMoney(1), RESET, hang(), RESET, hasMoney(1));
    bench.transport.script('a', 'submit', RESET, RESET, RESET);
    await bench.engine.balanceUsd({ ...CLIENT, providers: ['a'] });
    await beginAtA(bench, 3);
    await bench.clock.advance(100_000);
    // 5 s, 10 s, then 20 s after the 2.5 s that the second try hung, then 40 s.
    expect(bench.times('a', 'balance')).toEqual([0, 5_000, 15_000, 37_500, 77_500]);
    expect(bench.state('a').state).toBe('half-open');
  });

  it('is left to a task first where no balance call has ever worked', async () => {
    const bench = await deadAtA({ accounts: [account('a', { balanceCheckMs: 1_000 }), 'b'] });
    bench.transport.script('a', 'balance', RESET);
    await bench.clock.advance(5_000);
    expect(bench.state('a')).toMatchObject({ state: 'open', forMs: 10_000 });
    bench.transport.script('a', 'submit', accepts('u-a'));
    await bench.clock.advance(14_999);
    expect(bench.times('a', 'balance')).toEqual([5_000]);
    expect(bench.state('a').state).toBe('half-open');
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
    expect(bench.state('a').state).toBe('closed');
  });

  it.each([
    ['does not know', text('<html>Not Found</html>', 404)],
    ['answers in words that nobody can read', text('{"balance":', 200)],
    ['refuses in words of its own', says('ERROR_NO_SUCH_ACTION')],
  ])('is proved by a balance call that the service %s: it is reached', async (_name, answer) => {
    const bench = await deadAtA();
    bench.transport.script('a', 'balance', answer);
    bench.transport.script('a', 'submit', accepts('u-a'));
    await bench.clock.advance(5_000);
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
    expect(bench.state('a').state).toBe('closed');
  });

  it.each([
    ['a 5xx', text('upstream is down', 503)],
    ['somebody’s page', text('<html>Maintenance</html>')],
  ])('is not proved by %s', async (_name, answer) => {
    const bench = await deadAtA();
    bench.transport.script('a', 'balance', answer);
    await bench.clock.advance(5_000);
    expect(bench.state('a')).toMatchObject({ state: 'open', forMs: 10_000 });
  });

  it('may be tried by a submit, alone and with a quarter of the time, when no balance may be asked for', async () => {
    const bench = openBench();
    bench.transport.script('a', 'balance', hasMoney(1));
    bench.transport.script('a', 'submit', RESET, RESET, RESET, late(200, accepts('u-a')));
    bench.transport.always('b', 'submit', accepts('u-b'));
    for (const id of ['a', 'b']) bench.transport.always(id, 'poll', NOT_READY);
    await bench.engine.balanceUsd({ ...CLIENT, providers: ['a'] });
    await beginAtA(bench, 3);
    await bench.clock.advance(5_000);
    const ids = [await bench.begin(), await bench.begin()];
    await bench.clock.advance(200);
    const stories = await Promise.all(ids.map(async (id) => story(await bench.find(id))));
    expect(stories).toEqual([['a: solving'], ['b: solving']]);
    expect(bench.transport.calls('a', 'submit').at(-1)?.timeoutMs).toBe(2_500);
    expect(bench.state('a').state).toBe('closed');
  });

  it('is not proved by the answer to a call that left before', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', accepts('u1'), RESET, RESET, RESET);
    bench.transport.script('a', 'poll', late(2_000, solves('token-a')));
    bench.transport.script('a', 'balance', hasMoney(1));
    bench.transport.always('b', 'submit', accepts('u-b'));
    bench.transport.always('b', 'poll', NOT_READY);
    const id = await bench.begin();
    await bench.clock.advance(6_000);
    await beginAtA(bench, 3);
    expect(bench.state('a').state).toBe('open');
    await bench.clock.advance(1_000);
    expect(await bench.find(id)).toMatchObject({ status: 'solved', provider: 'a' });
    expect(bench.state('a')).toMatchObject({ state: 'open', cause: 'bad_reply' });
    await bench.clock.advance(4_000);
    expect(bench.state('a').state).toBe('half-open');
  });

  it('is an operator’s word, too', async () => {
    const bench = await deadAtA();
    bench.transport.script('a', 'submit', accepts('u-a'));
    bench.engine.admit('a', 'checked');
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
    await bench.clock.advance(60_000);
    expect(bench.transport.calls('a', 'balance')).toEqual([]);
  });
});

describe('polls of a dead account', () => {
  it('wait for the cooldown; then one of them tries, and the others follow', async () => {
    const bench = openBench({ accounts: [account('a', { balanceCheckMs: 1_000_000 })] });
    bench.transport.script('a', 'balance', hasMoney(1));
    bench.transport.script('a', 'submit', accepts('u1'), accepts('u2'), RESET, RESET, RESET);
    bench.transport.script('a', 'poll', late(600, solves('token-1')), solves('token-2'));
    await bench.engine.balanceUsd(CLIENT);
    const ids = [await bench.begin(), await bench.begin()];
    await bench.clock.advance(3_000);
    await beginAtA(bench, 3);
    await bench.clock.advance(10_000);
    expect(bench.times('a', 'poll')).toEqual([8_000, 8_750]);
    for (const id of ids) expect(await bench.find(id)).toMatchObject({ status: 'solved' });
  });

  it('do not count towards the polls that a task may have while they wait', async () => {
    const bench = openBench({ accounts: [account('a', { timing: { maxPolls: 2 } })] });
    bench.transport.script('a', 'submit', accepts('u1'), RESET, RESET, RESET);
    bench.transport.script('a', 'balance', RESET);
    bench.transport.script('a', 'poll', NOT_READY, solves('token-a'));
    const id = await bench.begin();
    await bench.clock.advance(4_000);
    await beginAtA(bench, 3);
    await bench.clock.advance(100_000);
    expect(await bench.find(id)).toMatchObject({ status: 'solved', attempts: [{ polls: 2 }] });
  });
});

describe('the last resort', () => {
  it('asks a dead account when there is nobody else, once in a cooldown', async () => {
    const bench = openBench({ accounts: [account('a', { balanceCheckMs: 1_000_000 })] });
    bench.transport.script('a', 'balance', hasMoney(1));
    bench.transport.script('a', 'submit', RESET, RESET, RESET, RESET, accepts('u1'));
    bench.transport.always('a', 'poll', NOT_READY);
    await bench.engine.balanceUsd(CLIENT);
    await beginAtA(bench, 3);
    expect(await bench.find(await bench.begin())).toMatchObject({
      attempts: [],
      error: { code: 'bad_reply' },
    });
    await bench.clock.advance(5_000);
    await bench.begin();
    expect(bench.state('a')).toMatchObject({ forMs: 10_000 });
    await bench.clock.advance(5_000);
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
  });
});

it('a submit that was decided before the account was shut does not leave after it', async () => {
  const bench = openBench();
  bench.store.writeMs = 50;
  bench.transport.script('a', 'submit', RESET, RESET, RESET);
  bench.transport.script('a', 'balance', hasMoney(1));
  bench.transport.always('b', 'submit', accepts('u-b'));
  bench.transport.always('b', 'poll', NOT_READY);
  const first = [bench.submit(), bench.submit(), bench.submit()];
  await bench.clock.advance(20);
  const last = bench.submit();
  await bench.clock.advance(200);
  await Promise.all(first);
  expect(bench.transport.calls('a', 'submit')).toHaveLength(3);
  const record = await bench.find((await last).id);
  expect(story(record)).toEqual(['a: timeout', 'b: solving']);
  expect(record.attempts[0]).toMatchObject({ mayBeCharged: false });
  await bench.clock.advance(10_000);
});
