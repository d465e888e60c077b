/** The contract on PostgreSQL: on a server of this file's own. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPostgres } from '../../src/store/postgres.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { describeStore } from './contract.js';
import { begun, sampleRecord } from './samples.js';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

describeStore({
  name: 'postgres',
  open: async () => {
    await server.empty();
    return openPostgres({ url: server.url });
  },
  reopen: () => openPostgres({ url: server.url }),
});

it('commits the writes of one turn in one transaction', async () => {
  await server.empty();
  const store = await openPostgres({ url: server.url });
  const records = Array.from({ length: 64 }, (_, index) => sampleRecord(index + 1));
  const writeAll = () =>
    Promise.all(records.map((record) => store.write(record.id, [{ move: 'created', record }, begun()])));
  expect(await writeAll()).toEqual(records.map(() => true));
  const sql =
    'SELECT count(*)::int AS tasks, count(DISTINCT xmin::text)::int AS commits FROM captcha_gateway.tasks';
  expect(await server.query(sql)).toEqual([{ tasks: 64, commits: 1 }]);
  await store.close();
});

it('refuses what the server cannot hold, and nothing that is written with it', async () => {
  await server.empty();
  const store = await openPostgres({ url: server.url });
  const records = ['a', 'b\0', 'c'].map((clientId, index) => sampleRecord(index + 1, { clientId }));
  const results = await Promise.allSettled(
    records.map((record) => store.write(record.id, [{ move: 'created', record }])),
  );
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await store.find(3)).toEqual(records[2]);
  await store.close();
});
