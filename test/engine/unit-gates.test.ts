/** One cause at one scope: how long it stays closed, who may try it, and what ends it. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type BreakerScope, Events } from '../../src/core/events.js';
import { byOther } from '../../src/engine/call.js';
import { Gate } from '../../src/engine/gate.js';
import { History } from '../../src/engine/history.js';
import { FakeClock } from '../support/fake-clock.js';

const BY = byOther('operator', 'a test');
const PACE = { cooldownMs: 5_000, maxCooldownMs: 30_000 };

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  return () => vi.restoreAllMocks();
});

function openGate(scope: BreakerScope = 'kind') {
  const clock = new FakeClock();
  const events = new Events(
    () => clock.now(),
    (error) => {
      throw error;
    },
  );
  const told: string[] = [];
  events.on('breaker-opened', ({ cause }) => told.push(`opened: ${cause}`));
  events.on('breaker-closed', ({ cause }) => told.push(`closed: ${cause}`));
  const onClose = vi.fn();
  const history = new History();
  const gate = new Gate(scope, scope === 'kind' ? 'turnstile' : null, {
    clock,
    events,
    provider: 'a',
    history,
    onClose,
  });
  return {
    clock,
    gate,
    told,
    onClose,
    history,
    /** How long it stays closed from now on. */
    forMs: () => (gate.until === null ? null : gate.until - clock.now()),
    /** A call that leaves now is refused. */
    refuse: (atLeastMs?: number) =>
      gate.backOff('no_slot', PACE, {
        askedAt: clock.now(),
        by: BY,
        ...(atLeastMs === undefined ? {} : { atLeastMs }),
      }),
  };
}

describe('the cooldown', () => {
  it('doubles with every failure in a row, up to the longest', async () => {
    const { clock, refuse, forMs } = openGate();
    const waits: (number | null)[] = [];
    for (let tries = 0; tries < 5; tries += 1) {
      refuse();
      waits.push(forMs());
      await clock.advance(forMs() ?? 0);
    }
    expect(waits).toEqual([5_000, 10_000, 20_000, 30_000, 30_000]);
  });

  it('is never shorter than the stated pause, even where that is longer than the longest', () => {
    const { refuse, forMs } = openGate();
    refuse(90_000);
    expect(forMs()).toBe(90_000);
  });

  it('is not shortened by a stated pause', async () => {
    const { clock, gate, refuse, forMs } = openGate();
    refuse(1_000);
    expect(forMs()).toBe(5_000);
    expect(gate.askableAt - clock.now()).toBe(1_000);
  });

  it('gets up to a tenth more at random', () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const { refuse, forMs } = openGate();
    refuse();
    expect(forMs()).toBeCloseTo(5_500);
  });

  it('goes on doubling until the gate was closed for as long as it was open last', async () => {
    const { clock, gate, refuse, forMs } = openGate();
    refuse();
    await clock.advance(5_000);
    refuse();
    gate.close({ by: BY });
    expect(gate).toMatchObject({ isOpen: false, cause: null, until: null, askableAt: 0, openedBy: null });
    await clock.advance(9_999);
    refuse();
    expect(forMs()).toBe(20_000);
    gate.close({ by: BY });
    await clock.advance(20_000);
    refuse();
    expect(forMs()).toBe(5_000);
  });

  it('does not count the ramp as time that it was closed', async () => {
    const { clock, gate, refuse, forMs } = openGate();
    refuse();
    gate.close({ by: BY, rampMs: 10_000 });
    await clock.advance(14_999);
    expect(gate.openings).toBe(1);
    await clock.advance(1);
    expect(gate.openings).toBe(0);
    refuse();
    expect(forMs()).toBe(5_000);
  });

  it('is forgotten at an operator’s word, and so is the ramp', () => {
    const { gate, refuse, forMs } = openGate();
    refuse();
    gate.close({ by: BY, rampMs: 10_000 });
    gate.forget();
    expect([gate.isRamping, gate.openings]).toEqual([false, 0]);
    refuse();
    expect(forMs()).toBe(5_000);
  });
});

describe('a ramp', () => {
  it('lets in a tenth, then half, then all; nothing while it is open', async () => {
    const { clock, gate, refuse } = openGate();
    const shares = [gate.share];
    refuse();
    shares.push(gate.share);
    gate.close({ by: BY, rampMs: 10_000 });
    for (const ms of [0, 4_999, 1, 4_999, 1]) {
      await clock.advance(ms);
      shares.push(gate.share);
    }
    expect(shares).toEqual([1, 0, 0.1, 0.1, 0.5, 0.5, 1]);
  });

  it('is over when it opens again', async () => {
    const { clock, gate, refuse, forMs } = openGate();
    refuse();
    gate.close({ by: BY, rampMs: 10_000 });
    await clock.advance(1_000);
    refuse();
    expect([gate.isRamping, gate.share, forMs()]).toEqual([false, 0, 10_000]);
  });
});

describe('a success of a call', () => {
  it.each(['transport', 'kind', 'money'] as const)(
    'that left before %s was closed closes nothing',
    async (scope) => {
      const { clock, gate, refuse } = openGate(scope);
      const askedAt = clock.now();
      await clock.advance(1);
      refuse();
      expect(gate.close({ by: BY, askedAt })).toBe(false);
      expect(gate.isOpen).toBe(true);
      await clock.advance(1);
      expect(gate.close({ by: BY, askedAt: clock.now() })).toBe(true);
    },
  );

  it('that left before the last opening of several closes nothing either', async () => {
    const { clock, gate, refuse } = openGate();
    refuse();
    await clock.advance(5_000);
    const askedAt = clock.now();
    await clock.advance(1);
    refuse();
    expect(gate.close({ by: BY, askedAt })).toBe(false);
  });

  it('of the same moment counts for the money, whose check leaves with its opening', () => {
    for (const [scope, isClosed] of [
      ['money', true],
      ['transport', false],
    ] as const) {
      const { clock, gate, refuse } = openGate(scope);
      refuse();
      expect(gate.close({ by: BY, askedAt: clock.now() })).toBe(isClosed);
    }
  });
});

describe('what happened', () => {
  it('is kept with its time, its cause and who did it, newest first', async () => {
    const { clock, gate, refuse, history } = openGate('transport');
    refuse();
    const { until } = gate;
    await clock.advance(5_000);
    gate.close({ by: byOther('replica') });
    const scope = 'transport';
    expect(history.of(null)).toEqual([
      { at: clock.now(), change: 'closed', scope, cause: 'no_slot', until, by: byOther('replica') },
      { at: clock.now() - 5_000, change: 'opened', scope, cause: 'no_slot', until, by: BY },
    ]);
  });

  it('is the last twenty changes, of each kind and of the account apart', async () => {
    const { clock, gate, refuse, history } = openGate('kind');
    for (let count = 0; count < 15; count += 1) {
      refuse();
      await clock.advance(1);
      gate.close({ by: BY });
    }
    expect(history.of('turnstile')).toHaveLength(20);
    expect(history.of('turnstile')[0]).toMatchObject({ change: 'closed', at: clock.now() });
    expect(history.of(null)).toEqual([]);
  });
});

describe('a refusal of a call that left before the gate was opened', () => {
  it('doubles nothing', async () => {
    const { clock, gate, refuse, forMs } = openGate();
    const askedAt = clock.now();
    await clock.advance(100);
    refuse();
    await clock.advance(200);
    gate.backOff('no_slot', PACE, { askedAt, by: BY });
    expect(forMs()).toBe(5_000);
    await clock.advance(5_000);
    refuse();
    expect(forMs()).toBe(10_000);
  });

  it('has its stated pause kept all the same', async () => {
    const { clock, gate, refuse, forMs } = openGate();
    const askedAt = clock.now();
    await clock.advance(100);
    refuse();
    gate.backOff('no_slot', PACE, { askedAt, atLeastMs: 60_000, by: BY });
    expect(forMs()).toBe(60_000);
    expect(gate.askableAt - clock.now()).toBe(60_000);
  });

  it('does not give a time to what waits for somebody to act', async () => {
    const { clock, gate } = openGate('money');
    gate.open('zero_balance', null, BY);
    gate.backOff('zero_balance', PACE, { askedAt: clock.now(), by: BY });
    expect(gate.until).toBeNull();
  });
});

describe('a way that is shut', () => {
  it('stays so for the longer of two times', () => {
    const { clock, gate } = openGate('ban');
    const now = clock.now();
    gate.open('banned', now + 900_000, BY);
    gate.open('rate_limited', now + 10_000, BY);
    expect(gate).toMatchObject({ cause: 'banned', until: now + 900_000 });
    gate.open('rate_limited', now + 900_001, BY);
    expect(gate).toMatchObject({ cause: 'rate_limited', until: now + 900_001 });
    gate.open('banned', null, BY);
    gate.open('banned', now + 1, BY);
    expect(gate.until).toBeNull();
  });

  it('says since when over all its tries, and says each change once', async () => {
    const { clock, gate, refuse, told, onClose } = openGate();
    const since = clock.now();
    refuse();
    await clock.advance(5_000);
    refuse();
    expect(gate.since).toBe(since);
    gate.close({ by: BY });
    gate.close({ by: BY });
    expect(told).toEqual(['opened: no_slot', 'opened: no_slot', 'closed: no_slot']);
    expect(onClose).toHaveBeenCalledTimes(1);
  });
});

describe('a try', () => {
  it.each(['kind', 'transport'] as const)(
    'of a %s may be made from its time on, not before',
    async (scope) => {
      const { clock, gate, refuse } = openGate(scope);
      expect(gate.isTriable(clock.now())).toBe(false);
      refuse();
      await clock.advance(4_999);
      expect(gate.isTriable(clock.now())).toBe(false);
      await clock.advance(1);
      expect(gate.isTriable(clock.now())).toBe(true);
    },
  );

  it.each(['key', 'money', 'ban', 'operator'] as const)('of %s may never be made', async (scope) => {
    const { clock, gate, refuse } = openGate(scope);
    refuse();
    await clock.advance(86_400_000);
    expect(gate.isDue(clock.now())).toBe(true);
    expect(gate.isTriable(clock.now())).toBe(false);
  });

  it('may not be made where somebody has to act', async () => {
    const { clock, gate } = openGate();
    gate.open('maintenance', null, BY);
    await clock.advance(86_400_000);
    expect(gate.isTriable(clock.now())).toBe(false);
  });

  it('is made by one at a time', async () => {
    const { clock, gate, refuse } = openGate();
    refuse();
    await clock.advance(5_000);
    const end = gate.lease();
    expect([gate.isProbing, gate.isTriable(clock.now())]).toEqual([true, false]);
    end();
    expect([gate.isProbing, gate.isTriable(clock.now())]).toEqual([false, true]);
  });

  it('is not ended by the end of an earlier one', () => {
    const { gate } = openGate();
    const endFirst = gate.lease();
    const endSecond = gate.lease();
    endFirst();
    expect(gate.isProbing).toBe(true);
    endSecond();
    expect(gate.isProbing).toBe(false);
  });

  it('is over when the gate is closed', () => {
    const { gate, refuse } = openGate();
    refuse();
    gate.lease();
    gate.close({ by: BY });
    expect(gate.isProbing).toBe(false);
  });
});
