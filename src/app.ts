/** The one place where everything is plugged together. */
import { readFileSync } from 'node:fs';
import { readCertificate } from './app/certificate.js';
import { mountDashboard } from './app/dashboard.js';
import { mountDoors, openApp } from './app/doors.js';
import { Inbound, type InboundOptions } from './app/inbound.js';
import { keepForgetting, ledgerPath, openLedger } from './app/ledger.js';
import { type Listening, listen, listenTls } from './app/listen.js';
import { mountOperator } from './app/operator.js';
import { openGuard } from './app/operator-guard.js';
import { mountLogin } from './app/operator-login.js';
import { Sessions } from './app/operator-sessions.js';
import { openTelling } from './app/telling.js';
import { normalizeBaseUrl } from './config/base-url.js';
import { keySha256 } from './config/key.js';
import { type LoadedConfig, loadConfig } from './config/load.js';
import { systemClock } from './core/clock.js';
import type { Dialect } from './core/dialect.js';
import { Events } from './core/events.js';
import type { Provider } from './core/provider.js';
import { Alarms } from './engine/alarms.js';
import { Engine } from './engine/gateway.js';
import { openTransport } from './net/upstream.js';
import { openHistory } from './ops/history.js';
import { type Log, logEvents, openLog } from './ops/log.js';
import { openMetrics } from './ops/metrics.js';
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
}

export interface RunningGateway {
  readonly url: string;
  readonly log: Log;
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
  const loaded = await readConfig(options);
  const { config } = loaded;
  const log = openLog({ level: config.log.level, destination: options.logTo });
  // However many tasks wait for something, the process has one timer for all of them.
  const clock = new Alarms(systemClock);
  const startedAt = clock.now();
  const onFault = (error: unknown) =>
    log.error({ event: 'fault', detail: describe(error) }, 'something went wrong here');
  const events = new Events(() => clock.now(), onFault);
  const store = await openLedger(loaded);
  const transport = openTransport();
  const inbound = await openInbound(loaded, { store, events, onFault });
  const engine = new Engine({
    clock,
    events,
    store,
    transport,
    accounts: loaded.accounts,
    clients: loaded.clients,
    onStoreError: onFault,
    routing: { ...config.routing, kinds: config.routing.kinds ?? {} },
    breaker: config.breaker,
    pollCostMs: config.polling.costMs,
    repeatWindowMs: config.server.repeatWindowMs,
    callbackUrl: inbound && ((called) => inbound.urlOf(called)),
  });
  logEvents(events, log);
  const gauges = () => ({
    inFlight: engine.inFlight,
    held: engine.held,
    providers: engine.providers(),
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
  const telling = openTelling({ config, clock, events, store, gateway: engine, dialects, sessions, onFault });
  let isStopping = false;
  const app = openApp();
  const adminKeySha256 = () => config.admin && keySha256(config.admin.key);
  const guard = openGuard(adminKeySha256, sessions);
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
  telling.mount(app);
  inbound?.mount(app, engine);
  const { services } = telling;
  const { maxBodyBytes } = config.server;
  mountDoors(app, { gateway: engine, dialects, services, maxBodyBytes, onFault });
  await engine.load();
  const servers = await listenAll(app, loaded);
  const stopForgetting = keepForgetting(store, config.store.retention, onFault);
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
  engine.resume();
  engine.share();
  telling.start();
  return {
    url,
    log,
    async close() {
      if (isStopping) return;
      isStopping = true;
      stopForgetting();
      inbound?.stop();
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

/** Providers are asked to call where they can reach the gateway. */
async function openInbound(
  { config, accounts }: LoadedConfig,
  tools: Pick<InboundOptions, 'store' | 'events' | 'onFault'>,
): Promise<Inbound | undefined> {
  const { publicUrl } = config.server;
  if (publicUrl === undefined) return undefined;
  const providers = accounts.map(({ id }) => id);
  return await Inbound.open({ ...tools, publicUrl: normalizeBaseUrl(publicUrl), providers });
}

async function listenAll(
  app: ReturnType<typeof openApp>,
  { config, directory }: LoadedConfig,
): Promise<Listening[]> {
  const { host, port, tls } = config.server;
  const plain = await listen(app, { host, port });
  if (!tls) return [plain];
  const place = { ...tls, directory, storePath: ledgerPath(config), host };
  const pem = await readCertificate(place, systemClock.now());
  return [plain, await listenTls(app, { host, port }, { port: tls.port, ...pem })];
}

function packageVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      return String(JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')).version);
    } catch {
      // Built files lie one folder deeper than the sources.
    }
  }
  return 'unknown';
}

/** What may be logged of any thrown value: its name and message, never its fields. */
function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'something that is no error was thrown';
}
