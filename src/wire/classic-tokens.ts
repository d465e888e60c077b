/** How in.php spells what a browser has to run. */
import { asText } from '../core/solution.js';
import type { Kind } from '../core/task.js';
import type { ClassicRow } from './classic-kinds.js';
import type { Answer, Names } from './rows.js';
import type { SentFields } from './sent-fields.js';
import { readCookies } from './shapes.js';
import { asFlag, isObject, parseJson, wordOf } from './values.js';

const isEnterprise = (sent: SentFields) => asFlag(sent.get('enterprise')) === true;
const isV3 = (sent: SentFields) => /^v?3$/i.test(wordOf(sent.get('version')));
const isV4 = (sent: SentFields) => /^v?4$/i.test(wordOf(sent.get('version'))) || sent.has('captcha_id');

const PAGE: Names = { pageUrl: 'pageurl', siteKey: 'sitekey', proxy: 'proxy' };
const RECAPTCHA: Names = {
  pageUrl: 'pageurl',
  siteKey: ['googlekey', 'sitekey'],
  invisible: 'invisible',
  apiDomain: 'domain',
  userAgent: 'userAgent',
  cookies: 'cookies',
  proxy: 'proxy',
};
const SCORE: Names = { action: 'action', minScore: ['min_score', 'minScore', 'score'] };
const TOKEN: Answer = { token: ['request', 'result'], userAgent: ['useragent', 'user_agent'] };
const CAPTCHAAI: Answer = { token: 'request', userAgent: 'user_agent' };
const ONLY_TOKEN: Answer = { token: 'request' };

const CLEARANCE = /^cf_clearance=(?<value>[^;]+?)(?:;\s*user_agent=(?<agent>.+))?$/s;

/** A bare value of `cf_clearance`, `cf_clearance=…;user_agent=…`, or the JSON text of both. */
function readClearance(value: unknown): unknown {
  const parsed = typeof value === 'string' ? (parseJson(value) ?? value) : value;
  if (isObject(parsed)) return readCookies(parsed.cookies ?? { cf_clearance: parsed.cf_clearance });
  const text = asText(value)?.trim() ?? '';
  const cookie = CLEARANCE.exec(text)?.groups?.value ?? text;
  return /^[\w.~+/-]+$/.test(cookie) ? { cf_clearance: cookie } : undefined;
}

/** CaptchaAI's clients expect the bare value. */
function sayClearance(cookies: unknown): unknown {
  return isObject(cookies) ? (cookies.cf_clearance ?? cookies) : cookies;
}

/** The user agent by itself, or in the same text as the cookie. */
function readAgent(value: unknown): unknown {
  const parsed = typeof value === 'string' ? (parseJson(value) ?? value) : value;
  if (isObject(parsed)) return parsed.userAgent ?? parsed.user_agent;
  const text = wordOf(parsed).trim();
  if (text.startsWith('cf_clearance=')) return CLEARANCE.exec(text)?.groups?.agent;
  return /[ (]/.test(text) ? text : undefined;
}

/** Source: 2Captcha's API pages and official clients; alternatives read are those of its clones and of CaptchaAI. */
// biome-ignore format: a table is read by its rows
export const CLASSIC_TOKENS: Readonly<Partial<Record<Kind, ClassicRow>>> = {
  recaptcha_v2: {
    method: 'userrecaptcha', is: (sent) => !isV3(sent) && !isEnterprise(sent),
    names: { ...RECAPTCHA, dataS: 'data-s' },
    answer: { ...TOKEN, cookies: 'cookies' }, captchaai: CAPTCHAAI,
  },
  recaptcha_v2_enterprise: {
    method: 'userrecaptcha', is: (sent) => !isV3(sent) && isEnterprise(sent), fixed: { enterprise: '1' },
    names: { ...RECAPTCHA, enterprisePayload: 'data-s', action: 'action' },
    answer: { ...TOKEN, cookies: 'cookies' }, captchaai: CAPTCHAAI,
  },
  recaptcha_v3: {
    method: 'userrecaptcha', is: (sent) => isV3(sent) && !isEnterprise(sent), fixed: { version: 'v3' },
    names: { ...RECAPTCHA, ...SCORE },
    answer: TOKEN, captchaai: CAPTCHAAI,
  },
  recaptcha_v3_enterprise: {
    method: 'userrecaptcha', is: (sent) => isV3(sent) && isEnterprise(sent), fixed: { version: 'v3', enterprise: '1' },
    names: { ...RECAPTCHA, ...SCORE, enterprisePayload: 'data-s' },
    answer: TOKEN, captchaai: CAPTCHAAI,
  },
  hcaptcha: {
    method: 'hcaptcha',
    names: {
      pageUrl: 'pageurl', siteKey: 'sitekey', invisible: 'invisible', rqdata: 'data', enterprise: 'enterprise', apiDomain: 'domain',
      userAgent: 'userAgent', proxy: 'proxy',
    },
    answer: { ...TOKEN, respKey: 'respKey' },
  },
  turnstile: {
    // With page data it is Cloudflare's challenge page, whose answer is bound to a browser.
    method: 'turnstile', is: (sent) => !sent.has('pagedata'),
    names: { ...PAGE, action: 'action', cData: 'data', userAgent: 'useragent' },
    answer: TOKEN, captchaai: CAPTCHAAI,
  },
  turnstile_challenge: {
    method: 'turnstile', is: (sent) => sent.has('pagedata'),
    names: { ...PAGE, action: 'action', cData: 'data', chlPageData: 'pagedata', userAgent: 'useragent' },
    answer: TOKEN,
  },
  cloudflare_clearance: {
    method: 'cloudflare_challenge',
    names: { pageUrl: 'pageurl', userAgent: 'userAgent', proxy: 'proxy' },
    answer: { cookies: ['request', 'result'], userAgent: ['user_agent', 'useragent', 'request', 'result'] },
    reads: { cookies: readClearance, userAgent: readAgent }, says: { cookies: sayClearance },
  },
  geetest_v3: {
    method: 'geetest', is: (sent) => !isV4(sent), isObject: true,
    names: {
      pageUrl: 'pageurl', gt: 'gt', challenge: 'challenge', apiServer: 'api_server', offline: 'offline', newCaptcha: 'new_captcha',
      userAgent: 'userAgent', proxy: 'proxy',
    },
    answer: {
      challenge: ['request.geetest_challenge', 'request.challenge', 'challenge'],
      validate: ['request.geetest_validate', 'request.validate', 'validate'],
      seccode: ['request.geetest_seccode', 'request.seccode', 'seccode'],
    },
  },
  geetest_v4: {
    method: 'geetest_v4', alsoMethods: ['geetest4', 'geetest'], isObject: true,
    is: (sent) => isV4(sent) || /4$/.test(wordOf(sent.get('method'))),
    names: {
      pageUrl: 'pageurl', captchaId: ['captcha_id', 'gt'], riskType: 'risk_type', apiServer: 'api_server', userAgent: 'userAgent', proxy: 'proxy',
    },
    answer: {
      captchaOutput: ['request.captcha_output', 'captcha_output'], captchaId: ['request.captcha_id', 'captcha_id'],
      lotNumber: ['request.lot_number', 'lot_number'], passToken: ['request.pass_token', 'pass_token'],
      genTime: ['request.gen_time', 'gen_time'],
    },
  },
  funcaptcha: {
    method: 'funcaptcha',
    names: {
      pageUrl: 'pageurl', publicKey: 'publickey', apiServer: 'surl', data: 'data', userAgent: 'userAgent', proxy: 'proxy', cookies: 'cookies',
    },
    answer: TOKEN,
  },
  keycaptcha: {
    method: 'keycaptcha',
    names: {
      pageUrl: 'pageurl', userId: 's_s_c_user_id', sessionId: 's_s_c_session_id', webServerSign: 's_s_c_web_server_sign',
      webServerSign2: 's_s_c_web_server_sign2', proxy: 'proxy',
    },
    answer: ONLY_TOKEN,
  },
  capy: {
    method: 'capy', isObject: true,
    names: { pageUrl: 'pageurl', siteKey: 'captchakey', apiServer: 'api_server', version: 'version', proxy: 'proxy' },
    answer: { answer: 'request.answer', captchaKey: 'request.captchakey', challengeKey: 'request.challengekey', respKey: 'request.respKey' },
  },
  lemin: {
    method: 'lemin', isObject: true,
    names: { pageUrl: 'pageurl', captchaId: 'captcha_id', divId: 'div_id', apiServer: 'api_server', proxy: 'proxy' },
    answer: { answer: 'request.answer', challengeId: ['request.challenge_id', 'request.challenge_uuid'] },
    captchaai: { answer: 'request.answer', challengeId: 'request.challenge_uuid' },
  },
  cutcaptcha: {
    method: 'cutcaptcha',
    names: { pageUrl: 'pageurl', miseryKey: 'misery_key', apiKey: 'api_key', proxy: 'proxy' },
    answer: ONLY_TOKEN,
  },
  cybersiara: {
    method: 'cybersiara',
    names: { pageUrl: 'pageurl', masterUrlId: 'master_url_id', userAgent: 'userAgent', proxy: 'proxy' },
    answer: ONLY_TOKEN,
  },
  datadome: {
    method: 'datadome',
    names: { pageUrl: 'pageurl', captchaUrl: 'captcha_url', userAgent: 'userAgent', proxy: 'proxy' },
    answer: { cookie: 'request', userAgent: ['useragent', 'user_agent'] },
  },
  mtcaptcha: { method: 'mt_captcha', names: PAGE, answer: ONLY_TOKEN },
  friendly_captcha: { method: 'friendly_captcha', names: PAGE, answer: ONLY_TOKEN },
  tencent: {
    method: 'tencent', isObject: true, isFailure: ({ ret }) => ret !== undefined && ret !== 0,
    names: { pageUrl: 'pageurl', appId: 'app_id', captchaScript: 'captcha_script', proxy: 'proxy' },
    answer: { ticket: 'request.ticket', randstr: 'request.randstr', appid: 'request.appid', ret: 'request.ret' },
  },
  atb_captcha: {
    method: 'atb_captcha',
    names: { pageUrl: 'pageurl', appId: 'app_id', apiServer: 'api_server', proxy: 'proxy' },
    answer: ONLY_TOKEN,
  },
  prosopo: { method: 'prosopo', names: PAGE, answer: ONLY_TOKEN },
  yandex_smart: { method: 'yandex', names: { ...PAGE, userAgent: 'userAgent', cookies: 'cookies' }, answer: ONLY_TOKEN },
  captchafox: {
    method: 'captchafox',
    names: { ...PAGE, userAgent: ['useragent', 'userAgent'], apiServer: 'api_server' },
    answer: TOKEN, captchaai: CAPTCHAAI,
  },
  altcha: {
    method: 'altcha',
    names: { pageUrl: 'pageurl', challengeUrl: 'challenge_url', challengeJson: 'challenge_json', proxy: 'proxy' },
    answer: ONLY_TOKEN,
  },
  amazon_waf_voucher: {
    method: 'amazon_waf', isObject: true,
    names: { ...PAGE, iv: 'iv', context: 'context', challengeScript: 'challenge_script', captchaScript: 'captcha_script' },
    answer: { voucher: 'request.captcha_voucher', existingToken: 'request.existing_token' },
  },
  binance: { method: 'binance', names: { ...PAGE, validateId: 'validate_id', userAgent: 'useragent' }, answer: TOKEN },
  yidun: {
    method: 'yidun',
    names: {
      ...PAGE, getLib: 'yidun_get_lib', apiServer: 'yidun_api_server_subdomain', challenge: 'challenge', hcg: 'hcg', hct: 'hct',
      userAgent: 'useragent',
    },
    answer: ONLY_TOKEN,
  },
  hunt: {
    method: 'hunt',
    names: { pageUrl: 'pageurl', apiGetLib: 'api_get_lib', data: 'data', userAgent: 'useragent', proxy: 'proxy' },
    answer: ONLY_TOKEN,
  },
  alibaba: {
    method: 'alibaba',
    names: {
      pageUrl: 'pageurl', sceneId: 'scene_id', prefix: 'prefix', userId: 'user_id', userUserId: 'user_user_id', verifyType: 'verify_type',
      region: 'region', userCertifyId: 'user_certify_id', apiGetLib: 'api_get_lib', userAgent: 'useragent', proxy: 'proxy',
    },
    answer: { token: ['request', 'request.token'], data: 'request' }, main: ['token', 'data'],
  },
  tspd: {
    method: 'tspd',
    names: { pageUrl: 'pageurl', tspdCookie: 'tspd_cookie', htmlPageBase64: 'html_page_base64', userAgent: 'useragent', proxy: 'proxy' },
    answer: { cookies: 'request' },
  },
  basilisk: { method: 'basilisk', names: { ...PAGE, userAgent: 'useragent' }, answer: TOKEN },
  vk_captcha: {
    method: 'vkcaptcha',
    names: { redirectUri: 'redirect_uri', userAgent: 'useragent', proxy: 'proxy' },
    answer: ONLY_TOKEN,
  },
};
