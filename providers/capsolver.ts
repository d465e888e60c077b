import { readCellsFromZero } from '../src/wire/shapes.js';
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
  proxyShape: 'text',
  // Taken by its clients; no page says what is sent.
  callsBack: 'on-request',
  answersAtOnce: ['image_to_text', 'grid'],
  kinds: {
    image_to_text: { takes: 'body case module score websiteURL' },
    recaptcha_v2: {
      type: 'ReCaptchaV2TaskProxyLess',
      proxied: null,
      takes: 'websiteURL websiteKey isInvisible apiDomain recaptchaDataSValue',
    },
    recaptcha_v2_enterprise: {
      type: 'ReCaptchaV2EnterpriseTaskProxyLess',
      proxied: 'ReCaptchaV2EnterpriseTask',
      takes: 'websiteURL websiteKey isInvisible apiDomain proxy enterprisePayload',
    },
    recaptcha_v3: {
      type: 'ReCaptchaV3TaskProxyLess',
      proxied: 'ReCaptchaV3Task',
      takes: 'websiteURL websiteKey apiDomain proxy minScore pageAction',
    },
    recaptcha_v3_enterprise: {
      type: 'ReCaptchaV3EnterpriseTaskProxyLess',
      proxied: 'ReCaptchaV3EnterpriseTask',
      fixed: {},
      takes: 'websiteURL websiteKey apiDomain proxy pageAction enterprisePayload',
    },
    turnstile: {
      type: 'AntiTurnstileTaskProxyLess',
      proxied: null,
      takes: 'websiteURL websiteKey metadata.action metadata.cdata',
    },
    cloudflare_clearance: { takes: 'websiteURL html userAgent proxy' },
    geetest_v3: {
      type: 'GeeTestTaskProxyLess',
      proxied: null,
      fixed: {},
      takes: 'websiteURL gt challenge geetestApiServerSubdomain',
    },
    geetest_v4: {
      type: 'GeeTestTaskProxyLess',
      proxied: null,
      fixed: {},
      takes: 'websiteURL captchaId geetestApiServerSubdomain',
    },
    datadome: { proxied: 'DatadomeSliderTask', takes: 'websiteURL captchaUrl userAgent proxy' },
    mtcaptcha: { type: 'MtCaptchaTaskProxyLess', takes: 'websiteURL websiteKey proxy' },
    friendly_captcha: { proxied: null, takes: 'websiteURL websiteKey moduleScript nomoduleScript' },
    yandex_smart: { type: 'YandexCaptchaTaskProxyLess', proxied: null, takes: 'websiteURL websiteKey' },
    amazon_waf_cookie: {
      type: 'AntiAwsWafTaskProxyLess',
      proxied: 'AntiAwsWafTask',
      takes: 'websiteURL awsKey awsIv awsContext awsChallengeJS proxy',
    },
    grid: {
      type: 'ReCaptchaV2Classification',
      takes: 'image question',
      requires: ['instructions'],
      answer: { cells: 'objects' },
      reads: { cells: readCellsFromZero },
    },
  },
  timing: {
    firstPollMs: 3_000,
    pollEveryMs: 3_000,
    maxPolls: 120,
    giveUpMs: 180_000,
    answerWithinMs: 10_000,
  },
  timingOf: { image_to_text: { answerWithinMs: 30_000 }, grid: { answerWithinMs: 30_000 } },
  report: ({ isAccepted }) => ({
    path: '/feedbackTask',
    json: { result: { invalid: !isAccepted } },
  }),
});
