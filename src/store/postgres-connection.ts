/** How the database is reached: one pool for requests, and single connections with a time limit on everything. */
import pg from 'pg';
import { explainPostgres } from './postgres-faults.js';

export interface ConnectionOptions {
  /** `postgres://…`; holds a password, so it is told to nobody. */
  readonly url: string;
  readonly connectMs: number;
  /** The server ends a request by then. */
  readonly statementMs: number;
}

const BIGINT = 20;
/** The server's own end of a request comes first, and is the better answer. */
const GRACE_MS = 500;
const HANG_UP_MS = 1_000;

/** Times are whole numbers below 2⁵³. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (id: number, format?: 'text' | 'binary') =>
    id === BIGINT ? Number : pg.types.getTypeParser(id, format),
};

/** @throws Error, without the address in it, when the address cannot be read. */
function toClientConfig({ url, connectMs, statementMs }: ConnectionOptions): pg.ClientConfig {
  return {
    connectionString: requireUrl(url),
    application_name: 'captcha-gateway',
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    query_timeout: statementMs + GRACE_MS,
    keepAlive: true,
    types: TYPES,
  };
}

function requireUrl(url: string): string {
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return url;
  throw new Error(
    'store.url is no address of a PostgreSQL server: write postgres://user:password@host/database.',
  );
}

/** Up to `size` connections for short requests, made when they are needed and again when they are lost. */
export function openPool(options: ConnectionOptions, size: number): pg.Pool {
  const pool = new pg.Pool({ ...toClientConfig(options), max: size, idleTimeoutMillis: 30_000 });
  // An idle connection that breaks is taken out of the pool: the next request makes a new one.
  pool.on('error', () => {});
  return pool;
}

/** A connection of its own; `onEnd` is told when it is lost. @throws Error that says what to do. */
export async function connect(
  options: ConnectionOptions,
  onEnd: (client: pg.Client) => void = () => {},
): Promise<pg.Client> {
  const client = new pg.Client(toClientConfig(options));
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    hangUp(client);
    throw explainPostgres(error).error;
  }
  client.on('error', () => onEnd(client));
  client.on('end', () => onEnd(client));
  return client;
}

/** Ends a connection; one whose other side does not answer is cut. */
export function hangUp(client: pg.Client): void {
  client.removeAllListeners();
  client.on('error', () => {});
  const timer = setTimeout(() => client.connection.stream.destroy(), HANG_UP_MS);
  timer.unref();
  client
    .end()
    .catch(() => {})
    .finally(() => clearTimeout(timer));
}
