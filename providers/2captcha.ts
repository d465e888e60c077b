import { classic } from './families/classic.js';
import { json } from './families/json.js';
import { TWOCAPTCHA_PACE } from './families/timing.js';
import { TWOCAPTCHA_CLASSIC, WITHDRAWN_CLASSIC } from './families/twocaptcha-classic.js';
import { TWOCAPTCHA_JSON, WITHDRAWN_JSON } from './families/twocaptcha-json.js';

const SERVICE = {
  id: '2captcha',
  title: '2Captcha',
  ...TWOCAPTCHA_PACE,
  reportWithinSeconds: 15 * 60,
  // The host of the address has to be registered with the account first.
  callsBack: 'on-request',
} as const;

/**
 * 2Captcha: the service whose classic wire everybody else copied. Refunds what it could not solve; takes reports
 * for 15 minutes. The classic wire is the better documented of its two and takes user agent and cookies for
 * reCAPTCHA v3; the json wire adds Imperva and tells the cost with every answer.
 * Source: 2captcha.com/api-docs, 2captcha/2captcha-python 2.0.9.
 */
export default {
  ...classic({
    ...SERVICE,
    baseUrl: 'https://2captcha.com',
    kinds: TWOCAPTCHA_CLASSIC,
    onRequest: WITHDRAWN_CLASSIC,
    idsPerPoll: 100,
  }),
  over: {
    json: json({
      ...SERVICE,
      baseUrl: 'https://api.2captcha.com',
      kinds: TWOCAPTCHA_JSON,
      onRequest: WITHDRAWN_JSON,
    }),
  },
};
