/** The forms in which people write a proxy. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CallerProxy,
  PROXY_SCHEMES,
  parseProxy,
  proxyAddress,
  proxySchema,
} from '../../src/core/proxy.js';

const OPEN = { scheme: 'http', host: 'proxy.example', port: 3128 };
const LOGIN = { ...OPEN, username: 'user', password: 'pass' };

describe('parseProxy', () => {
  it.each([
    ['proxy.example:3128', OPEN],
    ['proxy.example:3128/', OPEN],
    [' proxy.example:3128 ', OPEN],
    ['http://proxy.example:3128', OPEN],
    ['HTTPS://proxy.example:3128/', { ...OPEN, scheme: 'https' }],
    ['socks4://proxy.example:3128', { ...OPEN, scheme: 'socks4' }],
    ['user:pass@proxy.example:3128', LOGIN],
    ['http://user:pass@proxy.example:3128/', LOGIN],
    ['proxy.example:3128:user:pass', LOGIN],
    ['http:proxy.example:3128:user:pass', LOGIN],
    ['socks5:198.51.100.7:1080:user:pass', { ...LOGIN, scheme: 'socks5', host: '198.51.100.7', port: 1080 }],
    ['user@proxy.example:3128', { ...OPEN, username: 'user' }],
    ['proxy.example:3128:user', { ...OPEN, username: 'user' }],
    ['user:@proxy.example:3128', { ...OPEN, username: 'user', password: '' }],
    ['user:p:a:s@s@proxy.example:3128', { ...LOGIN, password: 'p:a:s@s' }],
    ['proxy.example:3128:user:p:a@ss', { ...LOGIN, password: 'p:a@ss' }],
    ['user:pass/@proxy.example:3128', { ...LOGIN, password: 'pass/' }],
    ['[2001:db8::1]:3128', { ...OPEN, host: '2001:db8::1' }],
    ['http://user:pass@[2001:db8::1]:3128', { ...LOGIN, host: '2001:db8::1' }],
    ['socks5:[2001:db8::1]:3128:user:pass', { ...LOGIN, scheme: 'socks5', host: '2001:db8::1' }],
  ])('reads %s', (text, proxy) => {
    expect(parseProxy(text)).toEqual(proxy);
  });

  it('the scheme in the text wins over the one beside it', () => {
    expect(parseProxy('proxy.example:3128', 'socks5')?.scheme).toBe('socks5');
    expect(parseProxy('http://proxy.example:3128', 'socks5')?.scheme).toBe('http');
  });

  it.each([
    '',
    ' ',
    ':',
    '@',
    ':::',
    'proxy.example',
    'proxy.example:',
    ':3128',
    'proxy.example:0',
    'proxy.example:65536',
    'proxy.example:port',
    'gopher://proxy.example:70',
    'user:pass@',
    'user:pass@proxy.example',
    'a b:3128',
    'proxy.example:3128/path',
    'http://',
    '[2001:db8::1:3128',
    'proxy.example:3128\nX: y',
  ])('%j is none', (text) => {
    expect(parseProxy(text)).toBeUndefined();
  });

  it('takes no text that is long enough to be slow to read', () => {
    expect(parseProxy(`user:${'p'.repeat(900)}@proxy.example:3128`)?.password).toHaveLength(900);
    expect(parseProxy(`user:${'p'.repeat(2_000)}@proxy.example:3128`)).toBeUndefined();
    expect(parseProxy('@['.repeat(4_000_000))).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parseProxy(text)).not.toThrow();
      }),
    );
  });
});

describe('proxyAddress', () => {
  const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
  const password = fc
    .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 })
    .filter((text) => text.trim() === text);
  const username = fc.stringMatching(/^[\w.+%-]{1,20}$/);
  const login = fc.oneof(fc.constant({}), fc.record({ username }), fc.record({ username, password }));
  const proxy = fc
    .tuple(
      fc.record({
        scheme: fc.constantFrom(...PROXY_SCHEMES),
        host,
        port: fc.integer({ min: 1, max: 65_535 }),
      }),
      login,
    )
    .map(([address, credentials]): CallerProxy => ({ ...address, ...credentials }));

  it('is read back, whatever the password', () => {
    const property = fc.property(proxy, (given) => {
      expect(parseProxy(proxyAddress(given), given.scheme)).toEqual(given);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('leaves out what was not given', () => {
    expect(proxyAddress({ scheme: 'http', host: 'h', port: 1 })).toBe('h:1');
    expect(proxyAddress({ scheme: 'http', host: 'h', port: 1, username: 'u' })).toBe('u@h:1');
    expect(proxyAddress({ scheme: 'http', host: '2001:db8::1', port: 1 })).toBe('[2001:db8::1]:1');
  });
});

describe('proxySchema', () => {
  it.each([
    [{ host: 'proxy.example', port: '3128' }, OPEN],
    [
      { ...LOGIN, host: '[2001:db8::1]' },
      { ...LOGIN, host: '2001:db8::1' },
    ],
    ['proxy.example:3128', OPEN],
  ])('takes %j', (given, proxy) => {
    expect(proxySchema.parse(given)).toEqual(proxy);
  });

  it.each([
    [{ host: 'proxy.example' }],
    [{ port: 3128 }],
    [{ ...OPEN, scheme: 'ftp' }],
    [{ ...OPEN, host: 'a/b' }],
    [{ ...OPEN, host: 'user@h' }],
    [{ ...OPEN, port: 70_000 }],
    [{ ...OPEN, bogus: 1 }],
    [7],
    [null],
    ['nonsense'],
  ])('refuses %j', (given) => {
    expect(proxySchema.safeParse(given).success).toBe(false);
  });
});
