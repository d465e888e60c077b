/** What every store must do, whatever it keeps its tasks in. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TaskStore } from '../../src/core/store.js';
import { telling } from './callback-cases.js';
import { refusing, settling, writing } from './ledger-cases.js';
import { budgeting, keying, spending } from './money-cases.js';
import { adopting, remembering } from './owner-cases.js';
import { accepted, begun, create, ended, sampleRecord, settled } from './samples.js';
import { tallying } from './score-cases.js';

export interface Subject {
  readonly name: string;
  /** Opens a new store without tasks. */
  readonly open: () => TaskStore | Promise<TaskStore>;
  /** Opens what a store that has been closed left, as the next process does. */
  readonly reopen: (closed: TaskStore) => TaskStore | Promise<TaskStore>;
  /** Why this store cannot be tested here; absent when it can. */
  readonly skip?: string | undefined;
}

const LARGEST_ID = 2_147_483_647;

/** One suite for every store. */
export function describeStore({ name, open, reopen, skip }: Subject): void {
  describe.skipIf(skip)(skip ? `${name} (skipped: ${skip})` : name, () => {
    let store: TaskStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());
    /** Ends the process of the store under test and begins the next one. */
    const restart = async () => {
      await store.close();
      store = await reopen(store);
    };

    describe('reserveIds', () => reserving(() => store));
    describe('write', () => writing(() => store));
    describe('write refuses', () => refusing(() => store));
    describe('settlement', () => settling(() => store));
    describe('adopt', () => adopting(() => store, restart));
    describe('spentUsd', () => spending(() => store));
    describe('a budget', () => budgeting(() => store, restart));
    describe('an idempotency key', () => keying(() => store, restart));
    describe('remember', () => remembering(() => store, restart));
    describe('callbacks', () => telling(() => store, restart));
    describe('forget', () => forgetting(() => store));
    describe('tally', () => tallying(() => store, restart));
    describe('close', () => closing(() => store));
  });
}

function reserving(store: () => TaskStore): void {
  it('gives runs that do not overlap to callers at the same time', async () => {
    const firsts = await Promise.all([5, 1, 7, 3].map((count) => store().reserveIds(count)));
    const ids = firsts.flatMap((first, index) =>
      Array.from({ length: [5, 1, 7, 3][index] ?? 0 }, (_, at) => first + at),
    );
    expect(new Set(ids).size).toBe(16);
    expect(Math.min(...ids)).toBeGreaterThanOrEqual(1);
  });

  it('starts again from 1 after the largest id', async () => {
    const first = await store().reserveIds(LARGEST_ID - 3);
    expect(await store().reserveIds(4)).toBe(1);
    expect(first).toBe(1);
  });

  it('hands out the largest id', async () => {
    await store().reserveIds(LARGEST_ID - 1);
    expect(await store().reserveIds(1)).toBe(LARGEST_ID);
    expect(await store().reserveIds(1)).toBe(1);
  });

  it('steps over the ids of kept tasks', async () => {
    for (const id of [1, 4, 5, 9]) await store().write(id, [{ move: 'created', record: sampleRecord(id) }]);
    expect(await store().reserveIds(2)).toBe(2);
    expect(await store().reserveIds(3)).toBe(6);
    expect(await store().reserveIds(2)).toBe(10);
  });

  it.each([0, -1, 1.5, Number.NaN, LARGEST_ID + 1])('refuses a run of %s', async (count) => {
    await expect(store().reserveIds(count)).rejects.toThrow(RangeError);
    expect(await store().reserveIds(1)).toBe(1);
  });

  it('refuses a run that is nowhere free', async () => {
    await store().write(9, [{ move: 'created', record: sampleRecord(9) }]);
    await expect(store().reserveIds(LARGEST_ID)).rejects.toThrow('in a row');
  });
}

function forgetting(store: () => TaskStore): void {
  const finish = async (at: number) =>
    (await create(store(), {}, begun(), accepted(), ended(), settled(at))).id;
  const now = { solutions: 10_000, tasks: 5_000 };

  it('blanks old solutions, deletes old tasks, and keeps what is younger or not finished', async () => {
    const [old, blanked, young] = [await finish(4_999), await finish(9_999), await finish(10_000)];
    const open = await create(store(), { createdAt: 0 }, begun(), accepted());
    const before = await store().find(blanked);
    expect(await store().forget(now, 100)).toBe(2);
    expect(await store().find(old)).toBeUndefined();
    expect(await store().find(blanked)).toEqual({ ...before, solution: null });
    expect((await store().find(young))?.solution).toEqual({ token: 'token-1' });
    expect(await store().find(open.id)).toMatchObject({
      status: 'solving',
      attempts: [{ outcome: 'solving' }],
    });
    expect(await store().forget(now, 100)).toBe(0);
  });

  it('takes the attempts with the task, and their cost', async () => {
    const id = await finish(1);
    await store().forget(now, 100);
    await store().write(id, [{ move: 'created', record: sampleRecord(id) }]);
    expect((await store().find(id))?.attempts).toEqual([]);
    expect(await store().spentUsd('qa', 0)).toBe(0);
  });

  it('stops at the limit of each sort, the oldest first', async () => {
    const tasks = [await finish(3), await finish(1), await finish(2)];
    const solutions = [await finish(6_003), await finish(6_001), await finish(6_002)];
    expect(await store().forget(now, 2)).toBe(4);
    const found = await Promise.all([...tasks, ...solutions].map((id) => store().find(id)));
    expect(found.map((record) => record && record.solution !== null)).toEqual([
      false,
      undefined,
      undefined,
      true,
      false,
      true,
    ]);
    expect(await store().forget(now, 2)).toBe(3);
    expect(await store().forget(now, 0)).toBe(0);
  });

  it('forgets a great many in one call', async () => {
    const first = await store().reserveIds(450);
    const ids = Array.from({ length: 450 }, (_, index) => first + index);
    const writes = ids.map((id) =>
      store().write(id, [{ move: 'created', record: sampleRecord(id) }, settled(id)]),
    );
    await Promise.all(writes);
    expect(await store().forget({ solutions: 0, tasks: LARGEST_ID }, 1_000)).toBe(450);
    expect(await store().reserveIds(LARGEST_ID)).toBe(1);
  });
}

function closing(store: () => TaskStore): void {
  it('answers a ping, and holds its tasks, until it is closed', async () => {
    await store().ping();
    await store().ping();
    expect(store().isHeld).toBe(true);
    await store().close();
    expect(store().isHeld).toBe(false);
    await expect(store().ping()).rejects.toThrow('closed');
  });

  it('writes what waits, refuses what comes after, and may be called twice', async () => {
    const write = store().write(1, [{ move: 'created', record: sampleRecord(1) }]);
    await store().close();
    expect(await write).toBe(true);
    await expect(store().write(2, [{ move: 'created', record: sampleRecord(2) }])).rejects.toThrow('closed');
    await expect(store().find(1)).rejects.toThrow('closed');
    await expect(store().adopt(1)).rejects.toThrow('closed');
    await expect(store().recall()).rejects.toThrow('closed');
    expect(() => store().remember('late', 1)).not.toThrow();
    await store().close();
  });
}
