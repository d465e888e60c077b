/** The contract's cases about moves: what is written, what is refused, what a settlement means. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Move, TaskStore } from '../../src/core/store.js';
import { historiesOf, withoutImages } from './histories.js';
import { accepted, BEGUN, begun, create, ended, IMAGE_TASK, sampleRecord, settled } from './samples.js';

const LARGEST_ID = 2_147_483_647;

/** What a write leaves. */
export function writing(store: () => TaskStore): void {
  it('remembers a task as it was created', async () => {
    const record = await create(store());
    expect(await store().find(record.id)).toEqual(record);
    expect(await store().find(record.id + 1)).toBeUndefined();
  });

  it('remembers the attempts that a record is created with', async () => {
    const attempts = [BEGUN, { ...BEGUN, outcome: 'no_slot' as const, costUsd: 0.1, mayBeCharged: true }];
    const record = await create(store(), { attempts });
    expect(await store().find(record.id)).toEqual(record);
  });

  it.each(['7412', '0007', '', 7412, 0, 2 ** 53 - 1, null])(
    'gives the upstream id %j back as it came',
    async (upstreamId) => {
      const { id } = await create(store(), {}, begun(), { ...accepted(), upstreamId } as Move);
      expect((await store().find(id))?.attempts[0]).toMatchObject({ upstreamId, outcome: 'solving' });
    },
  );

  it('leaves the record that the moves make', async () => {
    const ids = fc.integer({ min: 1, max: LARGEST_ID });
    const histories = fc
      .uniqueArray(ids, { minLength: 1, maxLength: 3 })
      .chain((some) => fc.tuple(...some.map(historiesOf)));
    const used = new Set<number>();
    const property = fc.asyncProperty(histories, async (told) => {
      fc.pre(told.every(({ record }) => !used.has(record.id)));
      for (const { record, writes } of told) {
        used.add(record.id);
        for (const { moves, isWritten } of writes)
          expect(await store().write(record.id, moves)).toBe(isWritten);
      }
      for (const { record } of told) expect(await store().find(record.id)).toEqual(record);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('takes a great many at once', async () => {
    const first = await store().reserveIds(1_000);
    const records = Array.from({ length: 1_000 }, (_, index) => sampleRecord(first + index));
    await Promise.all(
      records.map((record) => store().write(record.id, [{ move: 'created', record }, begun()])),
    );
    const found = await Promise.all(records.map(({ id }) => store().find(id)));
    expect(found).toEqual(records.map((record) => ({ ...record, attempts: [BEGUN] })));
  });
}

/** What rejects, and leaves nothing. */
export function refusing(store: () => TaskStore): void {
  it.each([begun(), accepted(), ended(), settled(), { move: 'reported', isAccepted: true } as const])(
    '$move of an unknown task',
    async (move) => {
      await expect(store().write(77, [move])).rejects.toThrow(/task 77/i);
      expect(await store().find(77)).toBeUndefined();
    },
  );

  it.each([accepted(1), ended(1), begun(2), begun(0)])(
    '$move of attempt $attempt after attempt 0',
    async (move) => {
      const record = await create(store(), {}, begun());
      await expect(store().write(record.id, [move])).rejects.toThrow(/attempt/i);
      expect(await store().find(record.id)).toEqual({ ...record, attempts: [BEGUN] });
    },
  );

  it('a second task with the id of a kept one', async () => {
    const record = await create(store());
    const other = { ...record, clientId: 'other' };
    await expect(store().write(record.id, [{ move: 'created', record: other }])).rejects.toThrow();
    expect(await store().find(record.id)).toEqual(record);
  });

  it('a record with another id than the call names', async () => {
    await expect(store().write(1, [{ move: 'created', record: sampleRecord(2) }])).rejects.toThrow('task 2');
  });

  it('everything in a call of which one move fails', async () => {
    const record = await create(store());
    await expect(store().write(record.id, [begun(), accepted(), ended(5), settled()])).rejects.toThrow(
      'attempt 5',
    );
    expect(await store().find(record.id)).toEqual(record);
  });

  it('nothing of the calls made at the same time', async () => {
    const first = await store().reserveIds(300);
    const writes = Array.from({ length: 300 }, (_, index) => {
      const record = sampleRecord(first + index);
      return store().write(record.id, [
        { move: 'created', record },
        index % 100 === 50 ? accepted(9) : begun(),
      ]);
    });
    const results = await Promise.allSettled(writes);
    expect(results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([
      50, 150, 250,
    ]);
    const found = await Promise.all(writes.map((_write, index) => store().find(first + index)));
    expect(found.flatMap((record, index) => (record ? [] : [index]))).toEqual([50, 150, 250]);
  });
}

/** The first outcome stands. */
export function settling(store: () => TaskStore): void {
  it('stands once it is made, and a later one leaves nothing', async () => {
    const { id } = await create(store(), {}, begun(), accepted());
    expect(await store().write(id, [ended(), settled()])).toBe(true);
    const record = await store().find(id);
    expect(await store().write(id, [ended(0, { polls: 99 }), settled(30_000, 'token-2')])).toBe(false);
    expect(await store().write(id, [settled(30_000, 'token-2')])).toBe(false);
    expect(await store().find(id)).toEqual(record);
    expect(record).toMatchObject({ status: 'solved', finishedAt: 20_001, solution: { token: 'token-1' } });
  });

  it('is made by one of two callers at the same time', async () => {
    const { id } = await create(store(), {}, begun(), accepted());
    const results = await Promise.all(
      ['a', 'b'].map((token) => store().write(id, [ended(), settled(20_000, token)])),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    const token = results[0] ? 'a' : 'b';
    expect((await store().find(id))?.solution).toEqual({ token });
  });

  it('lets attempts end and reports come later', async () => {
    const { id } = await create(store(), {}, begun(), settled());
    expect(
      await store().write(id, [ended(0, { outcome: 'timeout' }), { move: 'reported', isAccepted: false }]),
    ).toBe(true);
    expect(await store().find(id)).toMatchObject({
      reported: false,
      status: 'solved',
      attempts: [{ outcome: 'timeout' }],
    });
  });

  it('takes the images out of the store, and nothing else of the task', async () => {
    const record = await create(store(), { task: IMAGE_TASK }, begun());
    expect((await store().find(record.id))?.task).toEqual(IMAGE_TASK);
    await store().write(record.id, [accepted(), ended(), settled()]);
    expect((await store().find(record.id))?.task).toEqual(withoutImages(record).task);
  });
}
