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
  kinds: [
    'image_to_text',
    'recaptcha_v2',
    'recaptcha_v2_enterprise',
    'recaptcha_v3',
    'recaptcha_v3_enterprise',
    'turnstile',
    'geetest_v3',
    'geetest_v4',
    'funcaptcha',
  ],
  alsoSpeaks: ['hcaptcha'],
  timing: {
    firstPollMs: 5_000,
    pollEveryMs: 2_000,
    maxPolls: 120,
    giveUpMs: 180_000,
    answerWithinMs: 10_000,
  },
  lacks: {
    image_to_text: ['instructionImageBase64', 'module', 'confidenceThreshold'],
    recaptcha_v2_enterprise: ['invisible', 'action'],
    recaptcha_v3: ['proxy', 'userAgent', 'cookies'],
    recaptcha_v3_enterprise: ['proxy', 'enterprisePayload', 'userAgent', 'cookies'],
    hcaptcha: ['apiDomain'],
    turnstile: ['userAgent'],
    funcaptcha: ['cookies'],
  },
  rows: {
    turnstile: {
      names: {
        pageUrl: 'websiteURL',
        siteKey: 'websiteKey',
        action: 'action',
        cData: 'cData',
        proxy: 'proxy',
      },
    },
    geetest_v4: {
      names: {
        pageUrl: 'websiteURL',
        captchaId: 'gt',
        riskType: 'initParameters.riskType',
        apiServer: 'geetestApiServerSubdomain',
        userAgent: 'userAgent',
        proxy: 'proxy',
      },
    },
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
