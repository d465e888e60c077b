/** How createTask spells the rarer widgets. */
import type { Kind } from '../core/task.js';
import type { JsonForm, JsonRow } from './json-kinds.js';
import type { Answer, Names } from './rows.js';
import type { SentFields } from './sent-fields.js';
import { readCookies } from './shapes.js';
import { asFlag, isObject, wordOf } from './values.js';

const PAGE: Names = { pageUrl: 'websiteURL', siteKey: 'websiteKey' };
const WITH_PROXY: Names = { ...PAGE, proxy: 'proxy' };
const CLIENT: Names = { userAgent: 'userAgent', proxy: 'proxy' };
const TOKEN: Answer = { token: 'token' };
const TOKEN_AND_AGENT: Answer = { token: 'token', userAgent: 'userAgent' };

/** CapMonster's family of one type for many vendors answers in places of its own. */
function custom(vendor: string, answer: Answer): { readonly forms: Readonly<Record<string, JsonForm>> } {
  return { forms: { [`customtask/${vendor}`]: { answer } } };
}

/** 2Captcha's solution is said to be the cookies themselves; a member that holds them is none of them. */
function readBareCookies(value: unknown): unknown {
  if (!isObject(value)) return readCookies(value);
  const { cookies = value, domains, Domains } = value;
  return domains === undefined && Domains === undefined ? readCookies(cookies) : undefined;
}

/** AWS WAF is asked for under one name with two results: Anti-Captcha and the flag mean the cookie. */
function isAwsCookie(sent: SentFields, flavour: string | undefined): boolean {
  if (/^AntiAwsWaf/i.test(wordOf(sent.get('type')))) return true;
  if (sent.has('cookieSolution')) return asFlag(sent.get('cookieSolution')) === true;
  return flavour === 'anticaptcha' || sent.has('jsapiScript') || !sent.has('iv');
}

/** Source: the API pages and official clients of 2Captcha, Anti-Captcha, CapMonster Cloud and CapSolver. */
// biome-ignore format: a table is read by its rows
export const JSON_VENDORS: Readonly<Partial<Record<Kind, JsonRow>>> = {
  keycaptcha: {
    type: 'KeyCaptchaTaskProxyless', proxied: 'KeyCaptchaTask',
    names: {
      pageUrl: 'websiteURL', userId: 's_s_c_user_id', sessionId: 's_s_c_session_id', webServerSign: 's_s_c_web_server_sign',
      webServerSign2: 's_s_c_web_server_sign2', proxy: 'proxy',
    },
    answer: TOKEN,
  },
  capy: {
    type: 'CapyTaskProxyless', proxied: 'CapyTask', names: { ...PAGE, apiServer: 'apiServer', version: 'version', ...CLIENT },
    answer: { answer: 'answer', captchaKey: 'captchakey', challengeKey: 'challengekey', respKey: 'respKey' },
  },
  lemin: {
    type: 'LeminTaskProxyless', proxied: 'LeminTask',
    names: { pageUrl: 'websiteURL', captchaId: 'captchaId', divId: ['div_id', 'divId'], apiServer: 'leminApiServerSubdomain', ...CLIENT },
    answer: { answer: 'answer', challengeId: ['challenge_id', 'challenge_uuid'] },
  },
  cutcaptcha: {
    type: 'CutCaptchaTaskProxyless', proxied: 'CutCaptchaTask',
    names: { pageUrl: 'websiteURL', miseryKey: 'miseryKey', apiKey: 'apiKey', ...CLIENT }, answer: TOKEN,
  },
  cybersiara: {
    type: 'AntiCyberSiAraTaskProxyless', proxied: 'AntiCyberSiAraTask',
    names: { pageUrl: 'websiteURL', masterUrlId: 'SlideMasterUrlId', ...CLIENT }, answer: TOKEN,
  },
  datadome: {
    type: null, proxied: 'DataDomeSliderTask', alsoTypes: ['CustomTask/DataDome'],
    names: {
      pageUrl: 'websiteURL', captchaUrl: ['captchaUrl', 'metadata.captchaUrl'], cookies: 'metadata.datadomeCookie', ...CLIENT,
    },
    answer: { cookie: ['cookie', 'domains.*.cookies.datadome'], userAgent: 'userAgent' },
    forms: {
      'customtask/datadome': { answer: { cookie: 'domains.*.cookies.datadome' }, says: { cookie: (text) => wordOf(text).replace(/^datadome=([^;]*).*$/s, '$1') } },
    },
  },
  mtcaptcha: {
    type: 'MtCaptchaTaskProxyless', proxied: 'MtCaptchaTask', names: { ...PAGE, action: 'pageAction', invisible: 'isInvisible', ...CLIENT },
    answer: TOKEN,
  },
  friendly_captcha: {
    type: 'FriendlyCaptchaTaskProxyless', proxied: 'FriendlyCaptchaTask', alsoTypes: ['CustomTask/friendly'],
    names: { ...PAGE, moduleScript: 'moduleScript', noModuleScript: 'nomoduleScript', apiGetLib: 'metadata.apiGetLib', ...CLIENT },
    answer: { token: ['token', 'data.token'] }, ...custom('friendly', { token: 'data.token' }),
  },
  tencent: {
    type: 'TencentTaskProxyless', proxied: 'TencentTask', alsoTypes: ['CustomTask/TenDI'],
    isFailure: ({ ret }) => ret !== undefined && ret !== 0,
    names: {
      pageUrl: 'websiteURL', appId: ['appId', 'websiteKey'], captchaScript: 'captchaScript', captchaUrl: 'metadata.captchaUrl', proxy: 'proxy',
    },
    answer: {
      ticket: ['ticket', 'data.ticket'], randstr: ['randstr', 'data.randstr'], appid: 'appid', ret: 'ret', userAgent: 'headers.User-Agent',
    },
    ...custom('tendi', { ticket: 'data.ticket', randstr: 'data.randstr', userAgent: 'headers.User-Agent' }),
  },
  atb_captcha: {
    type: 'AtbCaptchaTaskProxyless', proxied: 'AtbCaptchaTask',
    names: { pageUrl: 'websiteURL', appId: 'appId', apiServer: 'apiServer', proxy: 'proxy' }, answer: TOKEN,
  },
  prosopo: { type: 'ProsopoTaskProxyless', proxied: 'ProsopoTask', names: WITH_PROXY, answer: TOKEN },
  yandex_smart: {
    type: 'YandexSmartCaptchaTaskProxyless', proxied: 'YandexSmartCaptchaTask', alsoTypes: ['YandexCaptchaTaskProxyless'],
    names: { ...PAGE, cookies: 'cookies', ...CLIENT }, answer: TOKEN,
  },
  captchafox: { type: null, proxied: 'CaptchaFoxTask', names: { ...PAGE, apiServer: 'apiServer', ...CLIENT }, answer: TOKEN_AND_AGENT },
  altcha: {
    type: 'AltchaTaskProxyless', proxied: 'AltchaTask', alsoTypes: ['CustomTask/altcha'],
    names: { ...WITH_PROXY, challengeUrl: 'challengeURL', challengeJson: ['challengeJSON', 'metadata'] },
    answer: { token: ['token', 'data.token'] }, ...custom('altcha', { token: 'data.token' }),
  },
  amazon_waf_voucher: {
    type: 'AmazonTaskProxyless', proxied: 'AmazonTask', is: (sent, flavour) => !isAwsCookie(sent, flavour),
    names: { ...PAGE, iv: 'iv', context: 'context', challengeScript: 'challengeScript', captchaScript: 'captchaScript', ...CLIENT },
    answer: { voucher: 'captcha_voucher', existingToken: 'existing_token' },
  },
  amazon_waf_cookie: {
    type: 'AmazonTaskProxyless', proxied: 'AmazonTask', alsoTypes: ['AntiAwsWafTaskProxyless', 'AntiAwsWafTask'], is: isAwsCookie,
    names: {
      pageUrl: 'websiteURL', siteKey: ['websiteKey', 'awsKey'], iv: ['iv', 'awsIv'], context: ['context', 'awsContext'],
      challengeScript: ['challengeScript', 'awsChallengeJS'], captchaScript: 'captchaScript', jsapiScript: 'jsapiScript', ...CLIENT,
    },
    answer: { cookie: ['token', 'cookies.aws-waf-token', 'cookie'], userAgent: 'userAgent' },
    repeats: { cookie: 'cookies.aws-waf-token' },
    forms: {
      antiawswaftask: { answer: { cookie: 'cookie' } }, antiawswaftaskproxyless: { answer: { cookie: 'cookie' } },
    },
  },
  binance: { type: 'BinanceTaskProxyless', proxied: 'BinanceTask', names: { ...PAGE, validateId: 'validateId', ...CLIENT }, answer: TOKEN_AND_AGENT },
  yidun: {
    type: 'YidunTaskProxyless', proxied: 'YidunTask',
    names: {
      ...PAGE, getLib: 'yidunGetLib', apiServer: 'yidunApiServerSubdomain', challenge: 'challenge', hcg: 'hcg', hct: 'hct', ...CLIENT,
    },
    answer: TOKEN,
  },
  hunt: {
    type: null, proxied: 'CustomTask', alsoTypes: ['CustomTask/HUNT'], fixed: { class: 'HUNT' }, is: (sent) => sent.has('class'),
    names: { pageUrl: 'websiteURL', apiGetLib: 'metadata.apiGetLib', data: 'metadata.data', widgetUrl: 'metadata.widgetUrl', ...CLIENT },
    answer: { token: 'data.token' },
  },
  alibaba: {
    type: 'AlibabaTaskProxyless', proxied: 'AlibabaTask', alsoTypes: ['CustomTask/alibaba'],
    names: {
      pageUrl: 'websiteURL', sceneId: ['sceneId', 'metadata.sceneId'], prefix: ['prefix', 'metadata.prefix'],
      userId: ['userId', 'metadata.userId'], userUserId: ['userUserId', 'metadata.userUserId'],
      verifyType: ['verifyType', 'metadata.verifyType'], region: ['region', 'metadata.region'],
      userCertifyId: ['userCertifyId', 'metadata.UserCertifyId'], apiGetLib: ['apiGetLib', 'metadata.apiGetLib'],
      siteKey: 'websiteKey', punishUrl: 'metadata.punishUrl', cookieRequired: 'metadata.cookieRequired', ...CLIENT,
    },
    answer: { data: '', token: ['token', 'data.tokens'], cookies: 'domains.*.cookies' }, main: ['token', 'cookies'],
    ...custom('alibaba', { token: 'data.tokens', cookies: 'domains.*.cookies' }),
  },
  tspd: {
    type: null, proxied: 'tspdtask', alsoTypes: ['CustomTask/tspd'],
    names: {
      pageUrl: 'websiteURL', tspdCookie: ['tspdcookie', 'metadata.tspdCookie'], htmlPageBase64: ['htmlPageBase64', 'metadata.htmlPageBase64'],
      ...CLIENT,
    },
    answer: { cookies: ['', 'Domains.*.Cookies', 'domains.*.cookies'] }, reads: { cookies: readBareCookies }, ...custom('tspd', { cookies: 'Domains.*.Cookies' }),
  },
  basilisk: {
    type: 'BasiliskTaskProxyless', proxied: 'BasiliskTask', alsoTypes: ['CustomTask/Basilisk'], names: { ...PAGE, ...CLIENT },
    answer: { token: ['token', 'data.captcha_response'], userAgent: ['userAgent', 'headers.User-Agent'] },
    ...custom('basilisk', { token: 'data.captcha_response', userAgent: 'headers.User-Agent' }),
  },
  imperva: {
    type: null, proxied: 'IncapsulaTask', alsoTypes: ['CustomTask/Imperva'],
    names: {
      pageUrl: 'websiteURL', incapsulaScriptUrl: ['incapsulaScriptUrl', 'metadata.incapsulaScriptUrl'],
      incapsulaCookies: ['incapsulaCookies', 'metadata.incapsulaCookies'], reese84Url: ['reese84UrlEndpoint', 'metadata.reese84UrlEndpoint'],
      ...CLIENT,
    },
    answer: { cookies: ['', 'domains.*.cookies'] }, reads: { cookies: readBareCookies }, ...custom('imperva', { cookies: 'domains.*.cookies' }),
  },
  vk_captcha: { type: null, proxied: 'VKCaptchaTask', names: { redirectUri: 'redirectUri', ...CLIENT }, answer: TOKEN },
};
