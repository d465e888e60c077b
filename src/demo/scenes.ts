/** What happens in the demo: the state the first service is put into, and the captchas that are solved meanwhile. */
import type { Api, DemoKind } from './requests.js';
import type { Script, ServiceName } from './services.js';

export interface Scene {
  /** What the first service does, as the table says it. */
  readonly state: string;
  readonly scripts: Readonly<Partial<Record<ServiceName, Script>>>;
  /** The gateway has to find out by itself that the service is well again; the scene begins when it has. */
  readonly startsWhenWelcome?: true;
  readonly rows: readonly (readonly [api: Api, kind: DemoKind])[];
}

const NO_SLOT = { code: 'ERROR_NO_SLOT_AVAILABLE' };

/**
 * GeeTest's challenge works once, so it is never asked for where a service hangs: whether it was used up there
 * nobody knows, and buying again would be money for nothing.
 */
export const SCENES: readonly Scene[] = [
  {
    state: 'works',
    scripts: {},
    rows: [
      ['classic', 'recaptcha_v2'],
      ['json', 'turnstile'],
      ['native', 'image_to_text'],
    ],
  },
  {
    state: 'has no slot',
    scripts: { captchaai: { submit: NO_SLOT }, '2captcha': { submitOf: { geetest_v3: NO_SLOT } } },
    rows: [
      ['classic', 'recaptcha_v2'],
      ['json', 'recaptcha_v2'],
      ['native', 'geetest_v3'],
    ],
  },
  {
    state: 'has no balance',
    scripts: { captchaai: { submit: 'ok', balanceUsd: 0 }, '2captcha': { submitOf: {} } },
    rows: [
      ['json', 'image_to_text'],
      ['native', 'recaptcha_v2'],
      ['classic', 'turnstile'],
    ],
  },
  {
    state: 'hangs',
    scripts: { captchaai: { submit: 'hang', balanceUsd: 10 } },
    startsWhenWelcome: true,
    rows: [
      ['classic', 'hcaptcha'],
      ['native', 'turnstile'],
      ['json', 'hcaptcha'],
    ],
  },
  {
    state: 'works again',
    scripts: { captchaai: { submit: 'ok' } },
    startsWhenWelcome: true,
    rows: [
      ['json', 'geetest_v3'],
      ['classic', 'image_to_text'],
    ],
  },
];
