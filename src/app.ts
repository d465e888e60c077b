/** The one place where everything is plugged together. */
import { mountApiDocs } from './app/api-docs.js';
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
import { loadProviders } from './app/read-config.js';
import type { ReloadReport } from './app/reload.js';
import { mountReload } from './app/reload-route.js';
import { Reloading } from './app/reloading.js';
import { mountScorecard } from './app/scorecard.js';
import { engineSettings, publicUrlOf } from './app/settings.js';
import { openTelling } from './app/telling.js';
import { timedLedger } from './app/timed-ledger.js';
import { certificatePlace, pemFiles, TlsDoor } from './app/tls-door.js';
import { packageVersion } from './app/version.js';
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

export { loadProviders, readConfig } from './app/read-config.js';
export { ConfigError } from './config/config-error.js';
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

/** Starts the gateway: ledger, engine, doors. @throws ConfigError, or Error when the ledger or a port cannot be had. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const providers = await loadProviders();
  const reloading = await Reloading.open({
    read: async (onFile) => readNoted(options, providers, onFile),
    watchEveryMs: options.watchEveryMs,
  });
  const { loaded, settings } = reloading;
  const works = await openWorks(loaded, options);
  const { engine, log, eventLog, store, onFault } = works;
  const front = await openFront(works, reloading);
  await engine.load();
  const servers = await listenAll(front.app, loaded, front.onTls).catch((fault: unknown) => {
    eventLog.release();
    throw fault;
  });
  const stopForgetting = keepForgetting(store, () => settings.config.store.retention, onFault);
  const url = announce(loaded, servers, log);
  // Not before, so that the first line of the log names the port.
  eventLog.release();
  engine.resume();
  engine.share();
  front.telling.start();
  reloading.watch();
  return {
    url,
    log,
    reload: (by) => reloading.reload(by),
    async close() {
      if (!front.stopTaking()) return;
      stopForgetting();
      await reloading.stop();
      works.inbound.stop();
      const servedOut = servers.map((server) => server.close(CLOSE_GRACE_MS));
      await Promise.all([front.telling.stop(), engine.stop(CLOSE_GRACE_MS), ...servedOut]);
      front.metrics.close();
      await works.transport.close();
      await store.close();
      log.info({ event: 'stopped' }, 'stopped');
      await log.flush();
    },
  };
}

type Works = Awaited<ReturnType<typeof openWorks>>;

/** What works without being asked: log, ledger, engine, and the ways to the providers and back. */
async function openWorks(loaded: LoadedConfig, options: GatewayOptions) {
  const log = openLogFor(loaded.config, options);
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
    publicUrl: publicUrlOf(loaded.config),
    providers: () => engine.accountNames,
    store,
    events,
    onFault,
  });
  const engine: Engine = new Engine({
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
  const faultCount = () => faults;
  return { log, eventLog, clock, startedAt, events, store, transport, inbound, engine, onFault, faultCount };
}

/** What is asked from outside: the doors of the clients, the operator's pages, and whoever is told what happens. */
async function openFront(works: Works, reloading: Reloading) {
  const { clock, events, store, engine, onFault } = works;
  const { settings } = reloading;
  const dialects = await loadFolder<Dialect>(new URL('./dialects/', import.meta.url));
  const sessions = new Sessions({ now: () => clock.now() });
  const adminKeySha256 = () => settings.adminKeySha256;
  const guard = openGuard(adminKeySha256, sessions);
  const isOperator = operatorTest(adminKeySha256, sessions);
  const told = { settings, clock, events, store, gateway: engine, dialects, isOperator, onFault };
  const telling = openTelling(told);
  const scorecards = new Scorecards({ clock, store });
  const sights = openSights(works);
  let isStopping = false;
  let tlsDoor: TlsDoor | undefined;
  reloading.connect({ ...works, telling, tlsDoor: () => tlsDoor });

  const app = openApp(onFault);
  mountLogin(app, { adminKeySha256, sessions, clock });
  mountApiDocs(app, { version: packageVersion });
  mountDashboard(app, { guard, history: (minutes) => sights.history.report(minutes) });
  mountOperator(app, {
    guard,
    status: () => sights.status.snapshot(),
    metrics: sights.metrics,
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
  mountScorecard(app, { guard, isOperator, gateway: engine, scorecards, onFault });
  telling.mount(app);
  works.inbound.mount(app, engine);
  mountReload(app, {
    guard,
    reload: () => reloading.reload('operator'),
    leaving: () => engine.leaving(),
  });
  mountDoors(app, {
    gateway: engine,
    dialects,
    services: telling.services,
    get maxBodyBytes() {
      return settings.config.server.maxBodyBytes;
    },
    onFault,
  });
  return {
    app,
    telling,
    metrics: sights.metrics,
    onTls: (door: TlsDoor) => {
      tlsDoor = door;
    },
    /** From now on the gateway is not ready; false when that was so already. */
    stopTaking(): boolean {
      if (isStopping) return false;
      isStopping = true;
      scorecards.stop();
      return true;
    },
  };
}

/** What the operator looks at: figures of this moment and of the last hour. */
function openSights({ clock, startedAt, events, engine, faultCount }: Works) {
  const version = packageVersion();
  const now = () => clock.now();
  const gauges = () => ({
    inFlight: engine.inFlight,
    held: engine.held,
    providers: engine.providers(),
    faults: faultCount(),
    version,
  });
  const status = openStatus({
    events,
    version,
    startedAt,
    now,
    providers: () => engine.providers(),
    serving: () => engine.offers.serving(),
    inFlight: () => engine.inFlight,
  });
  return { status, metrics: openMetrics({ events, gauges }), history: openHistory({ events, now }) };
}

/** The first line of the log; returns the address of the HTTP door. */
function announce({ config, accounts }: LoadedConfig, servers: readonly Listening[], log: Log): string {
  const { host } = config.server;
  const [plain, secure] = servers;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${plain?.port}`;
  const tlsPort = secure && { tlsPort: secure.port };
  const fields = { event: 'listening', url, port: plain?.port, ...tlsPort, providers: accounts.length };
  log.info(fields, `listening on ${url}`);
  return url;
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
