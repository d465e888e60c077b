/** Polls for a client that is not held go just before it asks, where the provider's pace allows that. */
import { describe, expect, it } from 'vitest';
import type { Timing } from '../../src/core/provider.js';
import { beforeAsk, type Slot } from '../../src/engine/asks.js';
import { accepts, NOT_READY } from './answers.js';
import { account, type Bench, CLIENT, openBench } from './bench.js';

const SLOT: Slot = { earliestAt: 11_000, dueAt: 13_000, latestAt: 15_000, leadMs: 100 };

describe('a poll that is due at 13 s', () => {
  it('stays where it is while nobody has asked', () => {
    expect(beforeAsk(SLOT, undefined, 0)).toBe(13_000);
  });

  it('goes before the last time that the client asks until then', () => {
    expect(beforeAsk(SLOT, { lastAt: 10_000, beforeAt: 8_000 }, 0)).toBe(11_900);
    expect(beforeAsk(SLOT, { lastAt: 10_000, beforeAt: 9_500 }, 0)).toBe(12_900);
  });

  it('waits for the first one after its floor where there is none before', () => {
    expect(beforeAsk(SLOT, { lastAt: 9_000, beforeAt: 4_000 }, 0)).toBe(13_900);
  });

  it('does not wait for longer than a task may be left alone', () => {
    expect(beforeAsk(SLOT, { lastAt: 10_000, beforeAt: 3_000 }, 0)).toBe(13_000);
  });

  it('takes the pause before the first ask for the interval', () => {
    expect(beforeAsk(SLOT, { lastAt: 7_000, beforeAt: undefined }, 0)).toBe(13_900);
  });

  it('stays where it is when the client has stopped asking', () => {
    expect(beforeAsk(SLOT, { lastAt: 7_000, beforeAt: 6_000 }, 0)).toBe(13_000);
  });
});

const TIMING: Partial<Timing> = { firstPollMs: 1_000, pollEveryMs: 1_000, maxPolls: 100 };

/** Polls of a task that is never solved, whose client asks every 2.5 s. */
async function pollsOf(ask: (bench: Bench, id: number) => Promise<unknown>): Promise<readonly number[]> {
  const bench = openBench({ accounts: [account('a', { timing: TIMING })] });
  bench.transport.script('a', 'submit', accepts('u1'));
  bench.transport.always('a', 'poll', NOT_READY);
  const id = await bench.begin();
  for (let asked = 0; asked < 6; asked += 1) {
    await bench.clock.advance(2_500);
    await ask(bench, id);
  }
  return bench.transport.calls('a', 'poll').map(({ at }) => at - bench.startedAt);
}

/** Whether a poll went less than 200 ms before the last times that the client asked. */
const isFresh = (polls: readonly number[]) =>
  [7_500, 10_000, 12_500].map((askedAt) => polls.some((at) => at < askedAt && at > askedAt - 200));

describe('a client that comes every 2.5 s', () => {
  it('is told what was known just before, when it is answered at once', async () => {
    const polls = await pollsOf((bench, id) => bench.engine.untilEnded(CLIENT, id, 0));
    expect(isFresh(polls)).toEqual([true, true, true]);
    const gaps = polls.slice(1).map((at, index) => at - Number(polls[index]));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
  });

  it('changes nothing when it only looks', async () => {
    const polls = await pollsOf((bench, id) => bench.find(id));
    expect(isFresh(polls)).toEqual([false, false, false]);
  });
});
