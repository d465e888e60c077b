/** Facts of a gateway that lacks nothing, and ways to spoil them. */
import { loadProviders } from '../../src/app.js';
import { toAccounts, toClients } from '../../src/config/accounts.js';
import { configSchema } from '../../src/config/schema.js';
import type {
  BalanceFacts,
  CertificateFacts,
  LedgerHead,
  PostgresFacts,
  ReachFacts,
  RunningFacts,
  RunningProvider,
} from '../../src/core/examination.js';
import type { Facts } from '../../src/doctor/facts.js';

/** A check's id, where it is found, and the facts that a user would have made for it. */
export type Seed = readonly [id: string, where: string, facts: Facts];

export const NOW = Date.parse('2026-11-23T12:00:00Z');
const DAY_MS = 86_400_000;

/** Keys as they are drawn, each of its own. */
export const KEYS = {
  client: 'c11e2739ab0de4f15a6c7788bb01a2a1',
  admin: 'ad317f9c02b4e6d81357ace0bdf24682',
  captchaai: '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
  twocaptcha: '7a6b5c4d3e2f10918273645546372819',
} as const;

/** Entries that the healthy config has. */
export const ENTRIES = [
  { id: 'captchaai', use: 'captchaai', apiKey: KEYS.captchaai },
  { id: '2captcha', use: '2captcha', apiKey: KEYS.twocaptcha },
] as const;

const HEALTHY = {
  clients: [{ id: 'qa', key: KEYS.client }],
  providers: ENTRIES,
  store: { path: 'data/gateway.db' },
};

const providers = await loadProviders();

/** The healthy facts with these sections in the config instead. */
export function withConfig(sections: object = {}): Facts {
  const written = { ...HEALTHY, ...sections };
  const config = configSchema.parse(written);
  const loaded = {
    config,
    accounts: toAccounts(config, providers),
    clients: toClients(config),
    directory: '/srv',
  };
  return {
    ...REST,
    file: { ...REST.file, written },
    loaded,
    services: loaded.accounts.map(({ id, baseUrl, isPublic }) => ({
      id,
      baseUrl,
      isPublic,
      reach: { status: 'reached', addresses: ['203.0.113.7'], skewMs: 400 },
      balance: { status: 'told', amount: 12.5, currency: 'USD' },
    })),
    running: {
      ...RUNNING,
      providers: loaded.accounts.map(({ id, provider, priority }) => ({
        ...WELL,
        id,
        use: provider.id,
        priority,
      })),
    },
  };
}

const WELL: Omit<RunningProvider, 'id' | 'use' | 'priority'> = {
  limit: null,
  state: 'closed',
  cause: null,
  since: null,
  until: null,
  comesBack: null,
  balanceUsd: 12.5,
  kinds: [{ kind: 'turnstile', p50Ms: 12_000 }],
};

const RUNNING: RunningFacts = {
  url: 'http://127.0.0.1:8080',
  isNamed: false,
  state: 'gateway',
  isReady: true,
  told: 200,
  hasKey: false,
  version: '0.1.0',
  startedAt: new Date(NOW - DAY_MS).toISOString(),
  providers: [],
  deadCallbacks: 0,
};

const LEDGER_HEAD: LedgerHead = {
  isWritable: true,
  mode: 0o600,
  isDatabase: true,
  isOurs: true,
  version: 4,
  isHeld: true,
  damage: null,
};

const REST: Omit<Facts, 'loaded' | 'services' | 'running'> = {
  now: NOW,
  version: '0.1.0',
  file: { path: 'config.json', isNamed: false, state: 'read', detail: '', mode: 0o600, written: undefined },
  variables: { PATH: 'set' },
  issues: [],
  machine: {
    nodeVersion: '20.20.2',
    openFiles: 65_536,
    memoryLimitBytes: null,
    proxyVariables: [],
    firstFreePort: 1_024,
    addresses: ['127.0.0.1', '192.0.2.10'],
  },
  ports: [{ path: 'server.port', port: 8080, state: 'gateway' }],
  certificate: null,
  ledger: {
    path: '/srv/data/gateway.db',
    folder: '/srv/data',
    isFolderWritable: true,
    disk: { freeBytes: 50 * 1024 ** 3, sort: 'disk' },
    file: LEDGER_HEAD,
    knownVersion: 4,
  },
  postgres: null,
  publicUrl: null,
};

/** The first service with another way to it, or another balance. */
export function withService(
  change: { reach?: ReachFacts; balance?: BalanceFacts | null },
  facts = withConfig(),
): Facts {
  const [first, ...others] = facts.services ?? [];
  return { ...facts, services: first ? [{ ...first, ...change }, ...others] : [] };
}

export function withMachine(change: Partial<Facts['machine']>, facts = withConfig()): Facts {
  return { ...facts, machine: { ...facts.machine, ...change } };
}

export function withLedger(change: Partial<NonNullable<Facts['ledger']>>, head?: Partial<LedgerHead>): Facts {
  const facts = withConfig();
  const file = head ? { ...LEDGER_HEAD, ...head } : LEDGER_HEAD;
  return { ...facts, ledger: facts.ledger && { ...facts.ledger, file, ...change } };
}

export function withRunning(change: Partial<RunningFacts>, facts = withConfig()): Facts {
  return { ...facts, running: facts.running && { ...facts.running, ...change } };
}

/** The first account as the running gateway tells of it. */
export function withAccount(change: Partial<RunningProvider>): Facts {
  const facts = withConfig();
  const [first, ...others] = facts.running?.providers ?? [];
  return withRunning({ providers: first ? [{ ...first, ...change }, ...others] : [] }, facts);
}

const TLS = { port: 8443, cert: 'tls/cert.pem', key: 'tls/key.pem' };
type ReadCertificate = Extract<CertificateFacts, { status: 'read' }>;

/** A gateway with an HTTPS door and a certificate for it. */
export function withCertificate(change: Partial<ReadCertificate> = {}): Facts {
  const server = { tls: TLS, publicUrl: 'https://gateway.example.com' };
  const admin = { key: KEYS.admin };
  return {
    ...withConfig({ server, admin }),
    publicUrl: { url: 'https://gateway.example.com', state: 'gateway', detail: 'HTTP 200' },
    certificate: {
      status: 'read',
      validFrom: NOW - 30 * DAY_MS,
      validTo: NOW + 60 * DAY_MS,
      fitsKey: true,
      coversPublicUrl: true,
      names: 'gateway.example.com',
      chainLength: 2,
      isSelfSigned: false,
      keyMode: 0o600,
      ...change,
    },
  };
}

type Answered = Extract<PostgresFacts, { status: 'answered' }>;
const PASSWORD = 'word-of-the-database';

/** A gateway with the shared store. */
export function withPostgres(
  change: Partial<Answered> | Extract<PostgresFacts, { status: 'failed' }> = {},
): Facts {
  const store = { use: 'postgres', url: `postgres://gateway:${PASSWORD}@db.example/gateway` };
  const answered: Answered = {
    status: 'answered',
    versionNumber: 160_003,
    isReadOnly: false,
    mayPrepare: true,
    isForeign: false,
    version: 3,
    knownVersion: 3,
    freeConnections: 80,
  };
  const postgres: PostgresFacts = change.status === 'failed' ? change : { ...answered, ...change };
  return { ...withConfig({ store }), ledger: null, postgres };
}

/** Texts that no report may hold. */
export const SECRETS: readonly string[] = [
  ...Object.values(KEYS),
  PASSWORD,
  'CAP-0123456789ABCDEF',
  'hunter2hunter2',
];
