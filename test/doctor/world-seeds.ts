/** One spoilt machine, ledger, service or running gateway for each check of what is around the config. */
import type { BalanceFacts, ReachFacts } from '../../src/core/examination.js';
import type { Facts } from '../../src/doctor/facts.js';
import {
  ENTRIES,
  KEYS,
  NOW,
  type Seed,
  withAccount,
  withCertificate,
  withConfig,
  withLedger,
  withMachine,
  withPostgres,
  withRunning,
  withService,
} from './facts.js';

const [captchaai, twocaptcha] = ENTRIES;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const MACHINE_SEEDS: readonly Seed[] = [
  ['node-too-old', 'Node', withMachine({ nodeVersion: '20.18.3' })],
  ['open-files-low', 'open files', withMachine({ openFiles: 1_024 })],
  ['memory-limit-low', 'memory', withMachine({ memoryLimitBytes: 128 * 1024 ** 2 })],
  ['proxy-variables-ignored', 'HTTPS_PROXY', withMachine({ proxyVariables: ['HTTPS_PROXY'] })],
  ['clock-skew', 'clock', skewed(-5 * 60_000)],
];

function skewed(skewMs: number): Facts {
  const facts = withConfig();
  const reach: ReachFacts = { status: 'reached', addresses: ['203.0.113.7'], skewMs };
  return { ...facts, services: (facts.services ?? []).map((service) => ({ ...service, reach })) };
}

const PUBLIC_URL = 'https://gateway.example.com';

function published(state: 'failed' | 'other'): Facts {
  return { ...withCertificate(), publicUrl: { url: PUBLIC_URL, state, detail: 'HTTP 404' } };
}

const SERVER_SEEDS: readonly Seed[] = [
  [
    'port-taken',
    'server.port',
    {
      ...withRunning({ state: 'other', version: null }, withLedger({}, { isHeld: false })),
      ports: [{ path: 'server.port', port: 8080, state: 'other' }],
    },
  ],
  ['ports-equal', 'server.tls.port', withConfig({ server: { port: 8443, tls: 'self-signed' } })],
  ['port-privileged', 'server.port', withConfig({ server: { port: 80 } })],
  [
    'host-not-here',
    'server.host',
    withConfig({ server: { host: '198.51.100.4', tls: 'self-signed' }, admin: { key: KEYS.admin } }),
  ],
  [
    'plain-http-on-network',
    'server.host',
    withConfig({ server: { host: '0.0.0.0' }, admin: { key: KEYS.admin } }),
  ],
  ['operator-pages-local-only', 'admin.key', withConfig({ server: { host: '0.0.0.0', tls: 'self-signed' } })],
  ['operator-pages-behind-proxy', 'admin.key', withConfig({ server: { publicUrl: PUBLIC_URL } })],
  [
    'public-url-private',
    'server.publicUrl',
    withConfig({
      server: { publicUrl: 'http://10.0.0.5' },
      providers: [{ ...captchaai, callbacks: true }, twocaptcha],
    }),
  ],
  ['public-url-unreachable', 'server.publicUrl', published('failed')],
  ['public-url-elsewhere', 'server.publicUrl', published('other')],
];

const CERTIFICATE_SEEDS: readonly Seed[] = [
  [
    'certificate-unreadable',
    'server.tls.key',
    { ...withCertificate(), certificate: { status: 'unreadable', file: 'key', detail: 'permission denied' } },
  ],
  ['certificate-expired', 'server.tls.cert', withCertificate({ validTo: NOW - DAY_MS })],
  ['certificate-expires-soon', 'server.tls.cert', withCertificate({ validTo: NOW + 5 * DAY_MS })],
  ['certificate-not-yet-valid', 'server.tls.cert', withCertificate({ validFrom: NOW + DAY_MS })],
  ['certificate-key-mismatch', 'server.tls.key', withCertificate({ fitsKey: false })],
  ['certificate-name', 'server.tls.cert', withCertificate({ coversPublicUrl: false })],
  ['certificate-chain-short', 'server.tls.cert', withCertificate({ chainLength: 1 })],
  ['certificate-key-readable-by-others', 'server.tls.key', withCertificate({ keyMode: 0o644 })],
];

const MEBIBYTE = 1024 ** 2;

const LEDGER_SEEDS: readonly Seed[] = [
  ['ledger-in-memory', 'store.path', { ...withConfig({ store: { path: ':memory:' } }), ledger: null }],
  ['ledger-folder-unwritable', 'store.path', withLedger({ isFolderWritable: false })],
  ['ledger-unwritable', 'store.path', withLedger({}, { isWritable: false })],
  ['ledger-readable-by-others', 'store.path', withLedger({}, { mode: 0o644 })],
  ['disk-full', 'store.path', withLedger({ disk: { freeBytes: 10 * MEBIBYTE, sort: 'disk' } })],
  ['disk-nearly-full', 'store.path', withLedger({ disk: { freeBytes: 500 * MEBIBYTE, sort: 'disk' } })],
  ['ledger-on-network', 'store.path', withLedger({ disk: { freeBytes: 9e9, sort: 'network' } })],
  ['ledger-not-kept', 'store.path', withLedger({ disk: { freeBytes: 9e9, sort: 'container' } })],
  ['ledger-foreign', 'store.path', withLedger({}, { isOurs: false, isHeld: false })],
  ['ledger-newer', 'store.path', withLedger({}, { version: 9, isHeld: false })],
  [
    'ledger-damaged',
    'store.path',
    withLedger({}, { damage: 'database disk image is malformed', isHeld: false }),
  ],
  ['ledger-held', 'store.path', { ...withRunning({ state: 'silent', version: null }), ports: [] }],
];

function failed(code: string): Facts {
  return withPostgres({ status: 'failed', code, said: 'The database cannot be used.' });
}

const POSTGRES_SEEDS: readonly Seed[] = [
  ['postgres-unreachable', 'store.url', failed('ECONNREFUSED')],
  ['postgres-refuses-login', 'store.url', failed('28P01')],
  ['postgres-database-missing', 'store.url', failed('3D000')],
  ['postgres-tls', 'store.url', failed('SELF_SIGNED_CERT_IN_CHAIN')],
  ['postgres-full', 'store.url', failed('53300')],
  ['postgres-no-right', 'store.url', withPostgres({ mayPrepare: false, version: null })],
  ['postgres-too-old', 'store.url', withPostgres({ versionNumber: 100_023 })],
  ['postgres-read-only', 'store.url', withPostgres({ isReadOnly: true })],
  ['postgres-foreign', 'store.url', withPostgres({ isForeign: true, version: null })],
  ['postgres-newer', 'store.url', withPostgres({ version: 9 })],
  ['postgres-few-connections', 'store.url', withPostgres({ freeConnections: 3 })],
];

function unreached(code: string): Facts {
  return withService({ reach: { status: 'failed', addresses: [], code }, balance: null });
}

function told(balance: BalanceFacts): Facts {
  return withService({ balance });
}

const SERVICE_SEEDS: readonly Seed[] = [
  ['service-name-unknown', 'providers[0]', unreached('ENOTFOUND')],
  ['service-refuses-connection', 'providers[0]', unreached('ECONNREFUSED')],
  ['service-tls', 'providers[0]', unreached('CERT_HAS_EXPIRED')],
  ['service-unreachable', 'providers[0]', unreached('UND_ERR_CONNECT_TIMEOUT')],
  ['service-connection-fails', 'providers[0]', unreached('EHOSTUNREACH')],
  [
    'service-name-private',
    'providers[0]',
    withService({ reach: { status: 'reached', addresses: ['127.0.0.1'], skewMs: 0 } }),
  ],
  [
    'key-refused',
    'providers[0]',
    told({ status: 'refused', code: 'auth', word: 'ERROR_KEY_DOES_NOT_EXIST' }),
  ],
  [
    'address-not-allowed',
    'providers[0]',
    told({ status: 'refused', code: 'auth', word: 'ERROR_IP_NOT_ALLOWED' }),
  ],
  ['account-banned', 'providers[0]', told({ status: 'refused', code: 'rate_limited', word: 'ERROR: 1001' })],
  [
    'account-refused',
    'providers[0]',
    told({ status: 'refused', code: 'internal', word: 'ERROR_SERVER_ERROR' }),
  ],
  ['balance-zero', 'providers[0]', told({ status: 'told', amount: 0, currency: 'USD' })],
  ['balance-low', 'providers[0]', told({ status: 'told', amount: 0.4, currency: 'USD' })],
  ['service-silent', 'providers[0]', told({ status: 'silent', detail: 'no complete answer within 5000 ms' })],
  ['service-answers-html', 'providers[0]', told({ status: 'odd', looks: 'html' })],
  ['service-redirects', 'providers[0]', told({ status: 'odd', looks: 'redirect' })],
  ['service-other-wire', 'providers[0]', told({ status: 'odd', looks: 'json' })],
];

function since(ms: number): string {
  return new Date(NOW - ms).toISOString();
}

const RUNNING_SEEDS: readonly Seed[] = [
  [
    'gateway-silent',
    'http://127.0.0.1:8080',
    { ...withRunning({ isNamed: true, state: 'silent', version: null }), ledger: null },
  ],
  ['gateway-key-refused', 'http://127.0.0.1:8080', withRunning({ told: 401, version: null })],
  ['gateway-not-ready', 'http://127.0.0.1:8080', withRunning({ isReady: false })],
  ['gateway-other-version', 'http://127.0.0.1:8080', withRunning({ version: '0.0.9' })],
  ['gateway-older-config', 'http://127.0.0.1:8080', withAccount({ id: 'former' })],
  [
    'provider-held-out',
    'captchaai',
    withAccount({ state: 'held-out', cause: 'invoice', since: since(3 * DAY_MS), comesBack: 'operator' }),
  ],
  [
    'account-open-for-key',
    'captchaai',
    withAccount({ state: 'open', cause: 'auth', since: since(HOUR_MS), comesBack: 'operator' }),
  ],
  [
    'account-open',
    'captchaai',
    withAccount({ state: 'open', cause: 'timeout', since: since(HOUR_MS), comesBack: 'probe' }),
  ],
  [
    'deadline-below-solve-time',
    'routing.deadlineMs',
    withAccount({ kinds: [{ kind: 'turnstile', p50Ms: 200_000 }] }),
  ],
  ['callbacks-given-up', 'http://127.0.0.1:8080', withRunning({ deadCallbacks: 14 })],
];

/** What only a look around shows. */
export const WORLD_SEEDS: readonly Seed[] = [
  ...MACHINE_SEEDS,
  ...SERVER_SEEDS,
  ...CERTIFICATE_SEEDS,
  ...LEDGER_SEEDS,
  ...POSTGRES_SEEDS,
  ...SERVICE_SEEDS,
  ...RUNNING_SEEDS,
];
