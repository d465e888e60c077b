/** Figures that grow with use and must not: the file, the time a restart takes. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite.js';
import { type Durability, openFile } from '../../src/store/sqlite-file.js';
import { accepted, begun, ended, IMAGE_TASK, sampleRecord, settled } from './samples.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-size-'));
  path = join(folder, 'gateway.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the file', () => {
  it('levels off when as much is forgotten as is written', async () => {
    const sizes: number[] = [];
    for (let round = 1; round <= 8; round++) {
      const store = openSqlite({ path });
      const first = await store.reserveIds(300);
      const lives = Array.from({ length: 300 }, async (_, index) => {
        const idempotency = { key: `${round}-${index}`, fingerprint: 'f' };
        const change = { task: IMAGE_TASK, idempotency, reservedUsd: 0.01, createdAt: round * 100_000 };
        const record = sampleRecord(first + index, change);
        await store.write(record.id, [{ move: 'created', record }, begun(), accepted()]);
        await store.write(record.id, [ended(), settled(round * 1_000)]);
      });
      await Promise.all(lives);
      expect(await store.forget({ solutions: round * 1_000, tasks: round * 1_000 }, 1_000)).toBe(
        round === 1 ? 0 : 300,
      );
      await store.close();
      sizes.push(statSync(path).size);
    }
    const [second = 0] = sizes.slice(1);
    expect(Math.max(...sizes.slice(2))).toBeLessThanOrEqual(second * 1.05);
    expect(readFileSync(path, 'latin1')).not.toContain('aW1hZ2U=');
  });
});

describe('a restart', () => {
  it('adopts 10,000 open tasks in a moment', async () => {
    const before = openSqlite({ path });
    const first = await before.reserveIds(10_000);
    const writes = Array.from({ length: 10_000 }, (_, index) => {
      const record = sampleRecord(first + index, { createdAt: 1_000 + index, reservedUsd: 0.01 });
      return before.write(record.id, [{ move: 'created', record }, begun(), ended(), begun(1), accepted(1)]);
    });
    await Promise.all(writes);
    await before.close();
    const startedAt = performance.now();
    const store = openSqlite({ path });
    const adopted = await store.adopt(20_000);
    const tookMs = performance.now() - startedAt;
    expect(adopted).toHaveLength(10_000);
    expect(adopted[9_999]?.attempts).toHaveLength(2);
    await store.close();
    expect(tookMs).toBeLessThan(1_500);
  });
});

describe('durability', () => {
  it.each<[Durability | undefined, number]>([
    [undefined, 1],
    ['process', 1],
    ['power', 2],
  ])('%s sets how far a commit waits for the disk', (durability, synchronous) => {
    const database: Database.Database = openFile(path, durability);
    expect(database.pragma('synchronous')).toEqual([{ synchronous }]);
    expect(database.pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    database.close();
  });

  it('is kept by the store that is opened with it', async () => {
    const store = openSqlite({ path, durability: 'power' });
    await store.write(1, [{ move: 'created', record: sampleRecord(1) }]);
    await store.close();
    const again = openSqlite({ path });
    expect(await again.find(1)).toEqual(sampleRecord(1));
    await again.close();
  });
});
