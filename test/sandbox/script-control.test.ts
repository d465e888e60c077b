/** How a script chooses what a call meets: in order, by kind, by time, by chance, and live. */
import { describe, expect, it } from 'vitest';
import classic from '../../providers/classic.js';
import json from '../../providers/json.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { fingerprintOf } from '../../src/sandbox/sandbox.js';
import { sampleTask } from '../support/sample-tasks.js';
import { Caller, withSandbox } from './caller.js';
import { ManualClock } from './manual-clock.js';

const task = sampleTask('recaptcha_v2');
const NO_SLOT = { code: 'ERROR_NO_SLOT_AVAILABLE' } as const;
const NO_MONEY = { code: 'ERROR_ZERO_BALANCE' } as const;

/** What the next submits come to: `ok` or the code of the refusal. */
async function submits(sandbox: Sandbox, count: number, what = task): Promise<string[]> {
  const caller = new Caller(sandbox, classic);
  const outcomes: string[] = [];
  for (let sent = 0; sent < count; sent += 1) {
    outcomes.push(
      await caller.submit(what).then(
        () => 'ok',
        (error) => error.code ?? 'broken',
      ),
    );
  }
  return outcomes;
}

describe('what a submit meets', () => {
  it('is what was queued, then the sequence, then the rule', async () => {
    const script = { submitSequence: [NO_MONEY, 'ok'], submit: NO_SLOT } as const;
    await withSandbox({ script }, async (sandbox) => {
      sandbox.queue('submit', 'html502', NO_SLOT);
      expect(await submits(sandbox, 6)).toEqual([
        'bad_reply',
        'no_slot',
        'zero_balance',
        'ok',
        'no_slot',
        'no_slot',
      ]);
    });
  });

  it('can be its own for a kind', async () => {
    await withSandbox({ script: { submitOf: { recaptcha_v2: NO_SLOT } } }, async (sandbox) => {
      expect(await submits(sandbox, 1)).toEqual(['no_slot']);
      expect(await submits(sandbox, 1, sampleTask('turnstile'))).toEqual(['ok']);
    });
  });

  it('changes live, and back', async () => {
    await withSandbox({}, async (sandbox) => {
      expect(await submits(sandbox, 1)).toEqual(['ok']);
      sandbox.set({ submit: NO_SLOT });
      sandbox.set({ poll: 'html502' });
      expect(await submits(sandbox, 1)).toEqual(['no_slot']);
      sandbox.set({ submit: undefined });
      expect(await submits(sandbox, 1)).toEqual(['ok']);
      sandbox.set({ submitSequence: [NO_SLOT, NO_MONEY] });
      expect(await submits(sandbox, 3)).toEqual(['no_slot', 'zero_balance', 'ok']);
    });
  });

  it('can be an outage of so many tasks', async () => {
    const outages = [{ fromTask: 2, toTask: 3, behaviour: NO_SLOT }];
    await withSandbox({ script: { outages } }, async (sandbox) => {
      expect(await submits(sandbox, 4)).toEqual(['ok', 'no_slot', 'no_slot', 'ok']);
    });
  });

  it('can be an outage of so much time, for other calls too', async () => {
    const clock = new ManualClock();
    const outages = [
      { afterMs: 1_000, forMs: 500, calls: ['submit', 'balance'], behaviour: 'html502' },
    ] as const;
    await withSandbox({ clock, script: { outages } }, async (sandbox) => {
      const caller = new Caller(sandbox, classic);
      expect(await submits(sandbox, 1)).toEqual(['ok']);
      clock.advance(1_000);
      expect(await submits(sandbox, 1)).toEqual(['bad_reply']);
      await expect(caller.balance()).rejects.toMatchObject({ code: 'bad_reply' });
      expect(await caller.poll(task, { upstreamId: '70000000001' })).toBeDefined();
      clock.advance(500);
      expect(await submits(sandbox, 1)).toEqual(['ok']);
      sandbox.set({ outages });
      clock.advance(1_000);
      expect(await submits(sandbox, 1)).toEqual(['bad_reply']);
    });
  });

  it('fails at the rate it is told, the same for the same seed', async () => {
    const script = { failRate: { submit: 0.3 }, failWith: [NO_SLOT, 'html502'] } as const;
    const runs: string[][] = [];
    for (const seed of [1, 1, 2]) {
      await withSandbox({ script, seed }, async (sandbox) => {
        runs.push(await submits(sandbox, 100));
        expect(await new Caller(sandbox, classic).balance()).toBeGreaterThan(0);
      });
    }
    const [first = [], again, other] = runs;
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(first.filter((outcome) => outcome === 'ok').length).toBeGreaterThan(50);
    expect(new Set(first)).toEqual(new Set(['ok', 'no_slot', 'bad_reply']));
  });

  it('fails on every sort of call at one rate, in ways that all end', async () => {
    await withSandbox({ script: { failRate: 1 } }, async (sandbox) => {
      const outcomes = await submits(sandbox, 30);
      expect(outcomes).not.toContain('ok');
      await expect(new Caller(sandbox, json).balance()).rejects.toThrow();
    });
  });

  it('can be accepted with an end of its own', async () => {
    await withSandbox({}, async (sandbox) => {
      sandbox.queue(
        'submit',
        { verdict: 'never' },
        { solveMs: 0 },
        { verdict: { code: 'ERROR_BAD_PROXY' }, solveMs: 0 },
      );
      await submits(sandbox, 3);
      const ends = sandbox.tasks().map(({ verdict, readyAt, acceptedAt }) => [verdict, readyAt - acceptedAt]);
      expect(ends).toEqual([
        ['never', Infinity],
        ['solve', 0],
        [{ code: 'ERROR_BAD_PROXY' }, 0],
      ]);
    });
  });
});

describe('the books', () => {
  it('name each task that was bought twice, whichever wire it came over', async () => {
    await withSandbox({}, async (sandbox) => {
      const image = { ...sampleTask('image_to_text'), imageBase64: 'A'.repeat(4_000) };
      await new Caller(sandbox, classic).submit(task);
      await new Caller(sandbox, classic).submit(image);
      expect(sandbox.stats().boughtTwice).toEqual([]);
      await new Caller(sandbox, json).submit(task);
      const { bought, boughtTwice } = sandbox.stats();
      expect(boughtTwice).toEqual([fingerprintOf(task)]);
      expect(bought.get(fingerprintOf(task))).toBe(2);
      expect(bought.get(fingerprintOf(image))).toBe(1);
      expect(fingerprintOf(image).length).toBeLessThan(100);
      expect(fingerprintOf(image)).not.toBe(
        fingerprintOf({ ...image, imageBase64: `${'A'.repeat(3_999)}B` }),
      );
    });
  });

  it('know a task by what it says, not by the order in which it says it', () => {
    const [first, second] = [
      { a: '1', b: '2' },
      { b: '2', a: '1' },
    ].map((data) => fingerprintOf({ ...sampleTask('funcaptcha'), data }));
    expect(first).toBe(second);
    expect(first).not.toBe(fingerprintOf(sampleTask('funcaptcha')));
  });

  it('keep the latest requests, what they asked and what was said', async () => {
    await withSandbox({}, async (sandbox) => {
      const caller = new Caller(sandbox, json);
      await caller.submit(task);
      sandbox.queue('submit', NO_SLOT, 'hang');
      await submits(sandbox, 1);
      await caller.poll(task, { upstreamId: 70_000_000_001 });
      expect(sandbox.requests()).toMatchObject([
        {
          method: 'POST',
          path: '/createTask',
          call: 'submit',
          key: 'account-key',
          task,
          answer: 'accepted 70000000001',
        },
        {
          method: 'POST',
          path: '/in.php',
          call: 'submit',
          task,
          answer: 'ERROR_NO_SLOT_AVAILABLE',
          delivery: 'whole',
        },
        { path: '/getTaskResult', call: 'poll', upstreamIds: [70_000_000_001], answer: 'pending' },
      ]);
    });
  });

  it('can do without the requests', async () => {
    await withSandbox({ record: false }, async (sandbox) => {
      await submits(sandbox, 1);
      expect(sandbox.requests()).toEqual([]);
      expect(sandbox.stats().accepted).toBe(1);
    });
  });

  it('start anew with a reset, and so does the script', async () => {
    const script = { submitSequence: [NO_SLOT], balanceUsd: 5 } as const;
    await withSandbox({ script }, async (sandbox) => {
      await submits(sandbox, 2);
      sandbox.set({ submit: NO_MONEY });
      sandbox.queue('submit', NO_MONEY);
      sandbox.reset();
      expect(sandbox.tasks()).toEqual([]);
      expect(sandbox.stats()).toMatchObject({ accepted: 0, balanceUsd: 5, calls: { submit: 0 } });
      expect(await submits(sandbox, 2)).toEqual(['no_slot', 'ok']);
    });
  });
});
