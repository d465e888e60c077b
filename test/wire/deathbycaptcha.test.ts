import { describe, expect, it } from 'vitest';
import { SolveError } from '../../src/core/errors.js';
import type { UpstreamReply } from '../../src/core/provider.js';
import type { Kind, Task } from '../../src/core/task.js';
import * as wire from '../../src/wire/deathbycaptcha.js';

const pageUrl = 'https://example.com/login';
const proxy = { scheme: 'socks5', host: '::1', port: 1080, username: 'user', password: 'p@ss:word' } as const;

function rowOf(kind: Kind): wire.DeathByCaptchaRow {
  return wire.DEATHBYCAPTCHA_KINDS[kind] ?? expect.fail(`no row for ${kind}`);
}

function partsOf(task: Task): Record<string, string> {
  return wire.toParts(task, rowOf(task.kind as Kind));
}

function reply(body: unknown, status = 200, location?: string): UpstreamReply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, body: text, ...(location === undefined ? {} : { location }) };
}

function errorOf(
  read: () => unknown,
): Pick<SolveError, 'code' | 'next'> & { readonly word?: string | undefined } {
  try {
    return expect.fail(`read ${JSON.stringify(read())}`);
  } catch (thrown) {
    if (!(thrown instanceof SolveError)) throw thrown;
    return { code: thrown.code, next: thrown.next, word: thrown.evidence.upstreamCode };
  }
}

describe('an upload', () => {
  it('holds its inputs as JSON text in one part', () => {
    const task: Task = { kind: 'recaptcha_v3', pageUrl, siteKey: '6Le', action: 'login', minScore: 0.3 };
    const { token_params = '', ...rest } = partsOf(task);
    expect(rest).toEqual({ type: '5' });
    expect(JSON.parse(token_params)).toEqual({
      pageurl: pageUrl,
      googlekey: '6Le',
      action: 'login',
      min_score: 0.3,
    });
  });

  it('writes a proxy as a URL beside its type', () => {
    const { turnstile_params = '' } = partsOf({ kind: 'turnstile', pageUrl, siteKey: '0x4', proxy });
    expect(JSON.parse(turnstile_params)).toMatchObject({
      proxy: 'socks5://user:p@ss:word@[::1]:1080',
      proxytype: 'SOCKS5',
    });
  });

  it('holds images as text that says so', () => {
    expect(partsOf({ kind: 'image_to_text', imageBase64: 'aGk=' })).toEqual({
      type: '0',
      captchafile: 'base64:aGk=',
    });
    const grid: Task = {
      kind: 'grid',
      imageBase64: 'aGk=',
      instructions: 'every bus',
      instructionImageBase64: 'eW8=',
      gridSize: '3x3',
      rows: 3,
      columns: 3,
    };
    const parts = partsOf(grid);
    expect(parts).toEqual({
      type: '3',
      captchafile: 'base64:aGk=',
      banner_text: 'every bus',
      banner: 'base64:eW8=',
      grid: '3x3',
    });
    expect(wire.fromParts(parts)).toEqual({ task: grid, ignored: [] });
  });

  it('names what it does not understand', () => {
    const params = JSON.stringify({ pageurl: pageUrl, googlekey: '6Le', colour: 'red' });
    const { ignored } = wire.fromParts({ type: '4', token_params: params, username: 'anna', swid: '1' });
    expect(ignored).toEqual(['colour', 'swid']);
  });
});

describe('an accepted upload', () => {
  it.each([
    [{ captcha: 7, text: '' }, 303, '/api/captcha/8', 7],
    ['', 303, '/api/captcha/7', 7],
    ['<html>moved</html>', 303, 'https://api.dbcapi.me/api/captcha/7/', 7],
    ['{"captcha":90071992547409931}', 200, undefined, '90071992547409931'],
    ['', 303, '/api/captcha/90071992547409931', '90071992547409931'],
    [{ captcha: 7 }, 500, undefined, 7],
  ])('%j with HTTP %i to %s is %s', (body, status, location, upstreamId) => {
    expect(wire.readAccepted(reply(body, status, location))).toEqual({ upstreamId });
  });

  it.each([
    ['', 303, undefined],
    ['', 303, '/login'],
    ['', 302, '/api/captcha/7'],
    ['', 303, '/api/captcha/0'],
    [{ captcha: 0 }, 200, undefined],
    [{ captcha: 1.5 }, 200, undefined],
    ['captcha=7', 200, undefined],
    ['<html>', 503, undefined],
    ['<!DOCTYPE html>', 403, undefined],
  ])('%j with HTTP %i to %s is none', (body, status, location) => {
    expect(errorOf(() => wire.readAccepted(reply(body, status, location))).code).toBe('bad_reply');
  });
});

describe('a refusal', () => {
  it.each([
    [400, 'bad_request'],
    [403, 'auth'],
    [413, 'image_error'],
    [500, 'internal'],
    [501, 'unsupported'],
    [503, 'no_slot'],
  ] as const)('without a word means what HTTP %i says: %s', (status, code) => {
    expect(errorOf(() => wire.readAccepted(reply({ status: 255 }, status)))).toMatchObject({
      code,
      word: `HTTP ${status}`,
    });
  });

  it('with a word means what the word says, whatever HTTP does', () => {
    for (const status of [200, 400, 403, 503]) {
      const error = errorOf(() => wire.readAccepted(reply({ error: 'insufficient-funds' }, status)));
      expect(error).toMatchObject({ code: 'zero_balance', word: 'insufficient-funds' });
    }
  });

  it.each([
    ['invalid BASE64-encoded captcha.', 'image_error'],
    ['Empty CAPTCHA image', 'image_error'],
    ['ERROR_PUBLICKEY', 'bad_sitekey'],
    ['token authentication disabled', 'auth'],
    ['never heard of it', 'internal'],
  ])('%s is %s', (word, code) => {
    expect(errorOf(() => wire.readAccepted(reply({ error: word }, 400))).code).toBe(code);
  });
});

describe('a poll', () => {
  const read = (root: object, kind: Kind = 'turnstile', status = 200) => {
    return wire.readResult(reply({ captcha: 7, ...root }, status), { kind }, rowOf(kind));
  };

  it.each([null, '', ' ', undefined])('is pending at %j, whatever is_correct says', (text) => {
    for (const is_correct of [true, false, null, 0]) expect(read({ text, is_correct })).toBeUndefined();
  });

  it('is solved by a text, unless that is known to be wrong', () => {
    expect(read({ text: 'token', is_correct: true })).toEqual({ solution: { token: 'token' } });
    expect(read({ text: 'token' })).toEqual({ solution: { token: 'token' } });
    for (const is_correct of [false, 0, '0']) {
      expect(errorOf(() => read({ text: 'token', is_correct })).code).toBe('unsolvable');
    }
    expect(errorOf(() => read({ text: '?', is_correct: true })).code).toBe('unsolvable');
  });

  it.each<[Kind, string]>([
    ['geetest_v3', 'plain text'],
    ['geetest_v3', '{"challenge":"a"}'],
    ['coordinates', '[[1]]'],
    ['coordinates', '[]'],
    ['grid', '["bus"]'],
    ['amazon_waf_voucher', 'a-cookie-of-another-kind'],
  ])('is nothing for %s with the text %s', (kind, text) => {
    expect(errorOf(() => read({ text, is_correct: true }, kind)).code).toBe('bad_reply');
  });

  it('says that the task is not there, or that the service is not', () => {
    expect(errorOf(() => read({ captcha: 0 })).code).toBe('task_not_found');
    const bare = (status: number) =>
      errorOf(() => wire.readResult(reply('', status), { kind: 'turnstile' }, rowOf('turnstile')));
    expect(bare(404)).toMatchObject({ code: 'task_not_found' });
    expect(bare(503)).toMatchObject({ code: 'internal', next: 'wait' });
    expect(bare(200)).toMatchObject({ code: 'bad_reply' });
  });
});

describe('the account', () => {
  it.each([
    [{ user: 1, balance: 1_250 }, 12.5],
    [{ user: 1, balance: '0' }, 0],
  ])('%j holds %f USD', (root, usd) => expect(wire.readBalance(reply(root))).toBe(usd));

  it.each([
    [{ user: 1, balance: 5, is_banned: true }, 200, 'banned'],
    [{ user: 0 }, 200, 'auth'],
    [{ user: 1, balance: null }, 200, 'bad_reply'],
    ['', 403, 'auth'],
  ])('%j with HTTP %i is %s', (root, status, code) => {
    expect(errorOf(() => wire.readBalance(reply(root, status))).code).toBe(code);
  });
});

it('takes a report for made only where the answer is not correct any more', () => {
  expect(wire.readReported(reply({ captcha: 7, is_correct: false }))).toBeUndefined();
  expect(errorOf(() => wire.readReported(reply({ captcha: 7, is_correct: true }))).code).toBe('bad_reply');
  expect(errorOf(() => wire.readReported(reply('', 503))).code).toBe('task_not_found');
});
