/** What 2Captcha takes over createTask; RuCaptcha takes the same. */
import type { JsonRow } from '../../src/wire/json.js';
import type { KindRows } from './facts.js';

/** Source: 2captcha.com/api-docs; audio, capy, alibaba, tspd, basilisk and imperva from clients only. */
export const TWOCAPTCHA_JSON = {
  image_to_text: { takes: 'body case phrase numeric math minLength maxLength comment imgInstructions' },
  text_question: {},
  audio: {},
  recaptcha_v2: {},
  recaptcha_v2_enterprise: {
    takes: 'websiteURL websiteKey isInvisible apiDomain cookies userAgent proxy enterprisePayload',
  },
  recaptcha_v3: { proxied: null, takes: 'websiteURL websiteKey apiDomain minScore pageAction' },
  recaptcha_v3_enterprise: { proxied: null, takes: 'websiteURL websiteKey apiDomain minScore pageAction' },
  turnstile: {},
  turnstile_challenge: { takes: 'websiteURL websiteKey action data pagedata userAgent proxy' },
  geetest_v3: { takes: 'websiteURL gt challenge geetestApiServerSubdomain userAgent proxy' },
  geetest_v4: { takes: 'websiteURL initParameters.captcha_id initParameters.riskType userAgent proxy' },
  funcaptcha: { takes: 'websiteURL websitePublicKey funcaptchaApiJSSubdomain data userAgent proxy' },
  keycaptcha: {},
  capy: {},
  lemin: {},
  cutcaptcha: { takes: 'websiteURL miseryKey apiKey proxy' },
  cybersiara: {},
  datadome: { takes: 'websiteURL captchaUrl userAgent proxy' },
  mtcaptcha: { takes: 'websiteURL websiteKey proxy' },
  friendly_captcha: { takes: 'websiteURL websiteKey proxy' },
  tencent: { takes: 'websiteURL appId captchaScript proxy' },
  atb_captcha: {},
  prosopo: {},
  yandex_smart: {},
  captchafox: {},
  altcha: { takes: 'websiteURL proxy challengeURL challengeJSON' },
  amazon_waf_voucher: { takes: 'websiteURL websiteKey iv context challengeScript captchaScript proxy' },
  binance: {},
  yidun: {},
  alibaba: {
    takes:
      'websiteURL sceneId prefix userId userUserId verifyType region userCertifyId apiGetLib userAgent proxy',
  },
  tspd: {},
  basilisk: {},
  imperva: {},
  temu_image: {},
  vk_image: {},
  vk_captcha: {},
  coordinates: { takes: 'body comment imgInstructions minClicks maxClicks' },
  grid: { takes: 'body rows columns comment imgInstructions imgType minClicks maxClicks canNoAnswer' },
  canvas: {},
  rotate: {},
  bounding_box: {},
} as const satisfies KindRows<JsonRow>;

/** Withdrawn in early 2026. */
export const WITHDRAWN_JSON = {
  hcaptcha: { takes: 'websiteURL websiteKey isInvisible enterprisePayload.rqdata userAgent proxy' },
} as const satisfies KindRows<JsonRow>;
