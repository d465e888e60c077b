/** The one table of errors: what each code costs whom, and what clients of the native door see of it. */
import { describe, expect, it } from 'vitest';
import {
  asSolveError,
  ERROR_POLICY,
  type ErrorCode,
  type ErrorPolicy,
  SolveError,
} from '../../src/core/errors.js';

const codes = Object.keys(ERROR_POLICY) as ErrorCode[];
const policyOf = (code: ErrorCode): ErrorPolicy => ERROR_POLICY[code];

/** DESIGN.md 13; `cancelled` is ours: a task that its client ended. */
const HTTP: Readonly<Record<number, readonly ErrorCode[]>> = {
  400: [
    'bad_request',
    'bad_page_url',
    'bad_sitekey',
    'image_error',
    'proxy_error',
    'unsupported',
    'task_expired',
  ],
  401: ['auth'],
  403: ['not_allowed'],
  404: ['task_not_found'],
  409: ['cancelled'],
  422: ['conflict', 'unsolvable'],
  429: ['rate_limited'],
  502: ['bad_reply', 'internal'],
  503: ['no_slot', 'zero_balance', 'banned', 'overloaded'],
  504: ['timeout', 'deadline'],
};

describe('the policy', () => {
  it.each(Object.entries(HTTP))('HTTP %s is for %j', (status, expected) => {
    expect(codes.filter((code) => policyOf(code).http === Number(status)).sort()).toEqual(
      [...expected].sort(),
    );
  });

  it("the caller's own faults end the task and are held against nobody", () => {
    for (const code of codes.filter((name) => policyOf(name).blame === 'caller')) {
      expect(policyOf(code)).toMatchObject({ next: 'stop', opens: null, pauseMs: 0 });
    }
  });

  it('what is the fault of a provider or an account sends the task to another one', () => {
    for (const code of codes.filter((name) =>
      ['provider', 'account', 'task'].includes(policyOf(name).blame),
    )) {
      expect(policyOf(code).next).toBe('other');
    }
  });

  it.each<[ErrorCode, ErrorPolicy['opens']]>([
    ['timeout', 'transport'],
    ['bad_reply', 'transport'],
    ['internal', 'transport'],
    ['no_slot', 'kind'],
    ['unsupported', 'kind'],
    ['zero_balance', 'money'],
    ['auth', 'key'],
    ['banned', 'ban'],
    ['rate_limited', 'ban'],
    ['unsolvable', null],
    ['task_not_found', null],
    ['deadline', null],
    ['overloaded', null],
  ])('%s closes %s', (code, opens) => {
    expect(policyOf(code).opens).toBe(opens);
  });

  it('keeps the promised times: 60 s without money, 24 h for a kind that is not taken', () => {
    expect(policyOf('zero_balance').pauseMs).toBe(60_000);
    expect(policyOf('unsupported').pauseMs).toBe(24 * 3_600_000);
    expect(policyOf('no_slot').pauseMs).toBe(5_000);
  });

  it('has a title for every code, each once', () => {
    const titles = codes.map((code) => policyOf(code).title);
    expect(new Set(titles).size).toBe(codes.length);
    expect(titles.filter((title) => !/^[A-Z].*[a-z]$/.test(title))).toEqual([]);
  });
});

describe('SolveError', () => {
  it('reads as one line: who, what, in which word', () => {
    const error = new SolveError('no_slot', {
      provider: 'captchaai',
      upstreamCode: 'ERROR_NO_SLOT_AVAILABLE',
    });
    expect(error.message).toBe('captchaai no_slot ERROR_NO_SLOT_AVAILABLE');
    expect(new SolveError('bad_request', { detail: 'kind is required' }).message).toBe(
      'bad_request kind is required',
    );
    expect(new SolveError('timeout')).toMatchObject({ message: 'timeout', name: 'SolveError' });
  });

  it('follows the policy unless the spelling says otherwise', () => {
    expect(new SolveError('internal')).toMatchObject({ next: 'other', opens: 'transport' });
    expect(new SolveError('internal', { next: 'wait' }).next).toBe('wait');
    expect(new SolveError('rate_limited', { opens: null }).opens).toBeNull();
    expect(new SolveError('rate_limited', { opens: undefined, next: undefined })).toMatchObject({
      opens: 'ban',
      next: 'other',
    });
  });

  it('keeps the cause', () => {
    const cause = new Error('socket hang up');
    expect(new SolveError('timeout', { cause }).cause).toBe(cause);
  });

  it('takes more evidence without losing what it knows', () => {
    const error = new SolveError('no_slot', { upstreamCode: 'ERROR_NO_SLOT_AVAILABLE', pauseMs: 5_000 });
    const more = error.with({ provider: 'captchaai', pauseMs: 1, upstreamCode: 'OTHER' });
    expect(more).not.toBe(error);
    expect(more.code).toBe('no_slot');
    expect(more.evidence).toEqual({
      provider: 'captchaai',
      upstreamCode: 'ERROR_NO_SLOT_AVAILABLE',
      pauseMs: 5_000,
    });
  });
});

describe('asSolveError', () => {
  it('leaves its own alone and takes the rest for our failure', () => {
    const own = new SolveError('timeout');
    expect(asSolveError(own)).toBe(own);
    for (const thrown of [new TypeError('x'), 'text', undefined, null]) {
      expect(asSolveError(thrown)).toMatchObject({ code: 'internal', cause: thrown });
    }
  });

  it('does not tell the client what broke', () => {
    expect(asSolveError(new Error('secret path')).evidence.detail).not.toContain('secret');
  });
});
