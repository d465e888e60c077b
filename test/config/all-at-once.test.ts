// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how a config refers to variables
import { expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config-error.js';
import { faultsOf, loadError, sampleClient, sampleConfig, sampleEntry } from './samples.js';

const BROKEN = {
  server: { port: 70_000 },
  clients: [sampleClient({ providers: ['captchai'] }), sampleClient({ key: '${UNSET}' })],
  providers: [
    sampleEntry({ prioriti: 1 }),
    sampleEntry({ id: 'house', use: 'classic', apiKey: '@./missing' }),
    sampleEntry({ id: 'other', use: 'captchaia', threads: 0 }),
  ],
  log: { level: 'inof' },
};

it('reports the faults of references, keys, values and entries together', () => {
  expect(
    faultsOf(BROKEN)
      .map(({ path }) => path)
      .sort(),
  ).toEqual([
    'clients[0].providers[0]',
    'clients[1].id',
    'clients[1].key',
    'log.level',
    'providers[0].prioriti',
    'providers[1].apiKey',
    'providers[1].baseUrl',
    'providers[2].threads',
    'providers[2].use',
    'server.port',
  ]);
});

it('prints one line for each, with its path and its hint', () => {
  const error = loadError(BROKEN);
  expect(error).toBeInstanceOf(ConfigError);
  expect(error.name).toBe('ConfigError');
  const lines = error.message.split('\n');
  expect(lines).toHaveLength(error.issues.length);
  expect(lines).toContain('providers[0].prioriti: is not a known key; did you mean "priority"?');
  expect(lines).toContain('server.port: must be at most 65535');
});

it('says one thing about one place', () => {
  const faults = faultsOf(sampleConfig({ clients: [sampleClient({ key: '${UNSET}' })] }));
  expect(faults).toEqual([expect.objectContaining({ path: 'clients[0].key' })]);
});

it('does not take two keys that cannot be read for the same key', () => {
  const clients = [
    { id: 'one', key: '${A}' },
    { id: 'two', key: '${B}' },
  ];
  expect(faultsOf(sampleConfig({ clients })).map(({ message }) => message)).toEqual([
    'the environment variable A is not set',
    'the environment variable B is not set',
  ]);
});

it.each([
  [{ clients: 'qa', providers: {} }, ['clients: must be a list', 'providers: must be a list']],
  [{}, ['clients: is required', 'providers: is required']],
  [
    { clients: [], providers: [] },
    ['clients: must have at least one entry', 'providers: must have at least one entry'],
  ],
  [{ clients: [7], providers: [null] }, ['clients[0]: must be an object', 'providers[0]: must be an object']],
  [
    sampleConfig({ routing: { kinds: 7 }, breaker: null }),
    ['routing.kinds: must be an object', 'breaker: must be an object'],
  ],
])('survives sections of the wrong shape: %j', (config, lines) => {
  expect(loadError(config).message.split('\n')).toEqual(lines);
});
