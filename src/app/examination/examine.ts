/** Gathers everything that `doctor` judges: reads only, at once, each question bounded in time. */
import { isAbsolute, join } from 'node:path';
import { ConfigError, openTransport, readConfig } from '../../app.js';
import type { LoadedConfig } from '../../config/load.js';
import type { PortFacts, RunningFacts } from '../../core/examination.js';
import { examinePostgres } from '../../store/postgres-examination.js';
import { examineSqlite } from '../../store/sqlite-examination.js';
import { packageVersion } from '../version.js';
import { examineAccounts, type Known } from './accounts.js';
import { examineCertificate, examineConfigFile } from './files.js';
import { examineMachine } from './machine.js';
import { examinePort, examinePublicUrl, examineRunning, isGatewayAt, type Place } from './running.js';

export interface ExaminationOptions {
  readonly configPath: string;
  /** Whether the command line named it. */
  readonly isConfigNamed: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where a gateway runs; absent for where the config says. */
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  /** Opens no connection. */
  readonly isOffline: boolean;
  readonly now: number;
}

/** Looks at everything there is to see. */
export async function examine(options: ExaminationOptions) {
  const { configPath, env, isOffline, now } = options;
  const file = examineConfigFile(configPath, options.isConfigNamed);
  const { loaded, issues } = await tryToLoad(options);
  const still = {
    now,
    version: packageVersion(),
    file,
    variables: variablesOf(env),
    loaded,
    issues,
    machine: examineMachine(env),
    certificate: loaded && examineCertificate(loaded),
    ledger: ledgerOf(loaded),
  };
  if (isOffline)
    return { ...still, ports: null, postgres: null, services: null, running: null, publicUrl: null };
  const place = placeOf(loaded, options);
  const asked = place ? examineRunning(place) : Promise.resolve(null);
  const [running, ports, services, postgres, publicUrl] = await Promise.all([
    asked,
    loaded && examinePorts(loaded),
    loaded &&
      askServices(
        loaded,
        asked.then((found) => knownBy(place, found)),
      ),
    loaded?.config.store.use === 'postgres' ? examinePostgres(loaded.config.store.url) : null,
    asked.then((found) => (found?.state === 'gateway' ? askPublicUrl(loaded) : null)),
  ]);
  return { ...still, ports, postgres, services, running, publicUrl };
}

async function tryToLoad({ configPath, env }: ExaminationOptions) {
  try {
    return { loaded: await readConfig({ configPath, env }), issues: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { loaded: null, issues: error.issues };
  }
}

/** Names only: their values are nobody's business here. */
function variablesOf(env: ExaminationOptions['env']): Readonly<Record<string, 'set' | 'empty'>> {
  const set = Object.entries(env).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set.map(([name, value]) => [name, value === '' ? 'empty' : 'set']));
}

function ledgerOf(loaded: LoadedConfig | null) {
  const store = loaded?.config.store;
  if (!loaded || store?.use !== 'sqlite' || store.path === ':memory:') return null;
  return examineSqlite(isAbsolute(store.path) ? store.path : join(loaded.directory, store.path));
}

/** Null where nobody knows where a gateway would be. */
function placeOf(loaded: LoadedConfig | null, { url, key, env }: ExaminationOptions): Place | null {
  const written = loaded?.config.admin?.key;
  const found = key ?? (written?.startsWith('sha256:') === false ? written : env.GATEWAY_ADMIN_KEY);
  if (url !== undefined) return { url, key: found, isNamed: true };
  if (!loaded || loaded.config.server.port === 0) return null;
  return { url: urlOf(loaded), key: found, isNamed: false };
}

function urlOf({ config: { server } }: LoadedConfig): string {
  const host = reachedAt(server.host);
  return `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`;
}

/** An address that stands for all of them is reached at the loopback one. */
function reachedAt(host: string): string {
  return { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
}

function knownBy(place: Place | null, found: RunningFacts | null): Known {
  if (!place || found?.state !== 'gateway') return 'nobody';
  return found.told === 200 ? place : 'untold';
}

async function askServices({ accounts }: LoadedConfig, running: Promise<Known>) {
  const transport = openTransport();
  try {
    return await examineAccounts({ accounts, transport, running });
  } finally {
    await transport.close();
  }
}

/** While no gateway runs, nobody answers at its public address either. */
function askPublicUrl(loaded: LoadedConfig | null) {
  const url = loaded?.config.server.publicUrl;
  return url === undefined ? null : examinePublicUrl(url);
}

async function examinePorts(loaded: LoadedConfig): Promise<readonly PortFacts[]> {
  const { host, port, tls } = loaded.config.server;
  const wanted: readonly Pick<PortFacts, 'path' | 'port'>[] = [
    { path: 'server.port', port },
    ...(tls ? [{ path: 'server.tls.port' as const, port: tls.port }] : []),
  ];
  const isGateway = port > 0 && (await isGatewayAt(urlOf(loaded)));
  return await Promise.all(
    wanted.filter((each) => each.port > 0).map((each) => examinePort(each, reachedAt(host), isGateway)),
  );
}
