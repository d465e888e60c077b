/** Several owners on one PostgreSQL: who holds what, who takes over, who hears of what. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BudgetSpent, KeyTaken, LeaseLost, type TaskRecord, type TaskStore } from '../../src/core/store.js';
import { openPostgres, type PostgresOptions } from '../../src/store/postgres.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { accepted, BEGUN, begun, CANCELLED, create, ended, sampleRecord, settled } from './samples.js';

const LEASE_MS = 1_200;
const AT_ONCE = { timeout: 2_000, interval: 10 };

let server: TestPostgres;
const stores: TaskStore[] = [];

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(() => server.empty());
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(stores.splice(0).map((store) => store.close()));
});

async function open(options: Partial<PostgresOptions> = {}): Promise<TaskStore> {
  const store = await openPostgres({ url: server.url, ...options });
  stores.push(store);
  return store;
}

const openMany = (count: number, options?: Partial<PostgresOptions>) =>
  Promise.all(Array.from({ length: count }, () => open(options)));

const idsOf = (records: readonly TaskRecord[]) => records.map(({ id }) => id);

/** What a dead process leaves: its lease runs out, and nobody has said goodbye. */
async function endLeases(): Promise<void> {
  await server.query(`UPDATE captcha_gateway.replicas SET lease_until = clock_timestamp()`);
}

/** A store that never renews by itself: its process is stopped after the start. */
const openStopped = () => open({ leaseMs: LEASE_MS, renewEveryMs: 3_600_000 });

async function leave(store: TaskStore, count: number): Promise<readonly number[]> {
  const first = await store.reserveIds(count);
  const ids = Array.from({ length: count }, (_, index) => first + index);
  await Promise.all(
    ids.map((id) => store.write(id, [{ move: 'created', record: sampleRecord(id) }, begun(), accepted()])),
  );
  return ids;
}

describe('a lease', () => {
  it('keeps the tasks of a living owner from everybody else, however often it would have run out', async () => {
    const [one, other] = [await open({ leaseMs: LEASE_MS, renewEveryMs: 50 }), await open()];
    const [id = 0] = await leave(one, 1);
    const [first] = await server.query('SELECT min(lease_until) AS ends FROM captcha_gateway.replicas');
    await vi.waitUntil(
      async () => {
        expect(await other.adopt(10)).toEqual([]);
        const [row] = await server.query('SELECT now() > $1 AS has_passed', [first?.ends]);
        return row?.has_passed;
      },
      { timeout: LEASE_MS + 2_000 },
    );
    expect(one.isHeld).toBe(true);
    expect(await one.write(id, [begun(1)])).toBe(true);
  });

  it('that runs out hands the tasks over, within a second of its end', async () => {
    const [stopped, other] = [await openStopped(), await open()];
    const ids = await leave(stopped, 20);
    const startedAt = Date.now();
    const adopted = await vi.waitUntil(
      async () => {
        const some = await other.adopt(100);
        return some.length > 0 && some;
      },
      { timeout: LEASE_MS + 1_000, interval: 20 },
    );
    expect(idsOf(adopted)).toEqual(ids);
    expect(adopted[0]).toEqual(await other.find(ids[0] ?? 0));
    expect(Date.now() - startedAt).toBeGreaterThan(LEASE_MS / 2);
    expect(stopped.isHeld).toBe(false);
  });

  it('counts as lost in time, by whichever clock has gone further', async () => {
    const store = await openStopped();
    expect(store.isHeld).toBe(true);
    const now = Date.now();
    vi.spyOn(Date, 'now').mockReturnValue(now + LEASE_MS);
    expect(store.isHeld).toBe(false);
    vi.spyOn(Date, 'now').mockReturnValue(now - 3_600_000);
    expect(store.isHeld).toBe(true);
    await vi.waitUntil(() => !store.isHeld, AT_ONCE);
  });

  it('ends with the store: the next process has the tasks at once', async () => {
    const [one, other] = await openMany(2);
    const ids = await leave(one as TaskStore, 3);
    await one?.close();
    expect(idsOf((await other?.adopt(10)) ?? [])).toEqual(ids);
  });

  it('goes on where nobody has adopted meanwhile', async () => {
    const store = await open({ leaseMs: 5_000, renewEveryMs: 50 });
    const [id = 0] = await leave(store, 1);
    await endLeases();
    expect(await store.write(id, [ended(), settled()])).toBe(true);
    const other = await open();
    await vi.waitFor(async () => {
      const [row] = await server.query(
        'SELECT count(*)::int AS held FROM captcha_gateway.replicas WHERE lease_until > now()',
      );
      expect(row).toEqual({ held: 2 });
    }, AT_ONCE);
    expect(await other.adopt(10)).toEqual([]);
  });

  it('that is not held adopts nothing', async () => {
    const [one, other] = [await openStopped(), await openStopped()];
    await leave(one, 1);
    await endLeases();
    expect(await other.adopt(10)).toEqual([]);
  });
});

describe('a former owner', () => {
  it('is refused everything but a cancellation and a report', async () => {
    const [former, owner] = [await openStopped(), await open({ renewEveryMs: 50 })];
    const [id = 0, cancelled = 0] = await leave(former, 2);
    await server.query(`UPDATE captcha_gateway.replicas SET lease_until = '-infinity' WHERE id = $1`, [
      (await server.query('SELECT owner FROM captcha_gateway.tasks LIMIT 1'))[0]?.owner,
    ]);
    expect(await owner.adopt(10)).toHaveLength(2);
    const before = await owner.find(id);
    for (const moves of [[begun(1)], [accepted(0)], [ended(0)], [ended(0), settled()], [settled()]])
      await expect(former.write(id, moves)).rejects.toThrow(LeaseLost);
    expect(await owner.find(id)).toEqual(before);
    expect(await former.write(id, [{ move: 'reported', isAccepted: false }])).toBe(true);
    expect(await former.write(cancelled, [CANCELLED])).toBe(true);
    expect(await owner.write(cancelled, [ended(), settled()])).toBe(false);
    expect(await owner.write(id, [ended(), settled()])).toBe(true);
    expect(await former.write(id, [CANCELLED])).toBe(false);
    expect(await owner.find(id)).toMatchObject({ status: 'solved', reported: false });
  });

  it('has its new tasks adopted too, even when it was struck off the list', async () => {
    const [former, owner] = [await openStopped(), await open()];
    await server.query('DELETE FROM captcha_gateway.replicas WHERE lease_until < now() + $1::interval', [
      '2 s',
    ]);
    const ids = await leave(former, 1);
    expect(idsOf(await owner.adopt(10))).toEqual(ids);
  });
});

describe('adoption', () => {
  it('by three at the same time gives every task to one of them', async () => {
    const former = await open();
    const ids = await leave(former, 600);
    const heirs = await openMany(3);
    await former.close();
    const taken = await Promise.all(
      heirs.map(async (heir) => {
        const mine: number[] = [];
        for (let missed = 0; missed < 3; ) {
          const some = idsOf(await heir.adopt(50));
          mine.push(...some);
          missed = some.length === 0 ? missed + 1 : 0;
        }
        return mine;
      }),
    );
    expect(taken.flat().sort((a, b) => a - b)).toEqual(ids);
    for (const [index, heir] of heirs.entries())
      for (const id of taken[index]?.slice(0, 5) ?? []) expect(await heir.write(id, [ended()])).toBe(true);
  });

  it('passes over a task that somebody is writing, and takes it later', async () => {
    const former = await open();
    const [locked = 0, free = 0] = await leave(former, 2);
    const heir = await open();
    await former.close();
    const writer = await server.connect();
    await writer.query('BEGIN');
    await writer.query('SELECT 1 FROM captcha_gateway.tasks WHERE id = $1 FOR UPDATE', [locked]);
    expect(idsOf(await heir.adopt(10))).toEqual([free]);
    await writer.query('COMMIT');
    await writer.end();
    expect(idsOf(await heir.adopt(10))).toEqual([locked]);
  });

  it('forgets owners that are long gone, but none that has open tasks', async () => {
    const [gone, busy, owner] = [await open(), await open(), await open()];
    const [id] = await leave(busy, 1);
    await Promise.all([gone.close(), busy.close()]);
    await owner.adopt(0);
    const rows = await server.query('SELECT id FROM captcha_gateway.replicas');
    expect(rows).toHaveLength(2);
    expect(idsOf(await owner.adopt(1))).toEqual([id]);
    expect(await server.query('SELECT id FROM captcha_gateway.replicas')).toHaveLength(1);
  });
});

describe('watching', () => {
  it('tells the others of a settlement, and not oneself', async () => {
    const [owner, other] = await openMany(2);
    const heard: string[] = [];
    owner?.watch({ onTask: (id) => heard.push(`owner ${id}`), onFact: () => {} });
    other?.watch({ onTask: (id) => heard.push(`other ${id}`), onFact: () => {} });
    const ids = await leave(owner as TaskStore, 40);
    await Promise.all(ids.map((id) => owner?.write(id, [ended(), settled()])));
    await vi.waitFor(() => expect(heard).toEqual(ids.map((id) => `other ${id}`)), AT_ONCE);
  });

  it('tells the owner of a cancellation at another replica', async () => {
    const [owner, other] = await openMany(2);
    const heard: number[] = [];
    owner?.watch({ onTask: (id) => heard.push(id), onFact: () => {} });
    const [id = 0] = await leave(owner as TaskStore, 1);
    expect(await other?.write(id, [CANCELLED])).toBe(true);
    await vi.waitFor(() => expect(heard).toEqual([id]), AT_ONCE);
    expect(await owner?.write(id, [ended(), settled()])).toBe(false);
  });

  it('carries facts, of any characters and size', async () => {
    const [one, other] = await openMany(2);
    const heard = new Map<string, unknown>();
    other?.watch({ onTask: () => {}, onFact: (key, value) => heard.set(key, value) });
    const told = new Map<string, unknown>([
      ['breaker:a', { until: 5 }],
      ['nul\0"key', 'nul\0\ud800'],
      ['large', 'x'.repeat(20_000)],
      ...Array.from({ length: 400 }, (_, at) => [`learned solve time of account ${at}`, at] as const),
    ]);
    for (const [key, value] of told) one?.remember(key, value);
    await vi.waitFor(() => expect(heard).toEqual(told), AT_ONCE);
    expect(await other?.recall()).toEqual(told);
  });

  it('is over when it is stopped', async () => {
    const [one, other] = await openMany(2);
    const heard: unknown[] = [];
    const stop = other?.watch({ onTask: () => {}, onFact: () => heard.push('stopped') });
    other?.watch({ onTask: () => {}, onFact: () => heard.push('watching') });
    stop?.();
    one?.remember('a', 1);
    await vi.waitFor(() => expect(heard).toEqual(['watching']), AT_ONCE);
  });
});

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

  it('may write one task at the same time: one settlement stands', async () => {
    const owners = await openMany(3);
    const record = await create(owners[0] as TaskStore, {}, begun());
    const results = await Promise.all(owners.map((owner) => owner.write(record.id, [CANCELLED])));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await owners[1]?.find(record.id)).toMatchObject({ status: 'cancelled', attempts: [BEGUN] });
  });
});
