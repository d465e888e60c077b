/** What the account holds, what it charges, and how much it works on at once. */
import { describe, expect, it } from 'vitest';
import classic from '../../providers/classic.js';
import json from '../../providers/json.js';
import { sampleTask } from '../support/sample-tasks.js';
import { Caller, withSandbox } from './caller.js';
import { ManualClock } from './manual-clock.js';

const task = sampleTask('recaptcha_v2');

describe.each([classic, json])('$id', (provider) => {
  it('runs out of money to the cent, and goes on when some is paid in', async () => {
    const script = { balanceUsd: 0.003, pricesUsdPer1000: { recaptcha_v2: 1 } };
    await withSandbox({ script }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      for (const left of [0.002, 0.001, 0]) {
        await caller.submit(task);
        expect(await caller.balance()).toBe(left);
      }
      await expect(caller.submit(task)).rejects.toMatchObject({ code: 'zero_balance' });
      sandbox.set({ balanceUsd: 0.001 });
      await caller.submit(task);
      expect(sandbox.stats()).toMatchObject({ accepted: 4, balanceUsd: 0, spentUsd: 0.004 });
    });
  });

  it('refuses everything at a balance of nothing, free kinds too', async () => {
    const script = { balanceUsd: 0, pricesUsdPer1000: { recaptcha_v2: 0 } };
    await withSandbox({ script }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      await expect(caller.submit(task)).rejects.toMatchObject({ code: 'zero_balance' });
      expect(await caller.balance()).toBe(0);
    });
  });

  it('charges nothing for what it does not solve', async () => {
    await withSandbox({ script: { verdict: 'unsolvable' } }, async (sandbox) => {
      await new Caller(sandbox, provider).submit(task);
      expect(sandbox.stats()).toMatchObject({ accepted: 1, spentUsd: 0, balanceUsd: 10_000 });
    });
  });

  it('works on no more tasks at once than it has threads', async () => {
    const clock = new ManualClock();
    const script = { threads: 2, solve: { default: { fixedMs: 1_000 } } };
    await withSandbox({ clock, script }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      await caller.submit(task);
      clock.advance(400);
      await caller.submit(task);
      await expect(caller.submit(task)).rejects.toMatchObject({ code: 'no_slot' });
      clock.advance(600);
      await caller.submit(task);
      await expect(caller.submit(task)).rejects.toMatchObject({ code: 'no_slot' });
      expect(sandbox.stats()).toMatchObject({ accepted: 3, inFlight: 2 });
    });
  });
});
