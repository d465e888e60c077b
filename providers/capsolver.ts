import { json } from './families/json.js';

/**
 * CapSolver: the json wire with its own type names, text ids and HTTP 4xx around its errors.
 * Images are solved inside createTask; one call takes good and bad reports.
 * Source: docs.capsolver.com, capsolver/capsolver-python, capsolver-ai/capsolver-core.
 */
export default json({
  id: 'capsolver',
  title: 'CapSolver',
  baseUrl: 'https://api.capsolver.com',
  kinds: [
    'image_to_text',
    'recaptcha_v2',
    'recaptcha_v2_enterprise',
    'recaptcha_v3',
    'recaptcha_v3_enterprise',
    'turnstile',
    'geetest_v3',
    'geetest_v4',
  ],
  timing: {
    firstPollMs: 3_000,
    pollEveryMs: 3_000,
    maxPolls: 120,
    giveUpMs: 180_000,
    answerWithinMs: 10_000,
  },
  timingOf: { image_to_text: { answerWithinMs: 30_000 } },
  answersAtOnce: ['image_to_text'],
  proxyShape: 'text',
  lacks: {
    image_to_text: [
      'phrase',
      'numeric',
      'math',
      'minLength',
      'maxLength',
      'instructions',
      'instructionImageBase64',
    ],
    recaptcha_v2: ['userAgent', 'cookies', 'proxy'],
    recaptcha_v2_enterprise: ['userAgent', 'cookies', 'action'],
    recaptcha_v3: ['userAgent', 'cookies'],
    recaptcha_v3_enterprise: ['userAgent', 'cookies', 'minScore'],
    geetest_v3: ['getLib', 'userAgent', 'proxy'],
  },
  rows: {
    recaptcha_v2: { type: 'ReCaptchaV2TaskProxyLess', proxied: null },
    recaptcha_v2_enterprise: {
      type: 'ReCaptchaV2EnterpriseTaskProxyLess',
      proxied: 'ReCaptchaV2EnterpriseTask',
    },
    recaptcha_v3: { type: 'ReCaptchaV3TaskProxyLess', proxied: 'ReCaptchaV3Task' },
    recaptcha_v3_enterprise: {
      type: 'ReCaptchaV3EnterpriseTaskProxyLess',
      proxied: 'ReCaptchaV3EnterpriseTask',
      fixed: {},
    },
    turnstile: {
      type: 'AntiTurnstileTaskProxyLess',
      proxied: null,
      names: {
        pageUrl: 'websiteURL',
        siteKey: 'websiteKey',
        action: 'metadata.action',
        cData: 'metadata.cdata',
      },
    },
    geetest_v3: { type: 'GeeTestTaskProxyLess', proxied: null, fixed: {} },
    geetest_v4: {
      type: 'GeeTestTaskProxyLess',
      proxied: null,
      fixed: {},
      names: { pageUrl: 'websiteURL', captchaId: 'captchaId', apiServer: 'geetestApiServerSubdomain' },
    },
  },
  report: ({ isAccepted }) => ({
    path: '/feedbackTask',
    json: { result: { invalid: !isAccepted } },
  }),
});
