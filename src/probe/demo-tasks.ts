/** Captchas that stand on public demo pages for everybody to try: what `--solve` buys. */
import type { Kind, Task } from '../core/task.js';

/** A picture of the text W9H5K. */
const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAALoAAAA2AQAAAABYB77/AAAAX0lEQVR42s2UQQpAIQhEBzpAR/LqHukfIJifhtCm9Sgp' +
  'g8/FIBX4CEjBmtwHsBQOVEcPnPQS0R3sBdK3Uw88l4i1czImYE1A2T3C9QAWLj+7tznk4Fz6rNd7EIOW/9UPEueTcKpp' +
  'RqgAAAAASUVORK5CYII=';

const DEMO = 'https://2captcha.com/demo';
const SCORED = { action: 'demo_action', minScore: 0.3 } as const;

/** GeeTest v3 and FunCaptcha are missing: their inputs do not last. */
const DEMO_TASKS: Readonly<Partial<Record<Kind, Omit<Task, 'kind'>>>> = {
  image_to_text: { imageBase64: PICTURE },
  recaptcha_v2: {
    pageUrl: 'https://www.google.com/recaptcha/api2/demo',
    siteKey: '6Le-wvkSAAAAAPBMRTvw0Q4Muexq9bi0DJwx_mJ-',
  },
  recaptcha_v2_enterprise: {
    pageUrl: `${DEMO}/recaptcha-v2-enterprise`,
    siteKey: '6Lf26sUnAAAAAIKLuWNYgRsFUfmI-3Lex3xT5N-s',
  },
  recaptcha_v3: {
    pageUrl: `${DEMO}/recaptcha-v3`,
    siteKey: '6Lcyqq8oAAAAAJE7eVJ3aZp_hnJcI6LgGdYD8lge',
    ...SCORED,
  },
  recaptcha_v3_enterprise: {
    pageUrl: `${DEMO}/recaptcha-v3-enterprise`,
    siteKey: '6Lel38UnAAAAAMRwKj9qLH2Ws4Tf2uTDQCyfgR6b',
    ...SCORED,
  },
  hcaptcha: {
    pageUrl: 'https://accounts.hcaptcha.com/demo',
    siteKey: '10000000-ffff-ffff-ffff-000000000001',
  },
  turnstile: { pageUrl: `${DEMO}/cloudflare-turnstile`, siteKey: '0x4AAAAAAAVrOwQWPlm3Bnr5' },
  geetest_v4: { pageUrl: `${DEMO}/geetest-v4`, captchaId: 'e392e1d7fd421dc63325744d5a2b9c73' },
};

/** A task of this kind; undefined where no public input lasts. */
export function demoTask(kind: Kind): Task | undefined {
  const fields = DEMO_TASKS[kind];
  return fields && { kind, ...fields };
}
