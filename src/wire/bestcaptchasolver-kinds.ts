/** How BestCaptchaSolver spells each kind: a path for the sort of captcha, and members for its inputs. */
import type { Kind } from '../core/task.js';
import type { Answer, Names, Row } from './rows.js';

export interface BestCaptchaSolverRow extends Row {
  readonly path: `/captcha/${string}`;
  /** Which of the reCAPTCHAs it is. */
  readonly type?: number;
  /** The member of an answer that holds the solution; an object, or its JSON text, where it has several members. */
  readonly member: 'text' | 'gresponse' | 'solution';
}

const CLIENT: Names = { userAgent: 'user_agent', proxy: 'proxy' };
const WIDGET: Names = { pageUrl: 'page_url', siteKey: 'site_key', ...CLIENT };
const RECAPTCHA_V3: Names = { ...WIDGET, action: 'v3_action', minScore: 'v3_min_score', apiDomain: 'domain' };
const TOKEN: Answer = { token: '' };
/** Invisible reCAPTCHAs are a type of their own. */
export const INVISIBLE = 2;
/** Digits only and letters only; there are no words for the other mixtures. */
const ALPHANUMERIC: ReadonlySet<unknown> = new Set([1, 2]);

/** Source: bestcaptchasolver/bestcaptchasolver-python3 and -nodejs, the service's official clients. */
export const BESTCAPTCHASOLVER_KINDS: Readonly<Partial<Record<Kind, BestCaptchaSolverRow>>> = {
  image_to_text: {
    path: '/captcha/image',
    names: {
      imageBase64: 'b64image',
      caseSensitive: 'is_case',
      phrase: 'is_phrase',
      math: 'is_math',
      numeric: 'alphanumeric',
      minLength: 'minlength',
      maxLength: 'maxlength',
    },
    writes: { numeric: (value) => (ALPHANUMERIC.has(value) ? value : undefined) },
    member: 'text',
    answer: { text: '' },
  },
  recaptcha_v2: {
    path: '/captcha/recaptcha',
    type: 1,
    names: { ...WIDGET, apiDomain: 'domain', dataS: 'data_s', cookies: 'cookie_input', invisible: 'type' },
    writes: { invisible: () => INVISIBLE },
    member: 'gresponse',
    answer: TOKEN,
  },
  recaptcha_v2_enterprise: {
    path: '/captcha/recaptcha',
    type: 4,
    names: { ...WIDGET, apiDomain: 'domain', cookies: 'cookie_input' },
    member: 'gresponse',
    answer: TOKEN,
  },
  recaptcha_v3: {
    path: '/captcha/recaptcha',
    type: 3,
    names: RECAPTCHA_V3,
    member: 'gresponse',
    answer: TOKEN,
  },
  recaptcha_v3_enterprise: {
    path: '/captcha/recaptcha',
    type: 5,
    names: RECAPTCHA_V3,
    member: 'gresponse',
    answer: TOKEN,
  },
  hcaptcha: {
    path: '/captcha/hcaptcha',
    names: { ...WIDGET, invisible: 'invisible', rqdata: 'payload.rqdata', apiDomain: 'domain' },
    member: 'solution',
    answer: TOKEN,
  },
  turnstile: {
    path: '/captcha/turnstile',
    names: { ...WIDGET, action: 'action', cData: 'cdata' },
    member: 'solution',
    answer: TOKEN,
  },
  geetest_v3: {
    path: '/captcha/geetest',
    names: { pageUrl: 'domain', gt: 'gt', challenge: 'challenge', apiServer: 'api_server', ...CLIENT },
    member: 'solution',
    answer: {
      challenge: ['challenge', 'geetest_challenge'],
      validate: ['validate', 'geetest_validate'],
      seccode: ['seccode', 'geetest_seccode'],
    },
  },
  geetest_v4: {
    path: '/captcha/geetestv4',
    names: { pageUrl: 'domain', captchaId: 'captchaid', ...CLIENT },
    member: 'solution',
    answer: {
      captchaOutput: 'captcha_output',
      captchaId: 'captcha_id',
      lotNumber: 'lot_number',
      passToken: 'pass_token',
      genTime: 'gen_time',
    },
  },
  funcaptcha: {
    path: '/captcha/funcaptcha',
    names: { pageUrl: 'page_url', publicKey: 'site_key', apiServer: 's_url', data: 'data', ...CLIENT },
    member: 'solution',
    answer: TOKEN,
  },
  capy: {
    path: '/captcha/capy',
    names: WIDGET,
    member: 'solution',
    answer: { answer: 'answer', captchaKey: 'captchakey', challengeKey: 'challengekey', respKey: 'respKey' },
  },
};
