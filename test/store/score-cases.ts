/** The contract's cases about what ended tasks count, as long as they are kept and after. */
import { expect, it } from 'vitest';
import { ALL_PROVIDERS, type Counts, OTHER_HOSTS, type Span } from '../../src/core/scorecard.js';
import type { Move, TaskStore } from '../../src/core/store.js';
import { BOUNDS_OF_HOUR, BOUNDS_OF_SPAN, HOUR_MS, Tally } from '../../src/core/tally.js';
import { accepted, begun, create, ended, sampleRecord, settled } from './samples.js';

type Store = () => TaskStore;

const EVER: Span = { since: 0, until: 2 ** 50 };
const NEVER = { solutions: 0, tasks: 0 };

/** Everything that the store counts in a span, in one order, what is zero left out. */
export async function countsOf(store: TaskStore, span: Span = EVER) {
  const tally = new Tally(BOUNDS_OF_SPAN);
  await store.tally(span, tally);
  return sortedCells(tally);
}

/** The cells of a tally in one order. */
export function sortedCells(tally: Tally) {
  const cells = [...tally.cells].map(({ figures, ...name }) => ({
    ...name,
    ...figures.counts,
    solveMs: figures.solveMs.toJSON(),
  }));
  return cells.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

async function sumOf(store: TaskStore, name: keyof Counts, span?: Span): Promise<number> {
  const cells = await countsOf(store, span);
  return cells
    .filter(({ provider }) => provider === ALL_PROVIDERS)
    .reduce((sum, cell) => sum + cell[name], 0);
}

const solvedAt = (at: number): readonly Move[] => [
  begun(),
  accepted(),
  ended(0, { at: at - 1 }),
  settled(at),
];

/** What a tally tells. */
export function tallying(store: Store, restart: () => Promise<void>): void {
  const solve = (at: number, change = {}) => create(store(), change, ...solvedAt(at));

  it('counts what has ended in the span: its begin is in, its end is out, and open tasks are not there', async () => {
    for (const at of [4_999, 5_000, 5_999, 6_000]) await solve(at);
    await create(store(), {}, begun(), accepted());
    expect(await sumOf(store(), 'tasks', { since: 5_000, until: 6_000 })).toBe(2);
    expect(await sumOf(store(), 'tasks')).toBe(4);
  });

  it('tells client, provider, kind and host, and the tasks as such', async () => {
    const { id } = await solve(20_001);
    await store().write(id, [{ move: 'reported', isAccepted: false }]);
    await store().write(id, [{ move: 'report-taken', attempt: 0 }]);
    const figures = {
      ...{ tasks: 1, solved: 1, accepted: 0, rejected: 1, attempts: 1, retries: 0, timeouts: 0, noSlots: 0 },
      ...{ zeroBalances: 0, invalidParameters: 0, nanoUsd: 3_000_000, unpriced: 0 },
      ...{ reportsTaken: 1, badReportsTaken: 1, solveMs: 'dp' },
    };
    const name = { clientId: 'qa', kind: 'recaptcha_v2', host: 'example.com' };
    expect(await countsOf(store())).toEqual([
      { ...name, provider: '*', ...figures },
      { ...name, provider: '2captcha', ...figures },
    ]);
  });

  it('counts the same when tasks are forgotten, after a restart too', async () => {
    for (const at of [10, 20, HOUR_MS - 1, HOUR_MS, 5 * HOUR_MS]) await solve(at);
    await create(store(), { clientId: 'other' }, begun(), ended(0, { outcome: 'timeout' }), settled(30));
    const before = await countsOf(store());
    expect(await store().forget({ solutions: 0, tasks: 25 }, 100)).toBe(2);
    expect(await countsOf(store())).toEqual(before);
    expect(await store().forget({ solutions: 0, tasks: 9 * HOUR_MS }, 100)).toBe(4);
    expect(await countsOf(store())).toEqual(before);
    await restart();
    expect(await countsOf(store())).toEqual(before);
  });

  it('counts an hour of forgotten tasks when it begins in the span', async () => {
    for (const at of [HOUR_MS + 5, 2 * HOUR_MS + 5]) await solve(at);
    await store().forget({ solutions: 0, tasks: 9 * HOUR_MS }, 100);
    const count = (since: number, until: number) => sumOf(store(), 'tasks', { since, until });
    expect(await count(HOUR_MS, 2 * HOUR_MS)).toBe(1);
    expect(await count(HOUR_MS + 1, 2 * HOUR_MS + 1)).toBe(1);
    expect(await count(HOUR_MS + 1, 2 * HOUR_MS)).toBe(0);
  });

  it('forgets whole hours, a few rows at a time', async () => {
    for (const at of [5, HOUR_MS, 2 * HOUR_MS]) await solve(at);
    await store().forget({ solutions: 0, tasks: 9 * HOUR_MS }, 100);
    expect(await store().forget({ ...NEVER, scores: HOUR_MS - 1 }, 100)).toBe(0);
    expect(await store().forget({ ...NEVER, scores: HOUR_MS }, 1)).toBe(1);
    while ((await store().forget({ ...NEVER, scores: 2 * HOUR_MS }, 1)) > 0);
    expect(await sumOf(store(), 'tasks')).toBe(1);
    expect(await sumOf(store(), 'tasks', { since: 2 * HOUR_MS, until: 3 * HOUR_MS })).toBe(1);
    await store().forget({ ...NEVER, scores: 3 * HOUR_MS }, 100);
    expect(await countsOf(store())).toEqual([]);
  });

  it('keeps so many hosts of an hour and client, and the rest under one name', async () => {
    const first = await store().reserveIds(300);
    const ids = Array.from({ length: 300 }, (_, index) => first + index);
    const task = (id: number) => ({ ...sampleRecord(id).task, pageUrl: `https://h${id}.example/?secret=1` });
    const write = (id: number, clientId: string) =>
      store().write(id, [
        { move: 'created', record: sampleRecord(id, { clientId, task: task(id) }) },
        settled(id),
      ]);
    await Promise.all(ids.map((id) => write(id, id < first + 240 ? 'qa' : 'other')));
    // In two goes: the second knows the hosts of the first.
    await store().forget({ solutions: 0, tasks: first + 150 }, 1_000);
    await store().forget({ solutions: 0, tasks: HOUR_MS }, 1_000);
    const cells = (await countsOf(store())).filter(({ provider }) => provider === ALL_PROVIDERS);
    const ofQa = cells.filter(({ clientId }) => clientId === 'qa');
    expect(ofQa).toHaveLength(BOUNDS_OF_HOUR.hosts + 1);
    expect(ofQa.find(({ host }) => host === OTHER_HOSTS)).toMatchObject({
      tasks: 240 - BOUNDS_OF_HOUR.hosts,
    });
    expect(cells.filter(({ clientId }) => clientId === 'other')).toHaveLength(60);
    expect(JSON.stringify(cells)).not.toContain('secret');
  });

  it('counts each task once while tasks are being forgotten', async () => {
    const first = await store().reserveIds(1_200);
    const ids = Array.from({ length: 1_200 }, (_, index) => first + index);
    await Promise.all(
      ids.map((id) =>
        store().write(id, [{ move: 'created', record: sampleRecord(id) }, ...solvedAt(id + 1)]),
      ),
    );
    const forgetting = (async () => {
      while ((await store().forget({ solutions: 0, tasks: HOUR_MS }, 70)) > 0);
    })();
    const sums: number[] = [];
    for (let count = 0; count < 12; count += 1) sums.push(await sumOf(store(), 'solved'));
    await forgetting;
    sums.push(await sumOf(store(), 'solved'));
    expect(sums).toEqual(sums.map(() => 1_200));
  });

  it('takes no report on an attempt that is not there', async () => {
    const { id } = await solve(20_001);
    await expect(store().write(id, [{ move: 'report-taken', attempt: 1 }])).rejects.toThrow('attempt 1');
    await expect(store().write(id + 1, [{ move: 'report-taken', attempt: 0 }])).rejects.toThrow();
  });
}
