/** What opossum does when it is used the obvious way, and what the engine does with the same calls. */
import CircuitBreaker from 'opossum';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hang, late, reset } from '../support/fake-transport.js';
import { accepts, hasMoney, NOT_READY, says } from './answers.js';
import { account, type Bench, openBench, TASK } from './bench.js';

const RESET = reset(false);
/** Opens at once by an error rate of half, tries again after a second. */
const NAIVE = { timeout: false, errorThresholdPercentage: 50, resetTimeout: 1_000 } as const;

interface Naive {
  readonly breaker: CircuitBreaker<[() => Promise<unknown>], unknown>;
  /** Starts a call; what it fails with is opossum's to judge. */
  fire(call: () => Promise<unknown>): void;
}

const breakers: CircuitBreaker<[() => Promise<unknown>], unknown>[] = [];

function naive(options: CircuitBreaker.Options = {}): Naive {
  const breaker = new CircuitBreaker((call: () => Promise<unknown>) => call(), { ...NAIVE, ...options });
  breakers.push(breaker);
  return { breaker, fire: (call) => void breaker.fire(call).catch(() => {}) };
}

function after(ms: number, error?: Error): () => Promise<unknown> {
  return () =>
    new Promise((resolve, reject) => {
      setTimeout(() => (error ? reject(error) : resolve('ok')), ms);
    });
}

const FAILED = new Error('reset');
const fails = () => Promise.reject(FAILED);
const works = () => Promise.resolve('ok');
const never = () => new Promise(() => {});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  // The engine has a clock of its own and settles by setImmediate.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
});
afterEach(() => {
  for (const breaker of breakers.splice(0)) breaker.shutdown();
  vi.useRealTimers();
});

/** `count` tasks that only `a` may have. */
async function beginAtA(bench: Bench, count: number): Promise<void> {
  for (let begun = 0; begun < count; begun += 1) await bench.begin(undefined, { providers: ['a'] });
}

/** `a` is shut after three failures; `b` takes everything. */
async function shutAtA(balanceCheckMs = 1_000): Promise<Bench> {
  const bench = openBench({ accounts: [account('a', { balanceCheckMs }), 'b'] });
  bench.transport.script('a', 'submit', RESET, RESET, RESET);
  bench.transport.always('b', 'submit', accepts('u-b'));
  for (const id of ['a', 'b']) bench.transport.always(id, 'poll', NOT_READY);
  await beginAtA(bench, 3);
  expect(bench.state('a').state).toBe('open');
  return bench;
}

describe('a whole solve inside the breaker', () => {
  it('naive: captchas that cannot be solved open it, though the service answers every call', async () => {
    const { breaker, fire } = naive();
    for (let solve = 0; solve < 3; solve += 1) fire(after(40_000, new Error('unsolvable')));
    await pass(40_000);
    expect(breaker.opened).toBe(true);
  });

  it('here: only calls count, and a captcha that is not solved opens nothing', async () => {
    const bench = openBench({ accounts: ['a'], routing: { maxAttempts: 1 } });
    bench.transport.always('a', 'submit', accepts('u1'));
    bench.transport.always('a', 'poll', says('ERROR_CAPTCHA_UNSOLVABLE'));
    for (let solve = 0; solve < 6; solve += 1) await bench.begin();
    await bench.clock.advance(40_000);
    expect([bench.state('a').state, bench.kind('a').state]).toEqual(['closed', 'closed']);
  });
});

describe('calls that take longer than the rolling window', () => {
  it('naive: with the volume that the docs advise, failures that come 11 s apart never open it', async () => {
    const { breaker, fire } = naive({ volumeThreshold: 3, rollingCountTimeout: 10_000 });
    for (let call = 0; call < 50; call += 1) {
      fire(after(11_000, FAILED));
      await pass(11_000);
    }
    expect(breaker.opened).toBe(false);
  });

  it('here: the third in a row opens it, however long each takes', async () => {
    const bench = openBench({ accounts: [account('a', { timing: { answerWithinMs: 60_000 } })] });
    bench.transport.script('a', 'submit', late(11_000, RESET), late(11_000, RESET), late(11_000, RESET));
    bench.transport.always('a', 'balance', RESET);
    for (let call = 0; call < 3; call += 1) {
      await bench.begin();
      await bench.clock.advance(11_000);
    }
    expect(bench.state('a').state).toBe('open');
  });
});

describe('calls in flight', () => {
  it('naive: they dilute the error rate, so a service that hangs and fails stays open for calls', async () => {
    const { breaker, fire } = naive();
    for (let call = 0; call < 20; call += 1) fire(never);
    for (let call = 0; call < 10; call += 1) fire(fails);
    await pass(0);
    expect(breaker.stats).toMatchObject({ failures: 10, successes: 0, fires: 30 });
    expect(breaker.opened).toBe(false);
  });

  it('here: three failures in a row are three, whatever hangs beside them', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', ...Array.from({ length: 20 }, () => hang()), RESET, RESET, RESET);
    bench.transport.always('a', 'balance', hasMoney(1));
    bench.transport.always('b', 'submit', accepts('u-b'));
    bench.transport.always('b', 'poll', NOT_READY);
    await beginAtA(bench, 23);
    expect(bench.state('a')).toMatchObject({ state: 'open', cause: 'bad_reply' });
    await bench.clock.advance(10_000);
  });
});

describe('a half-open probe that hangs', () => {
  it('naive: nothing passes ever again, however well the service is', async () => {
    const { breaker, fire } = naive();
    fire(fails);
    await pass(1_000);
    fire(never);
    await pass(3_600_000);
    const answer = await breaker.fire(works).catch((error: { code?: string }) => error.code);
    expect(answer).toBe('EOPENBREAKER');
  });

  it('here: it is over after a quarter of the time of a call, and the next one comes', async () => {
    const bench = await shutAtA();
    bench.transport.script('a', 'balance', hang(), hasMoney(1));
    await bench.clock.advance(7_500);
    expect(bench.state('a')).toMatchObject({ state: 'open', cause: 'timeout', forMs: 10_000 });
    await bench.clock.advance(15_000);
    expect(bench.times('a', 'balance')).toEqual([5_000, 22_500]);
    expect(bench.state('a').cause).toBe('bad_reply');
    expect(bench.state('a').state).toBe('half-open');
  });
});

describe('the success of a call that left before the failures', () => {
  it('naive: it closes the breaker that the failures have opened', async () => {
    const { breaker, fire } = naive();
    fire(after(3_000));
    for (let call = 0; call < 5; call += 1) fire(fails);
    await pass(0);
    expect(breaker.opened).toBe(true);
    // Half-open by now; the old call is no probe, and is taken for one.
    await pass(3_000);
    expect(breaker.closed).toBe(true);
  });

  it('here: it closes nothing', async () => {
    const bench = openBench();
    bench.transport.script('a', 'submit', late(3_000, accepts('u1')), RESET, RESET, RESET);
    bench.transport.script('a', 'balance', hasMoney(1));
    bench.transport.always('b', 'submit', accepts('u-b'));
    for (const id of ['a', 'b']) bench.transport.always(id, 'poll', NOT_READY);
    await beginAtA(bench, 1);
    await bench.clock.advance(1);
    await beginAtA(bench, 3);
    await bench.clock.advance(4_000);
    expect(bench.state('a')).toMatchObject({ state: 'open', cause: 'bad_reply', forMs: 1_000 });
    await bench.clock.advance(1_000);
  });
});

describe('errors that are filtered', () => {
  it('naive: they count as successes, so a caller’s faults hide a dead service', async () => {
    const isCallers = (error: Error) => error.message === 'bad_sitekey';
    const { breaker, fire } = naive({ errorFilter: isCallers });
    for (let call = 0; call < 6; call += 1) fire(() => Promise.reject(new Error('bad_sitekey')));
    await pass(0);
    for (let call = 0; call < 5; call += 1) fire(fails);
    await pass(0);
    expect(breaker.stats).toMatchObject({ successes: 6, failures: 5 });
    expect(breaker.opened).toBe(false);
  });

  it('here: they say that the account is reached, and nothing about the kind', async () => {
    const bench = openBench({ accounts: ['a'] });
    const wrong = says('ERROR_WRONG_GOOGLEKEY');
    bench.transport.script('a', 'submit', ...Array.from({ length: 6 }, () => wrong), RESET, RESET, RESET);
    bench.transport.always('a', 'balance', RESET);
    for (let call = 0; call < 9; call += 1) await bench.begin();
    expect(bench.state('a').state).toBe('open');
    // A fault of the caller in the middle of a kind’s cooldown does not end it either.
    const other = openBench({ accounts: ['a'] });
    other.transport.script('a', 'submit', late(10, says('ERROR_NO_SLOT_AVAILABLE')), late(20, wrong));
    await Promise.all([other.submit(TASK), other.submit(TASK)]);
    await other.clock.advance(20);
    expect(other.kind('a')).toMatchObject({ state: 'open', cause: 'no_slot' });
  });
});
