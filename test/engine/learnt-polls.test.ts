/** What polls have taught moves the next ones, and outlives the process. */
import { describe, expect, it } from 'vitest';
import type { Timing } from '../../src/core/provider.js';
import { accepts, NOT_READY, solves } from './answers.js';
import { account, type Bench, openBench } from './bench.js';

const TIMING = { firstPollMs: 1_000, pollEveryMs: 1_000, maxPolls: 100 };

/** An account that has just accepted a task and has nothing to say of it for `solveMs`. */
async function solveOne(bench: Bench, solveMs: number): Promise<readonly number[]> {
  const startedAt = bench.clock.now();
  const before = bench.transport.calls('a', 'poll').length;
  bench.transport.script('a', 'submit', accepts(`u${startedAt}`));
  bench.transport.always('a', 'poll', ({ at }) => (at - startedAt >= solveMs ? solves('token') : NOT_READY));
  await bench.run(solveMs + 10_000);
  return bench.transport
    .calls('a', 'poll')
    .slice(before)
    .map(({ at }) => at - startedAt);
}

function open(timing: Partial<Timing> = {}, pollCostMs?: number): Bench {
  return openBench({ accounts: [account('a', { timing: { ...TIMING, ...timing } })], pollCostMs });
}

describe('an account that always takes twenty seconds', () => {
  it('is polled at its published pace first, then where its answers come', async () => {
    const bench = open();
    const first = await solveOne(bench, 20_000);
    expect(first).toHaveLength(20);
    for (let task = 0; task < 30; task += 1) await solveOne(bench, 20_000 + task * 20);
    const later = await solveOne(bench, 20_000);
    expect(later.length).toBeLessThanOrEqual(8);
    expect(Number(later.at(-1))).toBeLessThan(21_000);
    expect(Math.min(...later.slice(1).map((at, index) => at - Number(later[index])))).toBeGreaterThanOrEqual(
      1_000,
    );
  });

  it('is polled as often as it allows when polls cost nothing', async () => {
    const bench = open({}, 0);
    for (let task = 0; task < 10; task += 1) await solveOne(bench, 20_000);
    expect(await solveOne(bench, 20_000)).toHaveLength(20);
  });

  it('is known to the next process', async () => {
    const bench = open();
    for (let task = 0; task < 31; task += 1) await solveOne(bench, 20_000 + task * 20);
    await bench.restart();
    expect((await solveOne(bench, 20_000)).length).toBeLessThanOrEqual(8);
  });

  it('is polled at its published pace again after a day of silence', async () => {
    const bench = open();
    for (let task = 0; task < 31; task += 1) await solveOne(bench, 20_000);
    await bench.clock.advance(24 * 3_600_000);
    expect((await solveOne(bench, 20_000)).length).toBeGreaterThanOrEqual(19);
  });
});

it('a score that an earlier version kept is taken, without what it did not know', async () => {
  const bench = open();
  await solveOne(bench, 20_000);
  bench.engine.stop();
  const [key = '', fact] = [...(await bench.store.recall())].find(([name]) => name.startsWith('score')) ?? [];
  const { times: _times, ...old } = Object(fact);
  bench.store.remember(key, { ...old, solveMs: [4_000, 4_000], solved: 2, failed: 0 });
  await bench.restart();
  const kind = bench.engine.providers()[0]?.kinds.find((one) => one.kind === 'recaptcha_v2');
  expect(kind).toMatchObject({ successRate: 1, p50Ms: 4_000 });
  expect(await solveOne(bench, 5_000)).toHaveLength(5);
});
