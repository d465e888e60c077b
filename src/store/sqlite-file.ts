/** Opens, guards, upgrades and closes the SQLite file. */
import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import { SQLITE_MIGRATIONS } from './migrations/sqlite.js';
import { explainFault } from './sqlite-faults.js';

/** `cgwy` in ASCII: marks a file as ours. */
export const APPLICATION_ID = 0x63_67_77_79;

/** How long a start waits for a predecessor that is about to let go of the file. */
const BUSY_TIMEOUT_MS = 1_000;

/** What an acknowledged write survives: the death of the process, or a power cut too. */
export type Durability = 'process' | 'power';

/** In WAL mode: NORMAL hands every commit to the system, FULL waits until the disk has it. */
const SYNCHRONOUS = { process: 'NORMAL', power: 'FULL' } as const satisfies Record<Durability, string>;

/** @throws Error that says what to do when the file is locked, damaged, unwritable or somebody else's. */
export function openFile(path: string, durability: Durability = 'process'): Database.Database {
  let database: Database.Database | undefined;
  try {
    if (path !== ':memory:') createFile(path);
    const isShort = path !== ':memory:' && isCut(path);
    database = new Database(path);
    prepareFile(database, { path, durability, isShort });
    return database;
  } catch (error) {
    database?.close();
    throw explainFault(error, path);
  }
}

/** Tokens and proxy passwords are inside: nobody but the gateway's own user may read the file. */
function createFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
}

/**
 * Whether the file is shorter than it says itself, which a WAL beside it hides: SQLite looks again without the WAL,
 * and by itself, for to open the file in another way would give its lock away.
 * Cut to nothing it would pass for a new one, and SQLite would throw the WAL away that shows it is not.
 * @throws Error for that.
 */
function isCut(path: string): boolean {
  const wal = statSync(`${path}-wal`, { throwIfNoEntry: false });
  if (!wal || wal.size === 0) return false;
  if (statSync(path).size === 0) throw new Error('empty beside a -wal file: malformed');
  const alone = new Database(`${pathToFileURL(path).href}?immutable=1`, { readonly: true });
  try {
    readNumber(alone, 'SELECT count(*) FROM sqlite_schema');
    return false;
  } catch {
    return true;
  } finally {
    alone.close();
  }
}

interface Opening {
  readonly path: string;
  readonly durability: Durability;
  /** The file is shorter than it should be. */
  readonly isShort: boolean;
}

/** The lock comes first and is kept: two gateways on one file find out at start, and a kill leaves nothing to clean. */
function prepareFile(database: Database.Database, { path, durability, isShort }: Opening): void {
  database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  database.pragma('locking_mode = EXCLUSIVE');
  const version = readVersion(database, path);
  if (isShort) requireWhole(database);
  database.pragma('journal_mode = WAL');
  database.pragma(`synchronous = ${SYNCHRONOUS[durability]}`);
  // 40 MB of log before it is folded in: at SQLite's own 4 MB the event loop stood still ten times as often.
  database.pragma('wal_autocheckpoint = 10000');
  // What is forgotten (images, solutions) is overwritten, not only unlinked. Its pages are used again: the file stays
  // as big as its fullest day was. To give them back (auto_vacuum) would move pages at every deletion, for tomorrow's
  // tasks to ask for them again.
  database.pragma('secure_delete = ON');
  for (const [index, sql] of SQLITE_MIGRATIONS.entries()) {
    if (index >= version) transact(database, () => migrate(database, index + 1, sql));
  }
}

/** A kill while the WAL is folded in leaves a short file too, with all that is missing in the WAL. @throws Error otherwise. */
function requireWhole(database: Database.Database): void {
  const [verdict] = database.prepare('PRAGMA quick_check(1)').raw().get() as [string];
  if (verdict !== 'ok') throw new Error(`cut short: malformed (${verdict})`);
}

/** Which migration the file has reached. @throws Error when the file is not ours to change. */
function readVersion(database: Database.Database, path: string): number {
  const version = readNumber(database, 'PRAGMA user_version');
  const isOurs = readNumber(database, 'PRAGMA application_id') === APPLICATION_ID;
  if (!isOurs && readNumber(database, 'SELECT count(*) FROM sqlite_schema') > 0) {
    throw new Error(`${path} is the database of another program: give another store.path.`);
  }
  if (version <= SQLITE_MIGRATIONS.length) return version;
  const versions = `schema ${version}, this one knows ${SQLITE_MIGRATIONS.length}`;
  const advice = 'start the newer one, or give another store.path.';
  throw new Error(`${path} was written by a newer captcha-gateway (${versions}): ${advice}`);
}

function migrate(database: Database.Database, version: number, sql: string): void {
  database.exec(sql);
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version};`);
}

/** The one number that `sql` selects. */
export function readNumber(database: Database.Database, sql: string): number {
  const [value] = database.prepare(sql).raw().get() as [number];
  return value;
}

/** Runs `work` in one transaction: all of it stands, or, when it throws, none. */
export function transact<Result>(database: Database.Database, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/**
 * Writes the WAL back and lets the file go.
 * libsql (0.5.29, 2026-11-22) holds a closed file and its lock until the prepared statements are garbage, so the lock
 * is handed back first: leaving WAL and then reading once in NORMAL mode does that.
 */
export function closeFile(database: Database.Database): void {
  try {
    database.pragma('journal_mode = DELETE');
    database.pragma('locking_mode = NORMAL');
    readNumber(database, 'SELECT count(*) FROM sqlite_schema');
  } finally {
    database.close();
  }
}
