/** res.php as services answer it: read right or not at all. */
import { describe, expect, it } from 'vitest';
import { readAccepted, readBalance, readReported } from '../../src/wire/classic-answers.js';
import { codeOf, pollClassic as poll, reply } from './exchanges.js';

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
      genTime: '1693924478',
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
