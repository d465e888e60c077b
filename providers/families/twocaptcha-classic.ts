/** What 2Captcha takes over in.php; RuCaptcha takes the same, its clones a part of it. */
import type { ClassicRow } from '../../src/wire/classic.js';
import type { KindRows } from './facts.js';

/** Source: 2captcha.com/api-docs, 2captcha/2captcha-python 2.0.9. */
export const TWOCAPTCHA_CLASSIC = {
  image_to_text: {},
  text_question: {},
  audio: {},
  recaptcha_v2: {},
  recaptcha_v2_enterprise: {},
  recaptcha_v3: { takes: 'pageurl googlekey domain userAgent cookies action min_score' },
  recaptcha_v3_enterprise: { takes: 'pageurl googlekey domain action min_score' },
  turnstile: {},
  turnstile_challenge: {},
  geetest_v3: {},
  geetest_v4: {},
  funcaptcha: { takes: 'pageurl publickey surl data userAgent proxy' },
  keycaptcha: {},
  capy: {},
  lemin: {},
  cutcaptcha: {},
  cybersiara: {},
  datadome: {},
  mtcaptcha: {},
  friendly_captcha: {},
  tencent: {},
  atb_captcha: {},
  prosopo: {},
  yandex_smart: {},
  captchafox: {},
  altcha: {},
  amazon_waf_voucher: {},
  binance: {},
  yidun: {},
  hunt: {},
  alibaba: {},
  tspd: {},
  basilisk: {},
  temu_image: {},
  vk_image: {},
  vk_captcha: {},
  coordinates: {},
  grid: {
    takes:
      'body recaptcharows recaptchacols textinstructions imginstructions img_type min_clicks max_clicks can_no_answer lang',
  },
  canvas: {},
  rotate: {},
  bounding_box: {},
} as const satisfies KindRows<ClassicRow>;

/** Withdrawn in early 2026: answered with ERROR_METHOD_CALL. */
export const WITHDRAWN_CLASSIC = {
  hcaptcha: { takes: 'pageurl sitekey invisible data domain userAgent proxy' },
} as const satisfies KindRows<ClassicRow>;
