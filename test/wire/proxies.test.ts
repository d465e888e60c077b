/** The five ways in which proxies are written on the old wires: each said, all of them read. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallerProxy, PROXY_SCHEMES } from '../../src/core/proxy.js';
import type { Task } from '../../src/core/task.js';
import { fromFields, toFields } from '../../src/wire/classic.js';
import { fromMembers, toMembers } from '../../src/wire/json.js';
import { classicRow, codeOf, jsonRow } from './exchanges.js';

const page = { pageUrl: 'https://example.com/', siteKey: 'k' };
const open: CallerProxy = { scheme: 'http', host: 'proxy.example', port: 3128 };
const login: CallerProxy = {
  scheme: 'socks5',
  host: '198.51.100.7',
  port: 1080,
  username: 'user',
  password: 'p@ss:word',
};
const v6: CallerProxy = { ...login, host: '2001:db8::7' };

const taskWith = (proxy: CallerProxy): Task => ({ kind: 'recaptcha_v2', ...page, proxy });
const classic = (proxy: CallerProxy) => toFields(taskWith(proxy), classicRow('recaptcha_v2'));
const json = (proxy: CallerProxy, shape: 'split' | 'text' | 'url') => {
  const {
    type: _type,
    websiteURL: _url,
    websiteKey: _key,
    ...members
  } = toMembers(taskWith(proxy), jsonRow('recaptcha_v2'), shape);
  return members;
};

/** What a client's proxy is taken for on either wire. */
const readClassic = (sent: object) => {
  return fromFields({ method: 'userrecaptcha', googlekey: 'k', pageurl: 'https://example.com/', ...sent })
    .task.proxy;
};
const readJson = (sent: object) => {
  return fromMembers({
    type: 'RecaptchaV2Task',
    websiteURL: 'https://example.com/',
    websiteKey: 'k',
    ...sent,
  }).task.proxy;
};

describe('said', () => {
  it('as two parameters', () => {
    expect(classic(open)).toMatchObject({ proxy: 'proxy.example:3128', proxytype: 'HTTP' });
    expect(classic(login)).toMatchObject({ proxy: 'user:p@ss:word@198.51.100.7:1080', proxytype: 'SOCKS5' });
    expect(classic(v6)).toMatchObject({ proxy: 'user:p@ss:word@[2001:db8::7]:1080' });
  });

  it('as members', () => {
    expect(json(open, 'split')).toEqual({
      proxyType: 'http',
      proxyAddress: 'proxy.example',
      proxyPort: 3128,
    });
    expect(json(v6, 'split')).toEqual({
      proxyType: 'socks5',
      proxyAddress: '2001:db8::7',
      proxyPort: 1080,
      proxyLogin: 'user',
      proxyPassword: 'p@ss:word',
    });
  });

  it('as one text with colons', () => {
    expect(json(open, 'text')).toEqual({ proxy: 'http:proxy.example:3128' });
    expect(json(login, 'text')).toEqual({ proxy: 'socks5:198.51.100.7:1080:user:p@ss:word' });
    expect(json(v6, 'text')).toEqual({ proxy: 'socks5:[2001:db8::7]:1080:user:p@ss:word' });
  });

  it('as a URL', () => {
    expect(json(open, 'url')).toEqual({ proxy: 'http://proxy.example:3128' });
    expect(json(login, 'url')).toEqual({ proxy: 'socks5://user:p@ss:word@198.51.100.7:1080' });
    expect(json(v6, 'url')).toEqual({ proxy: 'socks5://user:p@ss:word@[2001:db8::7]:1080' });
  });
});

describe('read', () => {
  it.each([
    [{ proxy: 'user:p@ss:word@198.51.100.7:1080', proxytype: 'SOCKS5' }, login],
    [{ proxy: 'user:p@ss:word@198.51.100.7:1080', proxyType: 'socks5' }, login],
    [{ proxy: 'socks5://user:p@ss:word@198.51.100.7:1080/' }, login],
    [{ proxy: 'socks5:198.51.100.7:1080:user:p@ss:word' }, login],
    [{ proxy: 'SOCKS5://user:p@ss:word@198.51.100.7:1080', proxytype: 'HTTP' }, login],
    [{ proxy: { ...login } }, login],
    [{ proxy: 'user:p@ss:word@[2001:db8::7]:1080', proxytype: 'SOCKS5' }, v6],
    [{ proxy: 'socks5:[2001:db8::7]:1080:user:p@ss:word' }, v6],
    [{ proxy: 'socks5://user:p@ss:word@[2001:db8::7]:1080' }, v6],
    [{ proxy: { ...v6, host: '[2001:db8::7]' } }, v6],
    [{ proxy: 'proxy.example:3128' }, open],
    [{ proxy: 'http://proxy.example:3128' }, open],
  ])('%j, on both wires', (sent, proxy) => {
    expect(readClassic(sent)).toEqual(proxy);
    expect(readJson(sent)).toEqual(proxy);
  });

  it.each([
    [
      {
        proxyType: 'SOCKS5',
        proxyAddress: '198.51.100.7',
        proxyPort: '1080',
        proxyLogin: 'user',
        proxyPassword: 'p@ss:word',
      },
      login,
    ],
    [
      {
        proxyType: 'socks5',
        proxyAddress: '[2001:db8::7]',
        proxyPort: 1080,
        proxyLogin: 'user',
        proxyPassword: 'p@ss:word',
      },
      v6,
    ],
    [{ proxyAddress: 'proxy.example', proxyPort: 3128 }, open],
    [{ proxyAddress: 'proxy.example', proxyPort: 3128, proxyLogin: '', proxyPassword: null }, open],
    [
      { proxyAddress: 'proxy.example', proxyPort: 3128, proxyLogin: 42, proxyPassword: 7 },
      { ...open, username: '42', password: '7' },
    ],
  ])('%j, as members', (sent, proxy) => {
    expect(readJson(sent)).toEqual(proxy);
  });

  it.each([
    ['nonsense'],
    ['2001:db8::7:1080x'],
    ['gopher://198.51.100.7:70'],
    ['198.51.100.7'],
    ['198.51.100.7:0'],
    ['198.51.100.7:65536'],
    ['user:pass@:80'],
    ['x'.repeat(2_000)],
  ])('%j is a proxy error', (proxy) => {
    expect(codeOf(() => readClassic({ proxy }))).toBe('proxy_error');
    expect(codeOf(() => readJson({ proxy }))).toBe('proxy_error');
  });
});

it('whatever the login holds, every way of saying it is read back', () => {
  const name = fc.stringMatching(/^[\w.+%@!-]{1,12}$/).filter((text) => !text.includes(':'));
  const password = fc.stringMatching(/^[\w.+%@:!/#?&-]{1,12}$/);
  const proxies = fc.record({
    scheme: fc.constantFrom(...PROXY_SCHEMES),
    host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
    port: fc.integer({ min: 1, max: 65_535 }),
    username: name.filter((text) => !text.includes('@')),
    password,
  });
  const property = fc.property(proxies, (proxy) => {
    expect(readClassic(classic(proxy))).toEqual(proxy);
    expect(readJson(json(proxy, 'split'))).toEqual(proxy);
    expect(readJson(json(proxy, 'url'))).toEqual(proxy);
  });
  fc.assert(property, { numRuns: 500 });
});
