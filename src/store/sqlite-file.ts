/** Opens, guards, upgrades and closes the SQLite file. */
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { SQLITE_MIGRATIONS } from './migrations/sqlite.js';
import { explainFault } from './sqlite-faults.js';

/** `cgwy` in ASCII: marks a file as ours. */
const APPLICATION_ID = 0x63_67_77_79;

/** How long a start waits for a predecessor that is about to let go of the file. */
const BUSY_TIMEOUT_MS = 1_000;

/** @throws Error that says what to do when the file is locked, damaged, unwritable or somebody else's. */
export function openFile(path: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    if (path !== ':memory:') createFile(path);
    database = new Database(path);
    prepareFile(database, path);
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

/** The lock comes first and is kept: two gateways on one file find out at start, and a kill leaves nothing to clean. */
function prepareFile(database: Database.Database, path: string): void {
  database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  database.pragma('locking_mode = EXCLUSIVE');
  const version = readVersion(database, path);
  // What is committed then survives the death of the process, though not always that of the machine.
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  // 40 MB of log before it is folded in: at SQLite's own 4 MB the event loop stood still ten times as often.
  database.pragma('wal_autocheckpoint = 10000');
  // What is forgotten (images, solutions) is overwritten, not only unlinked.
  database.pragma('secure_delete = ON');
  for (const [index, sql] of SQLITE_MIGRATIONS.entries()) {
    if (index >= version) transact(database, () => migrate(database, index + 1, sql));
  }
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
