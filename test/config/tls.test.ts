import { expect, it } from 'vitest';
import { jsonSchema } from '../../src/config/outline.js';
import { load, loadError, sampleConfig } from './samples.js';

const tlsOf = (tls: unknown) => load(sampleConfig({ server: { tls } })).config.server.tls;

it.each([
  ['self-signed', { port: 8_443 }],
  [{ port: 0 }, { port: 0 }],
  [
    { port: 443, cert: 'c.pem', key: 'k.pem' },
    { port: 443, cert: 'c.pem', key: 'k.pem' },
  ],
])('%j is a way to say server.tls', (written, read) => {
  expect(tlsOf(written)).toEqual(read);
});

it.each([
  [{ port: 1, key: 'k' }, 'server.tls.cert: is required'],
  [{ port: 1, cert: 'c' }, 'server.tls.key: is required'],
  [{ cert: 'c', key: 'k' }, 'server.tls.port: is required'],
  ['selfsigned', 'server.tls: must be an object'],
  [{ port: 1, certificate: 'c' }, 'server.tls.certificate: is not a known key'],
])('%j is none', (written, fault) => {
  expect(loadError(sampleConfig({ server: { tls: written } })).message).toContain(fault);
});

it('editors know the word, the object and what the port may be', () => {
  expect(jsonSchema()).toHaveProperty('properties.server.properties.tls.anyOf', [
    { const: 'self-signed' },
    expect.objectContaining({
      type: 'object',
      required: ['port'],
      additionalProperties: false,
      properties: expect.objectContaining({
        port: expect.objectContaining({ anyOf: [expect.anything(), { $ref: '#/$defs/reference' }] }),
      }),
    }),
  ]);
});
