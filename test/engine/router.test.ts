/** Who is asked, in which order, and why the others are not: decided purely. */
import { describe, expect, it } from 'vitest';
import { type Allowance, type Candidate, type Closed, rank } from '../../src/engine/router.js';

const NOW = Date.UTC(2026, 0, 1);
const ALLOWANCE: Allowance = { now: NOW, deadlineAt: NOW + 60_000, leftUsd: 0.01 };

function candidate(id: string, change: Partial<Candidate> = {}): Candidate {
  return {
    id,
    standing: 'usual',
    rank: 0,
    refuses: undefined,
    tried: 'no',
    closed: [],
    hasRoom: true,
    doubtful: undefined,
    priceUsd: 0.003,
    firstAnswerMs: 5_000,
    ...change,
  };
}

function shut(change: Partial<Closed> = {}): Closed {
  return {
    scope: 'kind',
    cause: 'no_slot',
    until: NOW + 5_000,
    isProbing: false,
    isTriable: false,
    askableAt: NOW + 5_000,
    ...change,
  };
}

function decide(candidates: readonly Candidate[], change: Partial<Allowance> = {}) {
  return { ...rank(candidates, { ...ALLOWANCE, ...change }), order: orderOf(candidates, change) };
}

/** Who is asked, one after the other, when each is gone as soon as it was asked. */
function orderOf(candidates: readonly Candidate[], change: Partial<Allowance>): readonly string[] {
  const { first } = rank(candidates, { ...ALLOWANCE, ...change });
  if (first === undefined) return [];
  const others = candidates.filter(({ id }) => id !== first);
  return [first, ...orderOf(others, change)];
}

/** Why the only candidate was passed over; undefined when it was not. */
function reason(change: Partial<Candidate>, allowance: Partial<Allowance> = {}): string | undefined {
  return decide([candidate('a', change)], allowance).passedOver[0]?.why;
}

describe('the order', () => {
  it('follows the rank, and the given order where ranks are equal', () => {
    const { order } = decide([
      candidate('c', { rank: 2 }),
      candidate('a', { rank: 1 }),
      candidate('b', { rank: 1 }),
    ]);
    expect(order).toEqual(['a', 'b', 'c']);
  });

  it('puts accounts that are in doubt behind all others, and says so', () => {
    const { order, passedOver } = decide([
      candidate('doubted', { rank: 0, doubtful: 'a submit hangs' }),
      candidate('doubted, too', { rank: 1, doubtful: 'timeout' }),
      candidate('trusted', { rank: 9 }),
    ]);
    expect(order).toEqual(['trusted', 'doubted', 'doubted, too']);
    expect(passedOver).toEqual([
      { provider: 'doubted', why: 'in doubt: a submit hangs; others first' },
      { provider: 'doubted, too', why: 'in doubt: timeout; others first' },
    ]);
  });

  it('leaves what it was given as it was', () => {
    const candidates = [candidate('b', { rank: 2 }), candidate('a', { rank: 1 })];
    decide(candidates);
    expect(candidates.map(({ id }) => id)).toEqual(['b', 'a']);
  });
});

describe('an account is passed over', () => {
  it('that cannot take the task, in its own words', () => {
    expect(reason({ refuses: 'does not solve hcaptcha' })).toBe('does not solve hcaptcha');
  });

  it('that costs more than is left', () => {
    expect(reason({ priceUsd: 0.0101 })).toBe('costs more than the task may');
    expect(reason({ priceUsd: 0.01 })).toBeUndefined();
  });

  it('not for the last digit of a sum of prices', () => {
    expect(reason({ priceUsd: 0.003 }, { leftUsd: 0.009 - 0.006 })).toBeUndefined();
  });

  it('never for a price that nobody knows', () => {
    expect(reason({ priceUsd: null }, { leftUsd: 0 })).toBeUndefined();
  });

  it('whose first answer comes after the deadline', () => {
    expect(reason({ firstAnswerMs: 60_001 })).toBe('cannot answer before the deadline');
    expect(reason({ firstAnswerMs: 60_000 })).toBeUndefined();
  });

  it('that is closed, with scope, cause and time', () => {
    expect(reason({ closed: [shut()] })).toBe('kind open: no_slot until 2026-01-01T00:00:05.000Z');
    expect(reason({ closed: [shut({ scope: 'key', cause: 'auth', until: null })] })).toBe(
      'key open: auth until somebody acts',
    );
    expect(reason({ closed: [shut({ isProbing: true })] })).toBe('kind open: no_slot and being tried');
  });

  it('whose threads are all busy', () => {
    expect(reason({ hasRoom: false })).toBe('all threads are busy');
  });

  it('for the first of several reasons', () => {
    expect(reason({ refuses: 'does not solve it', priceUsd: 1, closed: [shut()] })).toBe('does not solve it');
    expect(reason({ priceUsd: 1, firstAnswerMs: 90_000 })).toBe('costs more than the task may');
  });

  it('without a word when the task was handed to it before', () => {
    for (const tried of ['refused', 'unsolvable', 'taken'] as const)
      expect(decide([candidate('a', { tried })])).toMatchObject({ order: [], passedOver: [] });
  });
});

describe('a closed account', () => {
  it('is asked in its turn when its time has come', () => {
    const { order, passedOver } = decide([
      candidate('a', { closed: [shut({ isTriable: true })] }),
      candidate('b', { rank: 1 }),
    ]);
    expect(order).toEqual(['a', 'b']);
    expect(passedOver).toEqual([]);
  });

  it('is not asked while another thing keeps it closed', () => {
    const { order, passedOver } = decide([
      candidate('a', {
        closed: [shut({ scope: 'transport', cause: 'timeout', isTriable: true }), shut()],
      }),
    ]);
    expect(order).toEqual([]);
    expect(passedOver[0]?.why).toContain('kind open: no_slot');
  });

  it('is worth waiting for while somebody tries it', () => {
    const trying = candidate('a', { closed: [shut({ isProbing: true, askableAt: NOW })] });
    expect(decide([trying])).toMatchObject({
      order: [],
      shut: ['a'],
      beingTried: ['a'],
      lastResort: undefined,
    });
  });

  it('is not while another thing keeps it closed', () => {
    const closed = [shut({ isProbing: true }), shut({ scope: 'money', cause: 'zero_balance' })];
    expect(decide([candidate('a', { closed })])).toMatchObject({ shut: ['a'], beingTried: [] });
  });

  it('tells when the first of them may be tried', () => {
    const { reopensAt } = decide([
      candidate('a', { closed: [shut({ until: NOW + 9_000 })] }),
      candidate('b', { closed: [shut({ until: NOW + 1_000 }), shut({ until: NOW + 7_000 })] }),
      candidate('c', { closed: [shut({ until: null })] }),
      candidate('d', { closed: [shut({ until: NOW - 1 })] }),
    ]);
    expect(reopensAt).toBe(NOW + 7_000);
    expect(decide([candidate('c', { closed: [shut({ until: null })] })]).reopensAt).toBeUndefined();
  });
});

describe('the last resort', () => {
  const askable = (change: Partial<Closed> = {}) => [shut({ askableAt: NOW, ...change })];

  it.each(['timeout', 'bad_reply', 'internal', 'no_slot'])('may be closed for %s', (cause) => {
    expect(decide([candidate('a', { closed: askable({ cause }) })]).lastResort).toBe('a');
  });

  it.each(['zero_balance', 'auth', 'banned', 'rate_limited', 'unsupported', 'maintenance'])(
    'is never one that is closed for %s',
    (cause) => {
      expect(decide([candidate('a', { closed: askable({ cause }) })]).lastResort).toBeUndefined();
    },
  );

  it('is the one that reopens first', () => {
    const { lastResort } = decide([
      candidate('later', { closed: askable({ until: NOW + 9_000 }) }),
      candidate('sooner', { closed: askable({ until: NOW + 8_000 }) }),
    ]);
    expect(lastResort).toBe('sooner');
  });

  it('keeps the pause that the provider asked for', () => {
    expect(decide([candidate('a', { closed: [shut({ askableAt: NOW + 1 })] })]).lastResort).toBeUndefined();
  });

  it('needs room, and every cause disproved', () => {
    expect(decide([candidate('a', { closed: askable(), hasRoom: false })]).lastResort).toBeUndefined();
    const closed = [...askable(), ...askable({ cause: 'unsupported' })];
    expect(decide([candidate('a', { closed })]).lastResort).toBeUndefined();
  });

  it('is not one that this task was handed to', () => {
    expect(decide([candidate('a', { tried: 'taken', closed: askable() })]).lastResort).toBeUndefined();
  });
});

describe('an account that did not solve it', () => {
  it('may be asked again', () => {
    expect(decide([candidate('a', { tried: 'unsolvable' })]).again).toEqual(['a']);
    for (const tried of ['refused', 'taken'] as const)
      expect(decide([candidate('a', { tried })]).again).toEqual([]);
  });

  it('not when it is closed, too dear or too slow', () => {
    const tried = 'unsolvable' as const;
    expect(decide([candidate('a', { tried, closed: [shut()] })]).again).toEqual([]);
    expect(decide([candidate('a', { tried, priceUsd: 1 })]).again).toEqual([]);
    expect(decide([candidate('a', { tried, firstAnswerMs: 90_000 })]).again).toEqual([]);
  });

  it('is waited for when its threads are busy', () => {
    expect(decide([candidate('a', { tried: 'unsolvable', hasRoom: false })])).toMatchObject({
      again: [],
      full: ['a'],
      passedOver: [],
    });
  });
});

it('names the accounts that could take it but for a thread', () => {
  const { full } = decide([
    candidate('full', { hasRoom: false }),
    candidate('free'),
    candidate('full and closed', { hasRoom: false, closed: [shut()] }),
    candidate('full and dear', { hasRoom: false, priceUsd: 1 }),
  ]);
  expect(full).toEqual(['full']);
});
