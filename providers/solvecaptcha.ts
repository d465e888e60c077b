import { classic } from './families/classic.js';
import { only } from './families/facts.js';
import { TWOCAPTCHA_PACE } from './families/timing.js';
import { TWOCAPTCHA_CLASSIC, WITHDRAWN_CLASSIC } from './families/twocaptcha-classic.js';

/**
 * SolveCaptcha: 2Captcha's classic wire, codes and report window. Has nothing to do with solvecaptcha.net.
 * Source: solvercaptcha/solvecaptcha-python, solvercaptcha/solvecaptcha-javascript, solvecaptcha.com FAQ.
 */
export default classic({
  id: 'solvecaptcha',
  title: 'SolveCaptcha',
  baseUrl: 'https://api.solvecaptcha.com',
  reportWithinSeconds: 15 * 60,
  kinds: {
    ...only(
      TWOCAPTCHA_CLASSIC,
      'image_to_text audio recaptcha_v2 recaptcha_v2_enterprise turnstile turnstile_challenge ' +
        'geetest_v3 funcaptcha keycaptcha capy lemin cutcaptcha cybersiara datadome mtcaptcha friendly_captcha ' +
        'atb_captcha amazon_waf_voucher canvas rotate bounding_box grid',
    ),
    text_question: { method: 'post' },
    recaptcha_v3: { takes: 'pageurl googlekey domain proxy action min_score' },
    recaptcha_v3_enterprise: { takes: 'pageurl googlekey domain proxy action min_score' },
    geetest_v4: { takes: 'pageurl captcha_id userAgent proxy' },
    tencent: { takes: 'pageurl app_id proxy' },
    yandex_smart: { takes: 'pageurl sitekey userAgent proxy' },
    coordinates: { takes: 'body textinstructions imginstructions lang' },
  },
  onRequest: WITHDRAWN_CLASSIC,
  codes: [['https://solvecaptcha.com/blog/google-search-recaptcha', null, 'bad_request', { isPrefix: true }]],
  ...TWOCAPTCHA_PACE,
});
