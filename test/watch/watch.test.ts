/** When a watched gateway is asked, and what is shown while it is away. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Sight, watch } from '../../src/watch/watch.js';
import { FakeClock, settle } from '../support/fake-clock.js';

/** A gateway that answers with the number of the question, on a clock of the test. */
function start(options: { readonly redrawEveryMs?: number } = {}) {
  const clock = new FakeClock();
  const end = new AbortController();
  onTestFinished(() => end.abort());
  const asked: number[] = [];
  const shown: Sight<number>[] = [];
  const fake = { isThere: true, answer: Promise.resolve(), event: () => {}, drop: () => {}, streams: 0 };
  const done = watch<number>({
    ...options,
    clock,
    ask: async () => {
      asked.push(clock.now());
      const number = asked.length;
      await fake.answer;
      if (!fake.isThere) throw new Error('nobody there');
      return number;
    },
    listen: (onEvent, signal) =>
      new Promise((resolve, reject) => {
        fake.streams += 1;
        if (!fake.isThere) reject(new Error('nobody there'));
        fake.event = onEvent;
        fake.drop = () => reject(new Error('broken off'));
        signal.addEventListener('abort', () => resolve());
      }),
    show: (sight) => void shown.push(sight),
    signal: end.signal,
  });
  return { clock, end, asked, shown, fake, done };
}

describe('a watch', () => {
  it('asks again at an event, twice a second at most', async () => {
    const { clock, asked, fake } = start();
    await settle();
    const began = clock.now();
    for (let ms = 0; ms < 3_000; ms += 10) {
      fake.event();
      await clock.advance(10);
    }
    const gaps = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
    expect(gaps).toEqual(gaps.map(() => 500));
    expect(asked.length).toBe(1 + (clock.now() - began) / 500);
  });

  it('asks at once at the first event after a rest, and every 5 s without any', async () => {
    const { clock, asked, fake } = start();
    await clock.advance(4_000);
    expect(asked).toHaveLength(1);
    fake.event();
    await clock.advance(1);
    expect(asked).toHaveLength(2);
    await clock.advance(10_000);
    expect(asked).toHaveLength(4);
  });

  it('hears what happens while an answer is under way', async () => {
    const { clock, asked, fake, shown } = start();
    await clock.advance(1_000);
    let answer = () => {};
    fake.answer = new Promise((resolve) => {
      answer = resolve;
    });
    fake.event();
    await clock.advance(1);
    fake.event();
    await clock.advance(2_000);
    expect(asked).toHaveLength(2);
    answer();
    await clock.advance(1);
    expect(asked).toHaveLength(3);
    expect(shown.at(-1)?.report).toBe(3);
  });

  it('bears a restart: shows since when, asks every second, listens again', async () => {
    const { clock, asked, shown, fake } = start();
    await settle();
    fake.isThere = false;
    fake.drop();
    await clock.advance(3_100);
    const since = shown.find(({ fault }) => fault)?.fault?.since;
    expect(shown.at(-1)).toEqual({ report: 1, fault: { message: 'nobody there', since } });
    expect(since).toBe((asked[0] ?? 0) + 500);
    const [asks, streams] = [asked.length, fake.streams];
    expect(asks).toBeLessThanOrEqual(8);
    fake.isThere = true;
    await clock.advance(1_100);
    expect(shown.at(-1)?.fault).toBe(null);
    expect(asked.length).toBeGreaterThan(asks);
    expect(fake.streams).toBe(streams + 1);
  });

  it('shows the same again every second where somebody looks', async () => {
    const { clock, asked, shown } = start({ redrawEveryMs: 1_000 });
    await clock.advance(4_500);
    expect([asked.length, shown.length]).toEqual([1, 5]);
  });

  it('ends, and leaves no timer behind', async () => {
    const { clock, end, done } = start({ redrawEveryMs: 1_000 });
    await clock.advance(1_500);
    end.abort();
    await done;
    expect(clock.pending).toBe(0);
  });

  it('does not begin where nobody answers', async () => {
    const refused = watch<number>({
      clock: new FakeClock(),
      ask: () => Promise.reject(new Error('401')),
      listen: () => Promise.reject(new Error('never asked')),
      show: () => expect.unreachable(),
      signal: new AbortController().signal,
    });
    await expect(refused).rejects.toThrow('401');
  });
});
