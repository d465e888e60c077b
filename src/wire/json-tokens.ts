/** How createTask spells the widgets that most services solve. */
import type { Kind } from '../core/task.js';
import type { JsonRow } from './json-kinds.js';
import type { Answer, Names } from './rows.js';
import type { SentFields } from './sent-fields.js';
import { readCookies } from './shapes.js';
import { asFlag, isObject, wordOf } from './values.js';

const isV4 = (sent: SentFields) =>
  wordOf(sent.get('version')) === '4' || sent.has(['initParameters.captcha_id', 'captchaId']);
const isEnterprise = (sent: SentFields) => {
  return asFlag(sent.get('isEnterprise')) === true || /enterprise/i.test(wordOf(sent.get('type')));
};
const hasPageData = (sent: SentFields) => sent.has(['pagedata', 'chlPageData', 'pageData']);

const PAGE: Names = { pageUrl: 'websiteURL', siteKey: 'websiteKey' };
const CLIENT: Names = { userAgent: 'userAgent', proxy: 'proxy' };
const RECAPTCHA: Names = {
  ...PAGE,
  invisible: ['isInvisible', 'invisible'],
  apiDomain: 'apiDomain',
  cookies: 'cookies',
  ...CLIENT,
};
/** YesCaptcha and EzCaptcha write it with an underscore. */
const AGENT = ['userAgent', 'user_agent'] as const;
const RECAPTCHA_ANSWER = {
  answer: { token: ['gRecaptchaResponse', 'token'], userAgent: AGENT, cookies: 'cookies' },
  repeats: { token: 'token' },
} as const;
const TOKEN_ANSWER: Answer = { token: 'token', userAgent: AGENT };
const SCORE: Names = { minScore: 'minScore', action: ['pageAction', 'action'] };

/** CapMonster gives the bare value. */
function readClearance(value: unknown): unknown {
  if (typeof value === 'string') return /^[^\s<>{};=]+$/.test(value) ? { cf_clearance: value } : undefined;
  return readCookies(value);
}

function sayClearance(cookies: unknown): unknown {
  return isObject(cookies) ? cookies.cf_clearance : cookies;
}

/** Source: the API pages and official clients of 2Captcha, Anti-Captcha, CapMonster Cloud and CapSolver. */
// biome-ignore format: a table is read by its rows
export const JSON_TOKENS: Readonly<Partial<Record<Kind, JsonRow>>> = {
  recaptcha_v2: {
    type: 'RecaptchaV2TaskProxyless', proxied: 'RecaptchaV2Task', alsoTypes: ['NoCaptchaTaskProxyless', 'NoCaptchaTask'],
    is: (sent) => !isEnterprise(sent),
    names: { ...RECAPTCHA, dataS: ['recaptchaDataSValue', 's'] },
    ...RECAPTCHA_ANSWER,
  },
  recaptcha_v2_enterprise: {
    type: 'RecaptchaV2EnterpriseTaskProxyless', proxied: 'RecaptchaV2EnterpriseTask', alsoTypes: ['RecaptchaV2TaskProxyless', 'RecaptchaV2Task'],
    is: isEnterprise,
    names: {
      ...RECAPTCHA,
      // Only ever read: a task keeps it in the payload.
      dataS: 'recaptchaDataSValue',
      enterprisePayload: ['enterprisePayload', 's'], action: ['pageAction', 'action', 'sa'],
    },
    ...RECAPTCHA_ANSWER,
  },
  recaptcha_v3: {
    type: 'RecaptchaV3TaskProxyless', proxied: 'RecaptchaV3Task', is: (sent) => !isEnterprise(sent),
    names: { ...RECAPTCHA, ...SCORE },
    ...RECAPTCHA_ANSWER,
  },
  recaptcha_v3_enterprise: {
    type: 'RecaptchaV3TaskProxyless', proxied: 'RecaptchaV3Task', alsoTypes: ['RecaptchaV3EnterpriseTaskProxyless', 'RecaptchaV3EnterpriseTask'],
    is: isEnterprise, fixed: { isEnterprise: true },
    names: { ...RECAPTCHA, ...SCORE, enterprisePayload: 'enterprisePayload' },
    ...RECAPTCHA_ANSWER,
  },
  hcaptcha: {
    type: 'HCaptchaTaskProxyless', proxied: 'HCaptchaTask', alsoTypes: ['HCaptcha'],
    names: {
      ...PAGE, invisible: ['isInvisible', 'invisible'], rqdata: ['enterprisePayload.rqdata', 'data', 'rqdata'], enterprise: 'isEnterprise', apiDomain: 'apiDomain', ...CLIENT,
    },
    answer: { token: ['gRecaptchaResponse', 'token', 'generated_pass_UUID'], respKey: 'respKey', userAgent: [...AGENT, 'ua'] },
    repeats: { token: 'token' }, forms: { hcaptcha: { answer: { token: 'generated_pass_UUID', userAgent: 'ua' } } },
  },
  turnstile: {
    // With page data it is Cloudflare's challenge page, whose answer is bound to a browser.
    type: 'TurnstileTaskProxyless', proxied: 'TurnstileTask', 
    alsoTypes: ['AntiTurnstileTaskProxyless', 'AntiTurnstileTask', 'CloudFlareTurnstileTask'],
    is: (sent) => !hasPageData(sent),
    names: { ...PAGE, 
      action: ['action', 'pageAction', 'metadata.action', 'rqData.metadataAction'], cData: ['data', 'cData', 'metadata.cdata', 'rqData.metadataCdata'],
      ...CLIENT,
    },
    answer: TOKEN_ANSWER,
  },
  turnstile_challenge: {
    type: 'TurnstileTaskProxyless', proxied: 'TurnstileTask', alsoTypes: ['TurnstileTask/token'],
    is: hasPageData,
    names: {
      ...PAGE, action: ['action', 'pageAction'], cData: ['data', 'cData'], chlPageData: ['pagedata', 'chlPageData', 'pageData'],
      apiJsUrl: 'apiJsUrl', ...CLIENT,
    },
    answer: TOKEN_ANSWER,
  },
  cloudflare_clearance: {
    type: null, proxied: 'AntiCloudflareTask', alsoTypes: ['TurnstileTask/cf_clearance', 'CloudFlareTaskS2', 'CloudFlare5STask'],
    names: { ...PAGE, htmlPageBase64: 'htmlPageBase64', html: 'html', ...CLIENT },
    answer: { cookies: ['cookies', 'cf_clearance'], userAgent: [...AGENT, 'header.User-Agent'], token: ['token', 'sToken'], headers: ['headers', 'header'] },
    reads: { cookies: readClearance },
    forms: { 'turnstiletask/cf_clearance': { answer: { cookies: 'cf_clearance' }, says: { cookies: sayClearance } } },
  },
  geetest_v3: {
    type: 'GeeTestTaskProxyless', proxied: 'GeeTestTask', is: (sent) => !isV4(sent), fixed: { version: 3 },
    names: {
      pageUrl: 'websiteURL', gt: 'gt', challenge: 'challenge', apiServer: 'geetestApiServerSubdomain', getLib: 'geetestGetLib', ...CLIENT,
    },
    answer: { challenge: 'challenge', validate: 'validate', seccode: 'seccode' },
  },
  geetest_v4: {
    type: 'GeeTestTaskProxyless', proxied: 'GeeTestTask', is: isV4, fixed: { version: 4 },
    names: {
      pageUrl: 'websiteURL', captchaId: ['initParameters.captcha_id', 'captchaId', 'gt'],
      riskType: ['initParameters.riskType', 'initParameters.risk_type'], apiServer: 'geetestApiServerSubdomain', ...CLIENT,
    },
    answer: {
      captchaOutput: 'captcha_output', captchaId: 'captcha_id', lotNumber: 'lot_number', passToken: 'pass_token', genTime: 'gen_time',
    },
  },
  funcaptcha: {
    type: 'FunCaptchaTaskProxyless', proxied: 'FunCaptchaTask',
    names: {
      pageUrl: 'websiteURL', publicKey: ['websitePublicKey', 'websiteKey'], apiServer: 'funcaptchaApiJSSubdomain', data: 'data',
      cookies: 'cookies', ...CLIENT,
    },
    answer: TOKEN_ANSWER,
  },
};
