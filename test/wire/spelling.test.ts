/** The words in which each wire tells our errors: its clients know them, and know them in this sense. */
import { describe, expect, it } from 'vitest';
import { ERROR_POLICY, type ErrorCode, SolveError } from '../../src/core/errors.js';
import { classicCodes, spellError as spellClassic } from '../../src/wire/classic.js';
import { jsonCodes, spellError as spellJson } from '../../src/wire/json.js';

const tables = { classic: classicCodes, json: jsonCodes };
const errorCodes = Object.keys(ERROR_POLICY) as ErrorCode[];
const spell = { classic: spellClassic, json: spellJson };

describe.each(['classic', 'json'] as const)('our words on the %s wire', (wire) => {
  it.each(errorCodes)('%s is told in a word that this wire knows', (code) => {
    for (const question of ['submit', 'poll'] as const) {
      const word = spell[wire](new SolveError(code), question);
      expect(tables[wire].find(word)).toBeDefined();
      const { blame } = ERROR_POLICY[code];
      const isOwnFault = blame === 'caller' && code !== 'conflict' && code !== 'cancelled';
      if (isOwnFault || code === 'unsolvable') expect(tables[wire].meaning(word, question)).toBe(code);
    }
  });

  it.each(['timeout', 'bad_reply', 'internal', 'banned', 'rate_limited', 'overloaded', 'no_slot'] as const)(
    '%s is our trouble: the client is asked to come back',
    (code) => {
      const error = new SolveError(code, { upstreamCode: 'IP_BANNED' });
      expect(spell[wire](error, 'submit')).toBe('ERROR_NO_SLOT_AVAILABLE');
    },
  );

  it("keeps a service's own word where it says the same about the caller's task", () => {
    const error = new SolveError('bad_request', { upstreamCode: 'ERROR_BAD_PARAMETERS' });
    expect(spell[wire](error, 'submit')).toBe('ERROR_BAD_PARAMETERS');
    const timeLimit = new SolveError('unsolvable', { upstreamCode: 'ERROR_BAD_DUPLICATES' });
    expect(spell[wire](timeLimit, 'poll')).toBe('ERROR_BAD_DUPLICATES');
  });

  it('never passes on a word that its clients do not know', () => {
    const foreign = new SolveError('bad_sitekey', {
      upstreamCode: wire === 'json' ? 'ERROR_GOOGLEKEY' : 'ERROR_RECAPTCHA_INVALID_SITEKEY',
    });
    expect(spell[wire](foreign, 'submit')).not.toBe(foreign.evidence.upstreamCode);
    const unlisted = new SolveError('internal', { upstreamCode: 'ERROR_BRAND_NEW' });
    expect(spell[wire](unlisted, 'poll')).toBe('ERROR_NO_SLOT_AVAILABLE');
  });
});

it.each([
  ['unsupported', 'ERROR_METHOD_CALL', 'ERROR_TASK_NOT_SUPPORTED'],
  ['task_not_found', 'ERROR_WRONG_CAPTCHA_ID', 'ERROR_NO_SUCH_CAPCHA_ID'],
  ['bad_sitekey', 'ERROR_GOOGLEKEY', 'ERROR_RECAPTCHA_INVALID_SITEKEY'],
  ['auth', 'ERROR_KEY_DOES_NOT_EXIST', 'ERROR_KEY_DOES_NOT_EXIST'],
  ['zero_balance', 'ERROR_ZERO_BALANCE', 'ERROR_ZERO_BALANCE'],
  ['not_allowed', 'ERROR_DOMAIN_NOT_ALLOWED', 'ERROR_DOMAIN_NOT_ALLOWED'],
  ['deadline', 'ERROR_CAPTCHA_UNSOLVABLE', 'ERROR_CAPTCHA_UNSOLVABLE'],
  ['bad_request', 'ERROR_BAD_PARAMETERS', 'ERROR_BAD_PARAMETERS'],
] as const)('%s is %s on the classic wire and %s on json', (code, classic, json) => {
  expect(spellClassic(new SolveError(code), 'poll')).toBe(classic);
  expect(spellJson(new SolveError(code), 'poll')).toBe(json);
});

it('a key that is none is told apart from an unknown one on the classic wire only', () => {
  const malformed = new SolveError('auth', { isMalformed: true });
  expect(spellClassic(malformed, 'submit')).toBe('ERROR_WRONG_USER_KEY');
  expect(spellJson(malformed, 'submit')).toBe('ERROR_KEY_DOES_NOT_EXIST');
});
