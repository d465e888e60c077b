import { classic } from './families/classic.js';
import { TWOCAPTCHA_PACE } from './families/timing.js';

/**
 * 2Captcha: the service whose classic wire everybody else copied. Refunds what it could not solve.
 * hCaptcha was withdrawn in early 2026 (ERROR_METHOD_CALL); reCAPTCHA v3 has no proxied form.
 * Source: 2captcha.com/api-docs, 2captcha/2captcha-python 2.0.9.
 */
export default classic({
  id: '2captcha',
  title: '2Captcha',
  baseUrl: 'https://2captcha.com',
  kinds: [
    'image_to_text',
    'recaptcha_v2',
    'recaptcha_v2_enterprise',
    'recaptcha_v3',
    'recaptcha_v3_enterprise',
    'turnstile',
    'geetest_v3',
    'geetest_v4',
    'funcaptcha',
  ],
  alsoSpeaks: ['hcaptcha'],
  ...TWOCAPTCHA_PACE,
  lacks: {
    recaptcha_v3: ['proxy'],
    recaptcha_v3_enterprise: ['proxy', 'enterprisePayload', 'userAgent', 'cookies'],
    hcaptcha: ['enterprise'],
    geetest_v3: ['getLib'],
    funcaptcha: ['cookies'],
  },
});
