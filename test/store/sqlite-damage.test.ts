/** A file that was cut is refused with advice; a process that was killed leaves one that is not. */
import { copyFileSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TaskStore } from '../../src/core/store.js';
import { openSqlite } from '../../src/store/sqlite.js';
import { begun, create, IMAGE_TASK } from './samples.js';

const ADVICE = /damaged, only half there.*move it and its -wal file away.*backup/;

let folder: string;
let path: string;
let running: TaskStore | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-damage-'));
  path = join(folder, 'gateway.db');
});
afterEach(async () => {
  await running?.close();
  running = undefined;
  rmSync(folder, { recursive: true });
});

async function fill(store: TaskStore, count: number): Promise<void> {
  const creations = Array.from({ length: count }, () => create(store, { task: IMAGE_TASK }, begun()));
  await Promise.all(creations);
}

/** What a killed process leaves: the file with 40 tasks, and 20 more that only its WAL has. */
async function leave(): Promise<string> {
  const first = openSqlite({ path });
  await fill(first, 40);
  await first.close();
  running = openSqlite({ path });
  await fill(running, 20);
  const copy = join(folder, 'left.db');
  for (const suffix of ['', '-wal']) copyFileSync(`${path}${suffix}`, `${copy}${suffix}`);
  return copy;
}

describe('a file that was cut', () => {
  it.each([0.9, 0.5, 0.1])('to %d of its size is refused', async (part) => {
    const store = openSqlite({ path });
    await fill(store, 40);
    await store.close();
    truncateSync(path, Math.floor((statSync(path).size * part) / 4_096) * 4_096);
    expect(() => openSqlite({ path })).toThrow(ADVICE);
  });

  it.each([0.9, 0.5, 0.1, 0])('to %d of its size beside its WAL is refused', async (part) => {
    const copy = await leave();
    truncateSync(copy, Math.floor((statSync(copy).size * part) / 4_096) * 4_096);
    const wal = statSync(`${copy}-wal`).size;
    expect(() => openSqlite({ path: copy })).toThrow(ADVICE);
    expect(statSync(`${copy}-wal`).size).toBe(wal);
  });
});

describe('what a killed process left', () => {
  it('is whole', async () => {
    const store = openSqlite({ path: await leave() });
    expect(await store.adopt(100)).toHaveLength(60);
    await store.close();
  });

  it('is whole but for the writes that a torn WAL has lost', async () => {
    const copy = await leave();
    truncateSync(`${copy}-wal`, statSync(`${copy}-wal`).size - 1_000);
    const store = openSqlite({ path: copy });
    const { length } = await store.adopt(100);
    expect(length).toBeGreaterThanOrEqual(40);
    expect(length).toBeLessThan(60);
    await store.close();
  });
});
