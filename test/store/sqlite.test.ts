/** The contract on SQLite, and what only a file can do. */
import { openSqlite } from '../../src/store/sqlite.js';
import { describeStore } from './contract.js';

describeStore({ name: 'sqlite', open: () => openSqlite({ path: ':memory:' }) });
