/** in.php as clients really send it: every spelling, form and mistake that 43 of them make. */
import { describe, expect, it } from 'vitest';
import { SolveError } from '../../src/core/errors.js';
import type { Kind } from '../../src/core/task.js';
import { fromFields } from '../../src/wire/classic.js';

const RECAPTCHA = { method: 'userrecaptcha', googlekey: 'k', pageurl: 'https://example.com/' };
const ARKOSE = { method: 'funcaptcha', publickey: 'k', pageurl: 'https://example.com/' };
const GEETEST = { pageurl: 'https://example.com/' };
const read = (sent: Readonly<Record<string, unknown>>) => fromFields(sent).task;

function codeOf(sent: Readonly<Record<string, unknown>>): string {
  try {
    return `read as ${fromFields(sent).task.kind}`;
  } catch (error) {
    return error instanceof SolveError ? error.code : String(error);
  }
}

describe('the method tells the kind', () => {
  it.each<[Kind, object]>([
    ['image_to_text', { method: 'base64', body: 'AAAA' }],
    ['image_to_text', { method: 'post', file: 'AAAA' }],
    ['image_to_text', { body: 'AAAA' }],
    ['recaptcha_v2', RECAPTCHA],
    ['recaptcha_v2', { ...RECAPTCHA, method: 'UserRecaptcha', version: 'v2', enterprise: 0 }],
    ['recaptcha_v2_enterprise', { ...RECAPTCHA, enterprise: '1' }],
    ['recaptcha_v2_enterprise', { ...RECAPTCHA, enterprise: true }],
    ['recaptcha_v3', { ...RECAPTCHA, version: 'v3' }],
    ['recaptcha_v3', { ...RECAPTCHA, version: 3 }],
    ['recaptcha_v3_enterprise', { ...RECAPTCHA, version: 'V3', enterprise: 1 }],
    ['hcaptcha', { method: 'hcaptcha', sitekey: 'k', pageurl: 'https://example.com/' }],
    ['turnstile', { method: 'turnstile', sitekey: 'k', pageurl: 'https://example.com/' }],
    ['geetest_v3', { ...GEETEST, method: 'geetest', gt: 'g', challenge: 'c' }],
    ['geetest_v4', { ...GEETEST, method: 'geetest_v4', captcha_id: 'g' }],
    ['geetest_v4', { ...GEETEST, method: 'geetest4', gt: 'g' }],
    ['geetest_v4', { ...GEETEST, method: 'geetest', version: '4', gt: 'g' }],
    ['geetest_v4', { ...GEETEST, method: 'geetest', version: 4, captcha_id: 'g' }],
    ['funcaptcha', ARKOSE],
  ])('%s from %j', (kind, sent) => {
    expect(read({ ...sent }).kind).toBe(kind);
  });

  it('takes the id of GeeTest v4 from either name', () => {
    expect(read({ ...GEETEST, method: 'geetest', version: '4', gt: 'g' }).captchaId).toBe('g');
    expect(read({ ...GEETEST, method: 'geetest_v4', captcha_id: 'c' }).captchaId).toBe('c');
  });
});

describe('fields in every form', () => {
  it('takes names in any case, and the other names that clients use', () => {
    const sent = {
      Method: 'userrecaptcha',
      GoogleKey: 'k',
      PAGEURL: 'https://example.com/',
      useragent: 'UA',
    };
    expect(read(sent)).toEqual({
      kind: 'recaptcha_v2',
      siteKey: 'k',
      pageUrl: 'https://example.com/',
      userAgent: 'UA',
    });
    expect(read({ method: 'userrecaptcha', sitekey: 'k', pageurl: 'https://example.com/' }).siteKey).toBe(
      'k',
    );
    expect(read({ ...RECAPTCHA, version: 'v3', score: '0.7' }).minScore).toBe(0.7);
    expect(read({ body: 'AAAA', minLen: '3', maxLen: '5' })).toMatchObject({ minLength: 3, maxLength: 5 });
  });

  it('counts null and empty text as not sent', () => {
    const sent = {
      ...RECAPTCHA,
      action: '',
      userAgent: null,
      'data-s': '',
      proxy: '',
      proxytype: '',
      cookies: null,
    };
    expect(fromFields(sent)).toEqual({
      task: { kind: 'recaptcha_v2', siteKey: 'k', pageUrl: 'https://example.com/' },
      ignored: [],
    });
  });

  it.each([['1'], [1], [true], ['true'], ['yes']])('takes %j for a switch that is on', (value) => {
    expect(read({ ...RECAPTCHA, invisible: value }).invisible).toBe(true);
  });

  it.each([['0'], [0], [false], ['false'], ['no']])('takes %j for a switch that is off', (value) => {
    expect(read({ ...RECAPTCHA, invisible: value })).not.toHaveProperty('invisible');
  });

  it('takes numbers as text, and numbers where text is wanted', () => {
    const sent = { method: 'base64', body: 'AAAA', numeric: '4', min_len: 2, max_len: ' 6 ', language: '0' };
    expect(read(sent)).toMatchObject({ numeric: 4, minLength: 2, maxLength: 6, languageSet: 0 });
    expect(read({ ...RECAPTCHA, googlekey: 12345 }).siteKey).toBe('12345');
  });

  it('takes base64 with line breaks and with a data URI in front', () => {
    const lines = 'data:image/png;base64,iVBO\r\nRw0K\n Ggo=';
    expect(read({ method: 'base64', body: lines }).imageBase64).toBe('iVBORw0KGgo=');
    expect(read({ method: 'post', raw64: 'AA\nAA' }).imageBase64).toBe('AAAA');
  });

  it('takes a page URL without its scheme', () => {
    expect(read({ ...RECAPTCHA, pageurl: 'example.com/login' }).pageUrl).toBe('example.com/login');
  });

  it.each([
    ['a:b;c:d', { a: 'b', c: 'd' }],
    ['a=b; c=d=e', { a: 'b', c: 'd=e' }],
    [{ a: 'b' }, { a: 'b' }],
  ])('takes cookies as %j', (cookies, expected) => {
    expect(read({ ...RECAPTCHA, cookies }).cookies).toEqual(expected);
  });

  it.each([
    [{ 'data[blob]': 'x' }, { blob: 'x' }],
    [
      { 'data[Blob]': 'x', 'DATA[two]': 2 },
      { Blob: 'x', two: '2' },
    ],
    [{ 'data[a.b]': 'x' }, { 'a.b': 'x' }],
    [{ data: { blob: 'x' } }, { blob: 'x' }],
    [{ data: '{"blob":"x"}' }, { blob: 'x' }],
    [{ data: 'x' }, { blob: 'x' }],
  ])('takes the data of Arkose as %j', (sent, expected) => {
    expect(fromFields({ ...ARKOSE, ...sent })).toEqual({
      task: { kind: 'funcaptcha', publicKey: 'k', pageUrl: 'https://example.com/', data: expected },
      ignored: [],
    });
  });
});

describe('proxies', () => {
  const proxy = { scheme: 'http', host: '198.51.100.7', port: 3128, username: 'user', password: 'pa:ss' };

  it.each([
    [{ proxy: 'user:pa:ss@198.51.100.7:3128', proxytype: 'HTTP' }],
    [{ proxy: 'user:pa:ss@198.51.100.7:3128' }],
    [{ proxy: 'http://user:pa:ss@198.51.100.7:3128/' }],
    [{ proxy: 'http:198.51.100.7:3128:user:pa:ss' }],
    [{ proxy: '198.51.100.7:3128:user:pa:ss', proxytype: 'http' }],
    [{ proxy: { host: '198.51.100.7', port: '3128', username: 'user', password: 'pa:ss' } }],
  ])('%j', (sent) => {
    expect(read({ ...RECAPTCHA, ...sent }).proxy).toEqual(proxy);
  });

  it('takes the type from beside the address', () => {
    const sent = { proxy: '198.51.100.7:1080', proxytype: 'SOCKS5' };
    expect(read({ ...RECAPTCHA, ...sent }).proxy).toEqual({
      scheme: 'socks5',
      host: '198.51.100.7',
      port: 1080,
    });
  });

  it.each([
    [{ proxy: 'nonsense' }],
    [{ proxy: '198.51.100.7:99999' }],
    [{ proxy: '198.51.100.7:1080', proxytype: 'GOPHER' }],
    [{ proxy: { host: '198.51.100.7' } }],
  ])('%j is a proxy error', (sent) => {
    expect(codeOf({ ...RECAPTCHA, ...sent })).toBe('proxy_error');
  });
});

describe('what is wrong is said with the code that clients know', () => {
  it.each([
    ['bad_page_url', { method: 'userrecaptcha', googlekey: 'k' }],
    ['bad_page_url', { ...RECAPTCHA, pageurl: 'javascript:alert(1)' }],
    ['bad_page_url', { ...RECAPTCHA, pageurl: 'ftp://example.com/' }],
    ['bad_sitekey', { method: 'userrecaptcha', pageurl: 'https://example.com/' }],
    ['bad_sitekey', { method: 'funcaptcha', pageurl: 'https://example.com/' }],
    ['bad_sitekey', { ...GEETEST, method: 'geetest', challenge: 'c' }],
    ['bad_sitekey', { ...GEETEST, method: 'geetest_v4' }],
    ['image_error', { method: 'base64' }],
    ['image_error', { method: 'base64', body: '<not base64>' }],
    ['bad_request', {}],
    ['bad_request', { ...GEETEST, method: 'geetest', gt: 'g' }],
    ['bad_request', { method: 'base64', body: 'AAAA', numeric: '7' }],
    ['bad_request', { ...RECAPTCHA, version: 'v3', min_score: 'high' }],
  ])('%s for %j', (code, sent) => {
    expect(codeOf(sent)).toBe(code);
  });

  it('the page URL is named before the site key, whatever the order', () => {
    expect(codeOf({ method: 'userrecaptcha' })).toBe('bad_page_url');
  });
});

describe('names nobody knows', () => {
  it('are listed as the client spelled them, envelope and known names are not', () => {
    const sent = {
      ...RECAPTCHA,
      key: 'x',
      json: 1,
      soft_id: '1899',
      header_acao: 1,
      pingback: 'https://c.example/',
      Bogus: 'x',
      minScore: '0.3',
      offline: '1',
    };
    expect(fromFields(sent).ignored).toEqual(['pingback', 'Bogus', 'minScore', 'offline']);
  });
});
