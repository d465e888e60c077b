import { json } from './families/json.js';
import { TWOCAPTCHA_PACE } from './families/timing.js';
import { TWOCAPTCHA_JSON, WITHDRAWN_JSON } from './families/twocaptcha-json.js';

/** Any service that speaks createTask and getTaskResult as 2Captcha does: base URL, kinds, prices and pace come from the config. */
export default json({
  id: 'json',
  title: 'A service with the json wire',
  baseUrl: '',
  kinds: { ...TWOCAPTCHA_JSON, ...WITHDRAWN_JSON },
  onRequest: { cloudflare_clearance: {}, hunt: {}, bls: {} },
  callsBack: 'on-request',
  ...TWOCAPTCHA_PACE,
});
