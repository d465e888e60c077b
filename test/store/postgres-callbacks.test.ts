/** Callbacks of several owners on one PostgreSQL: each delivers its own, and those of owners that are gone. */
import { describe, expect, it } from 'vitest';
import type { TaskStore } from '../../src/core/store.js';
import { startOwners } from './postgres-owners.js';
import { CANCELLED, create, settled } from './samples.js';

const { server, open, openMany } = startOwners();

const OPTIONS = { callbackUrl: 'https://client.example/done' };
const FAULT = { tries: 1, triedAt: 30_000, fault: 'HTTP 500' };

const finish = async (store: TaskStore) => (await create(store, { options: OPTIONS }, settled())).id;
const dueOf = async (store: TaskStore, limit = 100) =>
  (await store.callbacks.due(99_000, limit)).map(({ record }) => record.id);

describe('callbacks', () => {
  it('are their owner’s while it lives', async () => {
    const [one, other] = [await open(), await open()];
    const id = await finish(one);
    expect(await dueOf(other)).toEqual([]);
    expect(await dueOf(one)).toEqual([id]);
  });

  it('of an owner that is gone go to one of the others', async () => {
    const [gone, one, other] = [await open(), await open(), await open()];
    const ids = [await finish(gone), await finish(gone), await finish(gone)];
    await gone.callbacks.keep([{ id: ids[0] ?? 0, state: FAULT, dueAt: 40_000, deadAt: null }]);
    await gone.close();
    const taken = await Promise.all([dueOf(one, 2), dueOf(other, 2)]);
    const rest = await Promise.all([dueOf(one), dueOf(other)]);
    const all = new Set([...taken, ...rest].flat());
    expect([...all].sort()).toEqual(ids);
    expect(rest[0]?.filter((id) => rest[1]?.includes(id))).toEqual([]);
    expect(taken.flat().length).toBeGreaterThanOrEqual(2);
  });

  it('of an owner that nobody remembers any more are delivered all the same', async () => {
    const [gone, one] = [await open(), await open()];
    const id = await finish(gone);
    await gone.close();
    await server().query(`DELETE FROM captcha_gateway.replicas WHERE lease_until < now()`);
    expect(await dueOf(one)).toEqual([id]);
  });

  it('are kept by their owner only: a late word of the former one changes nothing', async () => {
    const stopped = await open({ leaseMs: 1_200, renewEveryMs: 3_600_000 });
    const other = await open();
    const id = await finish(stopped);
    await server().query(`UPDATE captcha_gateway.replicas SET lease_until = '-infinity' WHERE id =
      (SELECT owner FROM captcha_gateway.tasks WHERE id = ${id})`);
    expect(await dueOf(other)).toEqual([id]);
    await stopped.callbacks.keep([{ id, state: FAULT, dueAt: null, deadAt: null }]);
    expect(await dueOf(other)).toEqual([id]);
    await other.callbacks.keep([{ id, state: FAULT, dueAt: null, deadAt: null }]);
    expect(await dueOf(other)).toEqual([]);
  });

  it('of a task that somebody else has cancelled stay its owner’s', async () => {
    const [one, other] = await openMany(2);
    if (!one || !other) throw new TypeError('there are no two stores');
    const { id } = await create(one, { options: OPTIONS });
    await other.write(id, [CANCELLED]);
    expect(await dueOf(other)).toEqual([]);
    expect(await dueOf(one)).toEqual([id]);
  });

  it('that were given up are shown and revived anywhere', async () => {
    const [one, other] = [await open(), await open()];
    const id = await finish(one);
    await one.callbacks.keep([{ id, state: FAULT, dueAt: null, deadAt: 50_000 }]);
    expect((await other.callbacks.dead(10)).map(({ record, state }) => [record.id, state])).toEqual([
      [id, FAULT],
    ]);
    expect(await other.callbacks.revive(id, 60_000)).toBe(true);
    expect(await dueOf(one)).toEqual([id]);
  });
});
