/** How in.php spells each kind: the form of 2Captcha, which its clones share. */
import type { Kind } from '../core/task.js';
import type { Answer, Names, SentFields } from './rows.js';
import { asFlag, wordOf } from './rows.js';

export interface ClassicRow {
  readonly method: string;
  /** Other method names that mean the same. */
  readonly alsoMethods?: readonly string[];
  /** Parameters always sent with this kind. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** Tells this kind from others of the same method. */
  readonly is?: (sent: SentFields) => boolean;
  readonly names: Names;
  readonly answer: Answer;
  /** Asks for an object even from plain-text clients, as JSON text. */
  readonly isObject?: true;
}

const isEnterprise = (sent: SentFields) => asFlag(sent.get('enterprise')) === true;
const isV3 = (sent: SentFields) => /^v?3$/i.test(wordOf(sent.get('version')));
const isV4 = (sent: SentFields) => /^v?4$/i.test(wordOf(sent.get('version'))) || sent.has('captcha_id');

/** Parameters that turn an image task into a kind that is answered with something else than text. */
const CLICKS = ['coordinatescaptcha', 'recaptcha', 'canvas', 'img_type', 'textcaptcha'] as const;

const TOKEN = { token: ['request', 'result'], userAgent: ['useragent', 'user_agent'] } as const;
const RECAPTCHA: Names = {
  pageUrl: 'pageurl',
  siteKey: ['googlekey', 'sitekey'],
  invisible: 'invisible',
  apiDomain: 'domain',
  userAgent: 'userAgent',
  cookies: 'cookies',
  proxy: 'proxy',
};

/** Source: 2Captcha's API pages and official clients; alternatives read are those of its clones. */
export const CLASSIC_KINDS: Readonly<Partial<Record<Kind, ClassicRow>>> = {
  image_to_text: {
    method: 'base64',
    alsoMethods: ['post', ''],
    is: (sent) => !CLICKS.some((name) => sent.has(name)),
    names: {
      imageBase64: ['body', 'file', 'raw64'],
      caseSensitive: 'regsense',
      phrase: 'phrase',
      numeric: 'numeric',
      math: 'calc',
      minLength: ['min_len', 'minLen'],
      maxLength: ['max_len', 'maxLen'],
      instructions: ['textinstructions', 'comment'],
      instructionImageBase64: 'imginstructions',
      languageSet: 'language',
      lang: 'lang',
    },
    answer: { text: ['request'] },
  },
  recaptcha_v2: {
    method: 'userrecaptcha',
    is: (sent) => !isV3(sent) && !isEnterprise(sent),
    names: { ...RECAPTCHA, dataS: 'data-s' },
    answer: { ...TOKEN, cookies: 'cookies' },
  },
  recaptcha_v2_enterprise: {
    method: 'userrecaptcha',
    fixed: { enterprise: '1' },
    is: (sent) => !isV3(sent) && isEnterprise(sent),
    names: { ...RECAPTCHA, enterprisePayload: 'data-s', action: 'action' },
    answer: { ...TOKEN, cookies: 'cookies' },
  },
  recaptcha_v3: {
    method: 'userrecaptcha',
    fixed: { version: 'v3' },
    is: (sent) => isV3(sent) && !isEnterprise(sent),
    names: { ...RECAPTCHA, action: 'action', minScore: ['min_score', 'minScore', 'score'] },
    answer: TOKEN,
  },
  recaptcha_v3_enterprise: {
    method: 'userrecaptcha',
    fixed: { version: 'v3', enterprise: '1' },
    is: (sent) => isV3(sent) && isEnterprise(sent),
    names: {
      ...RECAPTCHA,
      enterprisePayload: 'data-s',
      action: 'action',
      minScore: ['min_score', 'minScore', 'score'],
    },
    answer: TOKEN,
  },
  hcaptcha: {
    method: 'hcaptcha',
    names: {
      pageUrl: 'pageurl',
      siteKey: 'sitekey',
      invisible: 'invisible',
      rqdata: 'data',
      enterprise: 'enterprise',
      apiDomain: 'domain',
      userAgent: 'userAgent',
      proxy: 'proxy',
    },
    answer: { ...TOKEN, respKey: 'respKey' },
  },
  turnstile: {
    method: 'turnstile',
    // With page data it is Cloudflare's challenge page, whose answer is bound to a browser.
    is: (sent) => !sent.has('pagedata'),
    names: {
      pageUrl: 'pageurl',
      siteKey: 'sitekey',
      action: 'action',
      cData: 'data',
      userAgent: 'useragent',
      proxy: 'proxy',
    },
    answer: TOKEN,
  },
  geetest_v3: {
    method: 'geetest',
    is: (sent) => !isV4(sent),
    names: {
      pageUrl: 'pageurl',
      gt: 'gt',
      challenge: 'challenge',
      apiServer: 'api_server',
      offline: 'offline',
      newCaptcha: 'new_captcha',
      getLib: 'getLib',
      userAgent: 'userAgent',
      proxy: 'proxy',
    },
    answer: {
      challenge: ['request.geetest_challenge', 'request.challenge', 'challenge'],
      validate: ['request.geetest_validate', 'request.validate', 'validate'],
      seccode: ['request.geetest_seccode', 'request.seccode', 'seccode'],
    },
    isObject: true,
  },
  geetest_v4: {
    method: 'geetest_v4',
    alsoMethods: ['geetest4', 'geetest'],
    is: (sent) => isV4(sent) || /4$/.test(wordOf(sent.get('method'))),
    names: {
      pageUrl: 'pageurl',
      captchaId: ['captcha_id', 'gt'],
      riskType: 'risk_type',
      apiServer: 'api_server',
      userAgent: 'userAgent',
      proxy: 'proxy',
    },
    answer: {
      captchaOutput: ['request.captcha_output', 'captcha_output'],
      captchaId: ['request.captcha_id', 'captcha_id'],
      lotNumber: ['request.lot_number', 'lot_number'],
      passToken: ['request.pass_token', 'pass_token'],
      genTime: ['request.gen_time', 'gen_time'],
    },
    isObject: true,
  },
  funcaptcha: {
    method: 'funcaptcha',
    names: {
      pageUrl: 'pageurl',
      publicKey: 'publickey',
      apiServer: 'surl',
      data: 'data',
      userAgent: 'userAgent',
      proxy: 'proxy',
      cookies: 'cookies',
    },
    answer: TOKEN,
  },
};
