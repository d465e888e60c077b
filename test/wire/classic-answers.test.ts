/** res.php, both ways: what we say is read back, and what services answer is read right or not at all. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SolveError } from '../../src/core/errors.js';
import type { Kind } from '../../src/core/task.js';
import {
  CLASSIC_KINDS,
  type ClassicRow,
  readAccepted,
  readBalance,
  readReported,
  readResult,
  sayResult,
} from '../../src/wire/classic.js';
import { arbitrarySolution, sampleSolution } from './solutions.js';

const rows = Object.entries(CLASSIC_KINDS) as [Kind, ClassicRow][];
const reply = (body: unknown, status = 200) => {
  return { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
};
const rowOf = (kind: Kind) => CLASSIC_KINDS[kind] as ClassicRow;
const poll = (kind: Kind, body: unknown, status?: number) =>
  readResult(reply(body, status), kind, rowOf(kind));

/** The code of the error, with the next step where the spelling has its own. */
function codeOf(read: () => unknown): string {
  try {
    return `read ${JSON.stringify(read())}`;
  } catch (error) {
    return error instanceof SolveError ? error.code : String(error);
  }
}

describe('what we say of a solution is read back', () => {
  it.each(rows)('%s as JSON, with every member', (kind, row) => {
    const members = Object.keys(row.answer);
    const property = fc.property(arbitrarySolution(kind, members), (solution) => {
      expect(poll(kind, sayResult(kind, solution, true))).toEqual({ solution, costUsd: undefined });
    });
    fc.assert(property, { numRuns: 100 });
  });

  it.each(rows)('%s as plain text, with the members that fit there', (kind, row) => {
    const fitting = Object.entries(row.answer).filter(([, paths]) => paths[0]?.startsWith('request'));
    const solution = sampleSolution(fitting.map(([member]) => member));
    const said = sayResult(kind, solution, false);
    expect(said).toMatch(/^OK\|/);
    expect(poll(kind, said)).toEqual({ solution, costUsd: undefined });
  });

  it('a token is text, an object is an object', () => {
    expect(sayResult('turnstile', { token: 't', userAgent: 'UA' }, true)).toEqual({
      status: 1,
      request: 't',
      useragent: 'UA',
    });
    expect(sayResult('turnstile', { token: 't', userAgent: 'UA' }, false)).toBe('OK|t');
    const solution = { challenge: 'c', validate: 'v', seccode: 's' };
    const object = { geetest_challenge: 'c', geetest_validate: 'v', geetest_seccode: 's' };
    expect(sayResult('geetest_v3', solution, true)).toEqual({ status: 1, request: object });
    expect(sayResult('geetest_v3', solution, false)).toBe(`OK|${JSON.stringify(object)}`);
  });
});

describe('an accepted submit', () => {
  it.each([
    ['OK|2122988149', '2122988149'],
    ['OK|2122988149\n', '2122988149'],
    [{ status: 1, request: '2122988149' }, '2122988149'],
    [{ status: '1', request: '2122988149' }, '2122988149'],
    [{ status: 1, request: 73548291 }, 73548291],
    ['{"status":1,"request":9007199254740993}', '9007199254740993'],
    ['{"status":1,"request":123456789012345678901234}', '123456789012345678901234'],
    ['{ "request" : 1000000000000000 , "status" : 1 }', 1_000_000_000_000_000],
    [{ status: 1, request: '37223a89-06ed-442c-a0b8-22067b79c5b4' }, '37223a89-06ed-442c-a0b8-22067b79c5b4'],
  ])('%j has the id %j', (body, upstreamId) => {
    expect(readAccepted(reply(body))).toEqual({ upstreamId });
  });

  it.each([
    '',
    ' ',
    'OK|',
    'OK',
    'OK|<html>',
    'null',
    '{}',
    '[]',
    '0',
    'true',
    '"OK"',
    '{"status":1}',
    '{"status":0}',
    '{"status":1,"request":""}',
    '{"status":1,"request":null}',
    '{"status":1,"request":0}',
    '{"status":1,"request":-5}',
    '{"status":1,"request":1.5}',
    '{"status":1,"request":{"id":1}}',
    '{"status":1,"request":"a b"}',
    '{"status":1,"request":"CAPCHA_NOT_READY"}',
    '<html>502 Bad Gateway</html>',
    '{"status":1,"request":"21229',
    'junk{"status":1,"request":"2"}junk',
    '/* x */{"status":1,"request":"2"}',
    '{"status":1,"request":"2"}<br>',
  ])('%j is none', (body) => {
    expect(codeOf(() => readAccepted(reply(body)))).toBe('bad_reply');
  });
});

describe('a refusal', () => {
  it.each([
    ['ERROR_ZERO_BALANCE', 'zero_balance'],
    ['ERROR_ZERO_BALANCE\r\n', 'zero_balance'],
    [{ status: 0, request: 'ERROR_ZERO_BALANCE', error_text: 'You have no funds.' }, 'zero_balance'],
    [{ status: '0', request: 'ERROR_ZERO_BALANCE' }, 'zero_balance'],
    ['"ERROR_ZERO_BALANCE"', 'zero_balance'],
    ['ERROR: 1001', 'rate_limited'],
    [{ status: 0, request: 'ERROR: 1004' }, 'banned'],
    ['IP_BANNED', 'banned'],
    ['ERROR_NEVER_SEEN', 'internal'],
    [{ status: 0, request: 'Something went wrong' }, 'internal'],
  ])('%j is %s', (body, code) => {
    expect(codeOf(() => readAccepted(reply(body)))).toBe(code);
  });

  it.each([400, 403, 429, 500, 503])('is read from the body whatever HTTP says: %i', (status) => {
    const body = { status: 0, request: 'ERROR_NO_SLOT_AVAILABLE' };
    expect(codeOf(() => readAccepted(reply(body, status)))).toBe('no_slot');
    expect(readAccepted(reply('OK|1', status))).toEqual({ upstreamId: '1' });
  });

  it('keeps the word as it came, but not a whole page of it', () => {
    const read = (word: string) => () => readAccepted(reply({ status: 0, request: word }));
    expect(read('ERROR_NEVER_SEEN')).toThrow(
      expect.objectContaining({
        evidence: expect.objectContaining({ upstreamCode: 'ERROR_NEVER_SEEN' }),
      }),
    );
    expect(read('x'.repeat(5_000))).toThrow(
      expect.objectContaining({
        evidence: expect.objectContaining({ upstreamCode: 'x'.repeat(200) }),
      }),
    );
  });
});

describe('a poll', () => {
  it.each([
    'CAPCHA_NOT_READY',
    'CAPTCHA_NOT_READY',
    ' CAPCHA_NOT_READY\n',
    '"CAPCHA_NOT_READY"',
    '{"status":0,"request":"CAPCHA_NOT_READY"}',
    '{"status":0,"request":"CAPTCHA_NOT_READY"}',
    '{"status":1,"request":"CAPCHA_NOT_READY"}',
  ])('%j is not ready', (body) => {
    expect(poll('recaptcha_v2', body)).toBeUndefined();
  });

  it('cuts plain text at the first pipe only', () => {
    const arkose = '84918|r=eu-west-1|meta=3|pk=69A21A01|at=40';
    expect(poll('funcaptcha', `OK|${arkose}`)?.solution).toEqual({ token: arkose });
  });

  it('decides by the status: an answer may hold the letters ERROR', () => {
    expect(poll('image_to_text', { status: 1, request: 'ERROR' })?.solution).toEqual({ text: 'ERROR' });
    expect(poll('image_to_text', 'OK|ERROR_ZERO_BALANCE')?.solution).toEqual({ text: 'ERROR_ZERO_BALANCE' });
  });

  it.each([
    [{ status: 1, request: 44795 }, '44795'],
    [{ status: 1, request: 0 }, '0'],
    ['{"status":1,"request":12345678901234567890}', '12345678901234567890'],
    [{ status: '1', request: 'w9h5k' }, 'w9h5k'],
    [{ status: true, request: 'w9h5k' }, 'w9h5k'],
    ['OK|w9h5k', 'w9h5k'],
    ['OK|007', '007'],
  ])('%j is the text of an image', (body, text) => {
    expect(poll('image_to_text', body)?.solution).toEqual({ text });
  });

  it('takes user agent and price from beside the token, in either spelling', () => {
    const body = { status: 1, request: 't', useragent: 'UA', price: '0.00299' };
    expect(poll('turnstile', body)).toEqual({ solution: { token: 't', userAgent: 'UA' }, costUsd: 0.00299 });
    expect(poll('turnstile', { status: 1, request: 't', user_agent: 'UA' })?.solution.userAgent).toBe('UA');
  });

  it.each([
    [{ status: 1, request: { geetest_challenge: 'c', geetest_validate: 'v', geetest_seccode: 's|j' } }],
    [{ status: 1, request: '{"geetest_challenge":"c","geetest_validate":"v","geetest_seccode":"s|j"}' }],
    ['OK|{"geetest_challenge":"c","geetest_validate":"v","geetest_seccode":"s|j"}'],
    [{ status: 1, request: { challenge: 'c', validate: 'v', seccode: 's|j' } }],
    [{ request: { challenge: 'c', validate: 'v', seccode: 's|j' } }],
    [{ status: 1, challenge: 'c', validate: 'v', seccode: 's|j' }],
    [{ challenge: 'c', validate: 'v', seccode: 's|j' }],
    ['OK|challenge:c,validate:v,seccode:s|j'],
    [{ status: 1, request: 'challenge:c,validate:v,seccode:s|j' }],
  ])('GeeTest v3 in any of its shapes: %j', (body) => {
    expect(poll('geetest_v3', body)?.solution).toEqual({ challenge: 'c', validate: 'v', seccode: 's|j' });
  });

  it('GeeTest v4 with a number for its time', () => {
    const request = {
      captcha_id: 'i',
      lot_number: 'l',
      pass_token: 'p',
      gen_time: 1693924478,
      captcha_output: 'o',
    };
    const solution = {
      captchaOutput: 'o',
      captchaId: 'i',
      lotNumber: 'l',
      passToken: 'p',
      genTime: 1693924478,
    };
    expect(poll('geetest_v4', { status: 1, request })?.solution).toEqual(solution);
    expect(poll('geetest_v4', `OK|${JSON.stringify(request)}`)?.solution).toEqual(solution);
  });

  it('an Enterprise token may stand in result', () => {
    const body = { status: 1, result: 't', user_agent: 'UA' };
    expect(poll('recaptcha_v2_enterprise', body)?.solution).toEqual({ token: 't', userAgent: 'UA' });
  });

  it.each([
    ['recaptcha_v2', {}],
    ['recaptcha_v2', { status: 1 }],
    ['recaptcha_v2', { status: 0 }],
    ['recaptcha_v2', { status: 1, request: '' }],
    ['recaptcha_v2', { status: 1, request: null }],
    ['recaptcha_v2', { status: 1, request: {} }],
    ['recaptcha_v2', { status: 1, request: [] }],
    ['recaptcha_v2', { status: 1, request: { error: 'x' } }],
    ['recaptcha_v2', { status: 1, request: true }],
    ['recaptcha_v2', { result: 'Internal error' }],
    ['recaptcha_v2', { request: { token: 't' } }],
    ['image_to_text', { status: 1, request: ['w9h5k'] }],
    ['image_to_text', 'OK|'],
    ['geetest_v3', { status: 1, request: 'some text' }],
    ['geetest_v3', { status: 1, request: { challenge: 'c' } }],
    ['geetest_v3', { status: 1, request: { validate: { x: 1 } } }],
    ['geetest_v3', 'OK|challenge:c'],
    ['geetest_v4', { status: 1, request: { captcha_id: 'i' } }],
    ['recaptcha_v2', '<html>500</html>'],
    ['recaptcha_v2', 'junk {"status":1,"request":"t"}'],
    ['recaptcha_v2', '{"status":1,"request":"03AGdBq2'],
  ] as const)('%s: %j is no answer', (kind, body) => {
    expect(codeOf(() => poll(kind, body))).toBe('bad_reply');
  });
});

describe('balance and reports', () => {
  it.each([
    ['12.3456', 12.3456],
    ['0', 0],
    ['-0.05', -0.05],
    [{ status: 1, request: '12.3456' }, 12.3456],
    [{ status: 1, request: 12.3456 }, 12.3456],
    ['OK|12.3456', 12.3456],
    [{ status: 1, request: '50 threads' }, null],
  ])('%j is a balance of %j', (body, balance) => {
    expect(readBalance(reply(body))).toBe(balance);
  });

  it.each(['', '{}', 'null', '[]', '<html>', '{"status":1}', '{"status":1,"request":{}}', '{"balance":5}'])(
    '%j is no balance',
    (body) => {
      expect(codeOf(() => readBalance(reply(body)))).toBe('bad_reply');
    },
  );

  it.each([
    'OK_REPORT_RECORDED',
    { status: 1, request: 'OK_REPORT_RECORDED' },
    { status: 0, request: 'ERROR_DUPLICATE_REPORT' },
    'REPORT_NOT_RECORDED',
    'ERROR_DUPLICATE_REPORT',
  ])('%j is a report that was taken, now or before', (body) => {
    expect(readReported(reply(body))).toBeUndefined();
  });

  it.each([
    ['ERROR_WRONG_CAPTCHA_ID', 'task_not_found'],
    [{ status: 0, request: 'ERROR_WRONG_ID_FORMAT' }, 'task_not_found'],
    ['ERROR_KEY_DOES_NOT_EXIST', 'auth'],
    ['{}', 'bad_reply'],
    ['', 'bad_reply'],
    ['null', 'bad_reply'],
    ['<html>', 'bad_reply'],
    ['{"ok":1}', 'bad_reply'],
  ])('a report answered with %j is %s', (body, code) => {
    expect(codeOf(() => readReported(reply(body)))).toBe(code);
  });
});
