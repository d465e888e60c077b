import { classic } from './families/classic.js';

/** Enterprise tokens have been seen in `result`, with no more than a word in `request`. */
const ENTERPRISE = { answer: { token: ['result', 'request'], userAgent: ['user_agent', 'useragent'] } };

/**
 * CaptchaAI: the classic wire, flat-rate by threads. Ids are numbers for reCAPTCHA and text otherwise.
 * Its ERROR_ZERO_BALANCE usually means that no thread is free; the balance check that follows tells.
 * Source: docs.captchaai.com, CaptchaAI/CaptchaAI-Examples.
 */
export default classic({
  id: 'captchaai',
  title: 'CaptchaAI',
  baseUrl: 'https://ocr.captchaai.com',
  kinds: [
    'image_to_text',
    'recaptcha_v2',
    'recaptcha_v2_enterprise',
    'recaptcha_v3',
    'recaptcha_v3_enterprise',
    'turnstile',
    'geetest_v3',
  ],
  alsoSpeaks: ['hcaptcha', 'funcaptcha', 'geetest_v4'],
  timing: {
    firstPollMs: 10_000,
    pollEveryMs: 5_000,
    maxPolls: 120,
    giveUpMs: 120_000,
    answerWithinMs: 10_000,
  },
  timingOf: {
    image_to_text: { firstPollMs: 5_000 },
    recaptcha_v2: { firstPollMs: 15_000, giveUpMs: 240_000 },
    recaptcha_v2_enterprise: { firstPollMs: 15_000, giveUpMs: 240_000 },
  },
  lacks: {
    image_to_text: ['instructionImageBase64'],
    recaptcha_v2_enterprise: ['enterprisePayload', 'apiDomain', 'userAgent', 'cookies'],
    recaptcha_v3: ['apiDomain', 'userAgent', 'cookies'],
    recaptcha_v3_enterprise: ['enterprisePayload', 'apiDomain', 'userAgent', 'cookies'],
    hcaptcha: ['invisible', 'rqdata', 'enterprise', 'apiDomain', 'userAgent'],
    turnstile: ['userAgent'],
    geetest_v3: ['offline', 'newCaptcha', 'getLib', 'userAgent'],
    funcaptcha: ['data', 'userAgent', 'cookies'],
  },
  rows: {
    recaptcha_v2_enterprise: ENTERPRISE,
    recaptcha_v3_enterprise: ENTERPRISE,
    geetest_v4: {
      method: 'geetest',
      fixed: { version: '4' },
      names: { pageUrl: 'pageurl', captchaId: 'gt', proxy: 'proxy' },
    },
  },
});
