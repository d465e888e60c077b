// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how a config refers to variables
import { describe, expect, it } from 'vitest';
import { coerce } from '../../src/config/references.js';
import { configWithEntry, faultsOf, load, loadError, sampleConfig } from './samples.js';

function apiKeyOf(written: string, env: Record<string, string> = {}): string | undefined {
  return load(configWithEntry({ apiKey: written }), { env }).accounts[0]?.apiKey;
}

describe('a variable', () => {
  it.each([
    ['${KEY}', { KEY: 'abc' }, 'abc'],
    ['a-${KEY}-${KEY}-z', { KEY: 'abc' }, 'a-abc-abc-z'],
    ['${KEY:-preset}', {}, 'preset'],
    ['${KEY:-preset}', { KEY: '' }, 'preset'],
    ['${KEY:-preset}', { KEY: 'abc' }, 'abc'],
    ['${KEY:-a:-b}', {}, 'a:-b'],
    ['$${KEY}', { KEY: 'abc' }, '${KEY}'],
    ['$KEY', { KEY: 'abc' }, '$KEY'],
    ['${ONE}', { ONE: '${TWO}', TWO: 'abc' }, '${TWO}'],
    ['${KEY}', { KEY: '$&' }, '$&'],
  ])('%s with %j is %s', (written, env, expected) => {
    expect(apiKeyOf(written, env)).toBe(expected);
  });

  it('is filled in however deep it stands, but never in a key', () => {
    const config = configWithEntry({ kinds: ['${KIND}'] });
    expect(load(config, { env: { KIND: 'turnstile' } }).accounts[0]?.kinds).toEqual(['turnstile']);
    expect(faultsOf(sampleConfig({ '${KIND}': 1 }), { env: { KIND: 'log' } })[0]?.path).toBe('["${KIND}"]');
  });

  it('that is not set is a fault with its name and its place', () => {
    expect(loadError(configWithEntry({ apiKey: '${CAPTCHAAI_KEY}' })).message).toBe(
      'providers[0].apiKey: the environment variable CAPTCHAAI_KEY is not set; set it, or give a default after :-',
    );
  });

  it('is not looked for among what every object has', () => {
    expect(loadError(configWithEntry({ apiKey: '${constructor}' })).message).toContain(
      'constructor is not set',
    );
  });

  it('is named with the others of the same value', () => {
    expect(loadError(configWithEntry({ apiKey: '${ONE}${TWO}' })).message).toContain(
      'the environment variables ONE and TWO are not set',
    );
  });

  it('that is set to nothing leaves a required value empty', () => {
    const faults = faultsOf(configWithEntry({ use: '${USE}' }), { env: { USE: '' } });
    expect(faults).toEqual([{ path: 'providers[0].use', message: 'must not be empty' }]);
  });

  it.each(['${}', '${1A}', '${A-b}', '${A', 'a${', '${A:+b}'])('%s is not one', (written) => {
    const fault = { path: 'providers[0].apiKey', message: 'has a "${" that names no variable' };
    expect(faultsOf(configWithEntry({ apiKey: written }), { env: { A: 'x' } })).toEqual([
      expect.objectContaining(fault),
    ]);
  });
});

describe('a value that is exactly one variable', () => {
  it.each([
    ['${PORT}', { PORT: '9000' }, 9_000],
    ['${PORT:-9001}', {}, 9_001],
  ])('%s with %j becomes a number where one is wanted', (port, env, expected) => {
    expect(load(sampleConfig({ server: { port } }), { env }).config.server.port).toBe(expected);
  });

  it('becomes a number under a kind, too', () => {
    const config = configWithEntry({ pricesUsdPer1000: { turnstile: '${PRICE}' } });
    expect(load(config, { env: { PRICE: '1.5' } }).accounts[0]?.priceUsd('turnstile')).toBe(0.0015);
  });

  it('stays text where text is wanted, so a key of digits keeps its zeros', () => {
    expect(apiKeyOf('${KEY}', { KEY: '00123' })).toBe('00123');
  });

  it.each(['', ' 80', '0x50', '080', '80a', 'NaN', 'Infinity', '1_000'])(
    'stays what it is when it reads %j',
    (value) => {
      const faults = faultsOf(sampleConfig({ server: { port: '${PORT}' } }), { env: { PORT: value } });
      expect(faults).toEqual([{ path: 'server.port', message: 'must be a number' }]);
    },
  );

  it('is held to the bounds of its place', () => {
    const faults = faultsOf(sampleConfig({ server: { port: '${PORT}' } }), { env: { PORT: '70000' } });
    expect(faults).toEqual([{ path: 'server.port', message: 'must be at most 65535' }]);
  });

  it.each(['80${TAIL}', '80', '${HEAD}${TAIL}'])('is not %s', (port) => {
    const faults = faultsOf(sampleConfig({ server: { port } }), { env: { HEAD: '80', TAIL: '80' } });
    expect(faults).toEqual([{ path: 'server.port', message: 'must be a number' }]);
  });

  it.each([
    ['true', 'boolean', true],
    ['false', 'boolean', false],
    ['yes', 'boolean', 'yes'],
    ['true', 'string', 'true'],
    ['-1.5e3', 'number', -1_500],
    ['1.5', 'integer', 1.5],
    ['1', 'boolean', '1'],
  ] as const)('%s in a place for %s is %j', (text, type, expected) => {
    expect(coerce(text, type)).toBe(expected);
  });
});
