/** The contract on SQLite. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openSqlite } from '../../src/store/sqlite.js';
import { describeStore } from './contract.js';

let folder: string;
let files = 0;
const path = () => join(folder, `${files}.db`);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-contract-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describeStore({
  name: 'sqlite',
  open: () => {
    files += 1;
    return openSqlite({ path: path() });
  },
  reopen: () => openSqlite({ path: path() }),
});
