/** createTask as clients really send it: every type name, member name and form of the four services. */
import { describe, expect, it } from 'vitest';
import { SolveError } from '../../src/core/errors.js';
import type { Kind } from '../../src/core/task.js';
import { fromMembers } from '../../src/wire/json.js';

const PAGE = { websiteURL: 'https://example.com/', websiteKey: 'k' };
const V2 = { type: 'RecaptchaV2TaskProxyless', ...PAGE };
const ARKOSE = { type: 'FunCaptchaTask', websiteURL: 'https://example.com/', websitePublicKey: 'k' };
const GEETEST = { websiteURL: 'https://example.com/' };
const read = (sent: Readonly<Record<string, unknown>>) => fromMembers(sent).task;

function codeOf(sent: Readonly<Record<string, unknown>>): string {
  try {
    return `read as ${fromMembers(sent).task.kind}`;
  } catch (error) {
    return error instanceof SolveError ? error.code : String(error);
  }
}

describe('the type tells the kind', () => {
  it.each<[Kind, string]>([
    ['recaptcha_v2', 'RecaptchaV2TaskProxyless'],
    ['recaptcha_v2', 'RecaptchaV2Task'],
    ['recaptcha_v2', 'ReCaptchaV2TaskProxyLess'],
    ['recaptcha_v2', 'ReCaptchaV2TaskProxyless'],
    ['recaptcha_v2', 'RecaptchaV2TaskProxyLess'],
    ['recaptcha_v2', 'ReCaptchaV2Task'],
    ['recaptcha_v2', 'NoCaptchaTaskProxyless'],
    ['recaptcha_v2', 'NoCaptchaTask'],
    ['recaptcha_v2_enterprise', 'RecaptchaV2EnterpriseTaskProxyless'],
    ['recaptcha_v2_enterprise', 'RecaptchaV2EnterpriseTask'],
    ['recaptcha_v2_enterprise', 'ReCaptchaV2EnterpriseTaskProxyLess'],
    ['recaptcha_v2_enterprise', 'ReCaptchaV2EnterpriseTask'],
    ['recaptcha_v3', 'RecaptchaV3TaskProxyless'],
    ['recaptcha_v3', 'ReCaptchaV3TaskProxyLess'],
    ['recaptcha_v3', 'ReCaptchaV3Task'],
    ['recaptcha_v3_enterprise', 'RecaptchaV3EnterpriseTask'],
    ['recaptcha_v3_enterprise', 'ReCaptchaV3EnterpriseTaskProxyLess'],
    ['recaptcha_v3_enterprise', 'ReCaptchaV3EnterpriseTask'],
    ['hcaptcha', 'HCaptchaTaskProxyless'],
    ['hcaptcha', 'HCaptchaTask'],
    ['turnstile', 'TurnstileTaskProxyless'],
    ['turnstile', 'TurnstileTask'],
    ['turnstile', 'AntiTurnstileTaskProxyLess'],
  ])('%s from %s', (kind, type) => {
    expect(read({ type, ...PAGE }).kind).toBe(kind);
  });

  it.each<[Kind, object]>([
    ['image_to_text', { type: 'ImageToTextTask', body: 'AAAA' }],
    ['recaptcha_v2_enterprise', { ...V2, isEnterprise: true }],
    ['recaptcha_v3_enterprise', { type: 'RecaptchaV3TaskProxyless', ...PAGE, isEnterprise: 'true' }],
    ['geetest_v3', { ...GEETEST, type: 'GeeTestTask', gt: 'g', challenge: 'c' }],
    ['geetest_v3', { ...GEETEST, type: 'GeeTestTaskProxyLess', version: 3, gt: 'g', challenge: 'c' }],
    ['geetest_v4', { ...GEETEST, type: 'GeeTestTaskProxyless', version: 4, gt: 'g' }],
    ['geetest_v4', { ...GEETEST, type: 'GeeTestTask', version: '4', initParameters: { captcha_id: 'g' } }],
    ['geetest_v4', { ...GEETEST, type: 'GeeTestTaskProxyLess', captchaId: 'g' }],
    ['funcaptcha', ARKOSE],
    ['funcaptcha', { ...ARKOSE, type: 'FunCaptchaTaskProxyless' }],
  ])('%s from %j', (kind, sent) => {
    expect(read({ ...sent }).kind).toBe(kind);
  });

  it('takes the id of GeeTest v4 from any of its three names', () => {
    const v4 = { ...GEETEST, type: 'GeeTestTask', version: 4 };
    expect(read({ ...v4, gt: 'a' }).captchaId).toBe('a');
    expect(read({ ...v4, captchaId: 'b' }).captchaId).toBe('b');
    expect(read({ ...v4, initParameters: { captcha_id: 'c', risk_type: 'slide' } })).toMatchObject({
      captchaId: 'c',
      riskType: 'slide',
    });
  });
});

describe('members in every form', () => {
  it('takes names in any case, and the other names that services use', () => {
    expect(
      read({ TYPE: 'RecaptchaV2Task', websiteurl: 'https://example.com/', WebsiteKey: 'k' }).siteKey,
    ).toBe('k');
    expect(read({ ...V2, invisible: true }).invisible).toBe(true);
    expect(read({ type: 'FunCaptchaTask', ...PAGE }).publicKey).toBe('k');
    expect(read({ type: 'ImageToTextTask', body: 'AAAA', CapMonsterModule: 'm' }).module).toBe('m');
    expect(
      read({ type: 'ImageToTextTask', body: 'AAAA', recognizingThreshold: 65 }).confidenceThreshold,
    ).toBe(65);
  });

  it.each([
    [{ action: 'a', data: 'd' }],
    [{ pageAction: 'a', cData: 'd' }],
    [{ metadata: { action: 'a', cdata: 'd' } }],
  ])('takes what a Turnstile widget adds as %j', (more) => {
    expect(fromMembers({ type: 'TurnstileTask', ...PAGE, ...more })).toEqual({
      task: { kind: 'turnstile', pageUrl: 'https://example.com/', siteKey: 'k', action: 'a', cData: 'd' },
      ignored: [],
    });
  });

  it.each([[{ enterprisePayload: { rqdata: 'r' } }], [{ data: 'r' }]])(
    'takes what hCaptcha Enterprise adds as %j',
    (more) => {
      expect(read({ type: 'HCaptchaTask', ...PAGE, ...more }).rqdata).toBe('r');
    },
  );

  it.each([
    [
      { s: 'x', other: 1 },
      { s: 'x', other: 1 },
    ],
    ['{"s":"x"}', { s: 'x' }],
    ['bare', { s: 'bare' }],
    ['123', { s: '123' }],
    ['"quoted"', { s: '"quoted"' }],
  ])('takes an Enterprise payload as %j', (enterprisePayload, expected) => {
    const sent = { type: 'RecaptchaV2EnterpriseTask', ...PAGE, enterprisePayload };
    expect(read(sent).enterprisePayload).toEqual(expected);
  });

  it('takes the one-off value of Enterprise under its older name', () => {
    const sent = { ...V2, isEnterprise: true, recaptchaDataSValue: 'x' };
    expect(fromMembers(sent)).toMatchObject({ task: { enterprisePayload: { s: 'x' } }, ignored: [] });
  });

  it('counts null and empty text as not sent', () => {
    const sent = {
      ...V2,
      websiteSToken: null,
      isInvisible: null,
      recaptchaDataSValue: '',
      userAgent: '',
      proxy: null,
    };
    expect(fromMembers(sent)).toEqual({
      task: { kind: 'recaptcha_v2', pageUrl: 'https://example.com/', siteKey: 'k' },
      ignored: [],
    });
  });

  it('takes switches and numbers as text', () => {
    const sent = {
      type: 'ImageToTextTask',
      body: 'AAAA',
      case: 'true',
      phrase: '1',
      math: 0,
      numeric: '2',
      minLength: '3',
    };
    expect(read(sent)).toEqual({
      kind: 'image_to_text',
      imageBase64: 'AAAA',
      caseSensitive: true,
      phrase: true,
      numeric: 2,
      minLength: 3,
    });
    expect(read({ type: 'RecaptchaV3TaskProxyless', ...PAGE, minScore: '0.9' }).minScore).toBe(0.9);
  });

  it('takes base64 with line breaks and with a data URI in front', () => {
    const body = 'data:image/gif;base64,R0lG\nODlh';
    expect(read({ type: 'ImageToTextTask', body }).imageBase64).toBe('R0lGODlh');
  });

  it.each([
    ['a=b; c=d', { a: 'b', c: 'd' }],
    ['a:b;c:d', { a: 'b', c: 'd' }],
    [{ a: 'b' }, { a: 'b' }],
    [
      [
        { name: 'a', value: 'b' },
        { name: 'c', value: 'd', domain: 'x' },
      ],
      { a: 'b', c: 'd' },
    ],
  ])('takes cookies as %j', (cookies, expected) => {
    expect(read({ ...V2, cookies }).cookies).toEqual(expected);
  });

  it.each([
    ['{"blob":"x"}', { blob: 'x' }],
    [{ Blob: 'x' }, { Blob: 'x' }],
    ['x', { blob: 'x' }],
  ])('takes the data of Arkose as %j', (data, expected) => {
    expect(read({ ...ARKOSE, data }).data).toEqual(expected);
  });
});

describe('proxies', () => {
  const proxy = { scheme: 'http', host: '198.51.100.7', port: 3128, username: 'user', password: 'p@ss' };

  it.each([
    [
      {
        proxyType: 'HTTP',
        proxyAddress: '198.51.100.7',
        proxyPort: '3128',
        proxyLogin: 'user',
        proxyPassword: 'p@ss',
      },
    ],
    [{ proxyAddress: '198.51.100.7', proxyPort: 3128, proxyLogin: 'user', proxyPassword: 'p@ss' }],
    [{ proxy: 'http:198.51.100.7:3128:user:p@ss' }],
    [{ proxy: '198.51.100.7:3128:user:p@ss' }],
    [{ proxy: 'http://user:p@ss@198.51.100.7:3128' }],
    [{ proxy: 'user:p@ss@198.51.100.7:3128', proxyType: 'http' }],
    [{ proxy: { scheme: 'http', host: '198.51.100.7', port: 3128, username: 'user', password: 'p@ss' } }],
  ])('%j', (sent) => {
    expect(read({ ...V2, type: 'RecaptchaV2Task', ...sent }).proxy).toEqual(proxy);
  });

  it('a proxied type without a proxy is solved without one, as CapMonster does', () => {
    expect(read({ type: 'NoCaptchaTask', ...PAGE })).not.toHaveProperty('proxy');
  });

  it.each([
    [{ proxy: 'nonsense' }],
    [{ proxyAddress: '198.51.100.7' }],
    [{ proxyAddress: '198.51.100.7', proxyPort: 99_999 }],
    [{ proxyType: 'gopher', proxyAddress: '198.51.100.7', proxyPort: 70 }],
  ])('%j is a proxy error', (sent) => {
    expect(codeOf({ ...V2, ...sent })).toBe('proxy_error');
  });
});

describe('what is wrong is said with the code that clients know', () => {
  it.each([
    ['bad_page_url', { type: 'RecaptchaV2Task', websiteKey: 'k' }],
    ['bad_page_url', { ...V2, websiteURL: 'about:blank' }],
    ['bad_sitekey', { type: 'RecaptchaV2Task', websiteURL: 'https://example.com/' }],
    ['bad_sitekey', { type: 'TurnstileTask', websiteURL: 'https://example.com/' }],
    ['bad_sitekey', { type: 'FunCaptchaTask', websiteURL: 'https://example.com/' }],
    ['bad_sitekey', { ...GEETEST, type: 'GeeTestTask', version: 4 }],
    ['image_error', { type: 'ImageToTextTask' }],
    ['image_error', { type: 'ImageToTextTask', body: 'no base64!' }],
    ['bad_request', { ...GEETEST, type: 'GeeTestTask', gt: 'g' }],
    ['bad_request', { type: 'RecaptchaV3TaskProxyless', ...PAGE, minScore: 7 }],
  ])('%s for %j', (code, sent) => {
    expect(codeOf(sent)).toBe(code);
  });
});

it('lists the names nobody knows as the client spelled them', () => {
  const sent = { ...V2, version: 'v2', softId: 867, Bogus: 1, nested: { a: 1 } };
  expect(fromMembers(sent).ignored).toEqual(['Bogus', 'nested']);
});
