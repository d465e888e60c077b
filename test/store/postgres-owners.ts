/** Many owners on the PostgreSQL server of one test file, and what they leave. */
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import type { TaskRecord, TaskStore } from '../../src/core/store.js';
import { openPostgres, type PostgresOptions } from '../../src/store/postgres.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { accepted, begun, sampleRecord } from './samples.js';

export interface Owners {
  readonly server: () => TestPostgres;
  /** A new owner, which is closed after the test. */
  readonly open: (options?: Partial<PostgresOptions>) => Promise<TaskStore>;
  readonly openMany: (count: number) => Promise<readonly TaskStore[]>;
}

/** Starts a server for this file; every test begins with an empty database. */
export function startOwners(): Owners {
  let server: TestPostgres;
  const stores: TaskStore[] = [];
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());
  beforeEach(() => server.empty());
  afterEach(async () => {
    vi.restoreAllMocks();
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });
  const open = async (options: Partial<PostgresOptions> = {}) => {
    const store = await openPostgres({ url: server.url, ...options });
    stores.push(store);
    return store;
  };
  const openMany = (count: number) => Promise.all(Array.from({ length: count }, () => open()));
  return { server: () => server, open, openMany };
}

export const idsOf = (records: readonly TaskRecord[]) => records.map(({ id }) => id);

/** Creates tasks whose first attempt is accepted; their ids. */
export async function leave(store: TaskStore, count: number): Promise<readonly number[]> {
  const first = await store.reserveIds(count);
  const ids = Array.from({ length: count }, (_, index) => first + index);
  await Promise.all(
    ids.map((id) => store.write(id, [{ move: 'created', record: sampleRecord(id) }, begun(), accepted()])),
  );
  return ids;
}
