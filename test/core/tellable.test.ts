/** What is left of a text before anybody is told. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tellable, tellableOf } from '../../src/core/tellable.js';
import { sampleRecord } from '../store/samples.js';

const KEY = '0f4e9d3c2b1a49788796a5b4c3d2e1f0';

describe('a text that is told', () => {
  it.each([
    ['a key', `key ${KEY} is wrong`, 'key *** is wrong'],
    ['a short one behind its name', 'apiKey=k1 refused', 'apiKey=*** refused'],
    ['one in JSON', '{"clientKey":"abc123"}', '{"clientKey":"***"}'],
    ['a password in prose', 'password: hunter2', 'password: ***'],
    [
      'an address with a login',
      'postgres://gate:hunter@db.example:5432/tasks',
      'postgres://db.example:5432/…',
    ],
    ['a query', 'GET https://api.example.com/res.php?key=abc', 'GET https://api.example.com/…'],
    ['a proxy', 'cannot reach joe:hunter@10.0.0.1:3128', 'cannot reach ***'],
    ['a header', 'authorization: Bearer abc.def', 'authorization: Bearer ***'],
    ['an image', 'body data:image/png;base64,iVBORw0KGgo= refused', 'body *** refused'],
    ['base64', `got ${Buffer.from('an image of something').toString('base64')}`, 'got ***'],
    ['lines', 'one\ntwo\u001b[31m', 'one two [31m'],
  ])('loses %s', (_name, text, told) => {
    expect(tellable(text)).toBe(told);
  });

  it.each([
    'ERROR_NO_SLOT_AVAILABLE',
    'ERROR_RECAPTCHA_TIMEOUT_AFTER_120_SECONDS',
    'RecaptchaV2EnterpriseTaskProxyless',
    'kind open: no_slot until 2026-01-01T00:00:05.000Z',
    'not among routing.kinds.recaptcha_v2_enterprise.providers',
    'The key is missing or wrong',
    'clients.qa.key: must be a text',
    'listening on http://127.0.0.1:8080',
    'no complete answer within 10000 ms',
    'connection closed before the answer was complete (UND_ERR_SOCKET)',
    'weighted: drawn with weight 3',
    "ENOENT: no such file or directory, open '/srv/captcha-gateway/config.json'",
  ])('keeps %s', (text) => {
    expect(tellable(text)).toBe(text);
  });

  it('is cut', () => {
    expect(tellable('word '.repeat(1_000))).toHaveLength(500);
    expect(tellable('word '.repeat(1_000), 80)).toHaveLength(80);
  });

  it('holds no long run of chance, whatever stands around it', () => {
    const secret = fc
      .uint8Array({ minLength: 24, maxLength: 48 })
      .filter((bytes) => new Set(bytes).size > 12);
    fc.assert(
      fc.property(secret, fc.constantFrom('hex', 'base64', 'base64url'), fc.lorem(), (bytes, form, words) => {
        const text = Buffer.from(bytes).toString(form as BufferEncoding);
        expect(tellable(`${words} ${text} ${words}`)).not.toContain(text);
      }),
    );
  });

  it('takes no long time for a hostile one', () => {
    const started = performance.now();
    for (const part of ['a', ':', '@', 'a:', 'key:', '/', 'A1', 'http://', '_'])
      tellable(part.repeat(100_000));
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('loses what its task holds, however it looks', () => {
    const record = sampleRecord(7, {
      solution: { text: 'w9h5k' },
      options: { meta: { order: 'blue house' }, callbackUrl: 'https://me.example/hook' },
    });
    const told = tellableOf(record)('w9h5k from blue house for proxy.example.com');
    expect(told).toBe('*** from *** for ***');
  });
});
