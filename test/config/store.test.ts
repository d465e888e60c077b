// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how a config refers to variables
import { expect, it } from 'vitest';
import { faultsOf, load, loadError, sampleConfig } from './samples.js';

const URL = 'postgres://gateway:S3cr3tValue@db.example/captchas';
const retention = { solutionMs: 1_800_000, taskMs: 86_400_000, scorecardMs: 2_592_000_000 };
const env = { DATABASE_URL: URL, OTHER: 'mysql://gateway:S3cr3tValue@db.example/captchas' };
const configOf = (store: object) => sampleConfig({ store });

it.each([
  [{}, { use: 'sqlite', path: 'data/gateway.db', durability: 'process', retention }],
  [
    { path: 'x.db', durability: 'power' },
    { use: 'sqlite', path: 'x.db', durability: 'power', retention },
  ],
  [
    { use: 'postgres', url: '${DATABASE_URL}' },
    { use: 'postgres', url: URL, retention },
  ],
])('%j is a store', (written, read) => {
  expect(load(configOf(written), { env }).config.store).toEqual(read);
});

it.each([
  [{ use: 'postgres' }, 'store.url', 'is required'],
  [{ url: URL }, 'store.url', 'does not go with "use": "sqlite"'],
  [{ use: 'postgres', url: URL, path: 'x.db' }, 'store.path', 'does not go with "use": "postgres"'],
  [
    { use: 'postgres', url: URL, durability: 'power' },
    'store.durability',
    'does not go with "use": "postgres"',
  ],
  [{ use: 'postgres', url: '${OTHER}' }, 'store.url', 'must be like postgres://user:password@host/database'],
])('%j is none, and the secret is not repeated', (written, path, message) => {
  expect(faultsOf(configOf(written), { env })).toEqual([{ path, message }]);
  expect(String(loadError(configOf(written), { env }).stack)).not.toContain('S3cr3tValue');
});
