/** Every step of the SQLite schema, in order. A released step never changes; what is new is appended. */
import { ledger } from './sqlite-1-ledger.js';
import { promises } from './sqlite-2-promises.js';
import { reasons } from './sqlite-3-reasons.js';
import { callbacks } from './sqlite-4-callbacks.js';
import { scores } from './sqlite-5-scores.js';

/** A file's `user_version` says how many of these it has been through. */
export const SQLITE_MIGRATIONS: readonly string[] = [ledger, promises, reasons, callbacks, scores];
