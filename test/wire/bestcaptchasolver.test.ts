import { describe, expect, it } from 'vitest';
import { SolveError } from '../../src/core/errors.js';
import type { UpstreamReply } from '../../src/core/provider.js';
import type { Kind, Task } from '../../src/core/task.js';
import * as wire from '../../src/wire/bestcaptchasolver.js';

const pageUrl = 'https://example.com/login';
const proxy = {
  scheme: 'http',
  host: '198.51.100.7',
  port: 3128,
  username: 'user',
  password: 'pass',
} as const;

function rowOf(kind: Kind): wire.BestCaptchaSolverRow {
  return wire.BESTCAPTCHASOLVER_KINDS[kind] ?? expect.fail(`no row for ${kind}`);
}

function membersOf(task: Task): Record<string, unknown> {
  return wire.toMembers(task, rowOf(task.kind as Kind));
}

function reply(body: unknown, status = 200): UpstreamReply {
  return { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

function errorOf(read: () => unknown): Pick<SolveError, 'code' | 'next'> {
  try {
    return expect.fail(`read ${JSON.stringify(read())}`);
  } catch (thrown) {
    if (!(thrown instanceof SolveError)) throw thrown;
    return { code: thrown.code, next: thrown.next };
  }
}

describe('a submit', () => {
  const widget = { pageUrl, siteKey: '6Le' } as const;

  it.each<[Task, number]>([
    [{ kind: 'recaptcha_v2', ...widget }, 1],
    [{ kind: 'recaptcha_v2', ...widget, invisible: true }, 2],
    [{ kind: 'recaptcha_v3', ...widget }, 3],
    [{ kind: 'recaptcha_v2_enterprise', ...widget }, 4],
    [{ kind: 'recaptcha_v3_enterprise', ...widget }, 5],
  ])('%j is of type %i', (task, type) => {
    const members = membersOf(task);
    expect(members).toEqual({ page_url: pageUrl, site_key: '6Le', type });
    expect(wire.fromMembers('/captcha/recaptcha', members)).toEqual({ task, ignored: [] });
  });

  it('writes proxies, cookies and data as text, and rqdata into the payload', () => {
    const checkbox: Task = { kind: 'recaptcha_v2', ...widget, proxy, cookies: { a: 'b', c: 'd' } };
    expect(membersOf(checkbox)).toMatchObject({
      proxy: 'user:pass@198.51.100.7:3128',
      cookie_input: 'a=b;c=d',
    });
    const arkose: Task = { kind: 'funcaptcha', pageUrl, publicKey: 'uuid', data: { blob: 'x' } };
    expect(membersOf(arkose)).toMatchObject({ site_key: 'uuid', data: '{"blob":"x"}' });
    const hcaptcha: Task = { kind: 'hcaptcha', ...widget, rqdata: 'rq' };
    expect(membersOf(hcaptcha)).toMatchObject({ payload: { rqdata: 'rq' } });
  });

  it.each([
    [1, { alphanumeric: 1 }],
    [2, { alphanumeric: 2 }],
    [3, {}],
  ])('leaves out what it has no word for: numeric %i', (numeric, members) => {
    const task: Task = { kind: 'image_to_text', imageBase64: 'aGk=', numeric };
    expect(membersOf(task)).toEqual({ b64image: 'aGk=', ...members });
  });

  it('is not made with a proxy whose sort it cannot tell', () => {
    const task: Task = { kind: 'recaptcha_v2', ...widget, proxy };
    const refuses = (scheme: 'http' | 'https' | 'socks5') =>
      wire.refusesMembers({ ...task, proxy: { ...proxy, scheme } }, rowOf('recaptcha_v2'));
    expect(refuses('http')).toBeUndefined();
    expect(refuses('https')).toBe('cannot pass proxy');
    expect(refuses('socks5')).toBe('cannot pass proxy');
  });
});

describe('a sentence', () => {
  it.each([
    ['Invalid access_token', 'auth', 'auth'],
    ['You do not have enough balance', 'zero_balance', 'zero_balance'],
    ['Account suspended', 'banned', 'banned'],
    ['All workers are busy, try again later', 'no_slot', 'internal'],
    ['Too many requests', 'rate_limited', 'rate_limited'],
    ['Proxy is banned by the target', 'proxy_error', 'proxy_error'],
    ['site_key is required', 'bad_sitekey', 'bad_sitekey'],
    ['Bad page_url', 'bad_page_url', 'bad_page_url'],
    ['Image is not valid', 'image_error', 'image_error'],
    ['Captcha type not supported', 'unsupported', 'unsupported'],
    ['No such captcha', 'internal', 'task_not_found'],
    ['Captcha could not be solved', 'unsolvable', 'unsolvable'],
    ['Oops', 'internal', 'internal'],
  ])('%s is %s on submit and %s on poll', (error, onSubmit, onPoll) => {
    for (const status of [200, 400, 500]) {
      expect(errorOf(() => wire.readAccepted(reply({ error }, status))).code).toBe(onSubmit);
      const read = () => wire.readResult(reply({ error }, status), { kind: 'turnstile' }, rowOf('turnstile'));
      expect(errorOf(read).code).toBe(onPoll);
    }
  });

  it('that seems to blame the caller still lets the next provider try', () => {
    for (const error of ['proxy?', 'site_key?', 'page_url?', 'image?']) {
      expect(errorOf(() => wire.readAccepted(reply({ error }))).next).toBe('other');
    }
  });
});

describe('a poll', () => {
  const read = (root: unknown, kind: Kind = 'turnstile') => {
    return wire.readResult(reply(root), { kind }, rowOf(kind));
  };

  it.each<[Kind, object, object]>([
    ['image_to_text', { text: 123 }, { text: '123' }],
    ['recaptcha_v2', { gresponse: '03A' }, { token: '03A' }],
    ['funcaptcha', { solution: 'a|r=b' }, { token: 'a|r=b' }],
    ['geetest_v3', { solution: '{"geetest_validate":"v"}' }, { validate: 'v' }],
    ['capy', { solution: { answer: 'a', captchakey: 'k' } }, { answer: 'a', captchaKey: 'k' }],
  ])('of %s reads %j', (kind, members, solution) => {
    expect(read({ id: 7, status: 'completed', ...members }, kind)).toEqual({ solution });
  });

  it('is pending while the service says so, and nothing without a solution', () => {
    for (const status of ['pending', 'submitted']) expect(read({ id: 7, status })).toBeUndefined();
    for (const root of ['', '{}', '<html>', { status: 'completed' }, { status: 'completed', solution: {} }]) {
      expect(errorOf(() => read(root)).code).toBe('bad_reply');
    }
    expect(errorOf(() => read({ status: 'error' })).code).toBe('internal');
  });
});

it('reads ids, money and reports, and nothing else for them', () => {
  expect(wire.readAccepted(reply({ id: 7, status: 'submitted' }))).toEqual({ upstreamId: 7 });
  expect(wire.readAccepted(reply('{"id":90071992547409931}'))).toEqual({ upstreamId: '90071992547409931' });
  expect(wire.readBalance(reply({ balance: '12.5' }))).toBe(12.5);
  expect(wire.readReported(reply({ status: 'updated' }))).toBeUndefined();
  for (const root of ['', 'null', '{}', '<html>', { id: 0 }, { balance: '' }]) {
    expect(errorOf(() => wire.readAccepted(reply(root))).code).toBe('bad_reply');
    expect(errorOf(() => wire.readBalance(reply(root))).code).toBe('bad_reply');
    expect(errorOf(() => wire.readReported(reply(root))).code).toBe('bad_reply');
  }
});
