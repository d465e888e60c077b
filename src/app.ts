/** The one place where everything is plugged together. */
import { readFileSync } from 'node:fs';
import { readCertificate } from './app/certificate.js';
import { mountDashboard } from './app/dashboard.js';
import { mountDoors, openApp } from './app/doors.js';
import { Inbound } from './app/inbound.js';
import { keepForgetting, openLedger } from './app/ledger.js';
import { type Listening, listen, listenTls } from './app/listen.js';
import { faultText, holdLog, openLogFor } from './app/logging.js';
import { mountOperator } from './app/operator.js';
import { openGuard, operatorTest } from './app/operator-guard.js';
import { mountLogin } from './app/operator-login.js';
import { Sessions } from './app/operator-sessions.js';
import type { ReloadReport } from './app/reload.js';
import { mountReload } from './app/reload-route.js';
import { Reloading } from './app/reloading.js';
import { mountScorecard } from './app/scorecard.js';
import { engineSettings, publicUrlOf } from './app/settings.js';
import { openTelling } from './app/telling.js';
import { timedLedger } from './app/timed-ledger.js';
import { certificatePlace, pemFiles, TlsDoor } from './app/tls-door.js';
import { keySha256 } from './config/key.js';
import { type LoadedConfig, loadConfig } from './config/load.js';
import { systemClock } from './core/clock.js';
import type { Dialect } from './core/dialect.js';
import { Events, type ReloadedBy } from './core/events.js';
import type { Provider } from './core/provider.js';
import { Alarms } from './engine/alarms.js';
import { Engine } from './engine/gateway.js';
import { openTransport } from './net/upstream.js';
import { openHistory } from './ops/history.js';
import { type Log, logEvents } from './ops/log.js';
import { openMetrics } from './ops/metrics.js';
import { Scorecards } from './ops/scorecards.js';
import { openStatus } from './ops/status.js';
import { reportStory } from './ops/story.js';
import { loadFolder } from './registry.js';

export { ConfigError } from './config/faults.js';
export { jsonSchema } from './config/outline.js';
export { openSandbox, parseScript } from './sandbox/sandbox.js';
export { keySha256, openTransport };

export interface GatewayOptions {
  readonly configPath: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where log lines go; stdout when absent. */
  readonly logTo?: { write(line: string): void } | undefined;
  /** How they are written; what the config says when absent. */
  readonly logFormat?: 'json' | undefined;
  /** How often the files of the config are looked at; they are not when absent. */
  readonly watchEveryMs?: number | undefined;
  /** A config that has been read already, instead of the file's. */
  readonly loaded?: LoadedConfig | undefined;
}

export interface RunningGateway {
  readonly url: string;
  readonly log: Log;
  /** Reads the config again. */
  reload(by: ReloadedBy): Promise<ReloadReport>;
  /** Stops accepting, releases held polls, leaves running tasks in the ledger. */
  close(): Promise<void>;
}

/** Answers under way get this long at the end. */
const CLOSE_GRACE_MS = 3_000;

/** Every provider there is, by id. */
export function loadProviders(): Promise<ReadonlyMap<string, Provider>> {
  return loadFolder<Provider>(new URL('../providers/', import.meta.url));
}

/** The config at a path, checked against the providers there are. @throws ConfigError naming every fault. */
export async function readConfig({ configPath, env }: GatewayOptions): Promise<LoadedConfig> {
  return loadConfig({ path: configPath, env, providers: await loadProviders() });
}

/** Starts the gateway: ledger, engine, doors. @throws ConfigError, or Error when the ledger or a port cannot be had. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const providers = await loadProviders();
  const reloading = await Reloading.open({
    read: async (onFile) => readNoted(options, providers, onFile),
    watchEveryMs: options.watchEveryMs,
  });
  const { loaded, settings } = reloading;
  const { config } = loaded;
  const log = openLogFor(config, options);
  // However many tasks wait for something, the process has one timer for all of them.
  const clock = new Alarms(systemClock);
  const startedAt = clock.now();
  let faults = 0;
  const onFault = (error: unknown) => {
    faults += 1;
    log.error({ event: 'fault', detail: faultText(error) }, 'something went wrong here');
  };
  const events = new Events(() => clock.now(), onFault);
  const store = timedLedger(await openLedger(loaded), events);
  const transport = openTransport();
  const inbound = await Inbound.open({
    publicUrl: publicUrlOf(config),
    providers: () => engine.accountNames,
    store,
    events,
    onFault,
  });
  const engine = new Engine({
    clock,
    events,
    store,
    transport,
    ...engineSettings(loaded),
    onStoreError: onFault,
    callbackUrl: (called) => inbound.urlOf(called),
  });
  const eventLog = holdLog(log);
  logEvents(events, eventLog);
  const gauges = () => ({
    inFlight: engine.inFlight,
    held: engine.held,
    providers: engine.providers(),
    faults,
    version: packageVersion(),
  });
  const metrics = openMetrics({ events, gauges });
  const status = openStatus({
    events,
    version: packageVersion(),
    startedAt,
    now: () => clock.now(),
    providers: () => engine.providers(),
    serving: () => engine.offers.serving(),
    inFlight: () => engine.inFlight,
  });
  const dialects = await loadFolder<Dialect>(new URL('./dialects/', import.meta.url));
  const history = openHistory({ events, now: () => clock.now() });
  const sessions = new Sessions({ now: () => clock.now() });
  const adminKeySha256 = () => settings.adminKeySha256;
  const guard = openGuard(adminKeySha256, sessions);
  const isOperator = operatorTest(adminKeySha256, sessions);
  const telling = openTelling({
    settings,
    clock,
    events,
    store,
    gateway: engine,
    dialects,
    isOperator,
    onFault,
  });
  let isStopping = false;
  const app = openApp();
  let tlsDoor: TlsDoor | undefined;
  const changeable = { engine, inbound, telling, log, events, onFault };
  reloading.connect({ ...changeable, tlsDoor: () => tlsDoor });
  mountLogin(app, { adminKeySha256, sessions, clock });
  mountDashboard(app, { guard, history: (minutes) => history.report(minutes) });
  mountOperator(app, {
    guard,
    status: () => status.snapshot(),
    metrics,
    ready: () => (isStopping ? Promise.reject(new Error('stopping')) : store.ping()),
    inspect: (id) => engine.inspect(id),
    hold: (id, reason) => engine.hold(id, reason),
    admit: (id, reason) => engine.admit(id, reason),
    provider: (id) => {
      const story = engine.provider(id);
      return story && reportStory(story);
    },
    deadCallbacks: telling.deadCallbacks,
    retryCallback: telling.retryCallback,
  });
  const scorecards = new Scorecards({ clock, store });
  mountScorecard(app, { guard, isOperator, gateway: engine, scorecards, onFault });
  telling.mount(app);
  inbound.mount(app, engine);
  mountReload(app, {
    guard,
    reload: () => reloading.reload('operator'),
    leaving: () => engine.leaving(),
  });
  const { services } = telling;
  mountDoors(app, {
    gateway: engine,
    dialects,
    services,
    get maxBodyBytes() {
      return settings.config.server.maxBodyBytes;
    },
    onFault,
  });
  await engine.load();
  const servers = await listenAll(app, loaded, (door) => {
    tlsDoor = door;
  }).catch((fault: unknown) => {
    eventLog.release();
    throw fault;
  });
  const stopForgetting = keepForgetting(store, () => settings.config.store.retention, onFault);
  const url = `http://${config.server.host.includes(':') ? `[${config.server.host}]` : config.server.host}:${servers[0]?.port}`;
  log.info(
    {
      event: 'listening',
      url,
      port: servers[0]?.port,
      ...(servers[1] && { tlsPort: servers[1].port }),
      providers: loaded.accounts.length,
    },
    `listening on ${url}`,
  );
  // Not before, so that the first line of the log names the port.
  eventLog.release();
  engine.resume();
  engine.share();
  telling.start();
  reloading.watch();
  return {
    url,
    log,
    reload: (by) => reloading.reload(by),
    async close() {
      if (isStopping) return;
      isStopping = true;
      stopForgetting();
      scorecards.stop();
      await reloading.stop();
      inbound.stop();
      await Promise.all([
        telling.stop(),
        engine.stop(CLOSE_GRACE_MS),
        ...servers.map((server) => server.close(CLOSE_GRACE_MS)),
      ]);
      metrics.close();
      await transport.close();
      await store.close();
      log.info({ event: 'stopped' }, 'stopped');
    },
  };
}

/** The config, and every file that it is made of. */
function readNoted(
  { configPath, env, loaded: given }: GatewayOptions,
  providers: ReadonlyMap<string, Provider>,
  onFile: (path: string) => void,
): LoadedConfig {
  if (given) return given;
  const loaded = loadConfig({ path: configPath, env, providers, onFile });
  for (const path of pemFiles(loaded)) onFile(path);
  return loaded;
}

async function listenAll(
  app: ReturnType<typeof openApp>,
  loaded: LoadedConfig,
  onTls: (door: TlsDoor) => void,
): Promise<readonly Listening[]> {
  const { host, port, tls } = loaded.config.server;
  const plain = await listen(app, { host, port });
  if (!tls) return [plain];
  const pem = await readCertificate(certificatePlace(loaded), systemClock.now());
  const secure = await listenTls(app, { host, port }, { port: tls.port, ...pem });
  onTls(new TlsDoor(pem, (next) => secure.renew(next)));
  return [plain, secure];
}

/** Of this program. */
export function packageVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      return String(JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')).version);
    } catch {
      // Built files lie one folder deeper than the sources.
    }
  }
  return 'unknown';
}
