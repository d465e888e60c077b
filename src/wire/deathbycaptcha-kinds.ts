/** How DeathByCaptcha spells each kind: a number for the type, and one part of JSON text for the inputs. */
import type { Kind } from '../core/task.js';
import type { Answer, Names, Row } from './rows.js';

export interface DeathByCaptchaRow extends Row {
  readonly type: number;
  /** The part that holds the inputs as JSON text; absent where each is a part of its own. */
  readonly params?: string;
  /** Whether the text of an answer is JSON with several members. */
  readonly isObject?: true;
}

const PAGE: Names = { pageUrl: 'pageurl', proxy: 'proxy' };
const WIDGET: Names = { ...PAGE, siteKey: 'sitekey' };
const RECAPTCHA: Names = { ...PAGE, siteKey: 'googlekey' };
/** The text of the answer is the token. */
const TOKEN: Answer = { token: '' };
const TEXT: Answer = { text: '' };

/**
 * The texts with several members are JSON in the captcha vendor's own names, as far as anybody says.
 * Source: deathbycaptcha.com/api, deathbycaptcha/deathbycaptcha-agent-api-metadata, its official clients.
 */
export const DEATHBYCAPTCHA_KINDS: Readonly<Partial<Record<Kind, DeathByCaptchaRow>>> = {
  image_to_text: { type: 0, names: { imageBase64: 'captchafile' }, answer: TEXT },
  coordinates: { type: 2, names: { imageBase64: 'captchafile' }, answer: { coordinates: '' } },
  grid: {
    type: 3,
    names: {
      imageBase64: 'captchafile',
      instructions: 'banner_text',
      instructionImageBase64: 'banner',
      gridSize: 'grid',
    },
    answer: { cells: '' },
  },
  recaptcha_v2: {
    type: 4,
    params: 'token_params',
    names: { ...RECAPTCHA, dataS: 'data-s' },
    answer: TOKEN,
  },
  recaptcha_v3: {
    type: 5,
    params: 'token_params',
    names: { ...RECAPTCHA, action: 'action', minScore: 'min_score' },
    answer: TOKEN,
  },
  recaptcha_v2_enterprise: { type: 25, params: 'token_enterprise_params', names: RECAPTCHA, answer: TOKEN },
  funcaptcha: {
    type: 6,
    params: 'funcaptcha_params',
    names: { ...PAGE, publicKey: 'publickey' },
    answer: TOKEN,
  },
  geetest_v3: {
    type: 8,
    params: 'geetest_params',
    names: { ...PAGE, gt: 'gt', challenge: 'challenge' },
    isObject: true,
    answer: {
      challenge: ['challenge', 'geetest_challenge'],
      validate: ['validate', 'geetest_validate'],
      seccode: ['seccode', 'geetest_seccode'],
    },
  },
  geetest_v4: {
    type: 9,
    params: 'geetest_params',
    names: { ...PAGE, captchaId: 'captcha_id' },
    isObject: true,
    answer: {
      captchaOutput: 'captcha_output',
      captchaId: 'captcha_id',
      lotNumber: 'lot_number',
      passToken: 'pass_token',
      genTime: 'gen_time',
    },
  },
  text_question: { type: 11, names: { question: 'textcaptcha' }, answer: TEXT },
  turnstile: {
    type: 12,
    params: 'turnstile_params',
    names: { ...WIDGET, action: 'action' },
    answer: TOKEN,
  },
  audio: { type: 13, names: { audioBase64: 'audio', lang: 'language' }, answer: TEXT },
  lemin: {
    type: 14,
    params: 'lemin_params',
    names: { ...PAGE, captchaId: 'captchaid' },
    isObject: true,
    answer: { answer: 'answer', challengeId: ['challenge_id', 'challenge_uuid'] },
  },
  capy: {
    type: 15,
    params: 'capy_params',
    names: { ...PAGE, siteKey: 'captchakey', apiServer: 'api_server' },
    isObject: true,
    answer: { answer: 'answer', captchaKey: 'captchakey', challengeKey: 'challengekey', respKey: 'respKey' },
  },
  amazon_waf_voucher: {
    type: 16,
    params: 'waf_params',
    names: {
      ...WIDGET,
      iv: 'iv',
      context: 'context',
      challengeScript: 'challengejs',
      captchaScript: 'captchajs',
    },
    isObject: true,
    answer: { voucher: 'captcha_voucher', existingToken: 'existing_token' },
  },
  cybersiara: {
    type: 17,
    params: 'siara_params',
    names: { ...PAGE, masterUrlId: 'slideurlid', userAgent: 'useragent' },
    answer: TOKEN,
  },
  mtcaptcha: { type: 18, params: 'mtcaptcha_params', names: WIDGET, answer: TOKEN },
  cutcaptcha: {
    type: 19,
    params: 'cutcaptcha_params',
    names: { ...PAGE, apiKey: 'apikey', miseryKey: 'miserykey' },
    answer: TOKEN,
  },
  friendly_captcha: { type: 20, params: 'friendly_params', names: WIDGET, answer: TOKEN },
  datadome: {
    type: 21,
    params: 'datadome_params',
    // Its page names no user agent; the name is CyberSiARA's.
    names: { ...PAGE, captchaUrl: 'captcha_url', userAgent: 'useragent' },
    answer: { cookie: '' },
  },
  tencent: {
    type: 23,
    params: 'tencent_params',
    names: { ...PAGE, appId: 'appid' },
    isObject: true,
    answer: { ticket: 'ticket', randstr: 'randstr', appid: 'appid', ret: 'ret' },
    isFailure: ({ ret }) => ret !== undefined && ret !== 0,
  },
  atb_captcha: {
    type: 24,
    params: 'atb_params',
    names: { ...PAGE, appId: 'appid', apiServer: 'apiserver' },
    answer: TOKEN,
  },
};
