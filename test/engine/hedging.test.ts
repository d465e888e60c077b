/** A second provider asked beside one that takes long: when, for how many tasks, and what becomes of the loser. */
import { describe, expect, it } from 'vitest';
import { sampleTask } from '../support/sample-tasks.js';
import { accepts, NOT_READY, says, solves } from './answers.js';
import { account, type Bench, CLIENT, story } from './bench.js';
import { openFlow } from './flow.js';

/** What the classic wire answers for GeeTest. */
const GEETEST = solves(
  JSON.stringify({ geetest_challenge: 'c', geetest_validate: 'v', geetest_seccode: 's' }),
);

/** Accounts of which the first has solved twenty tasks in 5 s each, so that a task that takes longer is slow. */
async function openHedged(share = 1, rest: Parameters<typeof openFlow>[0] = {}): Promise<Bench> {
  const bench = openFlow({
    accounts: ['a', 'b', 'c'],
    ...rest,
    routing: { hedge: { share }, ...rest.routing },
  });
  for (let made = 0; made < 20; made += 1) {
    bench.transport.script('a', 'submit', accepts(`u${made}`));
    bench.transport.script('a', 'poll', solves('t'));
    await bench.run(5_000);
  }
  return bench;
}

describe('a task that takes longer than nineteen in twenty', () => {
  it("is handed to a second provider, whose answer is the task's when it comes first", async () => {
    const bench = await openHedged();
    bench.transport.script('a', 'submit', accepts('slow'));
    bench.transport.always('a', 'poll', NOT_READY);
    bench.transport.script('b', 'submit', accepts('quick'));
    bench.transport.script('b', 'poll', solves('by b'));
    const begunAt = bench.now;
    const record = await bench.run(10_000);
    expect(record).toMatchObject({ status: 'solved', provider: 'b', solution: { token: 'by b' } });
    expect(bench.times('b', 'submit')).toEqual([begunAt + 5_000]);
    expect(record.attempts).toMatchObject([
      { provider: 'a', outcome: 'cancelled', mayBeCharged: true },
      { provider: 'b', outcome: 'solved', why: 'hedge: the one before takes long' },
    ]);
  });

  it('is solved by the first one when that is sooner after all', async () => {
    const bench = await openHedged();
    bench.transport.script('a', 'submit', accepts('slow'));
    bench.transport.script('a', 'poll', NOT_READY, solves('by a'));
    bench.transport.script('b', 'submit', accepts('u'));
    bench.transport.always('b', 'poll', NOT_READY);
    const record = await bench.run(15_000);
    expect(record).toMatchObject({ status: 'solved', provider: 'a' });
    expect(story(record)).toEqual(['a: solved', 'b: cancelled']);
  });

  it('goes on with the first one when the second does not solve it', async () => {
    const bench = await openHedged();
    bench.transport.script('a', 'submit', accepts('slow'));
    bench.transport.script('a', 'poll', NOT_READY, NOT_READY, NOT_READY, solves('by a'));
    bench.transport.script('b', 'submit', accepts('u'));
    bench.transport.script('b', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'));
    const record = await bench.run(20_000);
    expect(story(record)).toEqual(['a: solved', 'b: unsolvable']);
    expect(bench.transport.calls('c')).toEqual([]);
  });

  it('goes on with the second when the first fails, and then to the next', async () => {
    const bench = await openHedged();
    bench.transport.script('a', 'submit', accepts('slow'));
    bench.transport.script('a', 'poll', NOT_READY, says('ERROR_CAPTCHA_UNSOLVABLE'));
    bench.transport.script('b', 'submit', accepts('u'));
    bench.transport.script('b', 'poll', NOT_READY, says('ERROR_CAPTCHA_UNSOLVABLE'));
    bench.transport.script('c', 'submit', accepts('v'));
    bench.transport.script('c', 'poll', solves('by c'));
    const record = await bench.run(20_000);
    expect(story(record)).toEqual(['a: unsolvable', 'b: unsolvable', 'c: solved']);
  });

  it('is no failover, and does not count towards what retries may cost', async () => {
    const bench = await openHedged(1, { routing: { retryBudget: { ratio: 0, floorPerMinute: 0 } } });
    const failovers: unknown[] = [];
    bench.events.on('failover', (failover) => failovers.push(failover));
    bench.transport.script('a', 'submit', accepts('slow'));
    bench.transport.always('a', 'poll', NOT_READY);
    bench.transport.script('b', 'submit', accepts('quick'));
    bench.transport.script('b', 'poll', solves('by b'));
    expect((await bench.run(10_000)).provider).toBe('b');
    expect(failovers).toEqual([]);
  });
});

describe('nobody else is asked', () => {
  async function slowly(bench: Bench, task = sampleTask('recaptcha_v2'), options: object = {}) {
    bench.transport.script('a', 'submit', accepts('slow'));
    bench.transport.script('a', 'poll', NOT_READY, NOT_READY, NOT_READY, solves('by a'));
    const record = await bench.run(20_000, task, options);
    expect(story(record)).toEqual(['a: solved']);
  }

  it('unless the operator has switched it on', async () => {
    await slowly(await openHedged(1, { routing: { hedge: undefined } }));
  });

  it('before enough tasks have paid for it', async () => {
    await slowly(await openHedged(0.04));
  });

  it('above the price cap', async () => {
    const accounts = ['a', 'b', 'c'].map((id) => account(id, { priceUsd: 0.003 }));
    await slowly(await openHedged(1, { accounts, routing: { maxUsdPerTask: 0.005 } }));
  });

  it('beyond the number of attempts', async () => {
    await slowly(await openHedged(1, { routing: { maxAttempts: 1 } }));
  });

  it('for inputs that can be used only once', async () => {
    const bench = await openHedged();
    bench.transport.script('a', 'submit', ...Array.from({ length: 20 }, (_, index) => accepts(`g${index}`)));
    bench.transport.script('a', 'poll', ...Array.from({ length: 20 }, () => GEETEST));
    for (let made = 0; made < 20; made += 1) await bench.run(5_000, sampleTask('geetest_v3'));
    bench.transport.script('a', 'submit', accepts('slow'));
    bench.transport.script('a', 'poll', NOT_READY, NOT_READY, GEETEST);
    expect(story(await bench.run(15_000, sampleTask('geetest_v3')))).toEqual(['a: solved']);
  });

  it('while the others are closed', async () => {
    const bench = await openHedged();
    bench.engine.hold('b', 'no');
    bench.engine.hold('c', 'no');
    await slowly(bench);
  });
});

it('costs the share of tasks that the operator gives it, however many are slow', async () => {
  const bench = await openHedged(0.1);
  for (const id of ['a', 'b']) bench.transport.always(id, 'submit', accepts(`u-${id}`));
  bench.transport.always('b', 'poll', solves('by b'));
  let hedges = 0;
  for (let made = 0; made < 50; made += 1) {
    const isSlow = made % 2 === 0;
    bench.transport.always('a', 'poll', isSlow ? NOT_READY : solves('by a'));
    const { id, attempts } = await bench.run(10_000);
    if (attempts.length > 1) hedges += 1;
    await bench.engine.cancel(CLIENT, id);
  }
  // The twenty tasks before have earned two, these fifty five.
  expect(hedges).toBeGreaterThanOrEqual(5);
  expect(hedges).toBeLessThanOrEqual(7);
});
