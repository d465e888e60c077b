/** The contract's cases about what one process leaves to the next: open tasks and facts. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LeaseLost, type TaskRecord, type TaskStore } from '../../src/core/store.js';
import { accepted, begun, CANCELLED, create, ended, IMAGE_TASK, settled } from './samples.js';

type Store = () => TaskStore;
type Restart = () => Promise<void>;

const idsOf = (records: readonly TaskRecord[]) => records.map(({ id }) => id);

/** Who works on a task. */
export function adopting(store: Store, restart: Restart): void {
  const leave = async (...createdAt: readonly number[]) => {
    const ids: number[] = [];
    for (const at of createdAt) {
      const change = { createdAt: at, task: IMAGE_TASK };
      ids.push((await create(store(), change, begun(), ended(), begun(1), accepted(1))).id);
    }
    return ids;
  };

  it('gives the open tasks of the process before, oldest first and whole', async () => {
    const ids = await leave(3_000, 1_000, 2_000, 1_000, 500);
    await store().write(ids[4] ?? 0, [settled()]);
    const before = await Promise.all(ids.map((id) => store().find(id)));
    await restart();
    const adopted = await store().adopt(100);
    expect(idsOf(adopted)).toEqual([ids[1], ids[3], ids[2], ids[0]]);
    expect(adopted).toEqual([before[1], before[3], before[2], before[0]]);
  });

  it('gives each task once, as many as are asked for', async () => {
    const ids = await leave(1, 2, 3, 4, 5);
    await restart();
    expect(await store().adopt(0)).toEqual([]);
    const parts = [await store().adopt(2), ...(await Promise.all([store().adopt(2), store().adopt(2)]))];
    expect(parts.flatMap(idsOf).sort((a, b) => a - b)).toEqual(ids);
    expect(idsOf(parts[0] ?? [])).toEqual(ids.slice(0, 2));
    expect(await store().adopt(2)).toEqual([]);
  });

  it('gives nothing that this process has begun or that nobody left', async () => {
    expect(await store().adopt(100)).toEqual([]);
    await leave(1, 2);
    expect(await store().adopt(100)).toEqual([]);
  });

  it('gives them again to the process after', async () => {
    const ids = await leave(1, 2);
    await restart();
    await store().adopt(1);
    await restart();
    expect(idsOf(await store().adopt(100))).toEqual(ids);
  });

  it('comes before writes: until then only a cancellation and a report are taken', async () => {
    const [id = 0, cancelled = 0] = await leave(1, 2);
    await restart();
    const before = await store().find(id);
    for (const moves of [[begun(2)], [ended(1)], [accepted(0)], [ended(1), settled()]])
      await expect(store().write(id, moves)).rejects.toThrow(LeaseLost);
    expect(await store().find(id)).toEqual(before);
    expect(await store().write(id, [{ move: 'reported', isAccepted: true }])).toBe(true);
    expect(await store().write(cancelled, [CANCELLED])).toBe(true);
    expect(await store().write(cancelled, [CANCELLED])).toBe(false);
    expect(idsOf(await store().adopt(100))).toEqual([id]);
    expect(await store().write(id, [ended(1), settled()])).toBe(true);
    expect(await store().find(id)).toMatchObject({ status: 'solved', reported: true });
    expect(await store().find(cancelled)).toMatchObject({ status: 'cancelled' });
  });
}

/** Facts outlive the process. */
export function remembering(store: Store, restart: Restart): void {
  it('knows nothing in a new store', async () => {
    expect([...(await store().recall())]).toEqual([]);
  });

  it('keeps the newest value of each key', async () => {
    for (let value = 0; value < 500; value++) store().remember('breaker:a', { value });
    store().remember('breaker:b', null);
    store().remember('pace', [1, 'two', { three: 3.5 }]);
    await restart();
    store().remember('pace', 'new');
    await restart();
    const facts = await store().recall();
    expect(facts).toEqual(
      new Map<string, unknown>([
        ['breaker:a', { value: 499 }],
        ['breaker:b', null],
        ['pace', 'new'],
      ]),
    );
  });

  it('keeps a value as it was when it was given', async () => {
    const value = { until: 1 };
    store().remember('breaker:a', value);
    value.until = 2;
    await restart();
    expect((await store().recall()).get('breaker:a')).toEqual({ until: 1 });
  });

  it('keeps any characters', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 8 });
    const facts = fc.sample(fc.dictionary(text, text, { noNullPrototype: true }), { numRuns: 20, seed: 4 });
    const told = new Map(facts.flatMap((some) => Object.entries(some)));
    told.set('nul\0key', 'nul\0value');
    for (const [key, value] of told) store().remember(key, value);
    await restart();
    expect(await store().recall()).toEqual(told);
  });

  it('does not throw for what cannot be kept', async () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    for (const value of [circle, 1n, undefined, () => {}]) store().remember('odd', value);
    await restart();
    expect([...(await store().recall())]).toEqual([]);
  });

  it('lets whoever watches stop, and goes on', async () => {
    const stop = store().watch({ onTask: () => {}, onFact: () => {} });
    store().remember('breaker:a', 1);
    stop();
    stop();
    expect(await create(store())).toBeDefined();
  });
}
