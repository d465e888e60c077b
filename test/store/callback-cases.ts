/** The contract's cases about callbacks: who is still to be told of the end of a task. */
import { expect, it } from 'vitest';
import type { Callback } from '../../src/core/callback.js';
import type { TaskStore } from '../../src/core/store.js';
import { accepted, begun, CANCELLED, create, ended, settled } from './samples.js';

const OPTIONS = { callbackUrl: 'https://client.example/done?token=\u0000ä' };
const FAULT = { tries: 2, triedAt: 30_000, fault: 'HTTP 500' };

const idsOf = (callbacks: readonly Callback[]) => callbacks.map(({ record }) => record.id);

/** Due, tried, delivered or given up. */
export function telling(store: () => TaskStore, restart: () => Promise<void>): void {
  const finish = async (createdAt = 1_000) => {
    const change = { createdAt, options: OPTIONS };
    return (await create(store(), change, begun(), accepted(), ended(), settled())).id;
  };
  const callbacks = {
    due: (now: number, limit = 100) => store().callbacks.due(now, limit),
    dead: (limit = 100) => store().callbacks.dead(limit),
  };

  it('are due when the task has ended, and not before', async () => {
    const { id } = await create(store(), { options: OPTIONS }, begun(), accepted());
    expect(await callbacks.due(99_000)).toEqual([]);
    await store().write(id, [ended(), settled()]);
    const record = await store().find(id);
    expect(await callbacks.due(99_000)).toEqual([
      { record, state: { tries: 0, triedAt: null, fault: null } },
    ]);
    expect(record?.options).toEqual(OPTIONS);
  });

  it('are not there for a task that named no address', async () => {
    await create(store(), {}, settled());
    expect(await callbacks.due(Number.MAX_SAFE_INTEGER)).toEqual([]);
    expect(await callbacks.dead()).toEqual([]);
  });

  it('are due for a cancelled task too', async () => {
    const { id } = await create(store(), { options: OPTIONS }, CANCELLED);
    expect(idsOf(await callbacks.due(99_000))).toEqual([id]);
  });

  it('come earliest first, as many as are asked for', async () => {
    const ids = [await finish(3_000), await finish(1_000), await finish(2_000)];
    expect(idsOf(await callbacks.due(99_000, 2))).toEqual([ids[1], ids[2]]);
    expect(await callbacks.due(99_000, 0)).toEqual([]);
    const others = await store().callbacks.due(99_000, 1, [ids[1] ?? 0]);
    expect(idsOf(others)).toEqual([ids[2]]);
  });

  it('are due again when that was kept, and not before that time', async () => {
    const id = await finish();
    await store().callbacks.keep([{ id, state: FAULT, dueAt: 40_000, deadAt: null }]);
    expect(await callbacks.due(39_999)).toEqual([]);
    expect((await callbacks.due(40_000)).map(({ state }) => state)).toEqual([FAULT]);
  });

  it('are never due again once they are delivered', async () => {
    const [told, other] = [await finish(), await finish()];
    await store().callbacks.keep([{ id: told, state: FAULT, dueAt: null, deadAt: null }]);
    expect(idsOf(await callbacks.due(Number.MAX_SAFE_INTEGER))).toEqual([other]);
    expect(await callbacks.dead()).toEqual([]);
  });

  it('are listed when they were given up, newest first', async () => {
    const ids = [await finish(), await finish(), await finish()];
    const changes = ids.map((id, index) => ({ id, state: FAULT, dueAt: null, deadAt: 50_000 + index }));
    await store().callbacks.keep(changes);
    expect(await callbacks.due(Number.MAX_SAFE_INTEGER)).toEqual([]);
    expect(idsOf(await callbacks.dead())).toEqual([ids[2], ids[1], ids[0]]);
    expect(idsOf(await callbacks.dead(1))).toEqual([ids[2]]);
    expect((await callbacks.dead(1))[0]?.state).toEqual(FAULT);
  });

  it('are revived from there, once, as if they had not been tried', async () => {
    const id = await finish();
    expect(await store().callbacks.revive(id, 60_000)).toBe(false);
    await store().callbacks.keep([{ id, state: FAULT, dueAt: null, deadAt: 50_000 }]);
    expect(await store().callbacks.revive(id, 60_000)).toBe(true);
    expect(await store().callbacks.revive(id, 60_000)).toBe(false);
    expect(await callbacks.dead()).toEqual([]);
    expect(await callbacks.due(59_999)).toEqual([]);
    expect((await callbacks.due(60_000)).map(({ state }) => state.tries)).toEqual([0]);
    expect(await store().callbacks.revive(1_000_000, 60_000)).toBe(false);
  });

  it('survive the process, with what was kept of them', async () => {
    const [due, tried, told, dead] = [await finish(), await finish(), await finish(), await finish()];
    await store().callbacks.keep([
      { id: tried, state: FAULT, dueAt: 40_000, deadAt: null },
      { id: told, state: FAULT, dueAt: null, deadAt: null },
      { id: dead, state: FAULT, dueAt: null, deadAt: 45_000 },
    ]);
    await restart();
    const found = await callbacks.due(99_000);
    expect(idsOf(found)).toEqual([due, tried]);
    expect(found[1]?.state).toEqual(FAULT);
    expect(idsOf(await callbacks.dead())).toEqual([dead]);
    await store().callbacks.keep([{ id: due, state: FAULT, dueAt: null, deadAt: null }]);
    expect(idsOf(await callbacks.due(99_000))).toEqual([tried]);
  });

  it('go with their task', async () => {
    const id = await finish();
    await store().callbacks.keep([{ id, state: FAULT, dueAt: null, deadAt: 50_000 }]);
    await store().forget({ solutions: 99_000, tasks: 99_000 }, 10);
    expect(await callbacks.dead()).toEqual([]);
    expect(await store().callbacks.revive(id, 60_000)).toBe(false);
  });
}
