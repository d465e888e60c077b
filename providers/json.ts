import { JSON_KIND_NAMES, json } from './families/json.js';
import { TWOCAPTCHA_PACE } from './families/timing.js';

/** Any service that speaks createTask and getTaskResult as 2Captcha does: base URL, kinds, prices and pace come from the config. */
export default json({
  id: 'json',
  title: 'A service with the json wire',
  baseUrl: '',
  kinds: JSON_KIND_NAMES,
  ...TWOCAPTCHA_PACE,
  lacks: { recaptcha_v3: ['proxy'], recaptcha_v3_enterprise: ['proxy'] },
});
