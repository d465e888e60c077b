import { classic } from './families/classic.js';
import { TWOCAPTCHA_PACE } from './families/timing.js';

/**
 * cap.guru: the classic wire with a recogniser of its own; `notpic` says that nothing in the picture matches.
 * Source: docs.cap.guru for codes and clicks; token kinds and the https host from third-party clients, unconfirmed.
 */
export default classic({
  id: 'capguru',
  title: 'cap.guru',
  baseUrl: 'https://api3.cap.guru',
  kinds: {
    image_to_text: { takes: 'body' },
    recaptcha_v2: {
      fixed: { version: 'v2' },
      takes: 'pageurl googlekey invisible userAgent cookies proxy data-s',
    },
    recaptcha_v3: { takes: 'pageurl googlekey min_score userAgent cookies proxy' },
    hcaptcha: { takes: 'pageurl sitekey userAgent proxy' },
    turnstile: { takes: 'pageurl sitekey' },
    coordinates: { fixed: { click: 'oth' }, takes: 'body textinstructions' },
  },
  onRequest: {
    geetest_v3: { takes: 'pageurl gt challenge api_server proxy' },
    grid: { fixed: { click: 'recap2' }, takes: 'body textinstructions', requires: ['instructions'] },
  },
  codes: [['ERROR_CAPTCHA_UNSOLVABLE', 'unsolvable', 'unsolvable']],
  ...TWOCAPTCHA_PACE,
});
