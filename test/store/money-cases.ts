/** The contract's cases about what clients spend, and about counting a repeated request once. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BudgetSpent, KeyTaken, type Move, type TaskRecord, type TaskStore } from '../../src/core/store.js';
import { accepted, begun, CANCELLED, create, ended, sampleRecord, settled } from './samples.js';

type Store = () => TaskStore;
type Restart = () => Promise<void>;

/** What the tasks of a client count with. */
export function spending(store: Store): void {
  it('sums what the attempts of one client may have cost since a time', async () => {
    await create(store(), { createdAt: 5_000 }, begun(), accepted(0, 0.003), begun(1), accepted(1, 0.02));
    await create(store(), { createdAt: 9_000 }, begun(), accepted(0, null));
    await create(
      store(),
      { createdAt: 9_000 },
      begun(),
      ended(0, { costUsd: 1, mayBeCharged: false }),
      settled(),
    );
    await create(store(), { createdAt: 9_000 }, begun(), ended(0, { costUsd: 0.5 }), settled());
    await create(store(), { createdAt: 4_999 }, begun(), accepted(0, 10));
    await create(store(), { createdAt: 9_000, clientId: 'other' }, begun(), accepted(0, 100));
    expect(await store().spentUsd('qa', 5_000)).toBeCloseTo(0.523, 9);
    expect(await store().spentUsd('qa', 9_001)).toBe(0);
    expect(await store().spentUsd('nobody', 0)).toBe(0);
  });

  it('counts an open task with what it has reserved, when that is more', async () => {
    const { id } = await create(store(), { reservedUsd: 0.02 });
    const spent = () => store().spentUsd('qa', 0);
    expect(await spent()).toBeCloseTo(0.02, 9);
    await store().write(id, [begun(), accepted(0, 0.003)]);
    expect(await spent()).toBeCloseTo(0.02, 9);
    await store().write(id, [begun(1), accepted(1, 0.03)]);
    expect(await spent()).toBeCloseTo(0.033, 9);
    await store().write(id, [ended(1, { costUsd: 0.001 }), ended(0, { mayBeCharged: false })]);
    expect(await spent()).toBeCloseTo(0.02, 9);
    await store().write(id, [settled()]);
    expect(await spent()).toBeCloseTo(0.001, 9);
    await store().write(id, [ended(1, { costUsd: 0.005 })]);
    expect(await spent()).toBeCloseTo(0.005, 9);
  });

  it('tells one millisecond from the next, whatever the time', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 0, max: 200_000 }),
      fc.uuid(),
      async (times, since, clientId) => {
        for (const createdAt of times) await create(store(), { createdAt, clientId, reservedUsd: 0.25 });
        const counted = times.filter((time) => time >= since).length;
        expect(await store().spentUsd(clientId, since)).toBe(counted * 0.25);
      },
    );
    await fc.assert(property, { numRuns: 25 });
  });
}

/** What a budget lets through. */
export function budgeting(store: Store, restart: Restart): void {
  const budget = { limitUsd: 1, since: 1_000 };
  const attempt = async (change: Partial<TaskRecord>, ...moves: readonly Move[]) => {
    const record = sampleRecord(await store().reserveIds(1), change);
    await store().write(record.id, [{ move: 'created', record, budget }, ...moves]);
    return record.id;
  };

  it('lets tasks through up to the limit, and the next one not', async () => {
    for (let count = 0; count < 10; count++) await attempt({ reservedUsd: 0.1 });
    await expect(attempt({ reservedUsd: 0.1 })).rejects.toThrow(BudgetSpent);
    await expect(attempt({ reservedUsd: 1e-6 })).rejects.toThrow(BudgetSpent);
    expect(await store().spentUsd('qa', 0)).toBeCloseTo(1, 9);
    await attempt({});
  });

  it('lets through what fits, and no more, of tasks created at the same time', async () => {
    const first = await store().reserveIds(40);
    const writes = Array.from({ length: 40 }, (_, index) => {
      const record = sampleRecord(first + index, { reservedUsd: 0.07 });
      return store().write(record.id, [{ move: 'created', record, budget }, begun()]);
    });
    const results = await Promise.allSettled(writes);
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(26);
    for (const result of refused) expect(result).toMatchObject({ reason: expect.any(BudgetSpent) });
    const found = await Promise.all(writes.map((_write, index) => store().find(first + index)));
    expect(found.filter(Boolean)).toHaveLength(14);
  });

  it('counts neither other clients nor earlier tasks', async () => {
    await create(store(), { clientId: 'other', reservedUsd: 5 });
    await create(store(), { createdAt: 999, reservedUsd: 5 });
    await attempt({ reservedUsd: 1 });
    await expect(attempt({ reservedUsd: 0.01 })).rejects.toThrow(BudgetSpent);
  });

  it('gets back what an ended task has not spent, and keeps what it has, over a restart', async () => {
    const id = await attempt({ reservedUsd: 0.9 }, begun(), accepted(0, 0.3));
    await expect(attempt({ reservedUsd: 0.2 })).rejects.toThrow(BudgetSpent);
    await store().write(id, [settled()]);
    await restart();
    await attempt({ reservedUsd: 0.7 });
    await expect(attempt({ reservedUsd: 0.01 })).rejects.toThrow(BudgetSpent);
  });

  it('refuses with nothing written, not the attempt either', async () => {
    await attempt({ reservedUsd: 1 });
    const id = await store().reserveIds(1);
    const record = sampleRecord(id, { reservedUsd: 0.5, idempotency: { key: 'k', fingerprint: 'f' } });
    await expect(store().write(id, [{ move: 'created', record, budget }, begun()])).rejects.toThrow(
      BudgetSpent,
    );
    expect(await store().find(id)).toBeUndefined();
    expect(await store().findByKey('qa', 'k')).toBeUndefined();
    expect(await store().spentUsd('qa', 0)).toBeCloseTo(1, 9);
  });
}

/** What a repeated request finds. */
export function keying(store: Store, restart: Restart): void {
  const idempotency = { key: 'order-7', fingerprint: 'sha' };

  it('finds the task of its client, also after a restart', async () => {
    const record = await create(store(), { idempotency });
    const other = await create(store(), { idempotency, clientId: 'other' });
    expect(await store().findByKey('qa', 'order-7')).toEqual(record);
    expect(await store().findByKey('other', 'order-7')).toEqual(other);
    expect(await store().findByKey('qa', 'order-8')).toBeUndefined();
    await restart();
    expect(await store().findByKey('qa', 'order-7')).toEqual(record);
    expect((await store().find(record.id))?.idempotency).toEqual(idempotency);
  });

  it('is refused to a second task, with the id of the first and nothing written', async () => {
    const { id } = await create(store(), { idempotency });
    const fault = await create(store(), { idempotency }, begun()).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(KeyTaken);
    expect(fault).toMatchObject({ taskId: id });
    expect(await store().find(id + 1)).toBeUndefined();
    expect((await store().findByKey('qa', 'order-7'))?.id).toBe(id);
  });

  it('goes to one of many created at the same time', async () => {
    const first = await store().reserveIds(20);
    const writes = Array.from({ length: 20 }, (_, index) => {
      const record = sampleRecord(first + index, { idempotency });
      return store().write(record.id, [{ move: 'created', record }]);
    });
    const results = await Promise.allSettled(writes);
    const winner = await store().findByKey('qa', 'order-7');
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(results[(winner?.id ?? 0) - first]?.status).toBe('fulfilled');
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ taskId: winner?.id });
  });

  it('is looked at before the budget: a repeat costs nothing', async () => {
    await create(store(), { idempotency, reservedUsd: 1 });
    const record = sampleRecord(await store().reserveIds(1), { idempotency, reservedUsd: 1 });
    const budget = { limitUsd: 1, since: 0 };
    await expect(store().write(record.id, [{ move: 'created', record, budget }])).rejects.toThrow(KeyTaken);
  });

  it('lasts as long as the task', async () => {
    const { id } = await create(store(), { idempotency });
    await store().write(id, [CANCELLED]);
    await expect(create(store(), { idempotency })).rejects.toThrow(KeyTaken);
    await store().forget({ solutions: 0, tasks: 30_000 }, 10);
    expect(await store().findByKey('qa', 'order-7')).toBeUndefined();
    const again = await create(store(), { idempotency });
    expect(await store().findByKey('qa', 'order-7')).toEqual(again);
  });

  it('may hold any characters', async () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
    const used = new Set<string>();
    const property = fc.asyncProperty(text, text, async (key, fingerprint) => {
      fc.pre(!used.has(key));
      used.add(key);
      const record = await create(store(), { idempotency: { key, fingerprint } });
      expect(await store().findByKey('qa', key)).toEqual(record);
    });
    await fc.assert(property, {
      numRuns: 50,
      examples: [
        ['a\0b', '\0'],
        ['a\0', 'ä"\''],
        ['a', 'a'],
      ],
    });
  });
}
