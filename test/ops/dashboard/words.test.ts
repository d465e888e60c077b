/** What the page says, and how it writes figures. */
import { describe, expect, it } from 'vitest';
import { ERROR_POLICY } from '../../../src/core/errors.js';
import {
  clock,
  countdown,
  duration,
  list,
  localTimes,
  percent,
  usd,
} from '../../../src/ops/dashboard/format.js';
import { groupsOf } from '../../../src/ops/dashboard/groups.js';
import { hopsOf, spansOf, ticksOf, windowFor } from '../../../src/ops/dashboard/spans.js';
import {
  adviceOn,
  explain,
  kindName,
  partsAround,
  saidWhy,
  shortCause,
  stateOf,
  whatIsWrong,
} from '../../../src/ops/dashboard/words.js';
import { change, failover, history, iso, kind, NOW, provider, status } from './samples.js';

describe('figures', () => {
  it.each([
    [0, '0 ms'],
    [849.6, '850 ms'],
    [4_240, '4.2 s'],
    [9_960, '10 s'],
    [59_600, '1 min'],
    [3_600_000, '1 h'],
    [4_800_000, '1 h 20 min'],
    [260_000_000, '3 days'],
  ])('%d ms are %s', (ms, text) => expect(duration(ms)).toBe(text));

  it.each([
    [-1, 'now'],
    [0, 'now'],
    [400, 'in 1 s'],
    [42_000, 'in 42 s'],
    [125_000, 'in 2 min 5 s'],
    [3_600_000, 'in 1 h'],
  ])('%d ms to go are %s', (ms, text) => expect(countdown(ms)).toBe(text));

  it.each([
    [0, '$0.00'],
    [12.5, '$12.50'],
    [0.29, '$0.29'],
    [0.00299, '$0.0030'],
    [0.0000042, '$0.000004'],
  ])('%d dollars are %s', (amount, text) => expect(usd(amount)).toBe(text));

  it('a share is never all of it while something is missing', () => {
    expect([0, 0.5, 0.996, 1].map(percent)).toEqual(['0 %', '50 %', '>99 %', '100 %']);
  });

  it('a moment is a time of day, with its day where that is another', () => {
    const at = new Date(2026, 0, 1, 14, 2, 31).getTime();
    expect(clock(at, at + 1_000)).toBe('14:02:31');
    expect(clock(at, at + 86_400_000)).toBe('2026-01-01 14:02:31');
    expect(localTimes(`open until ${new Date(at).toISOString()}, then`, at)).toBe(
      'open until 14:02:31, then',
    );
  });

  it('a list reads as one', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(list)).toEqual(['', 'a', 'a and b', 'a, b and c']);
  });
});

describe('words', () => {
  const CLOSING = Object.entries(ERROR_POLICY).filter(([, { opens }]) => opens !== null);

  it.each(CLOSING.map(([code]) => code))('say what %s is and what to do about it', (cause) => {
    const trouble = { state: 'open', cause } as const;
    expect(whatIsWrong(trouble)).not.toContain(`(${cause})`);
    expect(adviceOn(trouble)).not.toBe(adviceOn({ state: 'open', cause: 'never heard of' }));
    expect(shortCause(cause)).toMatch(/^[a-z ]+$/);
  });

  it('keep what nobody knows, names of objects’ own members too', () => {
    for (const cause of ['never heard of', 'constructor', '__proto__']) {
      expect(whatIsWrong({ state: 'open', cause })).toBe(`takes no tasks (${cause})`);
      expect(shortCause(cause)).toBe(cause);
    }
  });

  it('name the kinds it is about, while they are few', () => {
    const trouble = { state: 'open', cause: 'no_slot' } as const;
    expect(whatIsWrong({ ...trouble, kinds: ['turnstile', 'recaptcha_v2'] })).toBe(
      'has no free worker for Turnstile and reCAPTCHA v2',
    );
    expect(whatIsWrong({ ...trouble, kinds: ['a', 'b', 'c', 'd'] })).toBe('has no free worker for 4 kinds');
    expect(whatIsWrong({ ...trouble, state: 'half-open', kinds: ['turnstile'] })).toBe(
      'is being tried again for Turnstile (no slot)',
    );
    expect(kindName('json:sometask')).toBe('json:sometask');
  });

  it('an account whose kinds are all closed takes nothing, with some of them closed some', () => {
    const closed = kind('turnstile', { state: 'open', cause: 'no_slot' });
    expect(stateOf(provider('a')).word).toBe('takes tasks');
    expect(stateOf(provider('a', { kinds: [closed, kind('audio')] })).word).toBe('takes some kinds');
    expect(stateOf(provider('a', { kinds: [closed] })).word).toBe('takes none');
    expect(stateOf(provider('a', { kinds: [kind('audio', { state: 'half-open' })] })).word).toBe(
      'being tried',
    );
    expect(stateOf(provider('a', { state: 'held-out', kinds: [closed] })).word).toBe('held out');
  });

  it('turn the router’s reasons into the operator’s', () => {
    expect(saidWhy('kind open: no_slot until 2026-01-01T00:00:00.000Z')).toBe(
      'no slot until 2026-01-01T00:00:00.000Z',
    );
    expect(saidWhy('transport open: timeout and being tried')).toBe('no answer, and being tried');
    expect(saidWhy('operator open: lunch until noon until somebody acts')).toBe('held out by you: lunch');
    expect(saidWhy('all threads are busy')).toBe('all threads are busy');
  });

  it('tell why a word about money closes a kind', () => {
    expect(explain('no_slot', 'ERROR_ZERO_BALANCE')).toContain('no free thread');
    expect(explain('zero_balance', 'ERROR_ZERO_BALANCE')).toBe('');
  });
});

describe('the rows of kinds', () => {
  it('are those in use by themselves, the most first, then all with the same order together', () => {
    const order = { provider: 'a', next: ['b'], passedOver: [] };
    const other = { provider: 'b', next: [], passedOver: [] };
    const serving = [
      ...['audio', 'turnstile', 'recaptcha_v2', 'text_question'].map((name) => ({ kind: name, ...order })),
      { kind: 'hcaptcha', ...other },
    ];
    const kinds = [
      { kind: 'turnstile', solved: 2, failed: 1 },
      { kind: 'recaptcha_v2', solved: 8, failed: 0 },
    ];
    const groups = groupsOf(status({ serving }), history({ kinds }));
    expect(groups.map((group) => [group.tasks, group.kinds])).toEqual([
      [8, ['recaptcha_v2']],
      [3, ['turnstile']],
      [0, ['audio', 'text_question']],
      [0, ['hcaptcha']],
    ]);
  });
});

describe('the timeline', () => {
  const WINDOW = { from: NOW - 300_000, to: NOW };

  it('has what is closed and what was, cut to the window, accounts below kinds', () => {
    const open = provider('a', { state: 'open', cause: 'zero_balance', since: iso(9_000) });
    const changes = [
      change('closed', 100, {
        provider: 'b',
        since: iso(130),
        scope: 'kind',
        kind: 'turnstile',
        cause: 'no_slot',
      }),
      change('closed', 400, { provider: 'b', since: iso(500) }),
      change('closed', 50, { provider: 'b', since: iso(60), scope: 'operator', cause: 'lunch' }),
    ];
    expect(spansOf([open, provider('b')], changes, WINDOW)).toEqual([
      {
        provider: 'b',
        isAccount: false,
        isHeld: false,
        cause: 'no_slot',
        from: NOW - 130_000,
        to: NOW - 100_000,
      },
      { provider: 'a', isAccount: true, isHeld: false, cause: 'zero_balance', from: WINDOW.from, to: NOW },
      { provider: 'b', isAccount: true, isHeld: true, cause: 'lunch', from: NOW - 60_000, to: NOW - 50_000 },
    ]);
  });

  it('draws failovers on one spot as one', () => {
    const failovers = [
      failover(10, { taskId: '4', to: 'c' }),
      failover(10.5, { taskId: '3', cause: 'no_slot' }),
      failover(11, { taskId: '2' }),
      failover(400, { taskId: '1' }),
    ];
    expect(hopsOf(failovers, WINDOW, 2_000)).toEqual([
      { at: NOW - 11_000, from: 'a', to: 'b', causes: ['timeout', 'no_slot'], tasks: ['2', '3'] },
      { at: NOW - 10_000, from: 'a', to: 'c', causes: ['timeout'], tasks: ['4'] },
    ]);
  });

  it('shows as much as there is, or as much as is asked for', () => {
    const minutes = (startedAgoS: number, wanted: number | null = null) => {
      const { from, to } = windowFor(NOW - startedAgoS * 1_000, NOW, wanted);
      return (to - from) / 60_000;
    };
    expect([minutes(10), minutes(200), minutes(900), minutes(90_000)]).toEqual([2, 5, 20, 60]);
    expect(minutes(10, 60)).toBe(60);
  });

  it('marks full minutes, and not too many', () => {
    const ticks = ticksOf({ from: NOW - 3_590_000, to: NOW }, 8);
    expect(ticks.map((at) => (NOW - at) / 60_000)).toEqual([50, 40, 30, 20, 10, 0]);
  });
});

describe('a step of a story', () => {
  it.each([
    [
      'a',
      'The task went on to a: b ended with no_slot.',
      ['The task went on to ', ': b ended with no_slot.'],
    ],
    ['a', 'a was asked (priority).', ['', ' was asked (priority).']],
    ['house', 'Solved by house.', ['Solved by ', '.']],
    ['house', 'house-2 and my.house and house.two', undefined],
  ])('names %s in: %s', (name, text, parts) => {
    expect(partsAround(name, text)).toEqual(parts);
  });
});
