/** Outages that come and go by themselves: by the clock, by chance, and as a script in several acts. */
import { describe, expect, it } from 'vitest';
import classic from '../../providers/classic.js';
import { openSandbox, type Sandbox, type Script } from '../../src/sandbox/sandbox.js';
import { sampleTask } from '../support/sample-tasks.js';
import { Caller } from './caller.js';
import { ManualClock } from './manual-clock.js';

const NO_SLOT = { code: 'ERROR_NO_SLOT_AVAILABLE' } as const;

/** Runs `use` against a sandbox whose time stands still. */
async function withClock(
  script: Script,
  use: (sandbox: Sandbox, clock: ManualClock) => Promise<void>,
): Promise<void> {
  const clock = new ManualClock();
  const sandbox = await openSandbox({ script, clock });
  try {
    await use(sandbox, clock);
  } finally {
    await sandbox.close();
  }
}

/** What the next submit comes to. */
async function submit(sandbox: Sandbox): Promise<string> {
  return new Caller(sandbox, classic).submit(sampleTask('recaptcha_v2')).then(
    () => 'ok',
    (error) => error.code ?? 'broken',
  );
}

describe('an outage', () => {
  it('comes and goes in a rhythm', async () => {
    const outages = [{ afterMs: 100, forMs: 30, everyMs: 50, behaviour: NO_SLOT }];
    await withClock({ outages }, async (sandbox, clock) => {
      const heard: string[] = [];
      for (const passedMs of [0, 100, 29, 1, 19, 1, 29, 1]) {
        clock.advance(passedMs);
        heard.push(await submit(sandbox));
      }
      expect(heard).toEqual(['ok', 'no_slot', 'no_slot', 'ok', 'ok', 'no_slot', 'no_slot', 'ok']);
    });
  });

  it('can meet a share of the calls only', async () => {
    await withClock({ outages: [{ share: 0.3, behaviour: NO_SLOT }] }, async (sandbox) => {
      for (let sent = 0; sent < 300; sent += 1) await submit(sandbox);
      const { ERROR_NO_SLOT_AVAILABLE: met = 0 } = sandbox.stats().refused;
      expect(met).toBeGreaterThan(60);
      expect(met).toBeLessThan(120);
    });
  });
});

describe('acts', () => {
  const acts = [
    { afterMs: 200, changes: { balanceUsd: 5 } },
    { afterMs: 100, changes: { balanceUsd: 0 } },
    { afterMs: 300, changes: { outages: [{ forMs: 50, behaviour: NO_SLOT }] } },
  ];

  it('change the script each at its time, whatever their order', async () => {
    await withClock({ acts }, async (sandbox, clock) => {
      const heard: string[] = [];
      for (const passedMs of [99, 1, 99, 1]) {
        clock.advance(passedMs);
        heard.push(await submit(sandbox));
      }
      expect(heard).toEqual(['ok', 'zero_balance', 'zero_balance', 'ok']);
    });
  });

  it('begin at their own time, though nobody called then', async () => {
    await withClock({ acts }, async (sandbox, clock) => {
      clock.advance(349);
      expect(await submit(sandbox)).toBe('no_slot');
      clock.advance(1);
      expect(await submit(sandbox)).toBe('ok');
    });
  });

  it('show in the books at their time', async () => {
    await withClock({ acts }, async (sandbox, clock) => {
      clock.advance(100);
      expect(sandbox.stats().balanceUsd).toBe(0);
      clock.advance(100);
      expect(sandbox.stats().balanceUsd).toBe(5);
    });
  });

  it('give way to what is set live, and begin anew when they are set', async () => {
    await withClock({ acts }, async (sandbox, clock) => {
      clock.advance(150);
      sandbox.set({ balanceUsd: 7 });
      expect(await submit(sandbox)).toBe('ok');
      sandbox.set({ acts: [{ afterMs: 10, changes: { submit: NO_SLOT } }] });
      expect(await submit(sandbox)).toBe('ok');
      clock.advance(10);
      expect(await submit(sandbox)).toBe('no_slot');
      clock.advance(90);
      expect(sandbox.stats().balanceUsd).toBeLessThan(7);
    });
  });
});

describe('a sandbox that forgets', () => {
  it('counts a purchase as the second one while the task is kept, and remembers that it was', async () => {
    const sandbox = await openSandbox({ keepTasks: 10 });
    try {
      const caller = new Caller(sandbox, classic);
      const task = (name: number) => ({ ...sampleTask('recaptcha_v2'), siteKey: `site-key-${name}` });
      for (const name of [...Array(15).keys(), 3]) await caller.submit(task(name));
      for (const name of Array(40).keys()) await caller.submit(task(100 + name));
      const { bought, boughtTwice } = sandbox.stats();
      expect(bought.size).toBeLessThanOrEqual(20);
      expect(boughtTwice).toEqual([expect.stringContaining('site-key-3')]);
    } finally {
      await sandbox.close();
    }
  });
});
