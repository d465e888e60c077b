/** A PostgreSQL server of one test file: made in a temporary folder, on loopback, gone with the file. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';

export interface TestPostgres {
  readonly url: string;
  /** Runs SQL as the owner of everything. */
  query(sql: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** Another way in, for transactions that stay open; the caller ends it. */
  connect(): Promise<pg.Client>;
  /** Forgets everything that gateways have left. */
  empty(): Promise<void>;
  /** Ends the server without a word to its clients, as a power cut would. */
  crash(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const START_WITHIN_MS = 20_000;
const DEBIAN = '/usr/lib/postgresql';
/** The server refuses to run as root; `nobody` is on every machine. */
const NOBODY = 65_534;
const AS_NOBODY = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  fsync: 'off',
  full_page_writes: 'off',
  shared_buffers: '16MB',
  max_connections: '60',
  logging_collector: 'off',
};

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGQUIT');
});

/** Makes a server with one empty database and starts it. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'captcha-gateway-postgres-'));
  if ('uid' in AS_NOBODY) chownSync(folder, NOBODY, NOBODY);
  const data = join(folder, 'data');
  initialise(data);
  const server = new TestServer(folder, data, await freePort());
  await server.start();
  return server;
}

function initialise(data: string): void {
  const args = ['-D', data, '-U', 'gateway', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  const { status, stderr } = spawnSync(findProgram('initdb'), args, { ...AS_NOBODY, encoding: 'utf8' });
  if (status !== 0) throw new Error(`initdb ended with ${status}: ${stderr}`);
}

class TestServer implements TestPostgres {
  readonly url: string;
  #child: ChildProcess | undefined;
  #admin: pg.Client | undefined;

  constructor(
    private readonly folder: string,
    private readonly data: string,
    private readonly port: number,
  ) {
    this.url = `postgres://gateway:secret-word@127.0.0.1:${port}/postgres`;
  }

  async start(): Promise<void> {
    const settings = Object.entries({ ...SETTINGS, unix_socket_directories: this.folder });
    const args = [
      '-D',
      this.data,
      '-p',
      `${this.port}`,
      ...settings.flatMap((pair) => ['-c', pair.join('=')]),
    ];
    const child = spawn(findProgram('postgres'), args, { ...AS_NOBODY, stdio: ['ignore', 'ignore', 'pipe'] });
    running.add(child);
    child.once('exit', () => running.delete(child));
    this.#child = child;
    await readiness(child);
  }

  async query(sql: string, values: readonly unknown[] = []) {
    this.#admin ??= await this.connect();
    const { rows } = await this.#admin.query(sql, [...values]);
    return rows;
  }

  async connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.url });
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  async empty(): Promise<void> {
    await this.query('DROP SCHEMA IF EXISTS captcha_gateway CASCADE');
  }

  crash(): Promise<void> {
    return this.#end('SIGQUIT');
  }

  async stop(): Promise<void> {
    await this.#end('SIGINT');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    await this.#admin?.end().catch(() => {});
    this.#admin = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

function readiness(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = () => reject(new Error(`PostgreSQL did not start: ${said}`));
    const timer = setTimeout(fail, START_WITHIN_MS);
    child.once('exit', fail);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-10_000);
      if (!said.includes('ready to accept connections')) return;
      clearTimeout(timer);
      child.off('exit', fail);
      resolve();
    });
  });
}

/** A program of the server, on the PATH or where Debian puts it; the newest version there is. */
function findProgram(name: string): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (!found) throw new Error(`${name} is not installed: install Debian's postgresql`);
  return found;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('no port is free');
  return address.port;
}
