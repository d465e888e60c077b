/** Makes and upgrades the schema at start, one replica at a time. */
import type pg from 'pg';
import { POSTGRES_MIGRATIONS } from './migrations/postgres.js';
import { type ConnectionOptions, connect, hangUp } from './postgres-connection.js';
import { DatabaseFault, explainPostgres } from './postgres-faults.js';

/** `cgwy` in ASCII: the lock that replicas which start at once wait for. */
const LOCK = 0x63_67_77_79;

/** An upgrade rewrites a large ledger more slowly than a request may take. */
const MIGRATION_MS = 60_000;

/** @throws Error that says what to do when the schema is newer or somebody else's. */
export async function prepareSchema(options: ConnectionOptions): Promise<void> {
  const client = await connect({ ...options, statementMs: MIGRATION_MS });
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await migrate(client);
    await client.query('COMMIT');
  } catch (error) {
    throw error instanceof DatabaseFault ? error : explainPostgres(error).error;
  } finally {
    hangUp(client);
  }
}

async function migrate(client: pg.Client): Promise<void> {
  const version = await readVersion(client);
  const known = POSTGRES_MIGRATIONS.length;
  if (version > known) {
    const versions = `schema ${version}, this one knows ${known}`;
    throw new DatabaseFault(
      `The database was written by a newer captcha-gateway (${versions}): start the newer one, or give another store.url.`,
    );
  }
  if (version === known) return;
  for (const sql of POSTGRES_MIGRATIONS.slice(version)) await client.query(sql);
  await client.query('UPDATE captcha_gateway.schema_version SET version = $1', [known]);
}

/** Which migration the schema has reached; makes an empty one where there is none. */
async function readVersion(client: pg.Client): Promise<number> {
  const { rows } = await client.query(
    `SELECT to_regclass('captcha_gateway.schema_version') IS NOT NULL AS is_ours,
       to_regnamespace('captcha_gateway') IS NOT NULL AS is_there,
       EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace('captcha_gateway')) AS is_used`,
  );
  if (rows[0].is_ours) {
    const { rows: versions } = await client.query('SELECT version FROM captcha_gateway.schema_version');
    return versions[0].version;
  }
  if (rows[0].is_used) {
    throw new DatabaseFault(
      'The schema captcha_gateway of the database belongs to another program: give another store.url.',
    );
  }
  // An administrator may have made it for a user who may not make schemas.
  if (!rows[0].is_there) await client.query('CREATE SCHEMA captcha_gateway');
  await client.query(
    `CREATE TABLE captcha_gateway.schema_version (version integer NOT NULL);
     INSERT INTO captcha_gateway.schema_version VALUES (0)`,
  );
  return 0;
}
