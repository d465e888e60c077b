/** Asks a PostgreSQL server whether it can be the ledger, with one query that only reads. */
import type { PostgresFacts } from '../core/examination.js';
import { POSTGRES_MIGRATIONS } from './migrations/postgres.js';
import { connect, hangUp } from './postgres-connection.js';
import { DatabaseFault, explainPostgres } from './postgres-faults.js';

const CONNECT_MS = 3_000;
const STATEMENT_MS = 2_000;

const OURS = "to_regclass('captcha_gateway.schema_version')";
const SCHEMA = "to_regnamespace('captcha_gateway')";

/** Reserved connections are not for us. */
const QUESTION = `SELECT current_setting('server_version_num')::integer AS version_number,
  pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS is_read_only,
  CASE WHEN ${SCHEMA} IS NULL THEN has_database_privilege(current_database(), 'CREATE')
    ELSE has_schema_privilege('captcha_gateway', 'CREATE') AND (${OURS} IS NULL
      OR has_table_privilege(${OURS}::oid, 'SELECT, UPDATE')) END AS may_prepare,
  ${OURS} IS NULL AND EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = ${SCHEMA}) AS is_foreign,
  ${OURS} IS NOT NULL AS is_ours,
  current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
    - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::integer AS free_connections`;

/** Never throws, and says nothing of the address: it holds a password. */
export async function examinePostgres(url: string): Promise<PostgresFacts> {
  try {
    const client = await connect({ url, connectMs: CONNECT_MS, statementMs: STATEMENT_MS });
    try {
      const { rows } = await client.query(QUESTION);
      const [row] = rows;
      const isReadable = row.is_ours && row.may_prepare;
      const version = isReadable
        ? (await client.query('SELECT version FROM captcha_gateway.schema_version')).rows[0]?.version
        : null;
      return {
        status: 'answered',
        versionNumber: row.version_number,
        isReadOnly: row.is_read_only,
        mayPrepare: row.may_prepare,
        isForeign: row.is_foreign,
        version: version ?? null,
        knownVersion: POSTGRES_MIGRATIONS.length,
        // This question took one.
        freeConnections: row.free_connections + 1,
      };
    } finally {
      hangUp(client);
    }
  } catch (thrown) {
    const { message, code } = thrown instanceof DatabaseFault ? thrown : faultOf(thrown);
    return { status: 'failed', code, said: message };
  }
}

function faultOf(thrown: unknown): { readonly message: string; readonly code: string } {
  const { error } = explainPostgres(thrown);
  return { message: error.message, code: error instanceof DatabaseFault ? error.code : '' };
}
