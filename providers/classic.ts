import { classic } from './families/classic.js';
import { TWOCAPTCHA_PACE } from './families/timing.js';
import { TWOCAPTCHA_CLASSIC, WITHDRAWN_CLASSIC } from './families/twocaptcha-classic.js';

/** Any service that speaks in.php and res.php as 2Captcha does: base URL, kinds, prices and pace come from the config. */
export default classic({
  id: 'classic',
  title: 'A service with the classic wire',
  baseUrl: '',
  kinds: { ...TWOCAPTCHA_CLASSIC, ...WITHDRAWN_CLASSIC },
  onRequest: { cloudflare_clearance: {}, bls: {} },
  callsBack: 'on-request',
  // A service that does not know `ids` is noticed by its answers.
  idsPerPoll: 100,
  ...TWOCAPTCHA_PACE,
});
