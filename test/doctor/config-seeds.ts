/** One spoilt config for each check of what is written in it. */
import type { Facts } from '../../src/doctor/facts.js';
import { ENTRIES, KEYS, type Seed, withConfig } from './facts.js';

const [captchaai, twocaptcha] = ENTRIES;
const house = { id: 'house', use: 'classic', baseUrl: 'https://solver.example.net', apiKey: KEYS.admin };
const PRICED = [captchaai, twocaptcha].map((entry) => ({ ...entry, pricesUsdPer1000: { turnstile: 2 } }));

function client(keys: object): object {
  return { clients: [{ id: 'qa', key: KEYS.client, ...keys }] };
}

function unread(state: 'missing' | 'unreadable' | 'not-json'): Facts {
  const facts = withConfig();
  const file = { ...facts.file, state, detail: 'line 3, column 1: expected a value', written: undefined };
  const issues = [{ path: '', message: 'config.json cannot be read: there is no such file' }];
  return { ...facts, file, issues, ...NOTHING };
}

/** What is known when the config could not be loaded. */
const NOTHING = { loaded: null, ports: null, ledger: null, services: null, running: null } as const;

function unloaded(written: object, issue: Facts['issues'][number], variables = {}): Facts {
  const facts = withConfig();
  return { ...facts, ...NOTHING, file: { ...facts.file, written }, issues: [issue], variables };
}

const variable = { providers: [{ apiKey: `\${CAPTCHAAI_KEY}` }] };
const wrongKey = { path: 'providers[0].apiKey', message: 'must be printable characters without spaces' };
const unsetKey = {
  path: 'providers[0].apiKey',
  message: 'the environment variable CAPTCHAAI_KEY is not set',
};
const secretFile = { providers: [{ apiKey: '@/run/secrets/captchaai' }] };
const noFile = {
  path: 'providers[0].apiKey',
  message: 'the file /run/secrets/captchaai cannot be read: there is no such file',
};

const CONFIG: readonly Seed[] = [
  ['config-missing', 'config.json', unread('missing')],
  ['config-unreadable', 'config.json', unread('unreadable')],
  ['config-syntax', 'config.json', unread('not-json')],
  ['variable-unset', 'providers[0].apiKey', unloaded(variable, unsetKey)],
  ['variable-empty', 'providers[0].apiKey', unloaded(variable, wrongKey, { CAPTCHAAI_KEY: 'empty' })],
  ['secret-file-unreadable', 'providers[0].apiKey', unloaded(secretFile, noFile)],
  [
    'config-invalid',
    'routing.deadlineMs',
    unloaded(
      { routing: { deadlineMs: '3 min' } },
      { path: 'routing.deadlineMs', message: 'must be a whole number' },
    ),
  ],
  [
    'config-readable-by-others',
    'config.json',
    { ...withConfig(), file: { ...withConfig().file, mode: 0o644 } },
  ],
];

function accounts(...entries: readonly object[]): Facts {
  return withConfig({ providers: entries });
}

const KEY_SEEDS: readonly Seed[] = [
  [
    'key-placeholder',
    'providers[0].apiKey',
    accounts({ ...captchaai, apiKey: 'your-captchaai-key' }, twocaptcha),
  ],
  ['key-weak', 'clients[0].key', withConfig(client({ key: 'hunter2hunter2' }))],
  ['key-opens-both', 'clients[0].key', withConfig({ admin: { key: KEYS.client } })],
  [
    'key-of-another-service',
    'providers[0].apiKey',
    accounts({ ...captchaai, use: 'anticaptcha', apiKey: 'CAP-0123456789ABCDEF' }, twocaptcha),
  ],
  [
    'key-form',
    'providers[1].apiKey',
    accounts(captchaai, { ...twocaptcha, apiKey: KEYS.twocaptcha.slice(0, 20) }),
  ],
  ['account-twice', 'providers[2]', accounts(captchaai, twocaptcha, { ...captchaai, id: 'again' })],
  [
    'threads-add-up',
    'providers[2].threads',
    accounts({ ...captchaai, threads: 10 }, twocaptcha, { ...captchaai, id: 'again', threads: 10 }),
  ],
  [
    'key-at-two-services',
    'providers[1].apiKey',
    accounts(captchaai, { ...twocaptcha, apiKey: KEYS.captchaai }),
  ],
];

const CLIENT_SEEDS: readonly Seed[] = [
  [
    'client-unservable',
    'clients[0]',
    withConfig({
      ...client({ kinds: ['turnstile'], providers: ['captchaai'] }),
      providers: [captchaai, twocaptcha, house],
      routing: { kinds: { turnstile: { providers: ['2captcha', 'house'] } } },
    }),
  ],
  [
    'client-kind-unserved',
    'clients[0].kinds',
    withConfig({
      ...client({ kinds: ['turnstile', 'basilisk'], providers: ['captchaai'] }),
      providers: [captchaai, twocaptcha, house],
    }),
  ],
  ['client-limit-zero', 'clients[0].limits.perMinute', withConfig(client({ limits: { perMinute: 0 } }))],
  [
    'daily-limit-below-price',
    'clients[0].limits.usdPerDay',
    withConfig({ ...client({ kinds: ['turnstile'], limits: { usdPerDay: 0.001 } }), providers: PRICED }),
  ],
  [
    'targets-cancel-out',
    'clients[0].targets',
    withConfig(client({ targets: { allow: ['shop.example.com'], deny: ['*.example.com'] } })),
  ],
];

const ROUTING_SEEDS: readonly Seed[] = [
  ['single-account', 'providers', accounts(captchaai)],
  ['kind-without-failover', 'providers', accounts(captchaai, { ...house, kinds: ['vk_captcha'] })],
  [
    'route-unserved',
    'routing.kinds.basilisk',
    withConfig({
      routing: { kinds: { basilisk: { strategy: 'cheapest' } } },
      providers: [captchaai, { ...captchaai, id: 'other', apiKey: KEYS.twocaptcha }],
    }),
  ],
  [
    'price-above-cap',
    'routing.maxUsdPerTask',
    withConfig({ providers: PRICED, routing: { maxUsdPerTask: 0.001 } }),
  ],
  [
    'deadline-before-first-poll',
    'routing.deadlineMs',
    { ...withConfig({ routing: { deadlineMs: 4_000 } }), running: null },
  ],
  [
    'give-up-after-deadline',
    'providers[0].timing.giveUpMs',
    accounts({ ...captchaai, timing: { giveUpMs: 180_000 } }, twocaptcha),
  ],
  ['accept-too-late', 'routing.acceptWithinMs', withConfig({ routing: { acceptWithinMs: 10_000 } })],
  ['hold-too-long', 'polling.holdMs', withConfig({ polling: { holdMs: 20_000 } })],
  [
    'tasks-forgotten-early',
    'store.retention.taskMs',
    withConfig({ store: { retention: { taskMs: 600_000 } } }),
  ],
  [
    'solutions-forgotten-early',
    'store.retention.solutionMs',
    withConfig({ store: { retention: { solutionMs: 5_000 } } }),
  ],
  ['callbacks-unsigned', 'callbacks.secret', withConfig({ callbacks: { maxTries: 5 } })],
  ['callback-secret-short', 'callbacks.secret', withConfig({ callbacks: { secret: 'whsec_c2hvcnQ=' } })],
];

/** What the config alone shows. */
export const CONFIG_SEEDS: readonly Seed[] = [...CONFIG, ...KEY_SEEDS, ...CLIENT_SEEDS, ...ROUTING_SEEDS];
