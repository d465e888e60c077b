/** Looks at a database file without touching it: no lock is taken for longer than one read, nothing is written. */
import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readSync,
  type Stats,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import type { DiskSort, LedgerFileFacts, LedgerHead } from '../core/examination.js';
import { SQLITE_MIGRATIONS } from './migrations/sqlite.js';
import { APPLICATION_ID } from './sqlite-file.js';

/** See https://www.sqlite.org/fileformat.html: magic, user_version and application_id. */
const HEAD_BYTES = 100;
const MAGIC = 'SQLite format 3\0';
const USER_VERSION_AT = 60;
const APPLICATION_ID_AT = 68;

/** See `man 2 statfs`: the types of file systems that matter here. */
const SORTS: ReadonlyArray<readonly [type: number, name: string, sort: DiskSort]> = [
  [0x01021994, 'tmpfs', 'memory'],
  [0x858458f6, 'ramfs', 'memory'],
  [0x00006969, 'nfs', 'network'],
  [0x0000517b, 'smb', 'network'],
  [0xff534d42, 'cifs', 'network'],
  [0xfe534d42, 'smb2', 'network'],
  [0x00c36400, 'ceph', 'network'],
  [0x01021997, '9p', 'network'],
  [0x794c7630, 'overlay', 'container'],
];

/** The file at a path, the folder it is or will be in, and that folder's disk. */
export function examineSqlite(path: string): LedgerFileFacts {
  const folder = nearestFolder(dirname(path));
  return {
    path,
    folder,
    isFolderWritable: isAllowed(folder, constants.W_OK | constants.X_OK),
    disk: diskOf(folder),
    file: headOf(path),
    knownVersion: SQLITE_MIGRATIONS.length,
  };
}

function nearestFolder(folder: string): string {
  const above = dirname(folder);
  return statOf(folder) || above === folder ? folder : nearestFolder(above);
}

/** Undefined when it is not there, or behind a folder that may not be entered. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function diskOf(folder: string): LedgerFileFacts['disk'] {
  try {
    const { bavail, bsize, type } = statfsSync(folder);
    return { freeBytes: bavail * bsize, sort: SORTS.find(([known]) => known === type >>> 0)?.[2] ?? 'disk' };
  } catch {
    return null;
  }
}

function headOf(path: string): LedgerHead | null {
  const stat = statOf(path);
  if (!stat) return null;
  const known = {
    isWritable: isAllowed(path, constants.R_OK | constants.W_OK),
    mode: process.platform === 'win32' ? null : stat.mode & 0o777,
    isHeld: false,
    damage: null,
  };
  const unread = { ...known, isDatabase: true, isOurs: true, version: 0 };
  if (!stat.isFile()) return { ...unread, isDatabase: false, isOurs: false };
  if (!isAllowed(path, constants.R_OK)) return unread;
  // An empty file is what a new ledger begins as.
  if (stat.size === 0)
    return { ...unread, damage: hasLog(path) ? 'it is empty, and its -wal file is not' : null };
  const head = readHead(path);
  const isDatabase = head.toString('latin1', 0, MAGIC.length) === MAGIC;
  const version = isDatabase ? head.readInt32BE(USER_VERSION_AT) : 0;
  const reading = isDatabase ? tryToRead(path) : {};
  // The first page may still be in the log, so zero says nothing while there is one.
  const isOurs = isDatabase && (head.readInt32BE(APPLICATION_ID_AT) === APPLICATION_ID || hasLog(path));
  return { ...known, isDatabase, isOurs, version, ...reading };
}

function readHead(path: string): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  const file = openSync(path, 'r');
  try {
    readSync(file, head, 0, HEAD_BYTES, 0);
    return head;
  } finally {
    closeSync(file);
  }
}

function hasLog(path: string): boolean {
  return (statOf(`${path}-wal`)?.size ?? 0) > 0;
}

/**
 * Reads the list of tables. With `readonly_shm` nothing is made beside the file; SQLite then refuses to open one that a
 * killed gateway left in WAL mode, which says that nobody holds it and nothing more.
 */
function tryToRead(path: string): Pick<LedgerHead, 'isHeld' | 'damage'> | object {
  let database: Database.Database | undefined;
  try {
    database = new Database(`${pathToFileURL(path).href}?mode=ro&readonly_shm=1`, { readonly: true });
    database.pragma('busy_timeout = 0');
    database.prepare('SELECT count(*) FROM sqlite_schema').raw().get();
    return {};
  } catch (error) {
    const { message } = error instanceof Error ? error : { message: '' };
    if (/is locked/.test(message)) return { isHeld: true };
    return /malformed|not a database/.test(message) ? { damage: message } : {};
  } finally {
    database?.close();
  }
}
