import { classic } from './families/classic.js';
import { TWOCAPTCHA_PACE } from './families/timing.js';

/**
 * Captchas.io: a flat-rate clone of 2Captcha's classic wire.
 * Source: captchasio/captchas-io.js for images, questions and reCAPTCHA; the rest is unconfirmed.
 */
export default classic({
  id: 'captchasio',
  title: 'Captchas.io',
  baseUrl: 'https://api.captchas.io',
  currency: 'threads',
  kinds: {
    image_to_text: {
      takes: 'body regsense phrase numeric calc min_len max_len textinstructions language lang',
    },
    text_question: { method: 'textcaptcha', takes: 'textcaptcha' },
    recaptcha_v2: { fixed: { version: 'v2' }, takes: 'pageurl googlekey invisible proxy data-s' },
    recaptcha_v2_enterprise: {
      fixed: { version: 'v2', enterprise: '1' },
      takes: 'pageurl googlekey invisible proxy',
    },
    recaptcha_v3: { takes: 'pageurl googlekey action min_score' },
    recaptcha_v3_enterprise: { takes: 'pageurl googlekey action min_score' },
    turnstile: { takes: 'pageurl sitekey proxy' },
  },
  onRequest: {
    hcaptcha: { takes: 'pageurl sitekey proxy' },
    geetest_v3: { takes: 'pageurl gt challenge api_server proxy' },
    funcaptcha: { takes: 'pageurl publickey surl proxy' },
  },
  ...TWOCAPTCHA_PACE,
});
