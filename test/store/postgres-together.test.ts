/** Three owners that write into one PostgreSQL at the same time: exact, and without waiting for each other for ever. */
import { describe, expect, it } from 'vitest';
import { BudgetSpent, KeyTaken, type TaskStore } from '../../src/core/store.js';
import { leave, startOwners } from './postgres-owners.js';
import { begun, CANCELLED, ended, sampleRecord, settled } from './samples.js';
import { countsOf } from './score-cases.js';

const { openMany } = startOwners();

describe('three owners', () => {
  it('never reserve the same id', async () => {
    const owners = await openMany(3);
    const blocks = await Promise.all(
      Array.from({ length: 60 }, (_, at) =>
        owners[at % 3]?.reserveIds(1 + (at % 7)).then((first) => [first, 1 + (at % 7)]),
      ),
    );
    const ids = blocks.flatMap((block) => {
      const [first = 0, count = 0] = block ?? [];
      return Array.from({ length: count }, (_, at) => first + at);
    });
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('spend one budget together, and not a cent more', async () => {
    const owners = await openMany(3);
    const budget = { limitUsd: 0.5, since: 0 };
    const first = (await owners[0]?.reserveIds(300)) ?? 0;
    const results = await Promise.allSettled(
      Array.from({ length: 300 }, async (_, at) => {
        const record = sampleRecord(first + at, { reservedUsd: 0.01, clientId: at % 2 ? 'qa' : 'ci' });
        await owners[at % 3]?.write(record.id, [{ move: 'created', record, budget }, begun()]);
      }),
    );
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(refused).toHaveLength(200);
    for (const reason of refused) expect(reason).toBeInstanceOf(BudgetSpent);
    for (const client of ['qa', 'ci']) expect(await owners[0]?.spentUsd(client, 0)).toBeCloseTo(0.5, 9);
  });

  it('take each idempotency key once', async () => {
    const owners = await openMany(3);
    const first = (await owners[0]?.reserveIds(150)) ?? 0;
    const results = await Promise.allSettled(
      Array.from({ length: 150 }, async (_, at) => {
        const idempotency = { key: `key ${(at * 7) % 30}`, fingerprint: 'f' };
        const record = sampleRecord(first + at, { idempotency });
        await owners[at % 3]?.write(record.id, [{ move: 'created', record }]);
        return record.id;
      }),
    );
    const kept = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(kept).toHaveLength(30);
    for (const [at, result] of results.entries()) {
      if (result.status === 'fulfilled') continue;
      expect(result.reason).toBeInstanceOf(KeyTaken);
      const holder = await owners[0]?.findByKey('qa', `key ${(at * 7) % 30}`);
      expect(result.reason.taskId).toBe(holder?.id);
    }
  });

  it('write each other in any order without a deadlock', async () => {
    const owners = await openMany(3);
    const ids = await leave(owners[0] as TaskStore, 200);
    const report = { move: 'reported', isAccepted: true } as const;
    const orders = [ids, [...ids].reverse(), [...ids].sort((a, b) => (a % 13) - (b % 13))];
    const results = await Promise.all(
      owners.flatMap((owner, index) => (orders[index] ?? []).map((id) => owner.write(id, [report]))),
    );
    expect(results.every(Boolean)).toBe(true);
  });

  it('forget beside each other, each row once', async () => {
    const owners = await openMany(3);
    const ids = await leave(owners[0] as TaskStore, 900);
    await Promise.all(ids.map((id) => owners[0]?.write(id, [ended(), settled()])));
    const before = { solutions: 0, tasks: Number.MAX_SAFE_INTEGER };
    const counts = await Promise.all(owners.map((owner) => owner.forget(before, 10_000)));
    const rest = (await owners[0]?.forget(before, 10_000)) ?? 0;
    expect(counts.reduce((sum, count) => sum + count, rest)).toBe(900);
  });

  it('forget and count beside each other: each task counts once', async () => {
    const owners = await openMany(3);
    const ids = await leave(owners[0] as TaskStore, 900);
    await Promise.all(ids.map((id) => owners[0]?.write(id, [ended(), settled()])));
    const forgetAll = async (owner: TaskStore) => {
      while ((await owner.forget({ solutions: 0, tasks: Number.MAX_SAFE_INTEGER }, 60)) > 0);
    };
    const forgetting = Promise.all(owners.map(forgetAll));
    const solved: number[] = [];
    for (let count = 0; count < 9; count += 1) {
      const cells = await countsOf(owners[count % 3] as TaskStore);
      solved.push(
        cells.filter(({ provider }) => provider === '*').reduce((sum, cell) => sum + cell.solved, 0),
      );
    }
    await forgetting;
    expect(solved).toEqual(solved.map(() => 900));
    const [cell] = await countsOf(owners[0] as TaskStore);
    expect(cell).toMatchObject({ tasks: 900 });
  });

  it('may write the same tasks at the same time: one settlement of each stands', async () => {
    const owners = await openMany(3);
    const ids = await leave(owners[0] as TaskStore, 100);
    const report = { move: 'reported', isAccepted: true } as const;
    const taken = { move: 'report-taken', attempt: 0 } as const;
    await Promise.all(owners.flatMap((owner) => ids.map((id) => owner.write(id, [report, taken]))));
    const results = await Promise.all(
      ids.flatMap((id) => owners.map((owner) => owner.write(id, [CANCELLED]))),
    );
    expect(results.filter(Boolean)).toHaveLength(100);
    for (const id of ids)
      expect(await owners[1]?.find(id)).toMatchObject({
        status: 'cancelled',
        reported: true,
        attempts: [{ tookReport: true }],
      });
  });
});
