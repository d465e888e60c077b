/** A file of an earlier version is taken over with everything in it. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SQLITE_MIGRATIONS } from '../../src/store/migrations/sqlite.js';
import { openSqlite } from '../../src/store/sqlite.js';
import { create, TOKEN_TASK } from './samples.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-upgrade-'));
  path = join(folder, 'gateway.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const TASK = `'${JSON.stringify(TOKEN_TASK)}'`;
const ASKED = `'qa', '{"dialect":"json"}', ${TASK}, '{}'`;

/** As schema 1 was written: an open task with two attempts, and a solved one that was reported. */
const LEFT = `
INSERT INTO tasks VALUES (5, ${ASKED}, 'solving', 70000, 250000, NULL, '[]', NULL, NULL, NULL, NULL);
INSERT INTO tasks VALUES (3, ${ASKED}, 'solved', 61000, 240000, 90000, '[]', 'house', '{"token":"t"}', NULL, 1);
INSERT INTO attempts VALUES (5, 0, '2captcha', 'no_slot', '"ERROR_NO_SLOT_AVAILABLE"', 'null', 70001, NULL, 70090, 0, NULL, 0);
INSERT INTO attempts VALUES (5, 1, 'house', 'solving', 'null', '"7412"', 70100, 70200, NULL, 0, 0.003, 1);
INSERT INTO attempts VALUES (3, 0, 'house', 'solved', 'null', '7', 61001, 61100, 90000, 4, 0.25, 1);
INSERT INTO images VALUES (5, '{"instructionImageBase64":"aW1n"}');
UPDATE counters SET value = 6 WHERE name = 'next_task_id';
`;

/** A file as the version with this schema made it. */
function makeFile(schema: number, sql: string): void {
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  for (const step of SQLITE_MIGRATIONS.slice(0, schema)) database.exec(step);
  database.exec(`${sql}; PRAGMA application_id = ${0x63_67_77_79}; PRAGMA user_version = ${schema};`);
  database.pragma('journal_mode = DELETE');
  database.close();
}

/** What two files have in common when they have gone different ways to the same schema. */
function describeSchema(file: string): readonly unknown[] {
  const database = new Database(file);
  const tables = database.prepare(
    `SELECT m.name, c.name, c.type, c."notnull", c.pk FROM sqlite_schema m, pragma_table_info(m.name) c ORDER BY 1, 2`,
  );
  const rows = [...tables.raw().all(), database.pragma('user_version')];
  database.close();
  return rows;
}

describe('a file of schema 1', () => {
  it('is adopted and answered as before', async () => {
    makeFile(1, LEFT);
    const store = openSqlite({ path });
    const solved = await store.find(3);
    expect(solved).toMatchObject({ status: 'solved', solution: { token: 't' }, reported: true });
    expect(solved?.attempts).toMatchObject([{ upstreamId: 7, costUsd: 0.25, mayBeCharged: true }]);
    expect(solved).not.toHaveProperty('idempotency');
    const adopted = await store.adopt(10);
    expect(adopted).toEqual([await store.find(5)]);
    expect(adopted[0]).toMatchObject({ task: { ...TOKEN_TASK, instructionImageBase64: 'aW1n' } });
    expect(adopted[0]?.attempts).toMatchObject([{ outcome: 'no_slot' }, { upstreamId: '7412' }]);
    expect(await store.reserveIds(1)).toBe(6);
    await store.close();
  });

  it('counts what was spent before', async () => {
    makeFile(1, LEFT);
    const store = openSqlite({ path });
    expect(await store.spentUsd('qa', 0)).toBeCloseTo(0.253, 9);
    expect(await store.spentUsd('qa', 65_000)).toBeCloseTo(0.003, 9);
    await store.forget({ solutions: 0, tasks: 100_000 }, 10);
    expect(await store.spentUsd('qa', 0)).toBeCloseTo(0.003, 9);
    await store.close();
  });

  it('takes what is new, and is upgraded once', async () => {
    makeFile(1, LEFT);
    const first = openSqlite({ path });
    const record = await create(first, { idempotency: { key: 'k', fingerprint: 'f' }, reservedUsd: 0.01 });
    await first.close();
    const second = openSqlite({ path });
    expect(await second.findByKey('qa', 'k')).toEqual(record);
    await second.close();
    const fresh = join(folder, 'fresh.db');
    await openSqlite({ path: fresh }).close();
    expect(describeSchema(path)).toEqual(describeSchema(fresh));
  });
});

describe('a file that is not what it says', () => {
  it('is refused with advice when a table is missing', () => {
    makeFile(2, 'DROP TABLE attempts');
    expect(() => openSqlite({ path })).toThrow(/only half there.*backup/);
  });

  it('stays as it was when an upgrade fails, and can be opened once the cause is gone', async () => {
    makeFile(1, `${LEFT} CREATE TABLE facts (key TEXT);`);
    expect(() => openSqlite({ path })).toThrow(/facts/);
    // The failed opening keeps its lock until it is garbage; in life its process is gone.
    const copy = join(folder, 'copy.db');
    for (const suffix of ['', '-wal']) copyFileSync(`${path}${suffix}`, `${copy}${suffix}`);
    const database = new Database(copy);
    expect(database.pragma('user_version')).toEqual([{ user_version: 1 }]);
    database.exec('DROP TABLE facts');
    database.pragma('journal_mode = DELETE');
    database.close();
    const store = openSqlite({ path: copy });
    expect((await store.find(3))?.solution).toEqual({ token: 't' });
    await store.close();
  });
});
