/** What the client is told when nobody solved its task: the most useful of all that went wrong. */
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/core/errors.js';
import type { Attempt, AttemptOutcome } from '../../src/core/store.js';
import { isCode, verdictOn } from '../../src/engine/verdict.js';
import { NOON } from '../support/fake-clock.js';
import { INTENT, left } from './bench.js';

const WORDS: Readonly<Partial<Record<AttemptOutcome, string>>> = {
  auth: 'ERROR_KEY_DOES_NOT_EXIST',
  bad_sitekey: 'ERROR_WRONG_GOOGLEKEY',
  banned: 'IP_BANNED',
  no_slot: 'ERROR_NO_SLOT_AVAILABLE',
  rate_limited: 'ERROR: 1003',
  zero_balance: 'ERROR_ZERO_BALANCE',
};

/** The verdict after attempts with these outcomes, at `p0`, `p1` and so on. */
function verdict(outcomes: readonly AttemptOutcome[], notAsked: readonly string[] = []) {
  const attempts = outcomes.map(
    (outcome, at): Attempt => ({
      ...INTENT,
      provider: `p${at}`,
      outcome,
      upstreamCode: WORDS[outcome] ?? null,
    }),
  );
  return verdictOn(left(NOON, { attempts }), notAsked);
}

const CALLERS: readonly ErrorCode[] = [
  'bad_request',
  'bad_page_url',
  'bad_sitekey',
  'image_error',
  'task_expired',
  'not_allowed',
];

describe('the most useful error is told, whichever came first', () => {
  it('a proxy error is the caller’s only where the caller gave a proxy', () => {
    const attempts = [{ ...INTENT, provider: 'p0', outcome: 'proxy_error' } as const];
    const { task } = left(NOON, { attempts });
    const proxy = { scheme: 'http', host: 'proxy.example', port: 8080 } as const;
    expect(verdictOn(left(NOON, { attempts }), []).code).toBe('no_slot');
    expect(verdictOn(left(NOON, { attempts, task: { ...task, proxy } }), []).code).toBe('proxy_error');
  });

  it.each(CALLERS)('the caller’s fault %s before everything else', (code) => {
    expect(verdict(['no_slot', code, 'zero_balance']).code).toBe(code);
    expect(verdict([code, 'unsolvable', 'timeout']).code).toBe(code);
  });

  // biome-ignore format: a table is read by its rows
  const CASES: ReadonlyArray<readonly [outcomes: readonly AttemptOutcome[], told: ErrorCode]> = [
    [['zero_balance', 'no_slot'],               'no_slot'],
    [['no_slot', 'zero_balance'],               'no_slot'],
    [['no_slot', 'unsolvable'],                 'unsolvable'],
    [['timeout', 'no_slot'],                    'no_slot'],
    [['banned', 'timeout'],                     'timeout'],
    [['zero_balance', 'banned'],                'banned'],
    [['unsupported', 'zero_balance'],           'zero_balance'],
    [['unsupported', 'no_slot'],                'no_slot'],
    [['bad_reply', 'internal'],                 'bad_reply'],
    [['deadline', 'internal'],                  'internal'],
  ];

  it.each(CASES)('of %j', (outcomes, told) => {
    expect(verdict(outcomes).code).toBe(told);
  });

  it('also when it kept away those who were not asked', () => {
    expect(verdict(['zero_balance'], ['no_slot']).code).toBe('no_slot');
    expect(verdict(['no_slot'], ['zero_balance']).code).toBe('no_slot');
  });
});

describe('no money', () => {
  it('is told when it is all there is to say', () => {
    expect(verdict(['zero_balance', 'zero_balance'])).toMatchObject({
      code: 'zero_balance',
      upstreamCode: 'ERROR_ZERO_BALANCE',
    });
    expect(verdict([], ['zero_balance'])).toMatchObject({ code: 'zero_balance', upstreamCode: null });
  });
});

describe('troubles of our own accounts', () => {
  it.each(['auth', 'rate_limited', 'task_not_found'] as const)('%s is told as want of slots', (code) => {
    expect(verdict([code])).toMatchObject({ code: 'no_slot', upstreamCode: null });
    expect(verdict([], [code])).toMatchObject({ code: 'no_slot', upstreamCode: null });
  });

  it('a ban is told as one', () => {
    expect(verdict(['banned'])).toMatchObject({ code: 'banned', upstreamCode: 'IP_BANNED' });
    expect(verdict(['auth', 'banned']).code).toBe('banned');
  });

  it('a wrong key is told as want of slots, not as want of money', () => {
    expect(verdict(['zero_balance', 'auth']).code).toBe('no_slot');
  });
});

describe('unsupported', () => {
  it('is told when nobody could take the task', () => {
    expect(verdict([]).code).toBe('unsupported');
    expect(verdict(['unsupported', 'unsupported']).code).toBe('unsupported');
    expect(verdict([], ['unsupported']).code).toBe('unsupported');
  });

  it('is not told when somebody could have, but for a cause that is no code', () => {
    expect(verdict([], ['maintenance']).code).toBe('no_slot');
  });
});

describe('the word and the detail', () => {
  it('the word is that of the last attempt that failed so', () => {
    const attempts = ['FIRST', 'LAST'].map(
      (upstreamCode): Attempt => ({ ...INTENT, outcome: 'no_slot', upstreamCode }),
    );
    expect(verdictOn(left(NOON, { attempts }), []).upstreamCode).toBe('LAST');
  });

  it('the detail has every provider that was asked, with its word or what it came to', () => {
    expect(verdict(['timeout', 'no_slot']).detail).toBe(
      'No provider could take the task; p0: timeout; p1: ERROR_NO_SLOT_AVAILABLE',
    );
  });

  it('the detail speaks of what the client is told: its own key is not the wrong one', () => {
    expect(verdict(['auth']).detail).toBe('No provider could take the task; p0: ERROR_KEY_DOES_NOT_EXIST');
  });

  it('attempts that were withdrawn or are under way are not among them', () => {
    expect(verdict(['cancelled', 'submitting', 'solving', 'no_slot']).detail).toBe(
      'No provider could take the task; p3: ERROR_NO_SLOT_AVAILABLE',
    );
    expect(verdict(['cancelled']).code).toBe('unsupported');
  });
});

it('an attempt that goes on or has succeeded has no code', () => {
  expect((['submitting', 'solving', 'solved', 'no_slot'] as const).map(isCode)).toEqual([
    false,
    false,
    false,
    true,
  ]);
});
