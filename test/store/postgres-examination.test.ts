/** What an examination says of a PostgreSQL server, and that it leaves nothing behind. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPostgres } from '../../src/store/postgres.js';
import { examinePostgres } from '../../src/store/postgres-examination.js';
import { startPostgres, type TestPostgres } from '../support/postgres.js';

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

function urlWith(user: string, database: string): string {
  const url = new URL(server.url);
  url.username = user;
  url.pathname = `/${database}`;
  return url.href;
}

it('finds an empty database well, and leaves it empty', async () => {
  await server.empty();
  const facts = await examinePostgres(server.url);
  expect(facts).toMatchObject({
    status: 'answered',
    isReadOnly: false,
    mayPrepare: true,
    isForeign: false,
    version: null,
  });
  expect(facts).toHaveProperty('freeConnections', expect.any(Number));
  const [row] = await server.query("SELECT to_regnamespace('captcha_gateway') AS schema");
  expect(row).toEqual({ schema: null });
});

it('finds a ledger, and one of a newer version', async () => {
  await server.empty();
  await (await openPostgres({ url: server.url })).close();
  const made = await examinePostgres(server.url);
  expect(made).toMatchObject({ mayPrepare: true, isForeign: false });
  if (made.status === 'answered') expect(made.version).toBe(made.knownVersion);
  await server.query('UPDATE captcha_gateway.schema_version SET version = 99');
  expect(await examinePostgres(server.url)).toMatchObject({ version: 99 });
});

it("finds another program's schema of our name", async () => {
  await server.empty();
  await server.query('CREATE SCHEMA captcha_gateway');
  await server.query('CREATE TABLE captcha_gateway.notes (text text)');
  expect(await examinePostgres(server.url)).toMatchObject({ isForeign: true, version: null });
});

it('finds a user without rights, before and after the ledger is made', async () => {
  await server.empty();
  await server.query('DROP ROLE IF EXISTS guest');
  await server.query('CREATE ROLE guest LOGIN');
  expect(await examinePostgres(urlWith('guest', 'postgres'))).toMatchObject({ mayPrepare: false });
  await (await openPostgres({ url: server.url })).close();
  const after = await examinePostgres(urlWith('guest', 'postgres'));
  expect(after.status === 'failed' ? after.code : after.mayPrepare).toBe(
    after.status === 'failed' ? '42501' : false,
  );
});

it('finds a server that takes no writes', async () => {
  await server.empty();
  await server.query('DROP ROLE IF EXISTS reader');
  await server.query('CREATE ROLE reader LOGIN');
  await server.query('ALTER ROLE reader SET default_transaction_read_only = on');
  expect(await examinePostgres(urlWith('reader', 'postgres'))).toMatchObject({ isReadOnly: true });
});

it.each([
  ['a database that is not there', () => urlWith('gateway', 'nothing'), /^3D000$/],
  ['a user that is not there', () => urlWith('nobody', 'postgres'), /^28/],
  [
    'a port where nobody listens',
    () => 'postgres://gateway:secret-word@127.0.0.1:9/postgres',
    /^ECONNREFUSED$/,
  ],
])('tells by a code of %s, without the password', async (_name, url, code) => {
  const facts = await examinePostgres(url());
  expect(facts).toEqual({ status: 'failed', code: expect.stringMatching(code), said: expect.any(String) });
  expect(JSON.stringify(facts)).not.toContain('secret-word');
});
