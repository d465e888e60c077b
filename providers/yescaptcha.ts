import { readCellsFromZero } from '../src/wire/shapes.js';
import { json } from './families/json.js';

/**
 * YesCaptcha: the json wire with text ids and a balance in points; 120 polls and 5 minutes a task, no reports, bans
 * after bursts of errors. Asks for a score by type name.
 * Source: the YesCaptcha wiki (yescaptcha.atlassian.net/wiki); images, Enterprise v3, hCaptcha, Arkose and the
 * clearance cookie are unconfirmed.
 */
export default json({
  id: 'yescaptcha',
  title: 'YesCaptcha',
  baseUrl: 'https://api.yescaptcha.com',
  currency: 'points',
  proxyShape: 'url',
  answersAtOnce: ['image_to_text', 'grid'],
  kinds: {
    image_to_text: { type: 'ImageToTextTaskMuggle', takes: 'body' },
    recaptcha_v2: {
      type: 'NoCaptchaTaskProxyless',
      proxied: null,
      takes: 'websiteURL websiteKey isInvisible',
    },
    recaptcha_v2_enterprise: { proxied: null, takes: 'websiteURL websiteKey enterprisePayload' },
    recaptcha_v3: { proxied: null, takes: 'websiteURL websiteKey minScore pageAction' },
    turnstile: { proxied: null, takes: 'websiteURL websiteKey' },
    grid: {
      type: 'ReCaptchaV2Classification',
      takes: 'image question',
      requires: ['instructions'],
      answer: { cells: 'objects' },
      reads: { cells: readCellsFromZero },
    },
  },
  onRequest: {
    recaptcha_v3_enterprise: {
      type: 'RecaptchaV3EnterpriseTaskProxyless',
      proxied: null,
      fixed: {},
      takes: 'websiteURL websiteKey pageAction enterprisePayload',
    },
    hcaptcha: { proxied: null, takes: 'websiteURL websiteKey isInvisible rqdata userAgent' },
    funcaptcha: {
      type: 'FuncaptchaTaskProxyless',
      proxied: null,
      takes: 'websiteURL websitePublicKey funcaptchaApiJSSubdomain data',
    },
    cloudflare_clearance: { proxied: 'CloudFlareTaskS2', takes: 'websiteURL userAgent proxy' },
  },
  timing: {
    firstPollMs: 3_000,
    pollEveryMs: 3_000,
    maxPolls: 120,
    giveUpMs: 120_000,
    answerWithinMs: 10_000,
  },
  timingOf: { image_to_text: { answerWithinMs: 30_000 }, grid: { answerWithinMs: 30_000 } },
  report: () => undefined,
});
