import { classic } from './families/classic.js';
import { TWOCAPTCHA_PACE } from './families/timing.js';

/**
 * AZcaptcha: a flat-rate clone of 2Captcha's classic wire. Unusual headers make it answer ERROR_UPLOAD.
 * Source: AZcaptcha/azcaptchaapi; everything but images from sergey-scat/unicaps, unconfirmed.
 */
export default classic({
  id: 'azcaptcha',
  title: 'AZcaptcha',
  baseUrl: 'https://azcaptcha.com',
  currency: 'threads',
  kinds: {
    image_to_text: { takes: 'body regsense phrase numeric calc min_len max_len language lang' },
    recaptcha_v2: { takes: 'pageurl googlekey invisible proxy data-s' },
    recaptcha_v3: { takes: 'pageurl googlekey action min_score' },
    hcaptcha: { takes: 'pageurl sitekey proxy' },
    funcaptcha: { takes: 'pageurl publickey surl proxy' },
  },
  ...TWOCAPTCHA_PACE,
});
