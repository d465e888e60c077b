import { classic } from './families/classic.js';

/** Enterprise tokens have been seen in `result`, with no more than a word in `request`. */
const ENTERPRISE = {
  answer: { token: ['result', 'request'], userAgent: ['user_agent', 'useragent'] },
  takes: 'pageurl googlekey invisible proxy action',
} as const;
/** So have clearance cookies, and a user agent inside the same text. */
const CLEARANCE = {
  answer: { cookies: ['result', 'request'], userAgent: ['user_agent', 'useragent', 'result', 'request'] },
} as const;
const SCORE = 'pageurl googlekey proxy action min_score';

/**
 * CaptchaAI: the classic wire, flat-rate by threads. Ids are numbers for reCAPTCHA and text otherwise.
 * Its ERROR_ZERO_BALANCE usually means that no thread is free; the balance check that follows tells.
 * Calls a `pingback` address with `id` and `code` in the query.
 * Source: docs.captchaai.com, CaptchaAI/CaptchaAI-Examples; the callback from blog.captchaai.com.
 */
export default classic({
  id: 'captchaai',
  title: 'CaptchaAI',
  baseUrl: 'https://ocr.captchaai.com',
  currency: 'threads',
  tellsThreads: true,
  callsBack: 'always',
  instantPath: '/solve.php',
  kinds: {
    image_to_text: {
      takes: 'body regsense phrase numeric calc min_len max_len textinstructions language lang',
    },
    recaptcha_v2: {},
    recaptcha_v2_enterprise: ENTERPRISE,
    recaptcha_v3: { takes: SCORE },
    recaptcha_v3_enterprise: { ...ENTERPRISE, takes: SCORE },
    turnstile: { takes: 'pageurl sitekey proxy action data' },
    cloudflare_clearance: CLEARANCE,
    geetest_v3: { takes: 'pageurl gt challenge api_server proxy' },
    lemin: {},
    friendly_captcha: {},
    captchafox: { takes: 'pageurl sitekey proxy userAgent' },
    grid: {
      fixed: { img_type: 'recaptcha' },
      takes: 'body grid_size instructions',
      requires: ['instructions', 'gridSize'],
    },
    bls: {},
  },
  onRequest: {
    hcaptcha: { takes: 'pageurl sitekey proxy' },
    geetest_v4: { method: 'geetest', fixed: { version: '4' }, takes: 'pageurl gt proxy' },
    funcaptcha: { takes: 'pageurl publickey surl proxy' },
  },
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
});
