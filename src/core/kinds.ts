/** The kinds of captcha the gateway understands, and what a task of each kind must and may carry. */
import type { FieldName } from './fields.js';
import type { Member } from './solution.js';

export interface KindFacts {
  readonly title: string;
  /** Tokens and cookies come from a browser that runs the widget; images are looked at, texts read or heard. */
  readonly group: 'token' | 'cookie' | 'image' | 'text';
  readonly required: readonly FieldName[];
  readonly optional?: readonly FieldName[];
  /** At least one of these must be there. */
  readonly oneOf?: readonly FieldName[];
  /** Fields that are hints for this kind, whatever they are for others. */
  readonly hints?: readonly FieldName[];
  /** Inputs that the first attempt burns: no second purchase can succeed with them. */
  readonly singleUse?: readonly FieldName[];
  /** Normalized members of the solution; the first is the one that plain-text clients get. */
  readonly solution: readonly [Member, ...Member[]];
  /** How long an answer stays valid at the site, in seconds; absent where nobody says. */
  readonly solutionLifeSeconds?: number;
}

const WIDGET = ['pageUrl', 'siteKey'] as const;
const CLIENT = ['userAgent', 'proxy'] as const;
const BROWSER = ['userAgent', 'cookies', 'proxy'] as const;
const TOKEN = ['token'] as const;
const TOKEN_AND_AGENT = ['token', 'userAgent'] as const;
const HINTS = ['instructions', 'instructionImageBase64'] as const;

/**
 * Kinds that at least two services solve, so that failover means something; whatever else clients ask for is
 * passed through as it is. Answers of different shape are different kinds: AWS WAF's voucher is no cookie.
 * Source of the facts: the services' API pages and official clients, September to November 2026.
 */
// biome-ignore format: a table is read by its rows
export const KINDS = {
  image_to_text: {
    title: 'Distorted text in an image', group: 'image', required: ['imageBase64'],
    optional: ['caseSensitive', 'phrase', 'numeric', 'math', 'minLength', 'maxLength', ...HINTS, 'languageSet', 'lang',
      'module', 'confidenceThreshold', 'instant', 'pageUrl'],
    hints: ['pageUrl'], solution: ['text', 'confidence', 'url'],
  },
  text_question: {
    title: 'Question in plain language', group: 'text', required: ['question'], optional: ['languageSet', 'lang'], solution: ['text'],
  },
  audio: { title: 'Spoken text in a recording', group: 'text', required: ['audioBase64'], optional: ['lang'], solution: ['text'] },
  recaptcha_v2: {
    title: 'reCAPTCHA v2, checkbox or invisible', group: 'token', required: WIDGET,
    optional: ['invisible', 'dataS', 'apiDomain', ...BROWSER], singleUse: ['dataS'],
    solution: ['token', 'userAgent', 'cookies'], solutionLifeSeconds: 120,
  },
  recaptcha_v2_enterprise: {
    title: 'reCAPTCHA v2 Enterprise', group: 'token', required: WIDGET,
    optional: ['invisible', 'dataS', 'enterprisePayload', 'action', 'apiDomain', ...BROWSER], singleUse: ['dataS', 'enterprisePayload'],
    solution: ['token', 'userAgent', 'cookies'], solutionLifeSeconds: 120,
  },
  recaptcha_v3: {
    title: 'reCAPTCHA v3', group: 'token', required: WIDGET, optional: ['action', 'minScore', 'apiDomain', ...BROWSER],
    solution: TOKEN_AND_AGENT, solutionLifeSeconds: 120,
  },
  recaptcha_v3_enterprise: {
    title: 'reCAPTCHA v3 Enterprise', group: 'token', required: WIDGET,
    optional: ['action', 'minScore', 'enterprisePayload', 'apiDomain', ...BROWSER], singleUse: ['enterprisePayload'],
    solution: TOKEN_AND_AGENT, solutionLifeSeconds: 120,
  },
  hcaptcha: {
    title: 'hCaptcha', group: 'token', required: WIDGET,
    optional: ['invisible', 'rqdata', 'enterprise', 'apiDomain', ...CLIENT], singleUse: ['rqdata'],
    solution: ['token', 'respKey', 'userAgent'], solutionLifeSeconds: 120,
  },
  turnstile: {
    title: 'Cloudflare Turnstile widget', group: 'token', required: WIDGET, optional: ['action', 'cData', ...CLIENT],
    solution: TOKEN_AND_AGENT, solutionLifeSeconds: 300,
  },
  turnstile_challenge: {
    title: 'Cloudflare challenge page, token', group: 'token', required: [...WIDGET, 'action', 'cData', 'chlPageData'],
    optional: ['apiJsUrl', ...CLIENT], singleUse: ['cData', 'chlPageData'], solution: TOKEN_AND_AGENT, solutionLifeSeconds: 300,
  },
  cloudflare_clearance: {
    title: 'Cloudflare challenge page, clearance cookie', group: 'cookie', required: ['pageUrl', 'proxy'],
    optional: ['userAgent', 'htmlPageBase64', 'html', 'siteKey'], hints: ['siteKey', 'htmlPageBase64'],
    solution: ['cookies', 'userAgent', 'token', 'headers'],
  },
  geetest_v3: {
    title: 'GeeTest v3', group: 'token', required: ['pageUrl', 'gt', 'challenge'],
    optional: ['apiServer', 'offline', 'newCaptcha', 'getLib', ...CLIENT], singleUse: ['challenge'],
    solution: ['validate', 'challenge', 'seccode'],
  },
  geetest_v4: {
    title: 'GeeTest v4', group: 'token', required: ['pageUrl', 'captchaId'], optional: ['riskType', 'apiServer', ...CLIENT],
    solution: ['captchaOutput', 'captchaId', 'lotNumber', 'passToken', 'genTime'],
  },
  funcaptcha: {
    title: 'Arkose Labs FunCaptcha', group: 'token', required: ['pageUrl', 'publicKey'], optional: ['apiServer', 'data', ...BROWSER],
    singleUse: ['data'], solution: TOKEN_AND_AGENT,
  },
  keycaptcha: {
    title: 'KeyCAPTCHA', group: 'token', required: ['pageUrl', 'userId', 'sessionId', 'webServerSign', 'webServerSign2'], optional: ['proxy'],
    singleUse: ['sessionId', 'webServerSign', 'webServerSign2'], solution: TOKEN,
  },
  capy: {
    title: 'Capy puzzle', group: 'token', required: WIDGET, optional: ['apiServer', 'version', ...CLIENT],
    solution: ['answer', 'captchaKey', 'challengeKey', 'respKey'],
  },
  lemin: {
    title: 'Lemin puzzle', group: 'token', required: ['pageUrl', 'captchaId'], optional: ['divId', 'apiServer', ...CLIENT],
    solution: ['answer', 'challengeId'],
  },
  cutcaptcha: { title: 'CutCaptcha', group: 'token', required: ['pageUrl', 'miseryKey', 'apiKey'], optional: CLIENT, solution: TOKEN },
  cybersiara: { title: 'CyberSiARA', group: 'token', required: ['pageUrl', 'masterUrlId', 'userAgent'], optional: ['proxy'], solution: TOKEN },
  datadome: {
    title: 'DataDome slider', group: 'cookie', required: ['captchaUrl', 'userAgent', 'proxy'], optional: ['pageUrl', 'cookies'],
    hints: ['pageUrl', 'cookies'], singleUse: ['captchaUrl'], solution: ['cookie', 'userAgent'],
  },
  mtcaptcha: {
    title: 'MTCaptcha', group: 'token', required: WIDGET, optional: ['action', 'invisible', ...CLIENT], hints: ['invisible'], solution: TOKEN,
  },
  friendly_captcha: {
    title: 'Friendly Captcha', group: 'token', required: WIDGET, optional: ['moduleScript', 'noModuleScript', 'apiGetLib', ...CLIENT],
    hints: ['apiGetLib'], solution: TOKEN,
  },
  tencent: {
    title: 'Tencent captcha', group: 'token', required: ['pageUrl', 'appId'], optional: ['captchaScript', 'captchaUrl', 'proxy'],
    hints: ['captchaUrl'], solution: ['ticket', 'randstr', 'appid', 'ret', 'userAgent'],
  },
  atb_captcha: { title: 'atbCAPTCHA', group: 'token', required: ['pageUrl', 'appId', 'apiServer'], optional: ['proxy'], solution: TOKEN },
  prosopo: { title: 'Prosopo Procaptcha', group: 'token', required: WIDGET, optional: ['proxy'], solution: TOKEN },
  yandex_smart: { title: 'Yandex SmartCaptcha', group: 'token', required: WIDGET, optional: BROWSER, solution: TOKEN },
  captchafox: { title: 'CaptchaFox', group: 'token', required: [...WIDGET, ...CLIENT], optional: ['apiServer'], solution: TOKEN_AND_AGENT },
  altcha: {
    title: 'ALTCHA', group: 'token', required: ['pageUrl'], optional: ['challengeUrl', 'challengeJson', 'siteKey', 'proxy'],
    oneOf: ['challengeUrl', 'challengeJson'], hints: ['siteKey'], singleUse: ['challengeJson'], solution: TOKEN,
  },
  amazon_waf_voucher: {
    title: 'AWS WAF, voucher', group: 'token', required: [...WIDGET, 'iv', 'context'], optional: ['challengeScript', 'captchaScript', ...CLIENT],
    singleUse: ['iv', 'context'], solution: ['voucher', 'existingToken'],
  },
  amazon_waf_cookie: {
    title: 'AWS WAF, aws-waf-token cookie', group: 'cookie', required: ['pageUrl'],
    optional: ['siteKey', 'iv', 'context', 'challengeScript', 'captchaScript', 'jsapiScript', ...CLIENT], singleUse: ['iv', 'context'],
    solution: ['cookie', 'userAgent'],
  },
  binance: {
    title: 'Binance captcha', group: 'token', required: [...WIDGET, 'validateId'], optional: CLIENT, singleUse: ['validateId'],
    solution: TOKEN_AND_AGENT,
  },
  yidun: {
    title: 'NetEase Yidun', group: 'token', required: WIDGET, optional: ['getLib', 'apiServer', 'challenge', 'hcg', 'hct', ...CLIENT],
    singleUse: ['challenge', 'hcg', 'hct'], solution: TOKEN,
  },
  hunt: {
    title: 'HUNT', group: 'token', required: ['pageUrl', 'apiGetLib'], optional: ['data', 'widgetUrl', ...CLIENT], solution: TOKEN,
  },
  alibaba: {
    title: 'Alibaba captcha', group: 'token', required: ['pageUrl', 'sceneId', 'prefix'],
    optional: ['userId', 'userUserId', 'verifyType', 'region', 'userCertifyId', 'apiGetLib', 'siteKey', 'punishUrl', 'cookieRequired', ...CLIENT],
    hints: ['siteKey', 'apiGetLib'], singleUse: ['userCertifyId'], solution: ['token', 'data', 'cookies'],
  },
  tspd: {
    title: 'F5 TSPD', group: 'cookie', required: ['pageUrl', 'tspdCookie', 'htmlPageBase64', 'proxy'], optional: ['userAgent'],
    singleUse: ['htmlPageBase64', 'tspdCookie'], solution: ['cookies'],
  },
  basilisk: { title: 'Basilisk', group: 'token', required: WIDGET, optional: CLIENT, solution: TOKEN_AND_AGENT },
  imperva: {
    title: 'Imperva Incapsula', group: 'cookie', required: ['pageUrl', 'incapsulaScriptUrl', 'incapsulaCookies', 'proxy'],
    optional: ['reese84Url', 'userAgent'], singleUse: ['incapsulaCookies'], solution: ['cookies'],
  },
  temu_image: { title: 'Temu image in three parts', group: 'image', required: ['imageBase64', 'parts'], solution: ['coordinates'] },
  vk_image: {
    title: 'VK slider image', group: 'image', required: ['imageBase64', 'steps'], solution: ['bestStep', 'solution', 'answer', 'preview'],
  },
  vk_captcha: {
    title: 'VK captcha', group: 'token', required: ['redirectUri', ...CLIENT], singleUse: ['redirectUri'], solution: TOKEN,
  },
  coordinates: {
    title: 'Points to click in an image', group: 'image', required: ['imageBase64'],
    optional: [...HINTS, 'minClicks', 'maxClicks', 'lang', 'mode', 'pageUrl'], hints: ['pageUrl'], solution: ['coordinates'],
  },
  grid: {
    title: 'Cells to pick in a grid of images', group: 'image', required: ['imageBase64'],
    optional: ['rows', 'columns', 'gridSize', ...HINTS, 'imgType', 'minClicks', 'maxClicks', 'previousId', 'canNoAnswer', 'lang'],
    solution: ['cells'],
  },
  canvas: {
    title: 'Outline to draw around an object', group: 'image', required: ['imageBase64', 'instructions'],
    optional: ['instructionImageBase64', 'previousId', 'canNoAnswer', 'lang'], solution: ['paths'],
  },
  rotate: { title: 'Image to turn upright', group: 'image', required: ['imageBase64'], optional: ['angle', ...HINTS, 'lang'], solution: ['angle'] },
  bounding_box: { title: 'Boxes around an object', group: 'image', required: ['imageBase64'], optional: HINTS, oneOf: HINTS, solution: ['boxes'] },
  bls: { title: 'BLS: nine images to pick from', group: 'image', required: ['images', 'instructions'], optional: ['code'], solution: ['cells'] },
} as const satisfies Record<string, KindFacts>;

export type Kind = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as readonly Kind[];
