/** The fixtures that come with the gateway: public demo pages and pictures of its own, one for each kind. */
import { isKind, KIND_NAMES, type Kind, type Task } from '../core/task.js';
import { type Fixture, taskOf, type Verify } from './fixture.js';
import { GRID, NUMBERS, SHAPES, TEXT, UPSIDE_DOWN } from './pictures.js';

type Starter = Omit<Fixture, 'id' | 'kind'>;

const DEMO = 'https://2captcha.com/demo';
const DEMO_API = 'https://2captcha.com/api/v1/captcha-demo';
const SCORED = { action: 'demo_action', minScore: 0.3 } as const;
const OWN = { demo: 'own', source: 'drawn for this' } as const;
const EXAMPLES = 'https://github.com/2captcha/2captcha-python/tree/master/examples/sync';
const AGENT =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

/** How 2Captcha's demo pages try a token: the member of their JSON is named answer or token. */
function demoTrial(page: string, siteKey: string, member: 'answer' | 'token'): Verify {
  return {
    url: `${DEMO_API}/${page}/verify`,
    json: { siteKey, [member]: '{token}' },
    contains: '"success":true',
    rejects: '"success":false',
  };
}

/** A widget on one of those pages. */
function demoPage(page: string, siteKey: string, more: object = {}): Starter {
  const pageUrl = `${DEMO}/${page}`;
  return { demo: pageUrl, source: pageUrl, fields: { pageUrl, siteKey, ...more } };
}

function enterprise(page: string, siteKey: string, more: object = {}): Starter {
  return { ...demoPage(page, siteKey, more), verify: demoTrial('recaptcha-enterprise', siteKey, 'token') };
}

const V3_KEY = '6Lcyqq8oAAAAAJE7eVJ3aZp_hnJcI6LgGdYD8lge';
const TURNSTILE_KEY = '0x4AAAAAAAVrOwQWPlm3Bnr5';
const GOOGLE_DEMO = 'https://www.google.com/recaptcha/api2/demo';

/** Kinds with inputs that last; seen on these pages, or in the examples of official clients, in November 2026. */
const STARTERS: Readonly<Partial<Record<Kind, Starter>>> = {
  image_to_text: { ...OWN, fields: { imageBase64: TEXT }, answer: { text: 'W9H5K' } },
  text_question: {
    demo: 'own',
    source: 'written for this',
    fields: { question: 'If tomorrow is Saturday, what day is it today?', lang: 'en' },
    answer: { text: ['Friday', "it's Friday", 'it is Friday'] },
  },
  recaptcha_v2: {
    demo: GOOGLE_DEMO,
    source: GOOGLE_DEMO,
    fields: { pageUrl: GOOGLE_DEMO, siteKey: '6Le-wvkSAAAAAPBMRTvw0Q4Muexq9bi0DJwx_mJ-' },
    verify: {
      url: GOOGLE_DEMO,
      form: { 'g-recaptcha-response': '{token}' },
      contains: 'Verification Success',
      rejects: 'recaptcha-demo-submit',
    },
  },
  recaptcha_v2_enterprise: enterprise('recaptcha-v2-enterprise', '6Lf26sUnAAAAAIKLuWNYgRsFUfmI-3Lex3xT5N-s'),
  recaptcha_v3: {
    ...demoPage('recaptcha-v3', V3_KEY, SCORED),
    verify: demoTrial('recaptcha', V3_KEY, 'answer'),
  },
  recaptcha_v3_enterprise: enterprise(
    'recaptcha-v3-enterprise',
    '6Lel38UnAAAAAMRwKj9qLH2Ws4Tf2uTDQCyfgR6b',
    SCORED,
  ),
  hcaptcha: {
    demo: 'https://accounts.hcaptcha.com/demo',
    source: 'https://docs.hcaptcha.com/#integration-testing-test-keys',
    fields: {
      pageUrl: 'https://accounts.hcaptcha.com/demo',
      siteKey: '10000000-ffff-ffff-ffff-000000000001',
    },
  },
  turnstile: {
    ...demoPage('cloudflare-turnstile', TURNSTILE_KEY),
    verify: demoTrial('cloudflare-turnstile', TURNSTILE_KEY, 'answer'),
  },
  geetest_v3: {
    demo: `${DEMO}/geetest`,
    source: `${EXAMPLES}/geetest.py`,
    fields: { pageUrl: `${DEMO}/geetest` },
    fresh: { url: `${DEMO_API}/gee-test/init-params`, take: { gt: 'gt', challenge: 'challenge' } },
    verify: {
      url: `${DEMO_API}/gee-test/verify`,
      json: {
        geetest_challenge: '{challenge}',
        geetest_validate: '{validate}',
        geetest_seccode: '{seccode}',
      },
      contains: '"success":true',
      rejects: '"success":false',
    },
  },
  geetest_v4: {
    demo: `${DEMO}/geetest-v4`,
    source: `${DEMO}/geetest-v4`,
    fields: { pageUrl: `${DEMO}/geetest-v4`, captchaId: 'e392e1d7fd421dc63325744d5a2b9c73' },
    verify: {
      url: `${DEMO_API}/gee-test-v4/verify`,
      json: {
        captcha_id: '{captchaId}',
        lot_number: '{lotNumber}',
        pass_token: '{passToken}',
        gen_time: '{genTime}',
        captcha_output: '{captchaOutput}',
      },
      contains: '"result":"success"',
      rejects: '"result":"fail"',
    },
  },
  lemin: {
    demo: `${DEMO}/lemin`,
    source: `${EXAMPLES}/lemin.py`,
    fields: {
      pageUrl: `${DEMO}/lemin`,
      captchaId: 'CROPPED_3dfdd5c_d1872b526b794d83ba3b365eb15a200b',
      divId: 'lemin-cropped-captcha',
      apiServer: 'https://api.leminnow.com/',
    },
  },
  cybersiara: {
    demo: 'https://demo.mycybersiara.com/',
    source: `${EXAMPLES}/cybersiara.py`,
    fields: {
      pageUrl: 'https://demo.mycybersiara.com/',
      masterUrlId: 'tpjOCKjjpdzv3d8Ub2E9COEWKt1vl1Mv',
      userAgent: AGENT,
    },
  },
  mtcaptcha: { ...demoPage('mtcaptcha', 'MTPublic-KzqLY1cKH'), source: `${EXAMPLES}/mtcaptcha.py` },
  friendly_captcha: {
    demo: 'https://friendlycaptcha.com/demo',
    source: `${EXAMPLES}/friendly_captcha.py`,
    fields: { pageUrl: 'https://friendlycaptcha.com/demo', siteKey: 'FCMGEMUD2KTDSQ5H' },
  },
  amazon_waf_cookie: {
    demo: 'https://efw47fpad9.execute-api.us-east-1.amazonaws.com/latest',
    source: `${EXAMPLES}/amazon_waf.py`,
    fields: { pageUrl: 'https://efw47fpad9.execute-api.us-east-1.amazonaws.com/latest' },
  },
  coordinates: {
    ...OWN,
    fields: { imageBase64: SHAPES, instructions: 'Click the red circle' },
    answer: { points: [{ x: 14, y: 24, width: 72, height: 72 }] },
  },
  grid: {
    ...OWN,
    fields: { imageBase64: GRID, instructions: 'Select all red circles', rows: 3, columns: 3 },
    answer: { cells: [1, 5, 9] },
  },
  canvas: { ...OWN, fields: { imageBase64: SHAPES, instructions: 'Draw around the red circle' } },
  rotate: {
    ...OWN,
    fields: { imageBase64: UPSIDE_DOWN, instructions: 'Turn the arrow up' },
    answer: { angle: 180 },
  },
  bounding_box: { ...OWN, fields: { imageBase64: SHAPES, instructions: 'A box around the red circle' } },
  bls: {
    ...OWN,
    fields: { images: NUMBERS, instructions: '667' },
    answer: { cells: [2, 4, 8] },
  },
};

const ONE_OFF = 'the inputs of its demo page last for one visit';
const BEHIND_PROXY = 'it needs a proxy of yours';
const NO_PAGE = 'no public demo page with inputs that last is known';

/** Why a kind has nothing to be asked with; the others have no public page. */
const WHYS: Readonly<Partial<Record<Kind, string>>> = {
  audio: 'no recording comes with the gateway',
  turnstile_challenge: ONE_OFF,
  cloudflare_clearance: BEHIND_PROXY,
  funcaptcha: ONE_OFF,
  keycaptcha: ONE_OFF,
  datadome: BEHIND_PROXY,
  captchafox: BEHIND_PROXY,
  altcha: ONE_OFF,
  amazon_waf_voucher: ONE_OFF,
  binance: ONE_OFF,
  tspd: BEHIND_PROXY,
  imperva: BEHIND_PROXY,
  vk_captcha: BEHIND_PROXY,
  temu_image: 'no picture of its making may be passed on',
  vk_image: 'no picture of its making may be passed on',
};

function withoutDemo(kind: Kind): Starter {
  return { demo: null, why: WHYS[kind] ?? NO_PAGE, fields: { pageUrl: 'https://example.com/' } };
}

/** One for every kind. */
export const STARTER_FIXTURES: readonly Fixture[] = KIND_NAMES.filter(isKind).map((kind) => {
  return { id: kind, kind, ...(STARTERS[kind] ?? withoutDemo(kind)) };
});

/** A task of this kind with inputs that last; undefined where there are none. */
export function demoTask(kind: Kind): Task | undefined {
  const fixture = STARTER_FIXTURES.find((each) => each.kind === kind);
  return fixture?.demo && !fixture.fresh ? taskOf(fixture) : undefined;
}
