/** The service's own words on each wire, taken from the wires' tables where those have them. */

import type { ErrorCode } from '../core/errors.js';
import { SolveError } from '../core/errors.js';
import { meaningOfProse } from '../wire/bestcaptchasolver.js';
import * as classic from '../wire/classic.js';
import type { Meaning } from '../wire/codes.js';
import { deathByCaptchaCodes } from '../wire/deathbycaptcha.js';
import * as json from '../wire/json.js';
import type { WireName } from './question.js';

export interface Words {
  readonly keyMissing: string;
  readonly keyUnknown: string;
  readonly zeroBalance: string;
  readonly noSlot: string;
  readonly unsupported: string;
  readonly badSiteKey: string;
  readonly badPageUrl: string;
  readonly unsolvable: string;
  readonly notFound: string;
  readonly wrongIdForm: string;
  /** Null where the wire takes a second or an early report for a report. */
  readonly reportedBefore: string | null;
  readonly reportedEarly: string | null;
  readonly unknownAction: string;
  readonly unreadable: string;
  readonly taskMissing: string;
}

type Spell = (error: SolveError, question: 'submit' | 'poll') => string;

function sharedWords(spell: Spell) {
  const onSubmit = (code: ErrorCode) => spell(new SolveError(code), 'submit');
  return {
    keyMissing: spell(new SolveError('auth', { isMalformed: true }), 'submit'),
    keyUnknown: onSubmit('auth'),
    zeroBalance: onSubmit('zero_balance'),
    noSlot: onSubmit('no_slot'),
    unsupported: onSubmit('unsupported'),
    badSiteKey: onSubmit('bad_sitekey'),
    badPageUrl: onSubmit('bad_page_url'),
    unsolvable: spell(new SolveError('unsolvable'), 'poll'),
    notFound: spell(new SolveError('task_not_found'), 'poll'),
    unreadable: onSubmit('bad_request'),
  };
}

export const WORDS: Readonly<Record<WireName, Words>> = {
  classic: {
    ...sharedWords(classic.spellError),
    wrongIdForm: 'ERROR_WRONG_ID_FORMAT',
    reportedBefore: 'ERROR_DUPLICATE_REPORT',
    reportedEarly: 'ERROR_REPORT_NOT_RECORDED',
    unknownAction: 'ERROR_EMPTY_ACTION',
    taskMissing: 'ERROR_BAD_PARAMETERS',
  },
  json: {
    ...sharedWords(json.spellError),
    wrongIdForm: 'ERROR_NO_SUCH_CAPCHA_ID',
    reportedBefore: null,
    reportedEarly: null,
    unknownAction: 'ERROR_NO_SUCH_METHOD',
    taskMissing: 'ERROR_TASK_ABSENT',
  },
  deathbycaptcha: {
    keyMissing: 'not-logged-in',
    keyUnknown: 'not-logged-in',
    zeroBalance: 'insufficient-funds',
    noSlot: 'service-overload',
    unsupported: 'not-implemented',
    badSiteKey: 'ERROR_SITEKEY',
    badPageUrl: 'ERROR_PAGEURL',
    // No errors on this wire: the answer's text, and its id.
    unsolvable: '?',
    notFound: 'captcha 0',
    wrongIdForm: 'captcha 0',
    reportedBefore: null,
    reportedEarly: null,
    unknownAction: 'not-implemented',
    unreadable: 'upload-failed',
    taskMissing: 'not-implemented',
  },
  bestcaptchasolver: {
    keyMissing: 'access_token is missing',
    keyUnknown: 'Invalid access_token',
    zeroBalance: 'Insufficient balance',
    noSlot: 'No workers available, try again later',
    unsupported: 'This type of captcha is not supported',
    badSiteKey: 'Invalid site_key',
    badPageUrl: 'Invalid page_url',
    unsolvable: 'Captcha could not be solved',
    notFound: 'Captcha not found',
    wrongIdForm: 'Invalid captcha id',
    reportedBefore: null,
    reportedEarly: null,
    unknownAction: 'This call is not supported',
    unreadable: 'The request cannot be read',
    taskMissing: 'Parameters are missing',
  },
};

/** The word for a task that could not be read. */
export function spellFault(wire: WireName, error: SolveError): string {
  if (wire === 'classic') return classic.spellError(error, 'submit');
  if (wire === 'json') return json.spellError(error, 'submit');
  return FAULTS[wire][error.code] ?? WORDS[wire].unreadable;
}

const FAULTS: Readonly<
  Record<'deathbycaptcha' | 'bestcaptchasolver', Readonly<Partial<Record<ErrorCode, string>>>>
> = {
  deathbycaptcha: {
    unsupported: 'not-implemented',
    bad_request: 'not-implemented',
    bad_sitekey: 'ERROR_SITEKEY',
    bad_page_url: 'ERROR_PAGEURL',
    image_error: 'Empty CAPTCHA image',
    proxy_error: 'ERROR_PROXY',
  },
  bestcaptchasolver: {
    unsupported: 'This type of captcha is not supported',
    bad_sitekey: 'Invalid site_key',
    bad_page_url: 'Invalid page_url',
    image_error: 'Invalid b64image',
    proxy_error: 'Invalid proxy',
  },
};

const MEANINGS: Readonly<Record<WireName, (code: string) => Meaning | undefined>> = {
  classic: (code) => classic.classicCodes.meaning(code, 'submit'),
  json: (code) => json.jsonCodes.meaning(code, 'submit'),
  deathbycaptcha: (code) => deathByCaptchaCodes.meaning(code, 'submit'),
  bestcaptchasolver: (code) => meaningOfProse(code, 'submit'),
};

/** What a word says to a submit, as the wires' tables have it. */
export function meaningOf(wire: WireName, code: string): Meaning | undefined {
  return MEANINGS[wire](code);
}
