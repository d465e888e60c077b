/** The service's own words on either wire, taken from the wires' tables where those have them. */

import type { ErrorCode } from '../core/errors.js';
import { SolveError } from '../core/errors.js';
import * as classic from '../wire/classic.js';
import type { Meaning } from '../wire/codes.js';
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
};

/** The word for a task that could not be read. */
export function spellFault(wire: WireName, error: SolveError): string {
  return wire === 'classic' ? classic.spellError(error, 'submit') : json.spellError(error, 'submit');
}

/** What a word says to a submit, as the wires' tables have it. */
export function meaningOf(wire: WireName, code: string): Meaning | undefined {
  return (wire === 'classic' ? classic.classicCodes : json.jsonCodes).meaning(code, 'submit');
}
