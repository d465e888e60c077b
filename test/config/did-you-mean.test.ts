import { describe, expect, it } from 'vitest';
import { editDistance, suggest } from '../../src/config/suggest.js';
import { configWithEntry, faultsOf, loadError, sampleClient, sampleConfig } from './samples.js';

describe('an unknown key', () => {
  it.each([
    ['at the root', sampleConfig({ loging: {} }), 'loging', 'log'],
    ['in a section', sampleConfig({ server: { prot: 1 } }), 'server.prot', 'port'],
    ['in a list', configWithEntry({ prioriti: 1 }), 'providers[0].prioriti', 'priority'],
    ['in snake case', configWithEntry({ base_url: '' }), 'providers[0].base_url', 'baseUrl'],
    [
      'deep down',
      configWithEntry({ timing: { firstPolMs: 1 } }),
      'providers[0].timing.firstPolMs',
      'firstPollMs',
    ],
    [
      'where kinds stand',
      configWithEntry({ pricesUsdPer1000: { turnstyle: 1 } }),
      'providers[0].pricesUsdPer1000.turnstyle',
      'turnstile',
    ],
    [
      'in a route',
      sampleConfig({ routing: { kinds: { turnstile: { provider: [] } } } }),
      'routing.kinds.turnstile.provider',
      'providers',
    ],
  ])('%s is met with the closest known one', (_case, config, path, known) => {
    const hint = `did you mean "${known}"?`;
    expect(faultsOf(config)).toContainEqual({ path, message: 'is not a known key', hint });
  });

  it('that is close to nothing is met with the keys there are', () => {
    expect(loadError(sampleConfig({ polling: { xyzzy: 1 } })).message).toBe(
      'polling.xyzzy: is not a known key; known here: "holdMs", "costMs", "balanceEveryMs"',
    );
  });

  it('that is no plain word stands in brackets', () => {
    expect(faultsOf(sampleConfig({ server: { 'po rt': 1 } }))[0]?.path).toBe('server["po rt"]');
  });

  it.each([
    ['{"__proto__": {"x": 1}, "clients": [], "providers": []}', '__proto__'],
    ['{"constructor": 1, "clients": [], "providers": []}', 'constructor'],
  ])('that every object has is a fault all the same: %s', (text, path) => {
    expect(faultsOf(text)).toContainEqual(expect.objectContaining({ path, message: 'is not a known key' }));
  });
});

describe('a value of a closed set', () => {
  it.each([
    [
      'kind of a provider',
      configWithEntry({ kinds: ['recapcha_v2'] }),
      'providers[0].kinds[0]',
      'recaptcha_v2',
    ],
    [
      'kind of a client',
      sampleConfig({ clients: [sampleClient({ kinds: ['turnstyle'] })] }),
      'clients[0].kinds[0]',
      'turnstile',
    ],
    ['log level', sampleConfig({ log: { level: 'warning' } }), 'log.level', 'warn'],
    ['use', configWithEntry({ use: 'captchaia' }), 'providers[0].use', 'captchaai'],
    ['strategy', sampleConfig({ routing: { strategy: 'priorty' } }), 'routing.strategy', 'priority'],
    ['store', sampleConfig({ store: { use: 'sqllite' } }), 'store.use', 'sqlite'],
  ])('%s is met with the closest known one', (_case, config, path, known) => {
    const fault = { path, message: 'is not a known value', hint: `did you mean "${known}"?` };
    expect(faultsOf(config)).toEqual([fault]);
  });

  it.each([
    [
      'client',
      sampleConfig({ clients: [sampleClient({ providers: ['captchai'] })] }),
      'clients[0].providers[0]',
    ],
    [
      'route',
      sampleConfig({ routing: { kinds: { turnstile: { providers: ['captchai'] } } } }),
      'routing.kinds.turnstile.providers[0]',
    ],
  ])('provider id of a %s is met with the closest entry', (_case, config, path) => {
    const fault = { path, message: 'is not the id of a provider', hint: 'did you mean "captchaai"?' };
    expect(faultsOf(config)).toEqual([fault]);
  });

  it.each([
    [
      sampleConfig({ log: { level: 'xyzzy' } }),
      'must be one of "trace", "debug", "info", "warn", "error", "fatal", "silent"',
    ],
    [
      sampleConfig({ log: { level: 3 } }),
      'must be one of "trace", "debug", "info", "warn", "error", "fatal", "silent"',
    ],
    [sampleConfig({ store: { use: 'mysql' } }), 'must be one of "sqlite", "postgres"'],
    [
      configWithEntry({ use: 'xyzzy' }),
      'must be one of "2captcha", "anticaptcha", "capsolver", "captchaai", "classic"',
    ],
  ])('that is close to nothing is met with the whole set', (config, message) => {
    expect(faultsOf(config).map((fault) => fault.message)).toEqual([message]);
  });
});

describe('closeness', () => {
  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['prioriti', 'priority', 1],
    ['prot', 'port', 1],
    ['kitten', 'sitting', 3],
  ])('%j and %j are %i apart', (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
    expect(editDistance(to, from)).toBe(distance);
  });

  it.each([
    ['warning', 'warn'],
    ['err', 'error'],
    ['WARN', 'warn'],
  ])('counts a word and its beginning as close: %s, %s', (given, known) => {
    expect(suggest(given, ['info', 'warn', 'error'])).toBe(known);
  });

  it.each([
    ['is', ['id'], 'id'],
    ['r-e c_a-p', ['recap'], 'recap'],
    ['abcdefghijklmnop', ['abcdefghijklxxx'], undefined],
  ])(
    'allows a slip in short words, any spacing, and three slips at most: %j, %j',
    (given, known, expected) => {
      expect(suggest(given, known)).toBe(expected);
    },
  );

  it('takes the closest of several', () => {
    expect(suggest('recaptcha_v', ['recaptcha_v2_enterprise', 'recaptcha_v3', 'hcaptcha'])).toBe(
      'recaptcha_v3',
    );
  });

  it.each(['xyzzy', '', 'q'])('finds nothing for %j', (word) => {
    expect(suggest(word, ['port', 'host', 'tls'])).toBeUndefined();
  });
});
