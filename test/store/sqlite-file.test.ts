/** What only a file can do: outlive its process, belong to one gateway, be damaged. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite.js';
import { explainFault } from '../../src/store/sqlite-faults.js';
import { historiesOf } from './histories.js';
import { begun, create, IMAGE_TASK, settled } from './samples.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
  path = join(folder, 'data', 'gateway.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Everything in the database's files, the WAL included. */
function bytesOnDisk(): string {
  const files = readdirSync(join(folder, 'data'));
  return files.map((file) => readFileSync(join(folder, 'data', file), 'latin1')).join('');
}

/** A file that some other program made. */
function makeForeign(sql: string): void {
  mkdirSync(join(folder, 'data'));
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

describe('a reopened file', () => {
  it('holds the record that the moves make, though nobody waited between them', async () => {
    const file = (run: number) => join(folder, `run-${run}.db`);
    let run = 0;
    const property = fc.asyncProperty(historiesOf(7), async ({ writes, record }) => {
      run += 1;
      const first = openSqlite({ path: file(run) });
      const written = Promise.all(writes.map(({ moves }) => first.write(7, moves)));
      await first.close();
      expect(await written).toEqual(writes.map(({ isWritten }) => isWritten));
      const second = openSqlite({ path: file(run) });
      expect(await second.find(7)).toEqual(record);
      await second.close();
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('goes on with the ids where it stopped', async () => {
    const first = openSqlite({ path });
    const next = (await first.reserveIds(10)) + 10;
    await first.close();
    const second = openSqlite({ path });
    expect(await second.reserveIds(1)).toBe(next);
    await second.close();
  });

  it('leaves one file behind, which only its owner may read', async () => {
    await openSqlite({ path }).close();
    expect(readdirSync(join(folder, 'data'))).toEqual(['gateway.db']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('no longer holds the bytes of a settled task’s images', async () => {
    const store = openSqlite({ path });
    const { id } = await create(store, { task: IMAGE_TASK }, begun());
    expect(bytesOnDisk()).toContain('aW1hZ2U=aW1hZ2U=');
    await store.write(id, [settled()]);
    await store.close();
    expect(bytesOnDisk()).toContain('only the red letters');
    expect(bytesOnDisk()).not.toMatch(/aW1hZ2U=|aW5zdHJ1Y3Rpb24=/);
  });

  it('no longer holds the bytes of a forgotten solution', async () => {
    const store = openSqlite({ path });
    await create(store, {}, settled(1, 'token-to-forget'));
    await store.forget({ solutions: 2, tasks: 0 }, 10);
    await store.close();
    expect(bytesOnDisk()).toContain('example.com');
    expect(bytesOnDisk()).not.toContain('token-to-forget');
  });
});

describe('openSqlite refuses', () => {
  it('a file that another gateway has open, until that one closes it', async () => {
    const first = openSqlite({ path });
    await create(first);
    expect(() => openSqlite({ path })).toThrow(/Another process has it open.*stop that one.*store\.path/);
    await create(first);
    await first.close();
    const second = openSqlite({ path });
    expect(await second.adopt(10)).toHaveLength(2);
    await second.close();
  });

  it('a damaged file', () => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(path, 'not a database'.repeat(1_000));
    expect(() => openSqlite({ path })).toThrow(/damaged, only half there, or not a SQLite database.*backup/);
  });

  it('another program’s database, and leaves it as it was', () => {
    makeForeign('CREATE TABLE songs (title TEXT); PRAGMA user_version = 1');
    const before = readFileSync(path);
    expect(() => openSqlite({ path })).toThrow(/another program.*store\.path/);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('a file of a newer schema', async () => {
    await openSqlite({ path }).close();
    const database = new Database(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => openSqlite({ path })).toThrow(/newer captcha-gateway \(schema 99/);
  });

  it('a folder, and a path below a file', () => {
    mkdirSync(path, { recursive: true });
    expect(() => openSqlite({ path })).toThrow(/cannot be written.*let the user/);
    writeFileSync(join(folder, 'file'), '');
    expect(() => openSqlite({ path: join(folder, 'file', 'gateway.db') })).toThrow(/cannot be written/);
  });

  it.each(['file', 'folder'])('a %s it may not write', async (sort) => {
    await openSqlite({ path }).close();
    chmodSync(folder, 0o755);
    chmodSync(path, sort === 'file' ? 0o444 : 0o666);
    chmodSync(join(folder, 'data'), sort === 'file' ? 0o777 : 0o555);
    asNobody(() => expect(() => openSqlite({ path })).toThrow(/cannot be written/));
  });
});

describe('explainFault', () => {
  it.each([
    ['database or disk is full', /free some disk space/],
    ['disk I/O error', /disk does not answer/],
    ['database disk image is malformed', /damaged/],
    ['attempt to write a readonly database', /let the user/],
  ])('says what to do about %s', (words, advice) => {
    const fault = explainFault(new Error(words), 'data/gateway.db');
    expect(fault.message).toMatch(advice);
    expect(fault.message).toContain('data/gateway.db');
    expect(fault.message).toContain(words);
  });

  it('leaves other errors alone', () => {
    const fault = new Error('There is no task 5');
    expect(explainFault(fault, 'x')).toBe(fault);
  });
});

/** Root may write everything, so where the tests run as root they step down for a moment. */
function asNobody(work: () => void): void {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
