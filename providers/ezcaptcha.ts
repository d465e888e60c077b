import { onlyS } from '../src/wire/rows.js';
import { json } from './families/json.js';

const TAKES = 'websiteURL websiteKey isInvisible s proxy';

/**
 * EzCaptcha (EZCaptchaSolver): the json wire with text ids; a "proxyless" type takes a proxy too. Failures of a task
 * come as HTTP 200, refusals as 4xx and 5xx with the envelope; 30 errors a minute about key or money ban the key.
 * A task is billed when it is made.
 * Source: EZXLabs/ezcapsolver-py.
 */
export default json({
  id: 'ezcaptcha',
  title: 'EzCaptcha',
  baseUrl: 'https://api.ez-captcha.com',
  currency: 'points',
  proxyShape: 'url',
  kinds: {
    recaptcha_v2: {
      type: 'ReCaptchaV2TaskProxyless',
      proxied: 'ReCaptchaV2TaskProxyless',
      takes: TAKES,
    },
    recaptcha_v2_enterprise: {
      type: 'ReCaptchaV2EnterpriseTaskProxyless',
      proxied: 'ReCaptchaV2EnterpriseTaskProxyless',
      takes: 'websiteURL websiteKey isInvisible sa s proxy',
      writes: { enterprisePayload: (payload) => onlyS(Object(payload)) },
      refuses: ({ enterprisePayload }) =>
        enterprisePayload && onlyS(enterprisePayload) === undefined
          ? 'cannot pass enterprisePayload'
          : undefined,
    },
    recaptcha_v3: {
      type: 'ReCaptchaV3TaskProxyless',
      proxied: 'ReCaptchaV3TaskProxyless',
      takes: 'websiteURL websiteKey pageAction proxy',
    },
    recaptcha_v3_enterprise: {
      type: 'ReCaptchaV3EnterpriseTaskProxyless',
      proxied: 'ReCaptchaV3EnterpriseTaskProxyless',
      fixed: {},
      takes: 'websiteURL websiteKey pageAction proxy',
    },
    hcaptcha: {
      type: 'HCaptcha',
      proxied: 'HCaptcha',
      fixed: { lang: 'en-US', invisible: false },
      takes: 'websiteURL websiteKey invisible rqdata proxy',
    },
    turnstile: {
      type: 'CloudFlareTurnstileTask',
      proxied: 'CloudFlareTurnstileTask',
      takes: 'websiteURL websiteKey rqData.metadataAction rqData.metadataCdata proxy',
    },
    cloudflare_clearance: { proxied: 'CloudFlare5STask', takes: 'websiteURL proxy' },
    funcaptcha: {
      type: 'FuncaptchaTaskProxyless',
      proxied: null,
      takes: 'websiteURL websiteKey funcaptchaApiJSSubdomain data',
    },
  },
  codes: [
    ['ERROR_KEY_NOT_AVAILABLE', 'auth', 'auth'],
    ['ERROR_REQUEST_LIMIT', 'rate_limited', 'rate_limited', { pauseSeconds: 5, next: 'wait' }],
    ['ERROR_REQUEST_BANNED', 'banned', 'banned', { pauseSeconds: 180, next: 'wait' }],
    ['ERROR_REQUEST_PARAMETERS', 'bad_request', null],
    ['ERROR_REQUEST_PROXY_MISSING', 'proxy_error', null],
    ['ERROR_TASK_NOT_EXIST', null, 'task_not_found'],
    ['ERROR_TASK_TYPE_NOT_SUPPORTED', 'unsupported', null],
    ['ERROR_TASK_TYPE_NOT_AVAILABLE', 'unsupported', null],
    ['ERROR_TASK_TYPE_NOT_ALLOWED', 'unsupported', null],
    ['ERROR_PACKAGE_TASK_TYPE_NOT_SUPPORTED', 'unsupported', null],
    ['ERROR_PACKAGE_NOT_EXIST', 'zero_balance', null],
    ['ERROR_SUBSCRIPTION_EXPIRED', 'zero_balance', null],
    ['ERROR_WEBSITE_NOT_ALLOWED', 'not_allowed', null],
    ['ERROR_SERVICE_TIMEOUT', 'internal', 'internal', { pauseSeconds: 5 }],
  ],
  timing: {
    firstPollMs: 3_000,
    pollEveryMs: 3_000,
    maxPolls: 60,
    giveUpMs: 150_000,
    answerWithinMs: 30_000,
  },
  report: () => undefined,
});
