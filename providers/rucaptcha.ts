import { classic } from './families/classic.js';
import { json } from './families/json.js';
import { TWOCAPTCHA_PACE } from './families/timing.js';
import { TWOCAPTCHA_CLASSIC, WITHDRAWN_CLASSIC } from './families/twocaptcha-classic.js';
import { TWOCAPTCHA_JSON, WITHDRAWN_JSON } from './families/twocaptcha-json.js';

const SERVICE = {
  id: 'rucaptcha',
  title: 'RuCaptcha',
  ...TWOCAPTCHA_PACE,
  reportWithinSeconds: 15 * 60,
  // The host of the address has to be registered with the account first.
  callsBack: 'on-request',
  currency: 'RUB',
} as const;

/**
 * RuCaptcha: 2Captcha under its Russian name, with accounts of its own; balance and prices are in roubles.
 * Source: rucaptcha.com/api-rucaptcha, 2captcha.com/api-docs.
 */
export default {
  ...classic({
    ...SERVICE,
    baseUrl: 'https://rucaptcha.com',
    kinds: TWOCAPTCHA_CLASSIC,
    onRequest: WITHDRAWN_CLASSIC,
    idsPerPoll: 100,
  }),
  over: {
    json: json({
      ...SERVICE,
      baseUrl: 'https://api.rucaptcha.com',
      kinds: TWOCAPTCHA_JSON,
      onRequest: WITHDRAWN_JSON,
    }),
  },
};
