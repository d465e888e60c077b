/** The services whose particulars the json door can follow, and how a request tells which one it expects. */
import { isObject, wordOf } from './rows.js';

export interface Flavour {
  /** Names under which it is reached: path prefix and Host. */
  readonly hosts: readonly string[];
  readonly idAs: 'number' | 'string';
  /** Whether in.php answers json=1 with a number for reCAPTCHA, as only CaptchaAI does; text is the rule. */
  readonly numbersRecaptchas: boolean;
  /** Whether createTask answers carry `status`, and getTaskResult repeats the id. */
  readonly hasStatusInCreate: boolean;
  /** Whether images are solved inside createTask. */
  readonly solvesImagesAtOnce: boolean;
}

/** Source: docs.captchaai.com, docs.capsolver.com and its official clients. The others share the form that most clients accept. */
export const FLAVOURS: Readonly<Record<string, Flavour>> = {
  '2captcha': {
    hosts: ['2captcha.com', 'api.2captcha.com', 'rucaptcha.com', 'api.rucaptcha.com'],
    ...plain(),
  },
  captchaai: { hosts: ['ocr.captchaai.com'], ...plain(), numbersRecaptchas: true },
  anticaptcha: { hosts: ['api.anti-captcha.com'], ...plain() },
  capmonster: { hosts: ['api.capmonster.cloud'], ...plain() },
  capsolver: {
    hosts: ['api.capsolver.com', 'api-stable.capsolver.com'],
    idAs: 'string',
    numbersRecaptchas: false,
    hasStatusInCreate: true,
    solvesImagesAtOnce: true,
  },
};

function plain() {
  return {
    idAs: 'number',
    numbersRecaptchas: false,
    hasStatusInCreate: false,
    solvesImagesAtOnce: false,
  } as const;
}

/** The flavour that a Host header names; undefined for the gateway's own names. */
export function flavourOfHost(host: string | null): string | undefined {
  const name = host?.toLowerCase().replace(/:\d+$/, '');
  return Object.keys(FLAVOURS).find(
    (flavour) => name !== undefined && FLAVOURS[flavour]?.hosts.includes(name),
  );
}

/** The flavour that only one service's clients would write like this. */
export function flavourOfBody(
  body: Readonly<Record<string, unknown>>,
  userAgent: string | null,
): string | undefined {
  const type = isObject(body.task) ? wordOf(body.task.type) : '';
  const isCapSolver =
    'appId' in body ||
    'AppID' in body ||
    'ClientKey' in body ||
    /^ReCaptcha|ProxyLess$|^Anti.+Task/.test(type) ||
    /capsolver/i.test(userAgent ?? '');
  return isCapSolver ? 'capsolver' : undefined;
}

/** The particulars of a flavour; the common form for none. */
export function particularsOf(flavour: string | undefined): Omit<Flavour, 'hosts'> {
  return (flavour === undefined ? undefined : FLAVOURS[flavour]) ?? plain();
}
