/** What happens to writes, leases and facts when the database goes away, answers too late, or answers into the void. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TaskStore } from '../../src/core/store.js';
import { openPostgres, type PostgresOptions } from '../../src/store/postgres.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';
import { openTcpRelay, type TcpRelay } from '../support/tcp-relay.js';
import { accepted, BEGUN, begun, create, ended, sampleRecord, settled } from './samples.js';

const SOON = { timeout: 5_000, interval: 20 };
const SECRET = 'secret-word';

let server: TestPostgres;
const stores: TaskStore[] = [];
const relays: TcpRelay[] = [];

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(() => server.empty());
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  await Promise.all(relays.splice(0).map((relay) => relay.close()));
});

async function open(options: Partial<PostgresOptions> = {}): Promise<TaskStore> {
  const store = await openPostgres({ url: server.url, renewEveryMs: 50, ...options });
  stores.push(store);
  return store;
}

async function openBehindRelay() {
  const relay = await openTcpRelay(Number(new URL(server.url).port));
  relays.push(relay);
  const url = new URL(server.url);
  url.port = String(relay.port);
  return { relay, store: await open({ url: url.href }) };
}

/** The error of a call that has to fail within the time. */
async function failureOf(work: Promise<unknown>, withinMs: number): Promise<string> {
  const startedAt = performance.now();
  const error = await work.then(
    () => undefined,
    (reason) => reason,
  );
  expect(performance.now() - startedAt).toBeLessThan(withinMs);
  expect(error).toBeInstanceOf(Error);
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain(
    SECRET,
  );
  return error.message;
}

describe('a database that is gone', () => {
  it('is told in every answer, and is used again when it is back', async () => {
    const [store, other] = [await open({ leaseMs: 1_000 }), await open()];
    const heard = new Map<string, unknown>();
    other.watch({ onTask: () => {}, onFact: (key, value) => heard.set(key, value) });
    const record = await create(store, {}, begun(), accepted());
    await server.crash();
    const calls = [
      () => store.write(record.id, [ended(), settled()]),
      () => store.reserveIds(1),
      () => store.find(record.id),
      () => store.findByKey('qa', 'key'),
      () => store.adopt(1),
      () => store.spentUsd('qa', 0),
      () => store.recall(),
      () => store.forget({ solutions: 1, tasks: 1 }, 1),
      () => store.ping(),
    ];
    for (const call of calls) expect(await failureOf(call(), 1_000)).toContain('store.url leads to it');
    store.remember('breaker:a', 'open');
    await vi.waitUntil(() => !store.isHeld, SOON);
    await server.start();
    await vi.waitUntil(() => store.isHeld && other.isHeld, SOON);
    expect(await store.write(record.id, [ended(), settled()])).toBe(true);
    expect(await other.find(record.id)).toMatchObject({ status: 'solved' });
    await vi.waitFor(() => expect(heard.get('breaker:a')).toBe('open'), SOON);
  });

  it('has facts told that were left while nobody listened', async () => {
    const store = await open();
    const heard = new Map<string, unknown>();
    store.watch({ onTask: () => {}, onFact: (key, value) => heard.set(key, value) });
    await server.query(`INSERT INTO captcha_gateway.facts VALUES ('"a"', '1', gen_random_uuid())`);
    await server.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'captcha-gateway'`,
    );
    await vi.waitFor(() => expect([...heard]).toEqual([['a', 1]]), SOON);
  });

  it('does not keep a store from closing', async () => {
    const store = await open();
    await store.ping();
    await server.crash();
    const writing = failureOf(store.write(1, [{ move: 'created', record: sampleRecord(1) }]), 2_000);
    const startedAt = performance.now();
    await store.close();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(await writing).toContain('store.url');
    await server.start();
  });

  it('is told at start, with what to do and without the address', async () => {
    const at = (change: (url: URL) => void) => {
      const url = new URL(server.url);
      change(url);
      return openPostgres({ url: url.href });
    };
    const unused = await openTcpRelay(1);
    await unused.close();
    const noServer = at((url) => {
      url.port = String(unused.port);
    });
    expect(await failureOf(noServer, 3_000)).toContain('see that the server runs');
    const noDatabase = at((url) => {
      url.pathname = '/nowhere';
    });
    expect(await failureOf(noDatabase, 3_000)).toContain('There is no database of that name');
    const noUser = at((url) => {
      url.username = 'stranger';
    });
    expect(await failureOf(noUser, 3_000)).toContain('refuses the user or the password');
    for (const url of [`mysql://a:${SECRET}@b/c`, SECRET, `postgres://a:${SECRET}@b:port/c`])
      expect(await failureOf(openPostgres({ url }), 1_000)).toContain(
        'write postgres://user:password@host/database',
      );
  });
});

describe('a database that is busy', () => {
  it('has a request refused in time, with nothing written, and takes it later', async () => {
    const store = await open({ statementMs: 200, leaseMs: 5_000 });
    const record = await create(store, {}, begun());
    const writer = await server.connect();
    await writer.query('BEGIN');
    await writer.query('LOCK TABLE captcha_gateway.tasks');
    const write = store.write(record.id, [accepted()]);
    expect(await failureOf(write, 1_500)).toContain('look for what keeps it busy');
    expect(await failureOf(store.adopt(1), 1_500)).toContain('look for what keeps it busy');
    expect(store.isHeld).toBe(true);
    await writer.query('COMMIT');
    await writer.end();
    expect(await store.write(record.id, [accepted()])).toBe(true);
  });

  it('may end a connection in the middle of a write', async () => {
    const store = await open();
    const record = await create(store);
    const writer = await server.connect();
    await writer.query('BEGIN');
    await writer.query('LOCK TABLE captcha_gateway.tasks');
    const write = store.write(record.id, [begun()]);
    const waiting = `FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%write_batch%'`;
    await vi.waitUntil(async () => (await server.query(`SELECT pid ${waiting}`)).length > 0, SOON);
    await server.query(`SELECT pg_terminate_backend(pid) ${waiting}`);
    await writer.query('COMMIT');
    await writer.end();
    expect(await write).toBe(true);
    expect((await store.find(record.id))?.attempts).toEqual([BEGUN]);
  });
});

describe('an answer that is lost', () => {
  it('is asked for again, and the write done once', async () => {
    const { store, relay } = await openBehindRelay();
    const record = await create(store);
    relay.loseAnswers('write_batch', 1);
    expect(await store.write(record.id, [begun()])).toBe(true);
    relay.loseAnswers('write_batch', 1);
    expect(await store.write(record.id, [accepted(), ended(), settled()])).toBe(true);
    expect(await store.find(record.id)).toMatchObject({
      status: 'solved',
      attempts: [{ outcome: 'solved' }],
    });
  });

  it('twice is told; the same write again is known and done once', async () => {
    const { store, relay } = await openBehindRelay();
    const record = await create(store);
    relay.loseAnswers('write_batch', 2);
    await failureOf(store.write(record.id, [begun()]), 3_000);
    expect(await store.write(record.id, [begun()])).toBe(true);
    expect((await store.find(record.id))?.attempts).toEqual([BEGUN]);
    await expect(store.write(record.id, [begun()])).rejects.toThrow('not the next one');
  });

  it('to a creation undoes it: nobody works on a task that was refused', async () => {
    const { store, relay } = await openBehindRelay();
    const idempotency = { key: 'k', fingerprint: 'f' };
    const record = sampleRecord(await store.reserveIds(1), { idempotency });
    relay.loseAnswers('write_batch', 2);
    await failureOf(store.write(record.id, [{ move: 'created', record }]), 3_000);
    await vi.waitUntil(async () => (await store.find(record.id)) === undefined, SOON);
    const again = { ...record, id: await store.reserveIds(1) };
    expect(await store.write(again.id, [{ move: 'created', record: again }])).toBe(true);
  });

  it('to an adoption is given with the next one', async () => {
    const former = await open();
    const { id } = await create(former);
    await former.close();
    const { store, relay } = await openBehindRelay();
    relay.loseAnswers('captcha_gateway.adopt', 1);
    await failureOf(store.adopt(10), 3_000);
    expect((await store.adopt(10)).map((record) => record.id)).toEqual([id]);
    expect(await store.adopt(10)).toEqual([]);
  });
});

describe('the schema', () => {
  it('is made once by three that start at once', async () => {
    const three = await Promise.all([open(), open(), open()]);
    expect(await Promise.all(three.map((store) => store.reserveIds(1)))).toEqual(
      expect.arrayContaining([1, 2, 3]),
    );
    expect(await server.query('SELECT version FROM captcha_gateway.schema_version')).toHaveLength(1);
  });

  it('of a newer version is left alone', async () => {
    await (await open()).close();
    await server.query('UPDATE captcha_gateway.schema_version SET version = 99');
    expect(await failureOf(openPostgres({ url: server.url }), 3_000)).toMatch(
      /newer captcha-gateway \(schema 99/,
    );
  });

  it('may have been made for us', async () => {
    await server.query('CREATE SCHEMA captcha_gateway');
    expect(await (await open()).reserveIds(1)).toBe(1);
  });

  it('of somebody else is left alone', async () => {
    await server.query('CREATE SCHEMA captcha_gateway; CREATE TABLE captcha_gateway.songs (title text)');
    expect(await failureOf(openPostgres({ url: server.url }), 3_000)).toContain('belongs to another program');
    expect(await server.query('SELECT * FROM captcha_gateway.songs')).toEqual([]);
  });
});

it('leaves no connection behind', async () => {
  const before = `SELECT pid FROM pg_stat_activity WHERE application_name = 'captcha-gateway'`;
  const store = await open();
  await Promise.all([store.ping(), store.ping(), store.reserveIds(1)]);
  expect((await server.query(before)).length).toBeGreaterThan(1);
  await store.close();
  await vi.waitUntil(async () => (await server.query(before)).length === 0, SOON);
});
