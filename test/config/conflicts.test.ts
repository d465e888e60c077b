import { describe, expect, it } from 'vitest';
import { keySha256 } from '../../src/config/key.js';
import { configWithEntry, faultsOf, load, sampleClient, sampleConfig, sampleEntry } from './samples.js';

describe('entries that repeat each other', () => {
  it('share a client id', () => {
    const clients = [sampleClient(), sampleClient({ key: 'other' })];
    expect(faultsOf(sampleConfig({ clients }))).toEqual([
      { path: 'clients[1].id', message: 'is the same as clients[0].id' },
    ]);
  });

  it.each([
    ['as text', 'qa-key', 'qa-key'],
    ['once hashed', 'qa-key', `sha256:${keySha256('qa-key')}`],
    ['hashed in other letters', `sha256:${'ab'.repeat(32)}`, `sha256:${'AB'.repeat(32)}`],
  ])('share a client key, %s', (_case, one, other) => {
    const clients = [sampleClient({ key: one }), sampleClient({ id: 'two', key: other })];
    expect(faultsOf(sampleConfig({ clients }))).toEqual([
      { path: 'clients[1].key', message: 'is the same as clients[0].key' },
    ]);
  });

  it('share a provider id, as often as they do', () => {
    const providers = [sampleEntry(), sampleEntry({ use: '2captcha' }), sampleEntry()];
    expect(faultsOf(sampleConfig({ providers })).map(({ path }) => path)).toEqual([
      'providers[1].id',
      'providers[2].id',
    ]);
  });

  it.each([
    ['kinds', configWithEntry({ kinds: ['turnstile', 'turnstile'] }), 'providers[0].kinds'],
    [
      'providers',
      sampleConfig({ clients: [sampleClient({ providers: ['captchaai', 'captchaai'] })] }),
      'clients[0].providers',
    ],
    [
      'routes',
      sampleConfig({ routing: { kinds: { turnstile: { providers: ['captchaai', 'captchaai'] } } } }),
      'routing.kinds.turnstile.providers',
    ],
  ])('repeat themselves in a list of %s', (_case, config, path) => {
    expect(faultsOf(config)).toEqual([{ path, message: 'must not name the same twice' }]);
  });

  it('are found beside faults of their own', () => {
    const clients = [sampleClient(), sampleClient({ id: 7 })];
    expect(faultsOf(sampleConfig({ clients })).map(({ path }) => path)).toEqual([
      'clients[1].id',
      'clients[1].key',
    ]);
  });

  it('may be two accounts at one service', () => {
    const providers = [sampleEntry(), sampleEntry({ id: 'captchaai-eu' })];
    expect(load(sampleConfig({ providers })).accounts).toHaveLength(2);
  });
});

describe('an entry of providers', () => {
  it('names kinds its provider does not speak', () => {
    expect(faultsOf(configWithEntry({ kinds: ['turnstile', 'funcaptcha'] }))).toEqual([
      { path: 'providers[0].kinds[1]', message: 'captchaai does not speak funcaptcha' },
    ]);
  });

  it('may name kinds its provider speaks but is not asked for otherwise', () => {
    expect(load(configWithEntry({ kinds: ['hcaptcha'] })).accounts[0]?.kinds).toEqual(['hcaptcha']);
  });

  it('needs a base URL where the provider has none', () => {
    expect(faultsOf(configWithEntry({ use: 'classic' }))).toEqual([
      { path: 'providers[0].baseUrl', message: 'is required: classic has no address of its own' },
    ]);
  });
});

describe('a route', () => {
  const routed = (providers: readonly unknown[], entries: readonly object[]) =>
    sampleConfig({ providers: entries, routing: { kinds: { hcaptcha: { providers } } } });

  it('names an account that is not asked for the kind', () => {
    expect(faultsOf(routed(['captchaai'], [sampleEntry()]))).toEqual([
      {
        path: 'routing.kinds.hcaptcha.providers[0]',
        message: 'is not asked for hcaptcha',
        hint: 'add the kind to its kinds, or take it out here',
      },
    ]);
  });

  it("goes by the entry's own kinds where it has some", () => {
    const narrowed = sampleEntry({ kinds: ['turnstile'] });
    const widened = sampleEntry({ id: 'wide', kinds: ['hcaptcha'] });
    expect(faultsOf(routed(['captchaai', 'wide'], [narrowed, widened])).map(({ path }) => path)).toEqual([
      'routing.kinds.hcaptcha.providers[0]',
    ]);
  });

  it.each([
    ['kinds', sampleEntry({ kinds: ['hcapcha'] }), 'providers[0].kinds[0]'],
    ['id', sampleEntry({ id: 7 }), 'providers[0].id'],
    ['use', sampleEntry({ use: 'captchai' }), 'providers[0].use'],
  ])('is not blamed for an entry whose %s cannot be read', (_case, entry, path) => {
    expect(faultsOf(routed(['captchaai'], [entry])).map((fault) => fault.path)).toEqual([path]);
  });

  it('may mean an entry whose id cannot be read', () => {
    const entries = [sampleEntry({ kinds: ['hcaptcha'] }), sampleEntry({ id: 7 })];
    expect(faultsOf(routed(['captchaai', 'house'], entries)).map(({ path }) => path)).toEqual([
      'providers[1].id',
    ]);
  });

  it('names at least one account', () => {
    expect(faultsOf(routed([], [sampleEntry()]))).toEqual([
      { path: 'routing.kinds.hcaptcha.providers', message: 'must have at least one entry' },
    ]);
  });
});

describe('the wire of an entry', () => {
  const wireOf = (keys: object) => load(configWithEntry(keys)).accounts[0]?.provider.wire;

  it("is the provider's own choice, or the other one where the service has two", () => {
    expect(wireOf({ use: '2captcha' })).toBe('classic');
    expect(wireOf({ use: '2captcha', wire: 'classic' })).toBe('classic');
    expect(wireOf({ use: '2captcha', wire: 'json' })).toBe('json');
    expect(wireOf({ use: 'anticaptcha', wire: 'json' })).toBe('json');
  });

  it('cannot be one that the service does not speak', () => {
    expect(faultsOf(configWithEntry({ use: 'captchaai', wire: 'json' }))).toEqual([
      {
        path: 'providers[0].wire',
        message: 'captchaai has one wire only',
        hint: 'captchaai speaks the classic wire: leave this key out',
      },
    ]);
    expect(faultsOf(configWithEntry({ use: '2captcha', wire: 'soap' })).map(({ path }) => path)).toEqual([
      'providers[0].wire',
    ]);
  });

  it('decides which kinds there are', () => {
    const kinds = ['recaptcha_v2'];
    expect(load(configWithEntry({ use: '2captcha', kinds })).accounts[0]?.kinds).toEqual(kinds);
    expect(faultsOf(configWithEntry({ use: '2captcha', wire: 'json', kinds }))).toEqual([
      { path: 'providers[0].kinds[0]', message: '2captcha does not speak recaptcha_v2' },
    ]);
  });

  it('lets what is passed through in where no kinds are named', () => {
    expect(load(configWithEntry({})).accounts[0]?.takesPassed).toBe(true);
    expect(load(configWithEntry({ kinds: ['turnstile'] })).accounts[0]?.takesPassed).toBe(false);
  });
});
