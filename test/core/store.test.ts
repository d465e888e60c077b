/** The state machine of a task, move by move. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyMove, isOpen, type Move, spentUsd, type TaskRecord } from '../../src/core/store.js';
import { sampleTask } from '../support/sample-tasks.js';

type Step = Exclude<Move, { move: 'created' }>;

const QUEUED: TaskRecord = {
  id: 7,
  clientId: 'qa',
  origin: { dialect: 'native' },
  task: sampleTask('recaptcha_v2'),
  options: {},
  status: 'queued',
  createdAt: 0,
  deadlineAt: 180_000,
  finishedAt: null,
  attempts: [],
  passedOver: [],
  provider: null,
  solution: null,
  error: null,
  reported: null,
};

const begun = (attempt: number, provider: string, at = 1): Step => ({
  move: 'attempt-begun',
  attempt,
  provider,
  at,
});
const accepted = (attempt: number, at = 2, costUsd: number | null = 0.003): Step => {
  return { move: 'attempt-accepted', attempt, upstreamId: `u${attempt}`, at, costUsd };
};
const ended = (
  attempt: number,
  outcome: 'solved' | 'no_slot' | 'unsolvable' | 'timeout',
  mayBeCharged: boolean,
): Step => {
  return {
    move: 'attempt-ended',
    attempt,
    outcome,
    at: 3,
    polls: 4,
    costUsd: mayBeCharged ? 0.003 : 0,
    mayBeCharged,
    upstreamCode: outcome === 'solved' ? null : 'WORD',
  };
};
const settled = (status: 'solved' | 'failed' | 'cancelled', at = 5): Step => ({
  move: 'settled',
  status,
  at,
  passedOver: [{ provider: 'house', why: 'does not solve recaptcha_v2' }],
  provider: status === 'solved' ? '2captcha' : null,
  solution: status === 'solved' ? { token: 't' } : null,
  error: status === 'failed' ? { code: 'deadline', upstreamCode: null, detail: null } : null,
});
const play = (...steps: Step[]) => steps.reduce(applyMove, QUEUED);

describe('the way of a task', () => {
  it('is queued while it is submitted, solving once somebody took it', () => {
    expect(play(begun(0, 'captchaai')).status).toBe('queued');
    expect(play(begun(0, 'captchaai'), accepted(0)).status).toBe('solving');
  });

  it('stays queued when a provider refuses it', () => {
    const record = play(begun(0, 'captchaai'), ended(0, 'no_slot', false), begun(1, '2captcha'));
    expect(record.status).toBe('queued');
    expect(record.attempts.map(({ provider, outcome }) => [provider, outcome])).toEqual([
      ['captchaai', 'no_slot'],
      ['2captcha', 'submitting'],
    ]);
  });

  it('stays solving while it moves from one provider to the next', () => {
    expect(play(begun(0, 'a'), accepted(0), ended(0, 'unsolvable', true), begun(1, 'b')).status).toBe(
      'solving',
    );
  });

  it('is settled with everything that was known then', () => {
    const record = play(begun(0, 'captchaai'), accepted(0), ended(0, 'solved', true), settled('solved', 9));
    expect(record).toMatchObject({
      status: 'solved',
      finishedAt: 9,
      provider: '2captcha',
      solution: { token: 't' },
      error: null,
      passedOver: [{ provider: 'house', why: 'does not solve recaptcha_v2' }],
    });
    expect(isOpen(record)).toBe(false);
  });

  it.each([
    ['solved', 'failed'],
    ['failed', 'solved'],
    ['cancelled', 'solved'],
    ['solved', 'cancelled'],
    ['solved', 'solved'],
  ] as const)('the first settlement stands: %s, then %s', (first, second) => {
    const record = play(begun(0, 'a'), accepted(0), settled(first, 5));
    expect(applyMove(record, settled(second, 6))).toBe(record);
  });

  it('a late acceptance does not open it again', () => {
    const record = play(begun(0, 'a'), settled('cancelled'), accepted(0));
    expect(record).toMatchObject({
      status: 'cancelled',
      attempts: [{ outcome: 'solving', upstreamId: 'u0' }],
    });
  });

  it('can be reported, and reported otherwise', () => {
    const record = play(settled('solved'), { move: 'reported', isAccepted: true });
    expect(record.reported).toBe(true);
    expect(applyMove(record, { move: 'reported', isAccepted: false }).reported).toBe(false);
  });
});

describe('the way of an attempt', () => {
  it('begins as an intent that may not have been charged', () => {
    expect(play(begun(0, 'captchaai', 11)).attempts).toEqual([
      {
        provider: 'captchaai',
        outcome: 'submitting',
        upstreamCode: null,
        upstreamId: null,
        startedAt: 11,
        acceptedAt: null,
        endedAt: null,
        polls: 0,
        costUsd: null,
        mayBeCharged: false,
      },
    ]);
  });

  it('may be charged from the moment it was accepted', () => {
    expect(play(begun(0, 'captchaai'), accepted(0, 12)).attempts[0]).toMatchObject({
      outcome: 'solving',
      upstreamId: 'u0',
      acceptedAt: 12,
      costUsd: 0.003,
      mayBeCharged: true,
    });
  });

  it('keeps the id at the provider when it ends', () => {
    expect(play(begun(0, 'a'), accepted(0), ended(0, 'unsolvable', true)).attempts[0]).toMatchObject({
      outcome: 'unsolvable',
      upstreamId: 'u0',
      upstreamCode: 'WORD',
      acceptedAt: 2,
      endedAt: 3,
      polls: 4,
    });
  });

  it('changes no other attempt', () => {
    const before = play(begun(0, 'a'), accepted(0), begun(1, 'b'), accepted(1));
    const after = applyMove(before, ended(1, 'solved', true));
    expect(after.attempts[0]).toBe(before.attempts[0]);
    expect(after.attempts[1]).toMatchObject({ outcome: 'solved' });
  });

  it('two may run side by side, and the late one may still win', () => {
    const record = play(
      begun(0, 'a'),
      accepted(0),
      begun(1, 'b'),
      accepted(1),
      ended(0, 'solved', true),
      settled('solved'),
    );
    expect(record.attempts.map(({ outcome }) => outcome)).toEqual(['solved', 'solving']);
  });
});

describe('spentUsd', () => {
  it('counts what may have been charged, unknown prices as nothing', () => {
    expect(spentUsd(QUEUED)).toBe(0);
    const record = play(
      begun(0, 'a'),
      ended(0, 'no_slot', false),
      begun(1, 'b'),
      accepted(1, 2, null),
      begun(2, 'c'),
      accepted(2, 2, 0.002),
      ended(2, 'unsolvable', true),
    );
    expect(spentUsd(record)).toBeCloseTo(0.003);
  });
});

it('any order of moves leaves a record that makes sense and never changes the one before', () => {
  const step = fc.oneof(
    fc.tuple(fc.nat(3), fc.string()).map(([attempt, provider]) => begun(attempt, provider)),
    fc.nat(3).map((attempt) => accepted(attempt)),
    fc
      .tuple(fc.nat(3), fc.constantFrom('solved', 'no_slot', 'timeout'), fc.boolean())
      .map((args) => ended(...args)),
    fc.constantFrom('solved', 'failed', 'cancelled').map((status) => settled(status)),
    fc.boolean().map((isAccepted): Step => ({ move: 'reported', isAccepted })),
  );
  const property = fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
    let record = Object.freeze(QUEUED);
    for (const move of steps) {
      const next = Object.freeze(applyMove(record, move));
      if (!isOpen(record)) {
        const { attempts, reported, ...rest } = next;
        expect(record).toMatchObject(rest);
      }
      expect(isOpen(next)).toBe(next.finishedAt === null);
      expect(next.attempts.length).toBeGreaterThanOrEqual(record.attempts.length);
      record = next;
    }
  });
  fc.assert(property, { numRuns: 500 });
});
