// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how a config refers to variables
import { expect, it } from 'vitest';
import { loadError, sampleClient, sampleConfig, sampleEntry } from './samples.js';

const SECRET = 'S3cr3tValue';
const env = { SECRET, SPACED: `${SECRET} ` };

/** Every place a secret may end up in, by a slip of the operator, and be found wrong there. */
const SLIPS = {
  'a key with a space': sampleConfig({ clients: [sampleClient({ key: `${SECRET} x` })] }),
  'a key with a space from outside': sampleConfig({ clients: [sampleClient({ key: '${SPACED}' })] }),
  'a hash that is none': sampleConfig({ clients: [sampleClient({ key: `sha256:${SECRET}` })] }),
  'the admin key': sampleConfig({ admin: { key: `${SECRET} x` } }),
  'a key used twice': sampleConfig({
    clients: [sampleClient({ key: SECRET }), sampleClient({ id: 'two', key: '${SECRET}' })],
  }),
  'an upstream key with a space': sampleConfig({ providers: [sampleEntry({ apiKey: `${SECRET} x` })] }),
  'an upstream key as an object': sampleConfig({ providers: [sampleEntry({ apiKey: { value: SECRET } })] }),
  'a password in a base URL': sampleConfig({
    providers: [sampleEntry({ baseUrl: `https://me:${SECRET}@solver.example.net` })],
  }),
  'a key in the query of a base URL': sampleConfig({
    providers: [sampleEntry({ baseUrl: `https://solver.example.net/?key=${SECRET}` })],
  }),
  'a broken base URL': sampleConfig({ providers: [sampleEntry({ baseUrl: SECRET })] }),
  'a wrong name of a provider file': sampleConfig({ providers: [sampleEntry({ use: '${SECRET}' })] }),
  'a wrong kind': sampleConfig({ clients: [sampleClient({ kinds: ['${SECRET}'] })] }),
  'an id and a key swapped': sampleConfig({
    clients: [sampleClient({ providers: ['captchaai'] })],
    providers: [sampleEntry({ id: SECRET, apiKey: 'captchaai' })],
  }),
  'a number': sampleConfig({ server: { port: '${SECRET}' } }),
  'a level': sampleConfig({ log: { level: '${SECRET}' } }),
  'a broken reference': sampleConfig({ providers: [sampleEntry({ apiKey: `${SECRET}\${` })] }),
  'a file that is not there': sampleConfig({ providers: [sampleEntry({ apiKey: '@./${SECRET}' })] }),
  'a broken file': `{ "clients": [{ "key": "${SECRET}" "id": "qa" }] }`,
  'a broken text': `{ "clients": [{ "key": "${SECRET}\n" }] }`,
};

it.each(Object.entries(SLIPS))('a fault in %s does not repeat it', (_case, config) => {
  const error = loadError(config, { env });
  expect(error.issues.length).toBeGreaterThan(0);
  expect(`${error.message} ${JSON.stringify(error.issues)} ${error.stack}`).not.toContain(SECRET);
  expect(error.cause).toBeUndefined();
});

it('a hint tells what was meant, not what was given', () => {
  const { message } = loadError(sampleConfig({ log: { level: 'infoo' } }));
  expect(message).toContain('"info"');
  expect(message).not.toContain('infoo');
});
