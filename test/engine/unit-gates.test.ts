/** One cause at one scope: how long it stays closed, who may try it, and what ends it. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type BreakerScope, Events } from '../../src/core/events.js';
import { Gate } from '../../src/engine/gate.js';
import { FakeClock } from '../support/fake-clock.js';

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
  const gate = new Gate(scope, scope === 'kind' ? 'turnstile' : null, {
    clock,
    events,
    provider: 'a',
    onClose,
  });
  return {
    clock,
    gate,
    told,
    onClose,
    /** How long it stays closed from now on. */
    forMs: () => (gate.until === null ? null : gate.until - clock.now()),
    /** A call that leaves now is refused. */
    refuse: (atLeastMs?: number) =>
      gate.backOff('no_slot', PACE, {
        askedAt: clock.now(),
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

  it('starts from the beginning once the gate was closed', async () => {
    const { clock, gate, refuse, forMs } = openGate();
    refuse();
    await clock.advance(5_000);
    refuse();
    gate.close();
    expect(gate).toMatchObject({ isOpen: false, cause: null, until: null, askableAt: 0 });
    await clock.advance(1);
    refuse();
    expect(forMs()).toBe(5_000);
  });

  it('is forgotten also by a close that finds the gate closed', async () => {
    const { gate, refuse, forMs } = openGate();
    gate.close();
    refuse();
    expect(forMs()).toBe(5_000);
  });
});

describe('a refusal of a call that left before the gate was opened', () => {
  it('doubles nothing', async () => {
    const { clock, gate, refuse, forMs } = openGate();
    const askedAt = clock.now();
    await clock.advance(100);
    refuse();
    await clock.advance(200);
    gate.backOff('no_slot', PACE, { askedAt });
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
    gate.backOff('no_slot', PACE, { askedAt, atLeastMs: 60_000 });
    expect(forMs()).toBe(60_000);
    expect(gate.askableAt - clock.now()).toBe(60_000);
  });

  it('does not give a time to what waits for somebody to act', async () => {
    const { clock, gate } = openGate('money');
    gate.open('zero_balance', null);
    gate.backOff('zero_balance', PACE, { askedAt: clock.now() });
    expect(gate.until).toBeNull();
  });
});

describe('a way that is shut', () => {
  it('stays so for the longer of two times', () => {
    const { clock, gate } = openGate('ban');
    const now = clock.now();
    gate.open('banned', now + 900_000);
    gate.open('rate_limited', now + 10_000);
    expect(gate).toMatchObject({ cause: 'banned', until: now + 900_000 });
    gate.open('rate_limited', now + 900_001);
    expect(gate).toMatchObject({ cause: 'rate_limited', until: now + 900_001 });
    gate.open('banned', null);
    gate.open('banned', now + 1);
    expect(gate.until).toBeNull();
  });

  it('says since when over all its tries, and says each change once', async () => {
    const { clock, gate, refuse, told, onClose } = openGate();
    const since = clock.now();
    refuse();
    await clock.advance(5_000);
    refuse();
    expect(gate.since).toBe(since);
    gate.close();
    gate.close();
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
    gate.open('maintenance', null);
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
    gate.close();
    expect(gate.isProbing).toBe(false);
  });
});
