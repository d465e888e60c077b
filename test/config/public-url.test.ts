/** The address that providers call, and which of them are asked to. */
import { describe, expect, it } from 'vitest';
import { faultsOf, load, sampleConfig, sampleEntry } from './samples.js';

const PUBLIC_URL = 'https://gateway.example.com';

/** Whether the one account of such a config is asked to call. */
function isAsked(entry: object, server: object = { publicUrl: PUBLIC_URL }): boolean | undefined {
  return load(sampleConfig({ server, providers: [sampleEntry(entry)] })).accounts[0]?.callsBack;
}

describe('server.publicUrl', () => {
  it.each([
    PUBLIC_URL,
    `${PUBLIC_URL}/captcha/`,
    'http://127.0.0.1:8080',
    'http://10.0.0.1',
    'http://[fd00::1]',
  ])('%s is taken', (publicUrl) => {
    expect(load(sampleConfig({ server: { publicUrl } })).config.server.publicUrl).toBe(publicUrl);
  });

  it.each([
    ['http://gateway.example.com', 'must be https; http is for loopback and private addresses only'],
    ['http://8.8.8.8', 'must be https; http is for loopback and private addresses only'],
    ['gateway.example.com', 'must be an absolute http(s) URL'],
    ['ftp://gateway.example.com', 'must be an absolute http(s) URL'],
    ['https://gateway.example.com/?key=1', 'must not have a query or a fragment'],
    ['https://me:word@gateway.example.com', 'must not hold credentials'],
  ])('%s is refused', (publicUrl, message) => {
    const faults = faultsOf(sampleConfig({ server: { publicUrl } }));
    expect(faults).toEqual([{ path: 'server.publicUrl', message }]);
  });
});

describe('a provider', () => {
  it('is asked to call where its page says that it does, and others only where the config says so', () => {
    expect(isAsked({})).toBe(true);
    expect(isAsked({ use: '2captcha' })).toBe(false);
    expect(isAsked({ use: '2captcha', callbacks: true })).toBe(true);
    expect(isAsked({ use: 'capsolver' })).toBe(false);
    expect(isAsked({ callbacks: false })).toBe(false);
  });

  it('is asked by nobody without an address', () => {
    expect(isAsked({}, {})).toBe(false);
    expect(isAsked({ callbacks: false }, {})).toBe(false);
  });

  it('outside is not asked to call into a private network, unless the config says so', () => {
    const server = { publicUrl: 'http://10.0.0.1:8080' };
    expect(isAsked({}, server)).toBe(false);
    expect(isAsked({ callbacks: true }, server)).toBe(true);
    expect(isAsked({ baseUrl: 'http://10.0.0.2' }, server)).toBe(true);
  });

  it('that calls nobody cannot be asked', () => {
    const providers = [sampleEntry({ use: 'capsolver', callbacks: true })];
    expect(faultsOf(sampleConfig({ server: { publicUrl: PUBLIC_URL }, providers }))).toEqual([
      { path: 'providers[0].callbacks', message: 'capsolver calls nobody back', hint: 'leave this key out' },
    ]);
  });

  it('cannot be asked without an address to call', () => {
    const providers = [sampleEntry({ callbacks: true })];
    const message = 'needs server.publicUrl, which it would call';
    for (const server of [undefined, { port: 0 }])
      expect(faultsOf(sampleConfig({ server, providers }))).toEqual([
        { path: 'providers[0].callbacks', message },
      ]);
  });
});
