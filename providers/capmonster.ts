import { asText } from '../src/core/solution.js';
import { factsOf } from '../src/core/task.js';
import { json } from './families/json.js';

const CUSTOM = { type: 'CustomTask', proxied: 'CustomTask' } as const;
const AWS = 'websiteURL websiteKey iv context challengeScript captchaScript userAgent proxy';

/**
 * CapMonster Cloud: one type name with and without a proxy, CustomTask for the rarer vendors. Bills successes only,
 * bad reports only; bans for 10 minutes after wrong keys, ids and proxies. Polls at least 2 s apart, 120 a task.
 * Source: docs.capmonster.cloud, ZennoLab/capmonstercloud-client-js 2.6.1.
 */
export default json({
  id: 'capmonster',
  title: 'CapMonster Cloud',
  baseUrl: 'https://api.capmonster.cloud',
  waitsOnStatus: 503,
  callsBack: 'always',
  kinds: {
    image_to_text: { takes: 'body case numeric math capMonsterModule recognizingThreshold' },
    recaptcha_v2: {
      type: 'RecaptchaV2Task',
      takes: 'websiteURL websiteKey isInvisible cookies userAgent proxy recaptchaDataSValue',
    },
    recaptcha_v2_enterprise: {
      type: 'RecaptchaV2EnterpriseTask',
      takes: 'websiteURL websiteKey apiDomain cookies userAgent proxy enterprisePayload pageAction',
    },
    recaptcha_v3: { proxied: null, takes: 'websiteURL websiteKey minScore pageAction' },
    recaptcha_v3_enterprise: {
      type: 'RecaptchaV3EnterpriseTask',
      proxied: null,
      fixed: {},
      takes: 'websiteURL websiteKey minScore pageAction',
    },
    turnstile: { type: 'TurnstileTask', takes: 'websiteURL websiteKey pageAction data userAgent proxy' },
    turnstile_challenge: {
      type: 'TurnstileTask',
      fixed: { cloudflareTaskType: 'token' },
      takes: 'websiteURL websiteKey pageAction data pageData apiJsUrl userAgent proxy',
      requires: ['userAgent'],
    },
    cloudflare_clearance: {
      proxied: 'TurnstileTask',
      // The key must be there; any text will do.
      fixed: { cloudflareTaskType: 'cf_clearance', websiteKey: 'any' },
      takes: 'websiteURL websiteKey htmlPageBase64 userAgent proxy',
    },
    geetest_v3: { type: 'GeeTestTask' },
    geetest_v4: {
      type: 'GeeTestTask',
      takes: 'websiteURL gt initParameters.riskType geetestApiServerSubdomain userAgent proxy',
    },
    funcaptcha: { type: 'FunCaptchaTask' },
    datadome: {
      proxied: 'CustomTask',
      fixed: { class: 'DataDome' },
      takes: 'websiteURL metadata.captchaUrl metadata.datadomeCookie userAgent proxy',
      requires: ['pageUrl', 'cookies'],
      reads: { cookie: readDatadome },
    },
    mtcaptcha: { type: 'MTCaptchaTask', proxied: 'MTCaptchaTask' },
    friendly_captcha: {
      ...CUSTOM,
      fixed: { class: 'friendly' },
      takes: 'websiteURL websiteKey metadata.apiGetLib userAgent proxy',
      requires: ['apiGetLib'],
    },
    tencent: {
      ...CUSTOM,
      fixed: { class: 'TenDI' },
      takes: 'websiteURL websiteKey metadata.captchaUrl proxy',
    },
    prosopo: { type: 'ProsopoTask' },
    altcha: {
      ...CUSTOM,
      fixed: { class: 'altcha', websiteKey: '' },
      takes: 'websiteURL websiteKey proxy metadata',
      requires: ['challengeJson'],
      writes: { challengeJson: membersAsText },
    },
    amazon_waf_voucher: { type: 'AmazonTask', fixed: { cookieSolution: false } },
    amazon_waf_cookie: { type: 'AmazonTask', fixed: { cookieSolution: true }, takes: AWS },
    binance: { type: 'BinanceTask' },
    yidun: { type: 'YidunTask' },
    hunt: {},
    alibaba: {
      ...CUSTOM,
      fixed: { class: 'alibaba' },
      takes:
        'websiteURL websiteKey metadata.sceneId metadata.prefix metadata.userId metadata.userUserId ' +
        'metadata.verifyType metadata.region metadata.UserCertifyId metadata.apiGetLib metadata.punishUrl ' +
        'metadata.cookieRequired proxy',
    },
    tspd: {
      proxied: 'CustomTask',
      fixed: { class: 'tspd' },
      takes: 'websiteURL metadata.tspdCookie metadata.htmlPageBase64 userAgent proxy',
    },
    basilisk: { ...CUSTOM, fixed: { class: 'Basilisk' } },
    imperva: {
      proxied: 'CustomTask',
      fixed: { class: 'Imperva' },
      takes:
        'websiteURL metadata.incapsulaScriptUrl metadata.incapsulaCookies metadata.reese84UrlEndpoint userAgent proxy',
    },
    grid: {
      type: 'ComplexImageTask',
      fixed: { class: 'recaptcha' },
      takes: 'imagesBase64 metadata.Grid metadata.Task',
      requires: ['instructions', 'gridSize'],
      writes: { imageBase64: (image) => [image] },
    },
    bls: {},
  },
  onRequest: {
    hcaptcha: { type: 'HCaptchaTask', takes: 'websiteURL websiteKey isInvisible data userAgent proxy' },
  },
  timing: {
    firstPollMs: 2_000,
    pollEveryMs: 2_000,
    maxPolls: 120,
    giveUpMs: 180_000,
    answerWithinMs: 10_000,
  },
  report({ task, isAccepted }) {
    if (isAccepted) return undefined;
    const isImage = factsOf(task.kind).group === 'image';
    return { path: isImage ? '/reportIncorrectImageCaptcha' : '/reportIncorrectTokenCaptcha' };
  },
});

/** The challenge's members stand one by one, as text; what others call maxnumber is `iterations` here. */
function membersAsText(challenge: unknown): unknown {
  const { maxnumber, ...members } = Object(challenge);
  const all = maxnumber === undefined ? members : { iterations: maxnumber, ...members };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)]));
}

/** The bare value of a cookie that others give whole. */
function readDatadome(value: unknown): unknown {
  const text = asText(value);
  return text === undefined || text.startsWith('datadome=') ? text : `datadome=${text}`;
}
