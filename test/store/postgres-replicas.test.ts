/** Several owners on one PostgreSQL: who holds what, who takes over, who hears of what. */
import { describe, expect, it, vi } from 'vitest';
import { LeaseLost, type TaskStore } from '../../src/core/store.js';
import { idsOf, leave, startOwners } from './postgres-owners.js';
import { accepted, begun, CANCELLED, ended, settled } from './samples.js';

const LEASE_MS = 1_200;
const AT_ONCE = { timeout: 2_000, interval: 10 };

const { server, open, openMany } = startOwners();

/** What a dead process leaves: its lease runs out, and nobody has said goodbye. */
async function endLeases(): Promise<void> {
  await server().query(`UPDATE captcha_gateway.replicas SET lease_until = clock_timestamp()`);
}

/** A store that never renews by itself: its process is stopped after the start. */
const openStopped = () => open({ leaseMs: LEASE_MS, renewEveryMs: 3_600_000 });

describe('a lease', () => {
  it('keeps the tasks of a living owner from everybody else, however often it would have run out', async () => {
    const [one, other] = [await open({ leaseMs: LEASE_MS, renewEveryMs: 50 }), await open()];
    const [id = 0] = await leave(one, 1);
    const [first] = await server().query('SELECT min(lease_until) AS ends FROM captcha_gateway.replicas');
    await vi.waitUntil(
      async () => {
        expect(await other.adopt(10)).toEqual([]);
        const [row] = await server().query('SELECT now() > $1 AS has_passed', [first?.ends]);
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
      const [row] = await server().query(
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
    await server().query(`UPDATE captcha_gateway.replicas SET lease_until = '-infinity' WHERE id = $1`, [
      (await server().query('SELECT owner FROM captcha_gateway.tasks LIMIT 1'))[0]?.owner,
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
    await server().query('DELETE FROM captcha_gateway.replicas WHERE lease_until < now() + $1::interval', [
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
    const writer = await server().connect();
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
    const rows = await server().query('SELECT id FROM captcha_gateway.replicas');
    expect(rows).toHaveLength(2);
    expect(idsOf(await owner.adopt(1))).toEqual([id]);
    expect(await server().query('SELECT id FROM captcha_gateway.replicas')).toHaveLength(1);
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
