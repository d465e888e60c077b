/** What the first provider answers, and what is to come of it: DESIGN section 5's table and its fine print. */
import type { Manner, Script } from '../../src/sandbox/script.js';

export type Behaviour = Manner | { readonly code: string };

export interface FailoverRow {
  readonly word: string;
  readonly behaviour: Behaviour;
  /** How the attempt is booked. */
  readonly outcome: string;
  readonly upstreamCode: string | null;
  readonly mayBeCharged: boolean;
  readonly script?: Script;
}

/** A refusal in so many words: nothing was bought. */
function refusal(word: string, outcome: string, script: Script = {}): FailoverRow {
  return { word, behaviour: { code: word }, outcome, upstreamCode: word, mayBeCharged: false, script };
}

/** No usable answer: nobody knows what became of the submit, so it counts as bought. */
function silence(word: Manner, outcome: string): FailoverRow {
  return { word, behaviour: word, outcome, upstreamCode: null, mayBeCharged: true };
}

const SILENCES: readonly FailoverRow[] = [
  silence('html502', 'bad_reply'),
  silence('html502-after-accept', 'bad_reply'),
  silence('half-json', 'bad_reply'),
  silence('empty', 'bad_reply'),
  silence('reset', 'bad_reply'),
  silence('reset-after-accept', 'bad_reply'),
  silence('reset-in-body', 'bad_reply'),
  silence('hang', 'timeout'),
  silence('hang-after-accept', 'timeout'),
  silence('hang-in-body', 'timeout'),
  silence('slow-drip', 'timeout'),
];

export const SUBMIT_FAILS_OVER: readonly FailoverRow[] = [
  refusal('ERROR_WRONG_USER_KEY', 'auth'),
  refusal('ERROR_KEY_DOES_NOT_EXIST', 'auth'),
  refusal('ERROR_ZERO_BALANCE', 'zero_balance', { balanceUsd: 0 }),
  refusal('ERROR_NO_SLOT_AVAILABLE', 'no_slot'),
  refusal('ERROR_WRONG_CAPTCHA_ID', 'unsupported'),
  refusal('ERROR_METHOD_CALL', 'unsupported'),
  refusal('IP_BANNED', 'banned'),
  refusal('ERROR_BANNED', 'banned'),
  refusal('ERROR: 1001', 'rate_limited'),
  refusal('ERROR: 1002', 'zero_balance'),
  refusal('ERROR: 1003', 'rate_limited'),
  refusal('ERROR: 1004', 'banned'),
  refusal('ERROR: 1005', 'rate_limited'),
  refusal('ERROR_TOO_BIG_CAPTCHA_FILESIZE', 'image_error'),
  refusal('ERROR_NOBODY_HAS_HEARD_OF', 'internal'),
  ...SILENCES,
];

export const JSON_SUBMIT_FAILS_OVER: readonly FailoverRow[] = [
  refusal('ERROR_KEY_DOES_NOT_EXIST', 'auth'),
  refusal('ERROR_ZERO_BALANCE', 'zero_balance', { balanceUsd: 0 }),
  refusal('ERROR_NO_SLOT_AVAILABLE', 'no_slot'),
  refusal('ERROR_TASK_NOT_SUPPORTED', 'unsupported'),
  refusal('ERROR_IP_BLOCKED', 'banned'),
  refusal('ERROR_IP_BANNED', 'banned'),
  refusal('ERROR_RATE_LIMIT', 'rate_limited', { httpErrors: true }),
  silence('html502', 'bad_reply'),
  silence('half-json', 'bad_reply'),
  silence('reset-after-accept', 'bad_reply'),
  silence('hang-after-accept', 'timeout'),
];

export interface PollRow {
  readonly word: string;
  readonly behaviour: Behaviour;
  readonly outcome: string;
}

function pollRow(word: string, outcome: string): PollRow {
  return { word, behaviour: { code: word }, outcome };
}

export const POLL_FAILS_OVER: readonly PollRow[] = [
  pollRow('ERROR_CAPTCHA_UNSOLVABLE', 'unsolvable'),
  pollRow('ERROR_WRONG_ID_FORMAT', 'task_not_found'),
  pollRow('ERROR_WRONG_CAPTCHA_ID', 'task_not_found'),
  // Without a proxy from the caller it is the provider's own that failed.
  pollRow('ERROR_PROXY_CONNECTION_FAILED', 'proxy_error'),
  pollRow('IP_BANNED', 'banned'),
  pollRow('ERROR_BANNED', 'banned'),
  pollRow('ERROR: 1001', 'rate_limited'),
  pollRow('ERROR: 1002', 'zero_balance'),
  pollRow('ERROR: 1003', 'rate_limited'),
  pollRow('ERROR: 1004', 'banned'),
  pollRow('ERROR: 1005', 'rate_limited'),
];

/** Neither an answer nor the end of the task: the same id is asked for again. */
export const POLL_GOES_ON: readonly Behaviour[] = [
  { code: 'CAPCHA_NOT_READY' },
  { code: 'CAPTCHA_NOT_READY' },
  'html502',
  'half-json',
  'empty',
  'reset',
  'reset-in-body',
  'hang',
  'hang-in-body',
];

/** The word each door uses. */
export interface Words {
  readonly classic: string;
  readonly json: string;
  readonly native: string;
}

export interface CallerRow {
  readonly word: string;
  readonly at: 'submit' | 'poll';
  readonly told: Words;
}

function words(classic: string, json: string, native: string): Words {
  return { classic, json, native };
}

export const CALLERS_FAULT: readonly CallerRow[] = [
  { word: 'ERROR_PAGEURL', at: 'submit', told: words('ERROR_PAGEURL', 'ERROR_PAGEURL', '400 bad_page_url') },
  {
    word: 'ERROR_WRONG_GOOGLEKEY',
    at: 'submit',
    told: words('ERROR_WRONG_GOOGLEKEY', 'ERROR_RECAPTCHA_INVALID_SITEKEY', '400 bad_sitekey'),
  },
  {
    word: 'ERROR_GOOGLEKEY',
    at: 'submit',
    told: words('ERROR_GOOGLEKEY', 'ERROR_RECAPTCHA_INVALID_SITEKEY', '400 bad_sitekey'),
  },
  {
    word: 'ERROR_DOMAIN_NOT_ALLOWED',
    at: 'submit',
    told: words('ERROR_DOMAIN_NOT_ALLOWED', 'ERROR_DOMAIN_NOT_ALLOWED', '403 not_allowed'),
  },
  {
    word: 'ERROR_BAD_PARAMETERS',
    at: 'submit',
    told: words('ERROR_BAD_PARAMETERS', 'ERROR_BAD_PARAMETERS', '400 bad_request'),
  },
  {
    word: 'ERROR_BAD_TOKEN_OR_PAGEURL',
    at: 'poll',
    told: words('ERROR_BAD_TOKEN_OR_PAGEURL', 'ERROR_PAGEURL', '400 bad_page_url'),
  },
];

export interface AllRefuseRow {
  readonly first: string;
  readonly second: string;
  readonly told: Words;
}

const NO_SLOT = words('ERROR_NO_SLOT_AVAILABLE', 'ERROR_NO_SLOT_AVAILABLE', '503 no_slot');

/** A caller's fault wins; what says *come back* beats what says *give up*; our own troubles are told as no slot. */
export const ALL_REFUSE: readonly AllRefuseRow[] = [
  { first: 'ERROR_NO_SLOT_AVAILABLE', second: 'ERROR_NO_SLOT_AVAILABLE', told: NO_SLOT },
  { first: 'ERROR_ZERO_BALANCE', second: 'ERROR_NO_SLOT_AVAILABLE', told: NO_SLOT },
  { first: 'ERROR_NO_SLOT_AVAILABLE', second: 'ERROR_ZERO_BALANCE', told: NO_SLOT },
  { first: 'ERROR_WRONG_USER_KEY', second: 'ERROR_KEY_DOES_NOT_EXIST', told: NO_SLOT },
  {
    first: 'ERROR_ZERO_BALANCE',
    second: 'ERROR_ZERO_BALANCE',
    told: words('ERROR_ZERO_BALANCE', 'ERROR_ZERO_BALANCE', '503 zero_balance'),
  },
  {
    first: 'ERROR_WRONG_CAPTCHA_ID',
    second: 'ERROR_METHOD_CALL',
    told: words('ERROR_METHOD_CALL', 'ERROR_TASK_NOT_SUPPORTED', '400 unsupported'),
  },
  {
    first: 'ERROR_NO_SLOT_AVAILABLE',
    second: 'ERROR_PAGEURL',
    told: words('ERROR_PAGEURL', 'ERROR_PAGEURL', '400 bad_page_url'),
  },
  {
    first: 'ERROR_TOO_BIG_CAPTCHA_FILESIZE',
    second: 'ERROR_NO_SLOT_AVAILABLE',
    told: words('ERROR_TOO_BIG_CAPTCHA_FILESIZE', 'ERROR_TOO_BIG_CAPTCHA_FILESIZE', '400 image_error'),
  },
];
