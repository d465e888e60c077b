/** What differs between two configs, as paths, and which of it waits for the next start. */
import { describe, expect, it } from 'vitest';
import { changedPaths, fixedPaths, withoutFixed } from '../../src/config/changes.js';
import { type Config, configSchema } from '../../src/config/schema.js';

const CLIENTS = [
  { id: 'qa', key: 'qa-key-1' },
  { id: 'lab', key: 'lab-key-1', limits: { inFlight: 3 } },
];
const PROVIDERS = [
  { id: 'one', use: 'captchaai', apiKey: 'secret-one' },
  { id: 'two', use: '2captcha', apiKey: 'secret-two' },
  { id: 'three', use: 'classic', apiKey: 'secret-three' },
];

const config = (sections: object = {}): Config =>
  configSchema.parse({ clients: CLIENTS, providers: PROVIDERS, ...sections });

const change = (sections: object, before: object = {}) => changedPaths(config(before), config(sections));

describe('changed paths', () => {
  it('are none for the same config, in whatever order its keys stand', () => {
    expect(changedPaths(config(), config())).toEqual([]);
    expect(change({ log: { level: 'info' }, breaker: {} })).toEqual([]);
  });

  it.each([
    [{ log: { level: 'debug' } }, ['log.level']],
    [{ admin: { key: 'k' } }, ['admin']],
    [{ routing: { kinds: { turnstile: { providers: ['one'] } } } }, ['routing.kinds.turnstile']],
    [{ callbacks: { allowPrivate: ['10.0.0.1'] } }, ['callbacks.allowPrivate']],
    [{ clients: [CLIENTS[0], { ...CLIENTS[1], limits: { inFlight: 4 } }] }, ['clients[1].limits.inFlight']],
    [{ clients: [{ ...CLIENTS[0], key: 'new' }, CLIENTS[1]] }, ['clients[0].key']],
    [{ clients: [CLIENTS[0]] }, ['clients[1]']],
  ])('of %j are %j', (sections, paths) => {
    expect(change(sections)).toEqual(paths);
  });

  it('match entries by their ids', () => {
    const [one, two, three] = PROVIDERS;
    const fresh = { id: 'new', use: 'captchaai', apiKey: 'secret-new' };
    expect(change({ providers: [fresh, one, two, three] })).toEqual(['providers[0]']);
    expect(change({ providers: [one, three] })).toEqual(['providers[1]']);
    expect(change({ providers: [two, one, three] })).toEqual(['providers']);
    expect(change({ providers: [one, { ...three, apiKey: 'other' }] })).toEqual([
      'providers[1]',
      'providers[1].apiKey',
    ]);
  });

  it('never hold a value', () => {
    const all = JSON.stringify(
      change({
        providers: PROVIDERS.map((each) => ({ ...each, apiKey: `${each.apiKey}-2` })),
        admin: { key: 'secret-admin' },
      }),
    );
    expect(all).not.toContain('secret');
  });
});

describe('paths that wait for the next start', () => {
  it.each([
    [{ server: { port: 9 } }, ['server.port']],
    [{ server: { host: '0.0.0.0' } }, ['server.host']],
    [{ server: { tls: 'self-signed' } }, ['server.tls']],
    [{ store: { path: 'other.db', durability: 'power' } }, ['store.path', 'store.durability']],
    [
      { store: { use: 'postgres', url: 'postgres://u:p@h/d' } },
      ['store.use', 'store.path', 'store.durability', 'store.url'],
    ],
    [{ store: { retention: { taskMs: 5 } } }, []],
    [{ server: { publicUrl: 'https://g.example', maxBodyBytes: 5, repeatWindowMs: 0 } }, []],
    [{ breaker: { failures: 1 }, log: { level: 'warn' }, admin: { key: 'k' } }, []],
  ])('of %j are %j', (sections, paths) => {
    expect(new Set(fixedPaths(change(sections)))).toEqual(new Set(paths));
  });

  it('are a port of TLS, and not its files', () => {
    const tls = (port: number, cert: string) => ({ server: { tls: { port, cert, key: 'key.pem' } } });
    expect(fixedPaths(change(tls(2, 'b.pem'), tls(1, 'a.pem')))).toEqual(['server.tls.port']);
  });

  it('keep their values while the rest is taken', () => {
    const first = config({
      server: { port: 1, tls: { port: 2, cert: 'a', key: 'b' } },
      store: { path: 'a.db' },
    });
    const next = config({
      server: { port: 8, host: '0.0.0.0', maxBodyBytes: 9, tls: { port: 10, cert: 'c', key: 'd' } },
      store: { use: 'postgres', url: 'postgres://u:p@h/d', retention: { taskMs: 7 } },
    });
    expect(withoutFixed(first, next)).toMatchObject({
      server: { port: 1, host: '127.0.0.1', maxBodyBytes: 9, tls: { port: 2, cert: 'c', key: 'd' } },
      store: { use: 'sqlite', path: 'a.db', retention: { taskMs: 7 } },
    });
    expect(withoutFixed(first, config()).server.tls).toEqual(first.server.tls);
    expect(withoutFixed(config(), first).server.tls).toBeUndefined();
  });
});
