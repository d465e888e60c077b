// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how a config refers to variables
/** What of a config is blanked in the log. */
import { expect, it } from 'vitest';
import { secretsIn } from '../../src/config/secrets.js';
import { load, sampleClient, sampleConfig, sampleEntry } from './samples.js';

it('finds every key, secret and password, and nothing else', () => {
  const loaded = load(
    sampleConfig({
      admin: { key: 'admin-key-admin-key' },
      clients: [
        sampleClient({ key: '${QA_KEY}' }),
        sampleClient({ id: 'two', key: `sha256:${'ab'.repeat(32)}` }),
      ],
      providers: [sampleEntry({ apiKey: 'account-key' })],
      callbacks: { secret: 'whsec_c2VjcmV0IG9mIHRoZSBjYWxsYmFja3M=' },
      store: { use: 'postgres', url: 'postgres://gate:pass%20word@db.example:5432/tasks' },
    }),
    { env: { QA_KEY: 'client-key' } },
  );
  expect([...secretsIn(loaded.config)].sort()).toEqual(
    [
      'whsec_c2VjcmV0IG9mIHRoZSBjYWxsYmFja3M=',
      'admin-key-admin-key',
      'pass%20word',
      'account-key',
      'client-key',
      'pass word',
    ].sort(),
  );
});

it('leaves paths of files and short words alone', () => {
  expect(secretsIn({ server: { tls: { key: 'certificates/key.pem' } }, admin: { key: 'abc' } })).toEqual([]);
});
