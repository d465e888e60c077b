/** Clients that wait and go: nothing of them stays behind. */
import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { Waits } from '../../src/engine/waits.js';
import { FakeClock, settle } from '../support/fake-clock.js';

/** A promise that counts who listens to it. */
class Counted extends Promise<void> {
  listeners = 0;

  // biome-ignore lint/suspicious/noThenProperty: what is counted is the calls of it
  override then<A = void, B = never>(...callbacks: Parameters<Promise<void>['then']>): Promise<A | B> {
    this.listeners += 1;
    return super.then(...callbacks) as Promise<A | B>;
  }
}

it('10,000 that wait for one event and vanish leave no timer, no listener and nobody waiting', async () => {
  const clock = new FakeClock();
  const waits = new Waits(clock);
  const event = new Counted(() => {});
  const clients = Array.from({ length: 10_000 }, () => new AbortController());
  const waited = clients.map(({ signal }) => waits.until(event, 60_000, signal));
  expect([waits.size, clock.pending]).toEqual([10_000, 10_000]);
  for (const client of clients) client.abort();
  await Promise.all(waited);
  expect([waits.size, clock.pending, event.listeners]).toEqual([0, 0, 1]);
  expect(clients.some(({ signal }) => getEventListeners(signal, 'abort').length > 0)).toBe(false);
});

it('tells everybody who waits for an event, also those who come after one that has happened', async () => {
  const waits = new Waits(new FakeClock());
  let happen = () => {};
  const event = new Promise<void>((resolve) => {
    happen = resolve;
  });
  const waited = [waits.until(event, 60_000), waits.until(event, 60_000)];
  await settle();
  happen();
  await Promise.all(waited);
  await waits.until(event, 60_000);
  await waits.until(event, 60_000);
  expect(waits.size).toBe(0);
});

it('ends with its time, and with an event that fails', async () => {
  const clock = new FakeClock();
  const waits = new Waits(clock);
  const late = waits.until(new Promise(() => {}), 1_000);
  await clock.advance(1_000);
  await late;
  await waits.until(Promise.reject(new Error('no')), 1_000);
  expect([waits.size, clock.pending]).toEqual([0, 0]);
});

it('keeps no memory of those who vanished while the event is still to come', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const waits = new Waits(new FakeClock());
  const event = new Promise<void>(() => {});
  const vanish = async () => {
    const clients = Array.from({ length: 100 }, () => new AbortController());
    const waited = clients.map(({ signal }) => waits.until(event, 60_000, signal));
    for (const client of clients) client.abort();
    await Promise.all(waited);
    return clients.map(({ signal }) => new WeakRef(signal));
  };
  const vanished = await vanish();
  await settle();
  collect();
  await settle();
  collect();
  expect(vanished.filter((client) => client.deref() !== undefined).length).toBeLessThan(10);
  expect([waits.size, event]).toEqual([0, expect.any(Promise)]);
});
