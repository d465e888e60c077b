/** Every step of the PostgreSQL schema, in order. A released step never changes; what is new is appended. */
import { ledger } from './postgres-1-ledger.js';
import { writing } from './postgres-2-writing.js';
import { callbacks } from './postgres-3-callbacks.js';
import { scores } from './postgres-4-scores.js';

/** The row in `schema_version` says how many of these the schema has been through. */
export const POSTGRES_MIGRATIONS: readonly string[] = [ledger, writing, callbacks, scores];
