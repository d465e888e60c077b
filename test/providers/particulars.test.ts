/** What single services do differently, beyond the names of their fields. */
import { describe, expect, it } from 'vitest';
import twocaptcha from '../../providers/2captcha.js';
import anticaptcha from '../../providers/anticaptcha.js';
import capmonster from '../../providers/capmonster.js';
import captchaai from '../../providers/captchaai.js';
import ezcaptcha from '../../providers/ezcaptcha.js';
import rucaptcha from '../../providers/rucaptcha.js';
import yescaptcha from '../../providers/yescaptcha.js';
import { SolveError } from '../../src/core/errors.js';
import type { Provider } from '../../src/core/provider.js';
import type { Task } from '../../src/core/task.js';
import { SAMPLE_FIELDS, sampleTask } from '../support/sample-tasks.js';
import { reply } from './wires.js';

const taskIn = ({ submit }: Provider, task: Task) => Object(submit.ask(task).json).task;

describe('an image that CaptchaAI is asked to read at once', () => {
  const image = { ...sampleTask('image_to_text'), instant: true };

  it('goes to its recogniser, any other image to its workers', () => {
    expect(captchaai.submit.ask(image)).toMatchObject({
      path: '/solve.php',
      form: { method: 'base64', json: '1' },
    });
    expect(captchaai.submit.ask(sampleTask('image_to_text')).path).toBe('/in.php');
    expect(twocaptcha.submit.ask(image).path).toBe('/in.php');
  });

  it.each([
    ['OK|w9h5k', 'w9h5k'],
    [{ status: 1, request: 'w9h5k' }, 'w9h5k'],
    [{ status: 1, request: 44795 }, '44795'],
  ])('is solved by %j', (body, text) => {
    const solved = { solution: { text }, costUsd: undefined };
    expect(captchaai.submit.read(reply(body), image)).toEqual({ upstreamId: null, solved });
  });

  it.each([
    ['ERROR_ZERO_BALANCE', 'zero_balance'],
    ['', 'bad_reply'],
    ['OK|', 'bad_reply'],
    ['<html>', 'bad_reply'],
    [{ status: 1, request: {} }, 'bad_reply'],
  ])('is not solved by %j: %s', (body, code) => {
    const read = () => captchaai.submit.read(reply(body), image);
    expect(read).toThrow(SolveError);
    expect(read).toThrow(expect.objectContaining({ code }));
  });
});

describe('money that is not USD', () => {
  it.each([
    ['USD', twocaptcha],
    ['RUB', rucaptcha],
    ['RUB', rucaptcha.over.json],
    ['points', yescaptcha],
    ['threads', captchaai],
  ])('%s is what %o counts in', (currency, provider) => {
    expect(provider.currency).toBe(currency);
  });

  it('is no cost of a task', () => {
    const task = { upstreamId: 1, task: sampleTask('turnstile') };
    const priced = reply({ errorId: 0, status: 'ready', solution: { token: 't' }, cost: '0.2' });
    expect(twocaptcha.over.json.poll.read(priced, task)?.costUsd).toBe(0.2);
    expect(rucaptcha.over.json.poll.read(priced, task)?.costUsd).toBeUndefined();
    const classic = reply({ status: 1, request: 't', price: '0.2' });
    expect(twocaptcha.poll.read(classic, task)?.costUsd).toBe(0.2);
    expect(rucaptcha.poll.read(classic, task)?.costUsd).toBeUndefined();
  });
});

describe("the caller's proxy", () => {
  const { proxy } = SAMPLE_FIELDS;

  it('is a URL for YesCaptcha and EzCaptcha', () => {
    const task = { ...sampleTask('recaptcha_v2'), proxy };
    expect(taskIn(ezcaptcha, task)).toMatchObject({ proxy: 'socks5://user:pass@198.51.100.7:1080' });
    const clearance = { ...sampleTask('cloudflare_clearance'), proxy };
    expect(taskIn(yescaptcha, clearance)).toMatchObject({
      type: 'CloudFlareTaskS2',
      proxy: 'socks5://user:pass@198.51.100.7:1080',
    });
  });

  it('is never left out: without a place for it the task is refused', () => {
    for (const provider of [anticaptcha, twocaptcha]) {
      const { kind, ...fields } = sampleTask('recaptcha_v3');
      expect(provider.refuses({ kind, ...fields, proxy })).toBe('cannot pass proxy');
    }
  });
});

describe('CapMonster', () => {
  it('gets the members of an ALTCHA challenge one by one, as text', () => {
    const challengeJson = {
      algorithm: 'SHA-256',
      challenge: 'a1',
      salt: 's',
      signature: 'x',
      maxnumber: 100_000,
    };
    const { challengeUrl: _url, ...task } = { ...sampleTask('altcha'), challengeJson };
    expect(capmonster.refuses(task)).toBeUndefined();
    expect(taskIn(capmonster, task)).toMatchObject({
      type: 'CustomTask',
      class: 'altcha',
      metadata: { challenge: 'a1', salt: 's', signature: 'x', iterations: '100000' },
    });
  });

  it('is passed over without what it insists on', () => {
    expect(capmonster.refuses(sampleTask('turnstile_challenge'))).toBe('needs userAgent');
    expect(capmonster.refuses(sampleTask('altcha'))).toMatch(/challenge/);
    expect(capmonster.refuses(sampleTask('datadome'))).toBe('needs pageUrl');
    expect(capmonster.refuses({ ...sampleTask('hunt'), proxy: undefined })).toBe('needs proxy');
  });

  it('that answers a poll with HTTP 503 is at work, unless its body says more', () => {
    const task = { upstreamId: 1, task: sampleTask('turnstile') };
    for (const body of ['', '<html>503</html>']) {
      expect(capmonster.poll.read(reply(body, 503), task)).toBeUndefined();
      expect(() => capmonster.poll.read(reply(body, 502), task)).toThrow(SolveError);
      expect(() => capmonster.submit.read(reply(body, 503), task.task)).toThrow(SolveError);
    }
    const refused = reply({ errorId: 1, errorCode: 'ERROR_CAPTCHA_UNSOLVABLE' }, 503);
    expect(() => capmonster.poll.read(refused, task)).toThrow(
      expect.objectContaining({ code: 'unsolvable' }),
    );
  });

  it('says that a DataDome cookie is one', () => {
    const task = { upstreamId: 1, task: sampleTask('datadome') };
    const solution = { domains: { 'example.com': { cookies: { datadome: 'abc' } } } };
    const solved = capmonster.poll.read(reply({ errorId: 0, status: 'ready', solution }), task);
    expect(solved?.solution).toEqual({ cookie: 'datadome=abc' });
  });
});

describe('EzCaptcha', () => {
  it('has a place for the s of an Enterprise payload and for nothing else of it', () => {
    const task = { ...sampleTask('recaptcha_v2_enterprise'), enterprisePayload: { s: 'one' } };
    expect(taskIn(ezcaptcha, task)).toMatchObject({ s: 'one' });
    const more = { ...task, enterprisePayload: { s: 'one', level: 2 } };
    expect(ezcaptcha.refuses(more)).toBe('cannot pass enterprisePayload');
  });

  it('that throttles a poll still has the task', () => {
    const task = { upstreamId: 'x', task: sampleTask('turnstile') };
    const read = () =>
      ezcaptcha.poll.read(reply({ errorId: 1, errorCode: 'ERROR_REQUEST_LIMIT' }, 429), task);
    expect(read).toThrow(expect.objectContaining({ code: 'rate_limited', next: 'wait' }));
  });
});
