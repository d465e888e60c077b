/** How gently a service is asked: one call at a time, with pauses, and balances far apart. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTransport } from '../../src/app.js';
import type { Clock } from '../../src/core/clock.js';
import type { Transport } from '../../src/core/provider.js';
import { probeAt, withSandbox } from './services.js';

const PACE = { pauseMs: 1_500, balanceEveryMs: 60_000, answerWithinMs: 5_000 } as const;

/** Time that passes only while somebody waits. */
function leapingClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    after(delayMs, action) {
      now += Math.max(delayMs, 0);
      const timer = setImmediate(action);
      return () => clearImmediate(timer);
    },
  };
}

let real: Transport;
beforeEach(() => {
  real = openTransport();
});
afterEach(() => real.close());

describe('the probe', () => {
  it('asks one call at a time, pauses after each, and longer between balances', async () => {
    const clock = leapingClock();
    const calls: { readonly at: number; readonly isBalance: boolean }[] = [];
    let open = 0;
    let mostOpen = 0;
    const transport: Transport = {
      async send(account, request, limits) {
        open += 1;
        mostOpen = Math.max(mostOpen, open);
        const isBalance = request.query?.action === 'getbalance' || request.path === '/getBalance';
        calls.push({ at: clock.now(), isBalance });
        return real.send(account, request, limits).finally(() => {
          open -= 1;
        });
      },
      close: () => real.close(),
    };
    await withSandbox({}, async ({ url }) => {
      await probeAt(url, { transport, clock, pace: PACE });
    });
    const gaps = (times: readonly number[]) => times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(mostOpen).toBe(1);
    expect(Math.min(...gaps(calls.map(({ at }) => at)))).toBeGreaterThanOrEqual(PACE.pauseMs);
    const balances = calls.filter(({ isBalance }) => isBalance).map(({ at }) => at);
    expect(balances).toHaveLength(3);
    expect(Math.min(...gaps(balances))).toBeGreaterThanOrEqual(PACE.balanceEveryMs);
    expect(calls.at(-1)?.at).toBeLessThan(5 * 60_000);
  });
});
