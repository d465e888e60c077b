import { CLASSIC_KIND_NAMES, classic } from './families/classic.js';
import { TWOCAPTCHA_PACE } from './families/timing.js';

/** Any service that speaks in.php and res.php as 2Captcha does: base URL, kinds, prices and pace come from the config. */
export default classic({
  id: 'classic',
  title: 'A service with the classic wire',
  baseUrl: '',
  kinds: CLASSIC_KIND_NAMES,
  ...TWOCAPTCHA_PACE,
  lacks: { recaptcha_v3: ['proxy'], recaptcha_v3_enterprise: ['proxy'] },
});
