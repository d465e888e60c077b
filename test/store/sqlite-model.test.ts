/** SQLite against the model of a ledger: random calls over several tasks and processes leave and answer the same. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite.js';
import { LedgerModel } from './model.js';
import { commands, type Real } from './model-commands.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-model-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('is what its moves make of it, whoever died in between', async () => {
  let run = 0;
  const property = fc.asyncProperty(commands, async (calls) => {
    run += 1;
    const path = join(folder, `${run}.db`);
    const real: Real = {
      store: openSqlite({ path }),
      restart: async () => {
        await real.store.close();
        real.store = openSqlite({ path });
      },
    };
    try {
      await fc.asyncModelRun(() => ({ model: new LedgerModel(), real }), calls);
    } finally {
      await real.store.close();
      rmSync(path);
    }
  });
  await fc.assert(property, { numRuns: 150 });
});
