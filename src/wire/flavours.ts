/** The services whose particulars the json door can follow, and how a request tells which one it expects. */
import { isObject, wordOf } from './values.js';

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

/**
 * Every service that users put into their hosts file. Source: docs.captchaai.com, docs.capsolver.com and its
 * official clients, yescaptcha.atlassian.net, EzCaptcha's pages at apifox.com. The others share
 * the form that most clients accept.
 */
export const FLAVOURS: Readonly<Record<string, Flavour>> = {
  '2captcha': {
    hosts: [
      ...['2captcha.com', 'api.2captcha.com', 'rucaptcha.com', 'api.rucaptcha.com'],
      ...['solvecaptcha.com', 'api.solvecaptcha.com', 'azcaptcha.com', 'api.azcaptcha.com'],
      ...['captchas.io', 'api.captchas.io', 'api.cap.guru', 'api2.cap.guru', 'cptch.net', 'api.cptch.net'],
      ...['api.dbcapi.me', 'api.deathbycaptcha.com', 'antigate.com'],
    ],
    ...plain(),
  },
  captchaai: { hosts: ['ocr.captchaai.com', 'api.captchaai.com'], ...plain(), numbersRecaptchas: true },
  anticaptcha: { hosts: ['api.anti-captcha.com', 'anti-captcha.com', 'api.nextcaptcha.com'], ...plain() },
  capmonster: {
    hosts: ['api.capmonster.cloud', 'ru.api.capmonster.cloud', 'capmonster.cloud'],
    ...plain(),
  },
  capsolver: {
    hosts: ['api.capsolver.com', 'api-stable.capsolver.com'],
    idAs: 'string',
    numbersRecaptchas: false,
    hasStatusInCreate: true,
    solvesImagesAtOnce: true,
  },
  yescaptcha: {
    hosts: ['api.yescaptcha.com', 'cn.yescaptcha.com'],
    ...plain(),
    idAs: 'string',
    solvesImagesAtOnce: true,
  },
  ezcaptcha: { hosts: ['api.ez-captcha.com'], ...plain(), idAs: 'string' },
};

function plain() {
  return {
    idAs: 'number',
    numbersRecaptchas: false,
    hasStatusInCreate: false,
    solvesImagesAtOnce: false,
  } as const;
}

const FLAVOUR_BY_HOST: ReadonlyMap<string, string> = new Map(
  Object.entries(FLAVOURS).flatMap(([flavour, { hosts }]) => hosts.map((host) => [host, flavour] as const)),
);

/** The flavour that a Host header names; undefined for the gateway's own names. */
export function flavourOfHost(host: string | null): string | undefined {
  const name = host?.toLowerCase().replace(/\.?(?::\d+)?$/, '');
  return name === undefined ? undefined : FLAVOUR_BY_HOST.get(name.replace(/^www\./, ''));
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
    /^ReCaptcha|ProxyLess$|^Anti(?!CyberSiAra|Gate|BotCookie).+Task/.test(type) ||
    /capsolver/i.test(userAgent ?? '');
  return isCapSolver ? 'capsolver' : undefined;
}

/** The particulars of a flavour; the common form for none. */
export function particularsOf(flavour: string | undefined): Omit<Flavour, 'hosts'> {
  return (flavour === undefined ? undefined : FLAVOURS[flavour]) ?? plain();
}
