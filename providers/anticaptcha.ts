import type { UpstreamReport } from '../src/core/provider.js';
import type { ReportCall } from './families/json.js';
import { json } from './families/json.js';

/**
 * Anti-Captcha: the service that the json wire comes from. Results and reports are kept for 60 s only;
 * an unsolvable captcha may be charged. hCaptcha was withdrawn (ERROR_TASK_TYPE_DEPRECATED).
 * Source: anti-captcha.com/apidoc, anti-captcha/anticaptcha-npm.
 */
export default json({
  id: 'anticaptcha',
  title: 'Anti-Captcha',
  baseUrl: 'https://api.anti-captcha.com',
  reportWithinSeconds: 60,
  callsBack: 'always',
  kinds: {
    image_to_text: { takes: 'body case phrase numeric math minLength maxLength comment websiteURL' },
    recaptcha_v2: {},
    recaptcha_v2_enterprise: {
      takes: 'websiteURL websiteKey apiDomain cookies userAgent proxy enterprisePayload',
    },
    recaptcha_v3: { proxied: null, takes: 'websiteURL websiteKey apiDomain minScore pageAction' },
    recaptcha_v3_enterprise: { proxied: null, takes: 'websiteURL websiteKey apiDomain minScore pageAction' },
    turnstile: { takes: 'websiteURL websiteKey action cData proxy' },
    turnstile_challenge: { takes: 'websiteURL websiteKey action cData chlPageData proxy' },
    geetest_v3: {},
    geetest_v4: {
      takes: 'websiteURL gt initParameters.riskType geetestApiServerSubdomain userAgent proxy',
    },
    funcaptcha: { takes: 'websiteURL websitePublicKey funcaptchaApiJSSubdomain data userAgent proxy' },
    friendly_captcha: { takes: 'websiteURL websiteKey proxy' },
    prosopo: {},
    altcha: { takes: 'websiteURL proxy challengeURL challengeJSON' },
    amazon_waf_cookie: {
      takes: 'websiteURL websiteKey iv context challengeScript captchaScript jsapiScript proxy',
    },
    coordinates: { type: 'ImageToCoordinatesTask', takes: 'body comment mode websiteURL' },
  },
  onRequest: {
    hcaptcha: {
      takes: 'websiteURL websiteKey isInvisible enterprisePayload.rqdata isEnterprise userAgent proxy',
    },
  },
  timing: {
    firstPollMs: 5_000,
    pollEveryMs: 2_000,
    maxPolls: 120,
    giveUpMs: 180_000,
    answerWithinMs: 10_000,
  },
  report: reportPath,
});

/** Four calls, one for each sort of report that the service takes. */
function reportPath({ task, isAccepted }: UpstreamReport): ReportCall | undefined {
  if (task.kind.startsWith('recaptcha')) {
    return { path: isAccepted ? '/reportCorrectRecaptcha' : '/reportIncorrectRecaptcha' };
  }
  if (isAccepted) return undefined;
  if (task.kind === 'image_to_text') return { path: '/reportIncorrectImageCaptcha' };
  return task.kind === 'hcaptcha' ? { path: '/reportIncorrectHcaptcha' } : undefined;
}
