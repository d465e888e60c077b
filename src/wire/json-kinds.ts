/** How createTask spells each kind: 2Captcha's form, and every other service's names as alternatives to read. */
import type { Kind } from '../core/task.js';
import { type Answer, asFlag, type Names, type SentFields, wordOf } from './rows.js';

export interface JsonRow {
  /** The type name without the caller's proxy. */
  readonly type: string;
  /** The type name with it; null where there is none. */
  readonly proxied: string | null;
  /** Other type names that mean the same, proxied or not; case never matters. */
  readonly alsoTypes?: readonly string[];
  /** Members always sent with this kind. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  /** Tells this kind from others of the same type. */
  readonly is?: (sent: SentFields) => boolean;
  readonly names: Names;
  readonly answer: Answer;
  /** Members that we say a second time under another name, because clients look in either place. */
  readonly repeats?: Readonly<Record<string, string>>;
}

const isV4 = (sent: SentFields) =>
  wordOf(sent.get('version')) === '4' || sent.has(['initParameters.captcha_id', 'captchaId']);
const isEnterprise = (sent: SentFields) => {
  return asFlag(sent.get('isEnterprise')) === true || /enterprise/i.test(wordOf(sent.get('type')));
};

const PAGE: Names = { pageUrl: 'websiteURL', siteKey: 'websiteKey' };
const RECAPTCHA: Names = {
  ...PAGE,
  invisible: ['isInvisible', 'invisible'],
  apiDomain: 'apiDomain',
  userAgent: 'userAgent',
  cookies: 'cookies',
  proxy: 'proxy',
};
const RECAPTCHA_ANSWER = {
  answer: { token: ['gRecaptchaResponse', 'token'], userAgent: 'userAgent', cookies: 'cookies' },
  repeats: { token: 'token' },
} as const;
const TOKEN_ANSWER = { token: 'token', userAgent: 'userAgent' } as const;
const SCORE: Names = { minScore: 'minScore', action: ['pageAction', 'action'] };

/** Source: the API pages and official clients of 2Captcha, Anti-Captcha, CapMonster Cloud and CapSolver. */
export const JSON_KINDS: Readonly<Partial<Record<Kind, JsonRow>>> = {
  image_to_text: {
    type: 'ImageToTextTask',
    proxied: null,
    names: {
      imageBase64: 'body',
      caseSensitive: 'case',
      phrase: 'phrase',
      numeric: 'numeric',
      math: 'math',
      minLength: 'minLength',
      maxLength: 'maxLength',
      instructions: 'comment',
      instructionImageBase64: 'imgInstructions',
      module: ['module', 'capMonsterModule'],
      confidenceThreshold: ['score', 'recognizingThreshold'],
    },
    answer: { text: 'text', confidence: 'confidence' },
  },
  recaptcha_v2: {
    type: 'RecaptchaV2TaskProxyless',
    proxied: 'RecaptchaV2Task',
    alsoTypes: ['NoCaptchaTaskProxyless', 'NoCaptchaTask'],
    is: (sent) => !isEnterprise(sent),
    names: { ...RECAPTCHA, dataS: 'recaptchaDataSValue' },
    ...RECAPTCHA_ANSWER,
  },
  recaptcha_v2_enterprise: {
    type: 'RecaptchaV2EnterpriseTaskProxyless',
    proxied: 'RecaptchaV2EnterpriseTask',
    alsoTypes: ['RecaptchaV2TaskProxyless', 'RecaptchaV2Task'],
    is: isEnterprise,
    names: {
      ...RECAPTCHA,
      // Only ever read: a task keeps it in the payload.
      dataS: 'recaptchaDataSValue',
      enterprisePayload: 'enterprisePayload',
      action: ['pageAction', 'action'],
    },
    ...RECAPTCHA_ANSWER,
  },
  recaptcha_v3: {
    type: 'RecaptchaV3TaskProxyless',
    proxied: 'RecaptchaV3Task',
    is: (sent) => !isEnterprise(sent),
    names: { ...RECAPTCHA, ...SCORE },
    ...RECAPTCHA_ANSWER,
  },
  recaptcha_v3_enterprise: {
    type: 'RecaptchaV3TaskProxyless',
    proxied: 'RecaptchaV3Task',
    alsoTypes: ['RecaptchaV3EnterpriseTaskProxyless', 'RecaptchaV3EnterpriseTask'],
    fixed: { isEnterprise: true },
    is: isEnterprise,
    names: { ...RECAPTCHA, ...SCORE, enterprisePayload: 'enterprisePayload' },
    ...RECAPTCHA_ANSWER,
  },
  hcaptcha: {
    type: 'HCaptchaTaskProxyless',
    proxied: 'HCaptchaTask',
    names: {
      ...PAGE,
      invisible: 'isInvisible',
      rqdata: ['enterprisePayload.rqdata', 'data'],
      enterprise: 'isEnterprise',
      apiDomain: 'apiDomain',
      userAgent: 'userAgent',
      proxy: 'proxy',
    },
    answer: { token: ['gRecaptchaResponse', 'token'], respKey: 'respKey', userAgent: 'userAgent' },
    repeats: { token: 'token' },
  },
  turnstile: {
    type: 'TurnstileTaskProxyless',
    proxied: 'TurnstileTask',
    alsoTypes: ['AntiTurnstileTaskProxyless', 'AntiTurnstileTask'],
    // With page data it is Cloudflare's challenge page, whose answer is bound to a browser.
    is: (sent) => !sent.has(['pagedata', 'chlPageData', 'cloudflareTaskType']),
    names: {
      ...PAGE,
      action: ['action', 'pageAction', 'metadata.action'],
      cData: ['data', 'cData', 'metadata.cdata'],
      userAgent: 'userAgent',
      proxy: 'proxy',
    },
    answer: TOKEN_ANSWER,
  },
  geetest_v3: {
    type: 'GeeTestTaskProxyless',
    proxied: 'GeeTestTask',
    fixed: { version: 3 },
    is: (sent) => !isV4(sent),
    names: {
      pageUrl: 'websiteURL',
      gt: 'gt',
      challenge: 'challenge',
      apiServer: 'geetestApiServerSubdomain',
      getLib: 'geetestGetLib',
      userAgent: 'userAgent',
      proxy: 'proxy',
    },
    answer: { challenge: 'challenge', validate: 'validate', seccode: 'seccode' },
  },
  geetest_v4: {
    type: 'GeeTestTaskProxyless',
    proxied: 'GeeTestTask',
    fixed: { version: 4 },
    is: isV4,
    names: {
      pageUrl: 'websiteURL',
      captchaId: ['initParameters.captcha_id', 'captchaId', 'gt'],
      riskType: ['initParameters.riskType', 'initParameters.risk_type'],
      apiServer: 'geetestApiServerSubdomain',
      userAgent: 'userAgent',
      proxy: 'proxy',
    },
    answer: {
      captchaOutput: 'captcha_output',
      captchaId: 'captcha_id',
      lotNumber: 'lot_number',
      passToken: 'pass_token',
      genTime: 'gen_time',
    },
  },
  funcaptcha: {
    type: 'FunCaptchaTaskProxyless',
    proxied: 'FunCaptchaTask',
    names: {
      pageUrl: 'websiteURL',
      publicKey: ['websitePublicKey', 'websiteKey'],
      apiServer: 'funcaptchaApiJSSubdomain',
      data: 'data',
      userAgent: 'userAgent',
      cookies: 'cookies',
      proxy: 'proxy',
    },
    answer: TOKEN_ANSWER,
  },
};
