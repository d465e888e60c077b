/** Coming back: a ramp, a cooldown that goes on growing, calls that left too early to prove anything. */
import { describe, expect, it, vi } from 'vitest';
import { type Answer, late, reset } from '../support/fake-transport.js';
import { accepts, hasMoney, NOT_READY, says, solves } from './answers.js';
import { account, type Bench, CLIENT, openBench, type Setup, story, TASK } from './bench.js';

const RESET = reset(false);
const NO_SLOT = says('ERROR_NO_SLOT_AVAILABLE');
const EMPTY = says('ERROR_ZERO_BALANCE');
const RAMP = { breaker: { rampMs: 10_000 } };

/** `a` is asked first and `b` takes everything. */
function openRamping(setup: Setup = {}): Bench {
  const bench = openBench({ accounts: [account('a', { balanceCheckMs: 1_000 }), 'b'], ...RAMP, ...setup });
  bench.transport.always('b', 'submit', accepts('u-b'));
  bench.transport.always('a', 'poll', NOT_READY);
  bench.transport.always('b', 'poll', solves('token-b'));
  return bench;
}

/** Hands in tasks that only `a` may have, each answered by `a` like this. */
async function atA(bench: Bench, ...answers: readonly Answer[]): Promise<void> {
  bench.transport.script('a', 'submit', ...answers);
  for (const _ of answers) await bench.begin(undefined, { providers: ['a'] });
}

/** `a` was dead for 5 s and has been reached again just now, and takes tasks. */
async function backAtA(setup: Setup = {}): Promise<Bench> {
  const bench = openRamping(setup);
  await atA(bench, RESET, RESET, RESET);
  bench.transport.script('a', 'balance', hasMoney(1));
  await bench.clock.advance(5_000);
  await atA(bench, accepts('u1'));
  return bench;
}

const shares = (bench: Bench) => bench.engine.provider('a')?.gates.map(({ share }) => share);

describe('an account that is reached again', () => {
  it('ramps: a tenth, then half, then all, with the cause it was closed for', async () => {
    const bench = await backAtA();
    expect(bench.state('a')).toEqual({ state: 'ramping', cause: 'bad_reply', forMs: 10_000 });
    expect(shares(bench)).toEqual([1, 1, 1, 1, 0.1]);
    await bench.clock.advance(5_000);
    expect(shares(bench)).toEqual([1, 1, 1, 1, 0.5]);
    await bench.clock.advance(4_999);
    expect(bench.state('a').state).toBe('ramping');
    await bench.clock.advance(1);
    expect(bench.state('a')).toEqual({ state: 'closed', cause: null, forMs: null });
    expect(shares(bench)).toEqual([1, 1, 1, 1, 1]);
  });

  it('is open again at the first failure of a submit, for twice as long', async () => {
    const bench = await backAtA();
    await atA(bench, RESET);
    expect(bench.state('a')).toEqual({ state: 'open', cause: 'bad_reply', forMs: 10_000 });
    bench.transport.always('a', 'balance', hasMoney(1));
  });

  it('is open again at the first failure of a poll', async () => {
    const bench = openRamping();
    bench.transport.script('a', 'poll', RESET);
    await atA(bench, accepts('u1'));
    await bench.clock.advance(1_000);
    await atA(bench, RESET, RESET, RESET);
    bench.transport.script('a', 'balance', late(100, hasMoney(1)));
    // The poll of 5 s waits for the try at 6 s.
    await bench.clock.advance(5_500);
    expect(bench.state('a')).toMatchObject({ state: 'open', cause: 'bad_reply', forMs: 9_750 });
    bench.transport.always('a', 'balance', hasMoney(1));
  });

  it('takes three failures in a row again once the ramp is over', async () => {
    const bench = await backAtA();
    await bench.clock.advance(10_000);
    await atA(bench, RESET, RESET);
    expect(bench.state('a').state).toBe('half-open');
    await atA(bench, RESET);
    expect(bench.state('a')).toMatchObject({ state: 'open', forMs: 10_000 });
    bench.transport.always('a', 'balance', hasMoney(1));
  });

  it('starts from the beginning after the ramp and as much quiet time as it was closed', async () => {
    const bench = await backAtA();
    await bench.clock.advance(15_000);
    await atA(bench, RESET, RESET, RESET);
    expect(bench.state('a')).toMatchObject({ state: 'open', forMs: 5_000 });
    bench.transport.always('a', 'balance', hasMoney(1));
  });

  it('does not mind failures of calls that had left before', async () => {
    const bench = openRamping();
    await atA(bench, late(5_400, RESET), late(5_400, RESET), late(5_400, RESET));
    await bench.clock.advance(1);
    await atA(bench, RESET, RESET, RESET);
    bench.transport.script('a', 'balance', hasMoney(1));
    await bench.clock.advance(5_400);
    expect(bench.engine.provider('a')?.gates.at(-1)).toMatchObject({ scope: 'transport', state: 'ramping' });
  });

  it('does not ramp where the config says 0, nor after an operator’s word', async () => {
    const none = await backAtA({ breaker: { rampMs: 0 } });
    expect(none.state('a').state).toBe('closed');
    const bench = await backAtA();
    bench.engine.admit('a', 'sure');
    expect(bench.state('a').state).toBe('closed');
    await atA(bench, RESET, RESET, RESET);
    expect(bench.state('a')).toMatchObject({ state: 'open', forMs: 5_000 });
    bench.transport.always('a', 'balance', hasMoney(1));
  });
});

describe('a kind that has slots again', () => {
  it('ramps, and the account does not', async () => {
    const bench = openRamping();
    await atA(bench, NO_SLOT);
    await bench.clock.advance(5_000);
    await atA(bench, accepts('u1'));
    expect(bench.kind('a')).toEqual({ state: 'ramping', cause: 'no_slot', forMs: 10_000 });
    expect([bench.state('a').state, bench.kind('a', 'turnstile').state]).toEqual(['closed', 'closed']);
    const kinds = bench.engine.provider('a')?.kinds ?? [];
    expect(kinds.filter(({ share }) => share < 1).map(({ kind }) => kind)).toEqual([TASK.kind]);
  });

  it('is shut for twice as long when it has none after all', async () => {
    const bench = openRamping();
    await atA(bench, NO_SLOT);
    await bench.clock.advance(5_000);
    await atA(bench, accepts('u1'), NO_SLOT);
    expect(bench.kind('a')).toEqual({ state: 'open', cause: 'no_slot', forMs: 10_000 });
  });

  it('is shut again by a call that fails, where calls had failed before', async () => {
    const bench = openRamping();
    await atA(bench, NO_SLOT);
    await bench.clock.advance(5_000);
    await atA(bench, RESET);
    expect(bench.kind('a')).toMatchObject({ state: 'open', cause: 'bad_reply', forMs: 10_000 });
    await bench.clock.advance(10_000);
    await atA(bench, accepts('u1'), RESET);
    expect(bench.kind('a')).toMatchObject({ state: 'open', cause: 'bad_reply', forMs: 20_000 });
  });

  it('is not shut by a call that fails, where there were no slots before', async () => {
    const bench = openRamping();
    await atA(bench, NO_SLOT);
    await bench.clock.advance(5_000);
    await atA(bench, accepts('u1'), RESET);
    expect(bench.kind('a').state).toBe('ramping');
  });

  it('is not given back by a submit that left before it was shut', async () => {
    const bench = openRamping();
    await atA(bench, late(2_000, accepts('u1')));
    await bench.clock.advance(1);
    await atA(bench, NO_SLOT);
    await bench.clock.advance(2_000);
    expect(bench.kind('a')).toMatchObject({ state: 'open', cause: 'no_slot' });
  });
});

describe('money that is there again', () => {
  it('ramps when a check shows it, and nothing but a check does', async () => {
    const bench = openRamping({ accounts: ['a', 'b'] });
    await atA(bench, late(2_000, accepts('u1')));
    await bench.clock.advance(1);
    bench.transport.script('a', 'balance', hasMoney(0), hasMoney(4));
    await atA(bench, EMPTY);
    await bench.clock.advance(59_000);
    expect(bench.state('a')).toMatchObject({ state: 'open', cause: 'zero_balance' });
    await bench.clock.advance(1_000);
    expect(bench.state('a')).toEqual({ state: 'ramping', cause: 'zero_balance', forMs: 10_000 });
  });

  it('is not shown by a balance that was asked for before it was gone', async () => {
    const bench = openRamping({ accounts: ['a', 'b'] });
    bench.transport.script('a', 'balance', late(500, hasMoney(3)), hasMoney(3));
    const asked = bench.engine.balanceUsd({ ...CLIENT, providers: ['a'] });
    await bench.clock.advance(1);
    await atA(bench, EMPTY);
    await bench.clock.advance(500);
    await asked;
    expect(bench.state('a')).toMatchObject({ state: 'open', cause: 'zero_balance' });
    await bench.clock.advance(60_000);
    expect(bench.state('a').state).toBe('ramping');
  });

  it('was there all along: no ramp, and the next time counts as the first', async () => {
    const bench = openRamping({ accounts: ['a', 'b'] });
    bench.transport.script('a', 'balance', hasMoney(3));
    await atA(bench, EMPTY);
    const money = bench.engine.provider('a')?.gates.find(({ scope }) => scope === 'money');
    expect(money).toMatchObject({ state: 'closed', openings: 0, share: 1 });
    expect(bench.kind('a')).toMatchObject({ state: 'open', cause: 'no_slot' });
  });
});

/** The same figures in every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

describe('a service that fails three calls in ten', () => {
  /** How often `a` opens in an hour of a task every two seconds, and how long it is open, in s. */
  async function flaps(seed: number) {
    const bench = openRamping({ isLoose: true, accounts: [account('a', { balanceCheckMs: 1_000 }), 'b'] });
    const random = dice(seed);
    vi.spyOn(Math, 'random').mockImplementation(random);
    const maybe = (answer: Answer) => () => (random() < 0.3 ? RESET : answer);
    bench.transport.always('a', 'submit', maybe(accepts('u-a')));
    bench.transport.always('a', 'poll', maybe(says('ERROR_CAPTCHA_UNSOLVABLE')));
    bench.transport.always('a', 'balance', maybe(hasMoney(1)));
    let openings = 0;
    let isOpen = false;
    bench.events.on('breaker-opened', ({ scope }) => {
      if (scope !== 'transport') return;
      openings += isOpen ? 0 : 1;
      isOpen = true;
    });
    bench.events.on('breaker-closed', ({ scope }) => {
      if (scope === 'transport') isOpen = false;
    });
    for (let second = 0; second < 3_600; second += 2) {
      await bench.begin();
      await bench.clock.advance(2_000);
    }
    return { openings, calls: bench.transport.calls('a').length };
  }

  it.each([1, 2, 3])(
    'opens at most 24 times an hour, dice %i: every opening lasts twice as long',
    async (seed) => {
      // 6 doublings to 5 minutes and 11 of these fill an hour; quiet times, after which it begins anew, add some.
      const { openings, calls } = await flaps(seed);
      expect(openings).toBeGreaterThan(3);
      expect(openings).toBeLessThanOrEqual(24);
      expect(calls).toBeGreaterThan(openings);
    },
  );
});

describe('what a dead primary costs', () => {
  it('is three calls until it is open, and then one each cooldown', async () => {
    const bench = openRamping({ breaker: { rampMs: 10_000, maxCooldownMs: 40_000 } });
    bench.transport.always('a', 'submit', RESET);
    bench.transport.always('a', 'balance', RESET);
    const opened: number[] = [];
    bench.events.on('breaker-opened', ({ scope }) => {
      if (scope === 'transport') opened.push(bench.now);
    });
    for (let task = 0; task < 600; task += 1) {
      expect(story(await bench.find(await bench.begin())).at(-1)).toBe('b: solving');
      await bench.clock.advance(500);
    }
    const calls = bench.times('a');
    const [first = 0] = opened;
    expect(calls.filter((at) => at <= first).length).toBeLessThanOrEqual(3);
    const later = calls.filter((at) => at > first);
    // One call for each opening: the try that failed.
    expect(later).toEqual(opened.slice(1));
    expect(later.length).toBeLessThanOrEqual(5 + 300 / 40);
  });

  it('is over one probe and one ramp after it is well again', async () => {
    const bench = openRamping();
    await atA(bench, RESET, RESET, RESET);
    bench.transport.script('a', 'balance', RESET, RESET);
    // Tried in vain at 5 s and, since the check of the balance has never worked, at 20 s.
    await bench.clock.advance(20_000);
    const { forMs } = bench.state('a');
    bench.transport.always('a', 'balance', hasMoney(1));
    bench.transport.always('a', 'submit', accepts('u-a'));
    await bench.clock.advance((forMs ?? 0) + 1);
    expect(story(await bench.find(await bench.begin()))).toEqual(['a: solving']);
    expect(bench.state('a').state).toBe('ramping');
    await bench.clock.advance(10_000);
    expect(bench.state('a').state).toBe('closed');
  });

  it('is nothing where the captcha or the caller is at fault', async () => {
    const bench = openRamping({ routing: { maxAttempts: 1 } });
    const wrong = [
      'ERROR_WRONG_GOOGLEKEY',
      'ERROR_PAGEURL',
      'ERROR_BAD_PARAMETERS',
      'ERROR_IMAGE_TYPE_NOT_SUPPORTED',
    ];
    await atA(bench, ...wrong.map(says), ...wrong.map(says));
    bench.transport.always('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'));
    for (let task = 0; task < 10; task += 1) await bench.run(5_000, undefined, { providers: ['a'] });
    expect(bench.engine.provider('a')).toMatchObject({ state: 'closed', doubt: null, changes: [] });
    expect(bench.engine.provider('a')?.kinds.flatMap(({ changes }) => changes)).toEqual([]);
  });
});
