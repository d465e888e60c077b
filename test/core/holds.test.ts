/** Held polls keep to each client's patience. */
import { expect, it } from 'vitest';
import type { Client } from '../../src/core/gateway.js';
import { Holds } from '../../src/core/holds.js';
import { FakeClock } from '../support/fake-clock.js';

const QA: Client = { id: 'qa', keySha256: '', holdMs: 3_000 };
const OTHER: Client = { id: 'other', keySha256: '', holdMs: 20_000 };
const MINUTE = 60_000;

/** A poll at which the client hangs up after so long. */
async function hangUp(clock: FakeClock, holds: Holds, client: Client, afterMs: number): Promise<void> {
  const away = new AbortController();
  await holds.during(client, away.signal, async () => {
    await clock.advance(afterMs);
    away.abort();
  });
}

function open() {
  const clock = new FakeClock();
  return { clock, holds: new Holds(clock) };
}

it('holds as long as the client’s entry says, while nobody hangs up', async () => {
  const { clock, holds } = open();
  const waits: number[] = [];
  for (const client of [QA, OTHER])
    await holds.during(client, new AbortController().signal, async (waitMs) => {
      waits.push(waitMs);
      await clock.advance(waitMs);
    });
  expect([waits, holds.size]).toEqual([[3_000, 20_000], 0]);
});

it('holds for less from then on when a client has hung up, and only for that client', async () => {
  const { clock, holds } = open();
  await hangUp(clock, holds, QA, 2_000);
  expect([holds.holdMs(QA), holds.holdMs(OTHER)]).toEqual([1_500, 20_000]);
});

it('takes hardly any patience for a program that was ended, unless it happens again', async () => {
  const { clock, holds } = open();
  const seen: number[] = [];
  for (let times = 0; times < 5; times += 1) {
    await hangUp(clock, holds, QA, 50);
    seen.push(holds.holdMs(QA));
  }
  expect(seen).toEqual([1_000, 500, 250, 125, 0]);
  const [impatient, short] = [open(), { ...QA, holdMs: 400 }];
  await hangUp(impatient.clock, impatient.holds, short, 50);
  expect(impatient.holds.holdMs(short)).toBe(200);
});

it('recovers slowly, more slowly each time, and forgets in the end', async () => {
  const { clock, holds } = open();
  await hangUp(clock, holds, QA, 2_000);
  await clock.advance(5 * MINUTE);
  expect(holds.holdMs(QA)).toBe(2_250);
  await hangUp(clock, holds, QA, 2_000);
  await clock.advance(10 * MINUTE);
  expect(holds.holdMs(QA)).toBe(2_250);
  await clock.advance(10 * MINUTE);
  expect([holds.holdMs(QA), holds.size]).toEqual([3_000, 0]);
});

it('takes polls that end together for one hint, the longest of them', async () => {
  const { clock, holds } = open();
  const away = new AbortController();
  const poll = (beginsAfterMs: number) =>
    clock.after(beginsAfterMs, () => {
      void holds.during(
        QA,
        away.signal,
        () =>
          new Promise<void>((resolve) => {
            away.signal.addEventListener('abort', () => resolve(), { once: true });
          }),
      );
    });
  for (const at of [0, 500, 1_000, 1_900]) poll(at);
  await clock.advance(2_000);
  away.abort();
  await clock.advance(0);
  expect(holds.holdMs(QA)).toBe(1_500);
  await clock.advance(10 * MINUTE);
  expect(holds.holdMs(QA)).toBe(3_000);
});

it('keeps what the wait has thrown', async () => {
  const { holds } = open();
  const failing = holds.during(QA, new AbortController().signal, async () => {
    throw new TypeError('a fault');
  });
  await expect(failing).rejects.toThrow('a fault');
});

it('remembers one entry a client, however often it hangs up', async () => {
  const { clock, holds } = open();
  for (let times = 0; times < 1_000; times += 1) await hangUp(clock, holds, QA, 100);
  expect(holds.size).toBe(1);
  await clock.advance(24 * 60 * MINUTE);
  expect(holds.holdMs(QA)).toBe(3_000);
});
