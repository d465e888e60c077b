/** One account: what each answer closes, for whom, and how it comes back. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SolveError } from '../../src/core/errors.js';
import { Events } from '../../src/core/events.js';
import type { BreakerSettings } from '../../src/core/gateway.js';
import type { Kind, TaskKind } from '../../src/core/task.js';
import { AccountState, type Place } from '../../src/engine/account.js';
import { Room } from '../../src/engine/room.js';
import { FakeClock, settle } from '../support/fake-clock.js';
import { type Answer, FakeTransport, hang, late, reset } from '../support/fake-transport.js';
import { sampleTask } from '../support/sample-tasks.js';
import { accepts, HTML, hasMoney, NOT_READY, says } from './answers.js';
import { type AccountFacts, account, PACE, TASK } from './bench.js';

const BREAKER: BreakerSettings = {
  failures: 3,
  cooldownMs: 5_000,
  maxCooldownMs: 300_000,
  balanceCheckMs: 60_000,
  // Tests of the way back set one; elsewhere an account that is open takes everything.
  rampMs: 0,
};
const UPSTREAM = { upstreamId: 'u1', task: TASK };
const LIMITS = { timeoutMs: PACE.answerWithinMs };
const DAY_MS = 86_400_000;

const NO_SLOT = says('ERROR_NO_SLOT_AVAILABLE');
const EMPTY = says('ERROR_ZERO_BALANCE');
const BANNED_30S = says('ERROR: 1003');

/** An account with nothing around it; nothing may be left of timers and scripts when the test is over. */
class Bench {
  readonly clock = new FakeClock();
  readonly transport = new FakeTransport(this.clock);
  readonly room = new Room();
  readonly state: AccountState;

  constructor(facts: AccountFacts, breaker: BreakerSettings) {
    const { clock, transport, room } = this;
    const events = new Events(
      () => clock.now(),
      (error) => {
        throw error;
      },
    );
    this.state = new AccountState(account('a', facts), { clock, transport, room, events, breaker });
  }

  /** The next answers to submits. */
  answer(...answers: readonly Answer[]): void {
    this.transport.script('a', 'submit', ...answers);
  }

  /** Hands a task in; `ok`, or the code of the refusal. The task leaves the account at once. */
  async submit(kind: Kind = 'recaptcha_v2', place: Place = this.state.claim(kind)): Promise<string> {
    const outcome = await codeOf(this.state.submit(sampleTask(kind), place, LIMITS));
    place.release();
    await settle();
    return outcome;
  }

  /** What keeps tasks of this kind out, as scope and cause. */
  closed(kind: TaskKind = TASK.kind): readonly string[] {
    return this.state.gates.closing(kind).map(({ scope, cause }) => `${scope}: ${cause}`);
  }

  get lastTimeoutMs(): number | undefined {
    return this.transport.sent.at(-1)?.timeoutMs;
  }

  /** When balance calls left, in ms after `since`. */
  balanceTimes(since: number): readonly number[] {
    return this.transport.calls('a', 'balance').map(({ at }) => at - since);
  }
}

function openAccount(facts: AccountFacts = {}, breaker = BREAKER): Bench {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const bench = new Bench(facts, breaker);
  onTestFinished(async () => {
    bench.state.close();
    await settle();
    vi.restoreAllMocks();
    expect(bench.clock.pending, 'timers left').toBe(bench.transport.underWay);
    expect(bench.transport.unexpected, 'requests nobody scripted').toEqual([]);
    expect(bench.transport.unused, 'scripted answers nobody asked for').toEqual([]);
    expect(bench.state.places.inFlight - bench.transport.underWay, 'places left').toBe(0);
  });
  return bench;
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    if (error instanceof SolveError) return error.code;
    throw error;
  }
}

describe('NO_SLOT', () => {
  it('closes its kind and no other', async () => {
    const bench = openAccount();
    bench.answer(NO_SLOT);
    expect(await bench.submit()).toBe('no_slot');
    expect(bench.closed()).toEqual(['kind: no_slot']);
    expect(bench.closed('turnstile')).toEqual([]);
    expect(bench.state.doubtful).toBeUndefined();
  });

  it('is tried with a quarter of the time; an accepted submit is the end of it', async () => {
    const bench = openAccount();
    bench.answer(NO_SLOT, accepts('u1'), accepts('u2'));
    await bench.submit();
    expect(bench.lastTimeoutMs).toBe(10_000);
    await bench.clock.advance(5_000);
    expect(await bench.submit()).toBe('ok');
    expect(bench.lastTimeoutMs).toBe(2_500);
    expect(bench.closed()).toEqual([]);
    await bench.submit();
    expect(bench.lastTimeoutMs).toBe(10_000);
  });

  it('twice closes it for twice as long', async () => {
    const bench = openAccount();
    bench.answer(NO_SLOT, NO_SLOT);
    await bench.submit();
    await bench.clock.advance(5_000);
    await bench.submit();
    const { gate } = bench.state.gates.kind(TASK.kind);
    expect(gate.until).toBe(bench.clock.now() + 10_000);
  });

  it('lets no submit out that was decided before', async () => {
    const bench = openAccount();
    bench.answer(NO_SLOT);
    const decided = bench.state.claim(TASK.kind);
    await bench.submit();
    expect(await bench.submit('recaptcha_v2', decided)).toBe('no_slot');
    expect(bench.transport.sent).toHaveLength(1);
  });
});

describe('a try', () => {
  async function shutForNow() {
    const bench = openAccount();
    bench.answer(NO_SLOT);
    await bench.submit();
    await bench.clock.advance(5_000);
    return { bench, gate: bench.state.gates.kind(TASK.kind).gate };
  }

  it('is one place’s alone', async () => {
    const { bench, gate } = await shutForNow();
    const place = bench.state.claim(TASK.kind);
    expect(place.isProbe).toBe(true);
    expect(gate).toMatchObject({ isProbing: true });
    expect(gate.isTriable(bench.clock.now())).toBe(false);
    place.release();
  });

  it('is free again when its place is given back unused, and those who wait are told', async () => {
    const { bench, gate } = await shutForNow();
    const place = bench.state.claim(TASK.kind);
    const changed = vi.spyOn(bench.room, 'changed');
    place.release();
    expect(gate.isTriable(bench.clock.now())).toBe(true);
    expect(changed.mock.calls).toEqual([['a']]);
  });

  it('does not count its place out twice', async () => {
    const { bench } = await shutForNow();
    const place = bench.state.claim(TASK.kind);
    place.release();
    place.release();
    expect(bench.state.places.inFlight).toBe(0);
  });

  it('that is not answered in time is a failed one', async () => {
    const { bench, gate } = await shutForNow();
    bench.answer(hang());
    const submitted = bench.submit();
    await bench.clock.advance(2_500);
    expect(await submitted).toBe('timeout');
    expect(gate).toMatchObject({ cause: 'timeout', until: bench.clock.now() + 10_000, isProbing: false });
  });
});

describe('unsupported', () => {
  it('closes the kind for a day', async () => {
    const bench = openAccount();
    bench.answer(says('ERROR_WRONG_CAPTCHA_ID'));
    expect(await bench.submit()).toBe('unsupported');
    const { gate } = bench.state.gates.kind(TASK.kind);
    await bench.clock.advance(DAY_MS - 1);
    expect(bench.closed()).toEqual(['kind: unsupported']);
    expect(gate.isTriable(bench.clock.now())).toBe(false);
    await bench.clock.advance(1);
    expect(gate.isTriable(bench.clock.now())).toBe(true);
    expect(bench.closed('turnstile')).toEqual([]);
  });
});

describe('auth', () => {
  it('closes the account until somebody lets it in', async () => {
    const bench = openAccount();
    bench.answer(says('ERROR_KEY_DOES_NOT_EXIST'), accepts('u1'));
    expect(await bench.submit()).toBe('auth');
    await bench.clock.advance(DAY_MS);
    expect(bench.closed()).toEqual(['key: auth']);
    expect(bench.closed('turnstile')).toEqual(['key: auth']);
    await bench.state.gates.balance.refresh();
    expect(bench.transport.calls('a', 'balance')).toEqual([]);
    bench.state.admit('checked');
    expect(bench.closed()).toEqual([]);
    expect(await bench.submit()).toBe('ok');
  });
});

describe('a ban', () => {
  it('silences every call until its time, and then none', async () => {
    const bench = openAccount();
    const { state, transport, clock } = bench;
    bench.answer(BANNED_30S, accepts('u1'));
    transport.script('a', 'poll', NOT_READY);
    transport.script('a', 'balance', hasMoney(1));
    expect(await bench.submit()).toBe('rate_limited');
    await clock.advance(29_999);
    expect(await bench.submit()).toBe('banned');
    expect(await codeOf(state.poll(UPSTREAM, LIMITS))).toBe('banned');
    expect(await codeOf(state.report({ ...UPSTREAM, isAccepted: false }))).toBe('banned');
    await state.gates.balance.refresh();
    expect(transport.sent).toHaveLength(1);
    expect(bench.closed('turnstile')).toEqual(['ban: rate_limited']);

    await clock.advance(1);
    expect(bench.closed()).toEqual([]);
    expect(await state.poll(UPSTREAM, LIMITS)).toBeUndefined();
    await state.gates.balance.refresh();
    expect(await bench.submit()).toBe('ok');
    expect(state.gates.balance.usd).toBe(1);
  });

  it('is not lengthened by calls that it kept from leaving', async () => {
    const bench = openAccount();
    bench.answer(BANNED_30S);
    await bench.submit();
    const until = bench.state.gates.silentUntil;
    await bench.clock.advance(20_000);
    await bench.submit();
    expect(bench.state.gates.silentUntil).toBe(until);
  });

  it('is nothing that somebody can end', async () => {
    const bench = openAccount();
    bench.answer(BANNED_30S);
    await bench.submit();
    bench.state.admit('checked');
    expect(bench.closed()).toEqual(['ban: rate_limited']);
  });
});

describe('ZERO_BALANCE', () => {
  it('closes the account and has the balance asked for at once', async () => {
    const bench = openAccount();
    bench.answer(EMPTY);
    bench.transport.script('a', 'balance', late(500, hasMoney(0)));
    expect(await bench.submit()).toBe('zero_balance');
    expect(bench.closed('turnstile')).toEqual(['money: zero_balance']);
    expect(bench.balanceTimes(bench.clock.now())).toEqual([0]);
    await bench.clock.advance(500);
  });

  it('with money means that this kind has no slot', async () => {
    const bench = openAccount();
    bench.answer(EMPTY);
    bench.transport.script('a', 'balance', hasMoney(3.2));
    await bench.submit();
    expect(bench.closed()).toEqual(['kind: no_slot']);
    expect(bench.closed('turnstile')).toEqual([]);
    expect(bench.clock.pending).toBe(0);
  });

  it('told again while the balance is asked for is decided by the same answer', async () => {
    const bench = openAccount();
    bench.answer(EMPTY, EMPTY);
    bench.transport.script('a', 'balance', late(300, hasMoney(3.2)));
    const decided = bench.state.claim('turnstile');
    await bench.submit();
    await bench.clock.advance(100);
    await bench.submit('turnstile', decided);
    await bench.clock.advance(200);
    expect(bench.closed()).toEqual(['kind: no_slot']);
    expect(bench.closed('turnstile')).toEqual(['kind: no_slot']);
  });

  it('without money lasts until a later check shows some, no sooner than the service allows', async () => {
    const bench = openAccount();
    const since = bench.clock.now();
    bench.answer(EMPTY);
    bench.transport.script('a', 'balance', hasMoney(0), hasMoney(0), hasMoney(5));
    await bench.submit();
    await bench.clock.advance(60_000);
    expect(bench.closed()).toEqual(['money: zero_balance']);
    expect(bench.balanceTimes(since)).toEqual([0, 60_000]);
    await bench.clock.advance(120_000);
    const [, second = 0, third = 0] = bench.balanceTimes(since);
    expect(third - second).toBeGreaterThanOrEqual(60_000);
    expect(bench.closed()).toEqual([]);
    expect(bench.clock.pending).toBe(0);
  });
});

describe('calls that fail in a row', () => {
  async function dead() {
    const bench = openAccount();
    bench.answer(reset(false), reset(false), reset(false));
    for (let failures = 0; failures < 2; failures += 1) await bench.submit();
    expect(bench.closed()).toEqual([]);
    await bench.submit();
    return bench;
  }

  it('close the account at the number that the config names, and a balance call opens it', async () => {
    const bench = await dead();
    const since = bench.clock.now();
    expect(bench.closed('turnstile')).toEqual(['transport: bad_reply']);
    bench.transport.script('a', 'balance', hasMoney(1));
    await bench.clock.advance(4_999);
    expect(bench.closed()).toEqual(['transport: bad_reply']);
    await bench.clock.advance(1);
    expect(bench.balanceTimes(since)).toEqual([5_000]);
    expect(bench.closed()).toEqual([]);
  });

  it('stay closed while the balance call fails, too', async () => {
    const bench = await dead();
    bench.transport.script('a', 'balance', HTML);
    await bench.clock.advance(5_000);
    expect(bench.closed()).toEqual(['transport: bad_reply']);
    expect(bench.state.gates.transport.until).toBe(bench.clock.now() + 10_000);
  });

  it('are no row when something was answered in between, a refusal too', async () => {
    const bench = openAccount();
    bench.answer(reset(false), reset(false), says('ERROR_WRONG_GOOGLEKEY'), reset(false), reset(false));
    for (let submits = 0; submits < 5; submits += 1) await bench.submit();
    expect(bench.closed()).toEqual([]);
  });
});

describe('doubt', () => {
  it('follows a submit that failed; nothing is closed', async () => {
    const bench = openAccount();
    bench.answer(reset(false));
    expect(await bench.submit()).toBe('bad_reply');
    expect(bench.state.doubtful).toBe('bad_reply');
    expect(bench.closed()).toEqual([]);
  });

  it('is not ended by a submit that had left before it', async () => {
    const bench = openAccount();
    bench.answer(late(2_000, accepts('u1')), reset(false));
    const early = bench.submit();
    await bench.clock.advance(1);
    await bench.submit();
    await bench.clock.advance(2_000);
    expect(await early).toBe('ok');
    expect(bench.state.gates.doubt.cause).toBe('bad_reply');
  });

  it('is no try before it is due', async () => {
    const bench = openAccount();
    bench.answer(reset(false), accepts('u1'));
    await bench.submit();
    await bench.clock.advance(4_999);
    const place = bench.state.claim('turnstile');
    expect(place.isProbe).toBe(false);
    await bench.submit('turnstile', place);
    expect(bench.lastTimeoutMs).toBe(10_000);
  });

  it('is ended by one try when it is due, with a quarter of the time; others come later meanwhile', async () => {
    const bench = openAccount();
    bench.answer(reset(false), late(400, accepts('u1')));
    await bench.submit();
    await bench.clock.advance(5_000);
    expect(bench.state.doubtful).toBeUndefined();
    const submitted = bench.submit();
    expect(bench.state.doubtful).toBe('bad_reply');
    expect(bench.lastTimeoutMs).toBe(2_500);
    await bench.clock.advance(400);
    expect(await submitted).toBe('ok');
    expect(bench.state.gates.doubt.cause).toBeNull();
  });

  it('is ended by a refusal, too: it was answered', async () => {
    const bench = openAccount();
    bench.answer(reset(false), says('ERROR_WRONG_GOOGLEKEY'));
    await bench.submit();
    await bench.clock.advance(5_000);
    await bench.submit();
    expect(bench.state.gates.doubt.cause).toBeNull();
  });

  it('lasts twice as long after a try that failed', async () => {
    const bench = openAccount();
    bench.answer(reset(false), reset(false));
    await bench.submit();
    await bench.clock.advance(5_000);
    await bench.submit();
    expect(bench.state.gates.doubt.until).toBe(bench.clock.now() + 10_000);
  });

  it('falls on an account while a submit hangs there for more than 1.5 s', async () => {
    const bench = openAccount();
    bench.answer(late(4_000, accepts('u1')));
    const submitted = bench.submit();
    await bench.clock.advance(1_500);
    expect(bench.state.doubtful).toBeUndefined();
    await bench.clock.advance(1);
    expect(bench.state.doubtful).toBe('a submit hangs');
    await bench.clock.advance(2_499);
    expect(await submitted).toBe('ok');
    expect(bench.state.doubtful).toBeUndefined();
  });
});

describe('the share of the tasks that ask here first', () => {
  const share = ({ state }: Bench) => [state.gates.share(TASK.kind), state.gates.share('turnstile')];

  it('is small for a kind that has just come back, and full for the others', async () => {
    const bench = openAccount({}, { ...BREAKER, rampMs: 10_000 });
    bench.answer(NO_SLOT, accepts('u1'));
    await bench.submit();
    await bench.clock.advance(5_000);
    await bench.submit();
    expect(share(bench)).toEqual([0.1, 1]);
    await bench.clock.advance(5_000);
    expect(share(bench)).toEqual([0.5, 1]);
    await bench.clock.advance(5_000);
    expect(share(bench)).toEqual([1, 1]);
  });

  it('is small for every kind when the account has come back', async () => {
    const bench = openAccount({}, { ...BREAKER, rampMs: 10_000 });
    bench.answer(reset(false), reset(false), reset(false));
    bench.transport.script('a', 'balance', hasMoney(1));
    for (let failures = 0; failures < 3; failures += 1) await bench.submit();
    await bench.clock.advance(5_000);
    expect(share(bench)).toEqual([0.1, 0.1]);
  });
});

describe('what says nothing about the account', () => {
  const untouched = (bench: Bench) => {
    expect(bench.closed()).toEqual([]);
    expect(bench.state.doubtful).toBeUndefined();
    expect(bench.state.gates.pollableAt).toBe(bench.clock.now());
  };

  it('a site key that is wrong, however often', async () => {
    const bench = openAccount();
    bench.answer(...Array.from({ length: 5 }, () => says('ERROR_WRONG_GOOGLEKEY')));
    for (let submits = 0; submits < 5; submits += 1) expect(await bench.submit()).toBe('bad_sitekey');
    untouched(bench);
  });

  it('a captcha that was not solved, or not yet', async () => {
    const bench = openAccount();
    const unsolvable = Array.from({ length: 4 }, () => says('ERROR_CAPTCHA_UNSOLVABLE'));
    bench.transport.script('a', 'poll', NOT_READY, NOT_READY, NOT_READY, ...unsolvable);
    for (let polls = 0; polls < 3; polls += 1)
      expect(await bench.state.poll(UPSTREAM, LIMITS)).toBeUndefined();
    for (let polls = 0; polls < 4; polls += 1)
      expect(await codeOf(bench.state.poll(UPSTREAM, LIMITS))).toBe('unsolvable');
    untouched(bench);
  });
});

describe('an operator', () => {
  it('holds an account out of new tasks only, and lets it in again', async () => {
    const bench = openAccount();
    bench.transport.script('a', 'poll', NOT_READY);
    bench.state.hold('maintenance');
    await bench.clock.advance(DAY_MS);
    expect(bench.closed()).toEqual(['operator: maintenance']);
    expect(await bench.state.poll(UPSTREAM, LIMITS)).toBeUndefined();
    bench.state.admit('checked');
    expect(bench.closed()).toEqual([]);
  });

  it('lets it in for every kind and cause at once', async () => {
    const bench = openAccount();
    bench.answer(NO_SLOT, reset(false), says('ERROR_KEY_DOES_NOT_EXIST'), accepts('u1'));
    await bench.submit('turnstile');
    await bench.submit();
    await bench.submit();
    bench.state.hold('maintenance');
    expect(bench.closed('turnstile')).toEqual(['operator: maintenance', 'key: auth', 'kind: no_slot']);
    bench.state.admit('checked');
    expect(bench.closed('turnstile')).toEqual([]);
    await bench.submit('turnstile');
    expect(bench.lastTimeoutMs).toBe(10_000);
  });
});

describe('room', () => {
  /** A task waits for the account; how often it was woken. */
  async function wait(bench: Bench): Promise<() => number> {
    let woken = 0;
    void bench.room.wait({ full: ['a'], shut: [] }, bench.room.takeTurn('qa', TASK.kind)).woken.then(() => {
      woken += 1;
    });
    await settle();
    return () => woken;
  }

  it('is there while threads are free, and offered when one is', async () => {
    const bench = openAccount({ threads: 2 });
    const places = [bench.state.claim(TASK.kind), bench.state.rejoin(TASK.kind)];
    expect(bench.state.places.hasRoomFor(TASK.kind)).toBe(false);
    const woken = await wait(bench);
    places[0]?.release();
    await settle();
    expect(woken()).toBe(1);
    expect(bench.state.places.hasRoomFor(TASK.kind)).toBe(true);
    places[1]?.release();
  });

  it('is not offered while more tasks are here than threads', async () => {
    const bench = openAccount({ threads: 1 });
    const places = [bench.state.rejoin(TASK.kind), bench.state.rejoin(TASK.kind)];
    const woken = await wait(bench);
    places[0]?.release();
    await settle();
    expect(woken()).toBe(0);
    places[1]?.release();
    await settle();
    expect(woken()).toBe(1);
  });
});
