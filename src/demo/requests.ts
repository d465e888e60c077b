/** What three sorts of client send for five kinds of captcha, word for word. */

export const DEMO_KINDS = ['recaptcha_v2', 'turnstile', 'image_to_text', 'geetest_v3', 'hcaptcha'] as const;
export type DemoKind = (typeof DEMO_KINDS)[number];
export type Api = 'classic' | 'json' | 'native';

type Fields = Readonly<Record<string, string>>;

/** A transparent PNG of one pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==';
const SITE_KEY = '6Le-wvkSAAAAAPBMRTvw0Q4Muexq9bi0DJwx_mJ-';
const WIDGET_KEY = '0x4AAAAAAADnPIDROrmt1Wwj';
const SITE_ID = 'a5f74b19-9e45-40e0-b45d-47ff91b7a6c2';
const GT = 'f2ae6cadcf7886856696502e1d55e00c';

/** Every visit is another captcha: the same one again would count as bought twice. */
function page(visit: number): string {
  return `https://shop.example.com/sign-up?visit=${visit}`;
}

function picture(visit: number): string {
  return Buffer.concat([Buffer.from(PIXEL, 'base64'), Buffer.from(`visit ${visit}`)]).toString('base64');
}

function challenge(visit: number): string {
  return `12ae1159ffdfcbbc306897e8d9bf${String(visit).padStart(4, '0')}`;
}

/** Parameters of in.php. */
export const CLASSIC_FORMS: Readonly<Record<DemoKind, (visit: number) => Fields>> = {
  recaptcha_v2: (visit) => ({ method: 'userrecaptcha', googlekey: SITE_KEY, pageurl: page(visit) }),
  turnstile: (visit) => ({ method: 'turnstile', sitekey: WIDGET_KEY, pageurl: page(visit) }),
  image_to_text: (visit) => ({ method: 'base64', body: picture(visit) }),
  geetest_v3: (visit) => ({ method: 'geetest', gt: GT, challenge: challenge(visit), pageurl: page(visit) }),
  hcaptcha: (visit) => ({ method: 'hcaptcha', sitekey: SITE_ID, pageurl: page(visit) }),
};

/** The task of createTask. */
export const JSON_TASKS: Readonly<Record<DemoKind, (visit: number) => Fields>> = {
  recaptcha_v2: (visit) => ({
    type: 'RecaptchaV2TaskProxyless',
    websiteURL: page(visit),
    websiteKey: SITE_KEY,
  }),
  turnstile: (visit) => ({ type: 'TurnstileTaskProxyless', websiteURL: page(visit), websiteKey: WIDGET_KEY }),
  image_to_text: (visit) => ({ type: 'ImageToTextTask', body: picture(visit) }),
  geetest_v3: (visit) => ({
    type: 'GeeTestTaskProxyless',
    websiteURL: page(visit),
    gt: GT,
    challenge: challenge(visit),
  }),
  hcaptcha: (visit) => ({ type: 'HCaptchaTaskProxyless', websiteURL: page(visit), websiteKey: SITE_ID }),
};

/** The body of /v1/solve. */
export const NATIVE_BODIES: Readonly<Record<DemoKind, (visit: number) => Fields>> = {
  recaptcha_v2: (visit) => ({ kind: 'recaptcha_v2', siteKey: SITE_KEY, pageUrl: page(visit) }),
  turnstile: (visit) => ({ kind: 'turnstile', siteKey: WIDGET_KEY, pageUrl: page(visit) }),
  image_to_text: (visit) => ({ kind: 'image_to_text', imageBase64: picture(visit) }),
  geetest_v3: (visit) => ({ kind: 'geetest_v3', gt: GT, challenge: challenge(visit), pageUrl: page(visit) }),
  hcaptcha: (visit) => ({ kind: 'hcaptcha', siteKey: SITE_ID, pageUrl: page(visit) }),
};
