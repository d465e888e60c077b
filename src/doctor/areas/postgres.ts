/** The PostgreSQL server of the shared store. */
import type { PostgresFacts } from '../../core/examination.js';
import { area, type Facts, type Found } from '../facts.js';

/** Covering indexes and 64-bit hashes, which the ledger uses, came with it. */
const OLDEST_VERSION = 11;
/** Of one gateway at its busiest. */
const CONNECTIONS_OF_ONE = 10;

type Failed = Extract<PostgresFacts, { status: 'failed' }>;

function serverOf({ postgres, loaded }: Facts) {
  return postgres ?? (loaded?.config.store.use === 'sqlite' ? undefined : null);
}

/** What of a failure speaks for each check; the last takes the rest. */
const REFUSED_LOGIN = /^28/;
const NO_DATABASE = /^3D000/;
const NO_CONNECTIONS = /^53/;
const NO_RIGHT = /^42501/;
const NO_TLS = /SSL|CERT|SIGNED|SIGNATURE|^ERR_TLS|^EPROTO/;
const KNOWN = [REFUSED_LOGIN, NO_DATABASE, NO_RIGHT, NO_TLS, NO_CONNECTIONS];

/** Whether it lets the gateway in. */
export const POSTGRES_DOOR = area('PostgreSQL', serverOf, [
  {
    id: 'postgres-refuses-login',
    severity: 'fault',
    title: 'PostgreSQL refuses the user or the password',
    find: (why) =>
      on(why, REFUSED_LOGIN, ({ code }) =>
        about(
          `The server refuses the login (${code}).`,
          'The user or the password is wrong, or pg_hba.conf does not let this machine in.',
          'Write postgres://user:password@host/database with the right ones at store.url',
        ),
      ),
  },
  {
    id: 'postgres-database-missing',
    severity: 'fault',
    title: 'PostgreSQL has no database of that name',
    find: (why) =>
      on(why, NO_DATABASE, () =>
        about(
          'The server has no database of that name.',
          'It was not made yet, or store.url names another one.',
          'createdb NAME on that server, or write the right name at the end of store.url',
        ),
      ),
  },
  {
    id: 'postgres-no-right',
    severity: 'fault',
    title: 'the user may not make the ledger in PostgreSQL',
    find: (why) => {
      const isWell = why.status === 'failed' ? !NO_RIGHT.test(why.code) : why.mayPrepare || why.isForeign;
      if (isWell) return [];
      return [
        about(
          'The user may not make the schema captcha_gateway, or write in it.',
          'It has no CREATE right on the database, or somebody else owns the schema.',
          'CREATE SCHEMA captcha_gateway AUTHORIZATION the_user; as an administrator of that database',
        ),
      ];
    },
  },
  {
    id: 'postgres-tls',
    severity: 'fault',
    title: "PostgreSQL's TLS does not fit `sslmode`",
    find: (why) =>
      on(why, NO_TLS, ({ code }) =>
        about(
          `The connection fails over TLS (${code}).`,
          'The server has no TLS, or a certificate that this machine does not trust.',
          'Write ?sslmode=disable or ?sslmode=no-verify at the end of store.url, as the server has it',
        ),
      ),
  },
  {
    id: 'postgres-full',
    severity: 'fault',
    title: 'PostgreSQL has no connection, disk or memory left',
    find: (why) =>
      on(why, NO_CONNECTIONS, ({ said }) => about(said, 'Others use all there is.', MORE_CONNECTIONS)),
  },
  {
    id: 'postgres-unreachable',
    severity: 'fault',
    title: 'PostgreSQL cannot be reached, or cannot be asked',
    find: (why) => {
      if (why.status !== 'failed' || KNOWN.some((form) => form.test(why.code))) return [];
      return [
        about(
          why.said,
          'The server is down, elsewhere, or shut off by a firewall.',
          'See that it answers, with: pg_isready -d "$DATABASE_URL"   and write its address at store.url',
        ),
      ];
    },
  },
]);

const MORE_CONNECTIONS = 'ALTER SYSTEM SET max_connections = 200; then restart PostgreSQL';

function answered(facts: Facts) {
  const server = serverOf(facts);
  return server?.status === 'failed' ? null : server;
}

/** Whether it can be the ledger. */
export const POSTGRES = area('PostgreSQL ledger', answered, [
  {
    id: 'postgres-too-old',
    severity: 'fault',
    title: 'PostgreSQL is older than 11',
    find: ({ versionNumber }) => {
      const version = Math.floor(versionNumber / 10_000);
      if (version >= OLDEST_VERSION) return [];
      const cause = 'The ledger uses covering indexes and 64-bit hashes, which came with PostgreSQL 11.';
      return [
        about(
          `The server is PostgreSQL ${version}.`,
          cause,
          'Write the address of a newer server at store.url',
        ),
      ];
    },
  },
  {
    id: 'postgres-read-only',
    severity: 'fault',
    title: 'PostgreSQL takes no writes: a standby, or a read-only user',
    find: ({ isReadOnly }) =>
      isReadOnly
        ? [
            about(
              'The server takes no writes.',
              'It is a standby, or default_transaction_read_only is on for this user.',
              'Write the address of the primary server at store.url',
            ),
          ]
        : [],
  },
  {
    id: 'postgres-foreign',
    severity: 'fault',
    title: 'the schema captcha_gateway in PostgreSQL is of another program',
    find: ({ isForeign }) =>
      isForeign
        ? [
            about(
              'The schema captcha_gateway holds tables that no gateway made.',
              'Another program uses the name.',
              'Write the address of another database at store.url',
            ),
          ]
        : [],
  },
  {
    id: 'postgres-newer',
    severity: 'fault',
    title: 'a newer version wrote the ledger in PostgreSQL',
    find: ({ version, knownVersion }) =>
      version === null || version <= knownVersion
        ? []
        : [
            about(
              `The database has schema ${version}, this version knows ${knownVersion}.`,
              'A newer captcha-gateway works with it.',
              'Start the newer version here too, or write the address of another database at store.url',
            ),
          ],
  },
  {
    id: 'postgres-few-connections',
    severity: 'warning',
    title: 'PostgreSQL has fewer than ten connections left',
    find: ({ freeConnections }) =>
      freeConnections >= CONNECTIONS_OF_ONE
        ? []
        : [
            about(
              `The server has ${freeConnections} connections left, and a gateway takes up to ${CONNECTIONS_OF_ONE}.`,
              'Others use them, or max_connections is small.',
              MORE_CONNECTIONS,
            ),
          ],
  },
]);

function on(why: PostgresFacts, form: RegExp, say: (failed: Failed) => Found): readonly Found[] {
  return why.status === 'failed' && form.test(why.code) ? [say(why)] : [];
}

function about(what: string, cause: string, fix: string): Found {
  return { where: 'store.url', what, cause, fix };
}
