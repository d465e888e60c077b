import { json } from './families/json.js';

/**
 * NextCaptcha: the json wire, answers within 45 s or fails; says `pending` where others say `processing`. No reports.
 * Source: nextcaptcha/nextcaptcha-python 1.1.5, nextcaptcha/nextcaptcha-typescript; hCaptcha and Arkose are unconfirmed.
 */
export default json({
  id: 'nextcaptcha',
  title: 'NextCaptcha',
  baseUrl: 'https://api.nextcaptcha.com',
  // Taken by its clients; no page says what is sent.
  callsBack: 'on-request',
  kinds: {
    recaptcha_v2: {
      proxied: null,
      takes: 'websiteURL websiteKey isInvisible apiDomain recaptchaDataSValue',
    },
    recaptcha_v2_enterprise: {
      takes: 'websiteURL websiteKey isInvisible apiDomain proxy enterprisePayload pageAction',
    },
    recaptcha_v3: { takes: 'websiteURL websiteKey apiDomain proxy pageAction' },
    turnstile: { takes: 'websiteURL websiteKey pageAction data proxy' },
    turnstile_challenge: { takes: 'websiteURL websiteKey pageAction data pagedata proxy' },
  },
  onRequest: {
    hcaptcha: { takes: 'websiteURL websiteKey isInvisible enterprisePayload.rqdata userAgent proxy' },
    funcaptcha: { takes: 'websiteURL websitePublicKey data proxy' },
  },
  timing: {
    firstPollMs: 1_000,
    pollEveryMs: 1_000,
    maxPolls: 120,
    giveUpMs: 60_000,
    answerWithinMs: 10_000,
  },
  report: () => undefined,
});
