/** The story of a task: in order and complete whatever happened, and without a secret. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/core/errors.js';
import { applyMove, HEDGE_WHY, isOpen, type Move, type TaskRecord } from '../../src/core/store.js';
import { type TimelineEntry, timelineOf } from '../../src/core/timeline.js';
import { type Step as AnyStep, step as anyStep, creation } from '../store/histories.js';
import { sampleRecord } from '../store/samples.js';

type Step = Exclude<Move, { move: 'created' }>;
type Ended = Extract<Move, { move: 'attempt-ended' }>;

const CREATED_AT = Date.UTC(2026, 0, 1);

function created(change: Partial<TaskRecord> = {}): TaskRecord {
  return sampleRecord(7, {
    createdAt: CREATED_AT,
    deadlineAt: CREATED_AT + 180_000,
    origin: { dialect: 'native' },
    ...change,
  });
}

function applied(record: TaskRecord, moves: readonly Step[]): TaskRecord {
  return moves.reduce((before, move) => applyMove(before, move), record);
}

const begun = (attempt: number, provider: string, ms: number, why?: string): Step => ({
  move: 'attempt-begun',
  attempt,
  provider,
  ...(why !== undefined && { why }),
  at: CREATED_AT + ms,
});
const accepted = (attempt: number, ms: number): Step => ({
  move: 'attempt-accepted',
  attempt,
  upstreamId: 7412,
  at: CREATED_AT + ms,
  costUsd: 0.003,
});
const ended = (attempt: number, ms: number, change: Partial<Ended> = {}): Step => ({
  move: 'attempt-ended',
  attempt,
  outcome: 'solved',
  upstreamCode: null,
  at: CREATED_AT + ms,
  polls: 5,
  costUsd: 0.003,
  mayBeCharged: true,
  ...change,
});
const REFUSED = { outcome: 'no_slot', upstreamCode: 'ERROR_NO_SLOT_AVAILABLE', polls: 0 } as const;
const FREE = { costUsd: 0, mayBeCharged: false } as const;
const settled = (ms: number, change: Partial<Extract<Move, { move: 'settled' }>> = {}): Step => ({
  move: 'settled',
  at: CREATED_AT + ms,
  status: 'solved',
  provider: '2captcha',
  solution: { token: 'secret-token' },
  error: null,
  passedOver: [],
  ...change,
});

function told(record: TaskRecord): readonly string[] {
  return timelineOf(record).map(({ at, text }) => `${at === null ? '-' : at - CREATED_AT} ${text}`);
}

describe('the story of a task', () => {
  it('that a second provider solves', () => {
    const passedOver = [{ provider: 'house', why: 'does not solve recaptcha_v2' }];
    const record = applied(created(), [
      begun(0, 'captchaai', 1, 'priority'),
      ended(0, 42, { ...REFUSED, ...FREE }),
      begun(1, '2captcha', 43, 'priority'),
      accepted(1, 143),
      ended(1, 21_143),
      settled(21_144, { passedOver }),
      { move: 'reported', isAccepted: true },
    ]);
    expect(told(record)).toEqual([
      '0 Client qa asked for recaptcha_v2 for example.com through the native door, to be solved within 180 s.',
      '1 captchaai was asked (priority).',
      '42 captchaai ended with no_slot (ERROR_NO_SLOT_AVAILABLE), 41 ms after it was asked; it costs nothing.',
      '43 house was not asked: does not solve recaptcha_v2.',
      '43 The task went on to 2captcha: captchaai ended with no_slot.',
      '43 2captcha was asked (priority).',
      '143 2captcha took the task as 7412, 100 ms after it was asked.',
      '21143 2captcha solved it, 21 s after it took the task, after 5 polls; it may cost 0.003 USD.',
      '21144 Solved by 2captcha after 21.1 s, for at most 0.003 USD.',
      '- The client reported that the answer worked.',
    ]);
  });

  it('that the first provider solves after it was given up on', () => {
    const record = applied(created(), [
      begun(0, 'captchaai', 1),
      accepted(0, 10),
      ended(0, 60_000, { outcome: 'timeout' }),
      begun(1, '2captcha', 60_001),
      accepted(1, 60_010),
      ended(0, 61_000, { polls: 1 }),
      settled(61_000, { provider: 'captchaai' }),
      ended(1, 61_001, { outcome: 'cancelled' }),
    ]);
    const story = timelineOf(record);
    expect(story.map(({ step, attempt }) => `${step} ${attempt ?? ''}`.trim())).toEqual([
      'created',
      'attempt-begun 0',
      'attempt-accepted 0',
      'failover 1',
      'attempt-begun 1',
      'attempt-accepted 1',
      'late-answer 0',
      'ended',
      'attempt-ended 1',
    ]);
    expect(story.find(({ step }) => step === 'failover')?.text).toBe(
      'The task went on to 2captcha: captchaai had not answered.',
    );
    expect(story.find(({ step }) => step === 'late-answer')?.text).toContain('captchaai solved it late');
  });

  it('whose answer comes after its end', () => {
    const record = applied(created(), [
      begun(0, '2captcha', 1),
      accepted(0, 10),
      ended(0, 100, { outcome: 'timeout' }),
      settled(200, {
        status: 'failed',
        provider: null,
        solution: null,
        error: { code: 'deadline', upstreamCode: null, detail: 'The deadline passed.' },
      }),
      ended(0, 300),
    ]);
    expect(told(record).slice(-2)).toEqual([
      '200 Failed with deadline after 200 ms, for at most 0.003 USD: The deadline passed.',
      '300 2captcha solved it late, 290 ms after it took the task, after 5 polls; it may cost 0.003 USD.',
    ]);
  });

  it('that is solved beside the first provider by a hedge: nobody is late', () => {
    const record = applied(created(), [
      begun(0, 'captchaai', 1, 'priority'),
      accepted(0, 2),
      begun(1, '2captcha', 9_000, HEDGE_WHY),
      accepted(1, 9_001),
      ended(0, 10_000),
      settled(10_000, { provider: 'captchaai' }),
    ]);
    expect(timelineOf(record).map(({ step }) => step)).not.toContain('failover');
    expect(timelineOf(record).map(({ step }) => step)).not.toContain('late-answer');
  });

  it('that nobody takes says why at the end, after the last refusal', () => {
    const passedOver = [{ provider: 'house', why: 'kind open: no_slot until 2026-01-01T00:00:05.000Z' }];
    const error = { code: 'no_slot', upstreamCode: null, detail: null } as const;
    const record = applied(created(), [
      begun(0, 'captchaai', 1),
      ended(0, 42, { ...REFUSED, ...FREE }),
      settled(50, { status: 'failed', provider: null, solution: null, error, passedOver }),
    ]);
    expect(told(record).slice(-2)).toEqual([
      '42 house was not asked: kind open: no_slot until 2026-01-01T00:00:05.000Z.',
      '50 Failed with no_slot after 50 ms, for at most 0 USD.',
    ]);
  });

  it('flags a submit that may have arrived', () => {
    const record = applied(created(), [
      begun(0, '2captcha', 0),
      ended(0, 5_000, { outcome: 'timeout', polls: 0, costUsd: null }),
    ]);
    expect(told(record).at(-1)).toBe(
      '5000 2captcha ended with timeout, 5 s after it was asked; it may cost money, nobody knows how much.' +
        ' The task may have arrived: it is not sent there again.',
    );
  });
});

/** What may happen next to a task whose clock runs forward. */
const forward = fc.array(
  fc.record({
    pick: fc.nat(99),
    waitMs: fc.nat(5_000),
    what: fc.constantFrom('begin', 'accept', 'end', 'late', 'settle', 'report'),
    provider: fc.constantFrom('a', 'b', 'c'),
    outcome: fc.constantFrom<'solved' | ErrorCode>('solved', 'timeout', 'unsolvable', 'no_slot', 'cancelled'),
    isHedge: fc.boolean(),
  }),
  { maxLength: 25 },
);
type Draw = (typeof forward extends fc.Arbitrary<infer Value> ? Value : never)[number];

function possible({ pick, what, provider, outcome, isHedge }: Draw, record: TaskRecord, ms: number): Step[] {
  const among = (fits: (attempt: TaskRecord['attempts'][number]) => boolean) => {
    const indexes = record.attempts.flatMap((attempt, index) => (fits(attempt) ? [index] : []));
    return indexes[pick % indexes.length] ?? -1;
  };
  const attempt = {
    begin: record.attempts.length,
    accept: among((each) => each.outcome === 'submitting'),
    end: among((each) => each.endedAt === null),
    late: among((each) => each.outcome === 'timeout' && each.acceptedAt !== null),
    settle: isOpen(record) ? 0 : -1,
    report: isOpen(record) ? -1 : 0,
  }[what];
  if (attempt < 0) return [];
  const isSolved = outcome === 'solved';
  const error = isSolved ? null : ({ code: 'deadline', upstreamCode: null, detail: null } as const);
  const status = isSolved ? 'solved' : 'failed';
  return {
    begin: [begun(attempt, provider, ms, isHedge && attempt > 0 ? HEDGE_WHY : 'priority')],
    accept: [accepted(attempt, ms)],
    end: [ended(attempt, ms, { outcome })],
    late: [ended(attempt, ms)],
    settle: [settled(ms, { status, provider: isSolved ? provider : null, error, passedOver: OTHERS })],
    report: [{ move: 'reported', isAccepted: isSolved } as const],
  }[what];
}

const OTHERS = [
  { provider: 'x', why: 'all threads are busy' },
  { provider: 'y', why: 'cannot pass proxy' },
];

const lives = forward.map((draws) => {
  let record = created({ passedOver: OTHERS });
  let ms = 0;
  for (const draw of draws) {
    ms += draw.waitMs;
    record = applied(record, possible(draw, record, ms));
  }
  return record;
});

function expectComplete(record: TaskRecord, story: readonly TimelineEntry[]): void {
  const count = (...steps: readonly TimelineEntry['step'][]) =>
    story.filter(({ step }) => steps.includes(step)).length;
  const { attempts } = record;
  expect(count('created')).toBe(1);
  expect(count('attempt-begun')).toBe(attempts.length);
  expect(count('attempt-accepted')).toBe(attempts.filter(({ acceptedAt }) => acceptedAt !== null).length);
  expect(count('attempt-ended', 'late-answer')).toBe(
    attempts.filter(({ endedAt }) => endedAt !== null).length,
  );
  expect(count('ended')).toBe(isOpen(record) ? 0 : 1);
  expect(count('reported')).toBe(record.reported === null ? 0 : 1);
  expect(count('passed-over')).toBe(record.passedOver.length);
}

/** Nothing before its cause. */
function expectCausal(story: readonly TimelineEntry[]): void {
  const place = (wanted: readonly string[], attempt: number) =>
    story.findIndex((entry) => wanted.includes(entry.step) && entry.attempt === attempt);
  expect(story[0]?.step).toBe('created');
  const reported = story.findIndex(({ step }) => step === 'reported');
  if (reported >= 0) expect(reported).toBe(story.length - 1);
  let before = 0;
  for (const { attempt } of story.filter(({ step }) => step === 'attempt-begun')) {
    const index = attempt ?? -1;
    const [begunAt, acceptedAt] = [place(['attempt-begun'], index), place(['attempt-accepted'], index)];
    const endedAt = place(['attempt-ended', 'late-answer'], index);
    expect(begunAt).toBeGreaterThan(before);
    if (acceptedAt >= 0) expect(acceptedAt).toBeGreaterThan(begunAt);
    if (endedAt >= 0) expect(endedAt).toBeGreaterThan(Math.max(begunAt, acceptedAt));
    before = begunAt;
  }
}

describe('any life of a task', () => {
  it('is told in the order of time, completely, and no answer before its question', () => {
    fc.assert(
      fc.property(lives, (record) => {
        const story = timelineOf(record);
        const times = story.flatMap(({ at }) => at ?? []);
        expect(times).toEqual([...times].sort((one, other) => one - other));
        expectComplete(record, story);
        expectCausal(story);
      }),
      { numRuns: 500 },
    );
  });

  it('is told completely and in the order of causes when clocks jump and moves come twice', () => {
    const wild = fc.tuple(creation, fc.array(anyStep, { maxLength: 20 })).map(([change, steps]) => {
      const apply = (record: TaskRecord, step: AnyStep) => {
        const move = step(record);
        return move ? applyMove(record, move) : record;
      };
      return steps.reduce(apply, sampleRecord(7, change));
    });
    fc.assert(
      fc.property(wild, (record) => {
        const story = timelineOf(record);
        expectComplete(record, story);
        expectCausal(story);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same after the ledger has kept it', () => {
    fc.assert(
      fc.property(lives, (record) => {
        expect(timelineOf(JSON.parse(JSON.stringify(record)))).toEqual(timelineOf(record));
      }),
      { numRuns: 100 },
    );
  });

  it('is told without what the task holds, wherever a provider repeats it', () => {
    const secrets = [
      'secret-token',
      'p:ä@"',
      'proxy.example.com',
      '6Le-wvkSAAAAAPBMRTvw0Q4Muexq9bi0DJwx_mJ-',
    ];
    const upstreamCode = `ERROR: ${secrets.join(' ')} 0123456789abcdef0123456789abcdef`;
    const detail = `failed for http://u:p@${secrets[2]}:8080 with ${secrets[0]}`;
    const record = applied(created(), [
      begun(0, '2captcha', 1, `because ${secrets[3]}`),
      ended(0, 2, { outcome: 'internal', upstreamCode }),
      settled(3, { passedOver: [{ provider: 'x', why: upstreamCode }], error: null }),
    ]);
    const failed = {
      ...record,
      error: { code: 'internal', upstreamCode, detail },
      status: 'failed',
    } as const;
    for (const story of [timelineOf(record), timelineOf(failed)]) {
      const texts = story.map(({ text }) => text).join('\n');
      for (const secret of [...secrets, '0123456789abcdef']) expect(texts).not.toContain(secret);
      expect(texts).toContain('ERROR: *** ***');
    }
  });
});
