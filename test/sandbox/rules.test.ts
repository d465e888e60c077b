/** The published rules: what breaks them is recorded or banned, what keeps to them is not. */
import { describe, expect, it } from 'vitest';
import classic from '../../providers/classic.js';
import json from '../../providers/json.js';
import type { Provider } from '../../src/core/provider.js';
import type { Rules, Sandbox, Script } from '../../src/sandbox/sandbox.js';
import { sampleTask } from '../support/sample-tasks.js';
import { Caller, get, until, withSandbox } from './caller.js';
import { ManualClock } from './manual-clock.js';

const task = sampleTask('recaptcha_v2');
const NO_SLOT = { code: 'ERROR_NO_SLOT_AVAILABLE' } as const;

interface Bench {
  readonly sandbox: Sandbox;
  readonly caller: Caller;
  readonly clock: ManualClock;
  /** The rules broken so far. */
  readonly broken: () => string[];
}

async function under(
  rules: Rules,
  use: (bench: Bench) => Promise<void>,
  script: Script = {},
  provider: Provider = classic,
) {
  const clock = new ManualClock();
  await withSandbox({ clock, script: { verdict: 'never', ...script, rules } }, async (sandbox) => {
    const broken = () => sandbox.violations().map(({ rule }) => rule);
    await use({ sandbox, caller: new Caller(sandbox, provider), clock, broken });
  });
}

describe('recorded', () => {
  it('a first poll that comes too soon', async () => {
    await under({ firstPollMs: 5_000 }, async ({ caller, clock, sandbox, broken }) => {
      const accepted = await caller.submit(task);
      clock.advance(4_997);
      await caller.poll(task, accepted);
      expect(sandbox.violations()).toEqual([
        {
          rule: 'first-poll',
          call: 'poll',
          at: clock.now(),
          kind: 'recaptcha_v2',
          upstreamId: accepted.upstreamId,
          detail: 'after 4997 ms instead of 5000',
        },
      ]);
      clock.advance(1);
      await caller.poll(task, accepted);
      expect(broken()).toEqual(['first-poll']);
      expect(sandbox.stats().violations).toEqual({ 'first-poll': 1 });
    });
  });

  it('polls of one task that come too fast, not of two', async () => {
    await under({ pollEveryMs: 1_000, toleranceMs: 0 }, async ({ caller, clock, broken }) => {
      const first = await caller.submit(task);
      const second = await caller.submit(task);
      await caller.poll(task, first);
      await caller.poll(task, second);
      clock.advance(1_000);
      await caller.poll(task, first);
      expect(broken()).toEqual([]);
      clock.advance(999);
      await caller.poll(task, first);
      expect(broken()).toEqual(['poll-floor']);
    });
  });

  it('each of several ids in one poll', async () => {
    await under({ pollEveryMs: 1_000 }, async ({ sandbox, caller, broken }) => {
      await caller.submit(task);
      await caller.submit(task);
      const poll = '/res.php?key=k&action=get&ids=70000000001,70000000002';
      await get(sandbox, poll);
      await get(sandbox, poll);
      expect(broken()).toEqual(['poll-floor', 'poll-floor']);
    });
  });

  it('more polls than a task may have', async () => {
    await under({ maxPolls: 2 }, async ({ caller, broken }) => {
      const accepted = await caller.submit(task);
      for (let polls = 0; polls < 3; polls += 1) await caller.poll(task, accepted);
      expect(broken()).toEqual(['poll-count']);
    });
  });

  it('more polls than the account may have', async () => {
    await under({ pollBudget: { perTask: 2, plus: 1 } }, async ({ caller, broken }) => {
      const accepted = await caller.submit(task);
      for (let polls = 0; polls < 4; polls += 1) await caller.poll(task, accepted);
      expect(broken()).toEqual(['poll-budget']);
    });
  });

  it('the pace of a kind', async () => {
    const rules: Rules = { firstPollMs: 100, ofKind: { recaptcha_v2: { firstPollMs: 20_000, maxPolls: 1 } } };
    await under(rules, async ({ caller, clock, broken }) => {
      const image = sampleTask('image_to_text');
      const accepted = [await caller.submit(task), await caller.submit(image)] as const;
      clock.advance(100);
      await caller.poll(image, accepted[1]);
      await caller.poll(image, accepted[1]);
      expect(broken()).toEqual([]);
      await caller.poll(task, accepted[0]);
      expect(broken()).toEqual(['first-poll']);
    });
  });

  it('balance calls that come too fast', async () => {
    await under({ balanceEveryMs: 30_000 }, async ({ caller, clock, broken }) => {
      await caller.balance();
      clock.advance(30_000);
      await caller.balance();
      expect(broken()).toEqual([]);
      clock.advance(29_000);
      await caller.balance();
      expect(broken()).toEqual(['balance-floor']);
    });
  });

  it('a submit of the same kind soon after NO_SLOT, unless it had left before', async () => {
    await under({ pauseAfterNoSlotMs: 5_000 }, async ({ sandbox, caller, clock, broken }) => {
      sandbox.queue('submit', NO_SLOT);
      await expect(caller.submit(task)).rejects.toMatchObject({ code: 'no_slot' });
      clock.advance(20);
      await caller.submit(task);
      expect(broken()).toEqual([]);
      clock.advance(1);
      await caller.submit(sampleTask('turnstile'));
      expect(broken()).toEqual([]);
      await caller.submit(task);
      expect(broken()).toEqual(['no-slot-pause']);
      clock.advance(4_979);
      await caller.submit(task);
      expect(broken()).toEqual(['no-slot-pause']);
    });
  });

  it('a submit soon after NO_SLOT was heard, however late it was said', async () => {
    await under({ pauseAfterNoSlotMs: 1_000 }, async ({ sandbox, caller, clock, broken }) => {
      sandbox.queue('submit', { delayMs: 5_000, behaviour: NO_SLOT });
      const refused = expect(caller.submit(task)).rejects.toMatchObject({ code: 'no_slot' });
      await until(() => clock.waiting === 1);
      clock.advance(5_000);
      await refused;
      clock.advance(500);
      await caller.submit(task);
      expect(broken()).toEqual(['no-slot-pause']);
    });
  });

  it('any submit soon after ZERO_BALANCE', async () => {
    await under({ pauseAfterZeroBalanceMs: 60_000 }, async ({ sandbox, caller, clock, broken }) => {
      sandbox.queue('submit', { code: 'ERROR_ZERO_BALANCE' });
      await expect(caller.submit(task)).rejects.toMatchObject({ code: 'zero_balance' });
      clock.advance(59_000);
      await caller.submit(sampleTask('turnstile'));
      expect(broken()).toEqual(['zero-balance-pause']);
      clock.advance(1_000);
      await caller.submit(task);
      expect(broken()).toEqual(['zero-balance-pause']);
    });
  });

  it('more calls at once than are allowed', async () => {
    await under({ burst: { calls: 3, withinMs: 1_000 } }, async ({ caller, clock, broken }) => {
      for (let calls = 0; calls < 3; calls += 1) await caller.balance();
      clock.advance(1_000);
      for (let calls = 0; calls < 3; calls += 1) await caller.balance();
      expect(broken()).toEqual([]);
      await caller.balance();
      expect(broken()).toEqual(['burst']);
    });
  });

  it('nothing at all without rules', async () => {
    await under({}, async ({ caller, broken }) => {
      const accepted = await caller.submit(task);
      for (let polls = 0; polls < 5; polls += 1) await caller.poll(task, accepted);
      expect(broken()).toEqual([]);
    });
  });
});

describe.each([
  [classic, 'ERROR: 1005', 'rate_limited'],
  [json, 'ERROR_IP_BLOCKED', 'banned'],
] as const)('banned on $id', (provider, word, code) => {
  const rules: Rules = { pollEveryMs: 1_000, enforce: 'ban', banMs: 10_000 };
  const banned = expect.objectContaining({ code, evidence: expect.objectContaining({ upstreamCode: word }) });

  it('whoever polls too fast hears it at once, and on every call until the ban is over', async () => {
    await under(
      rules,
      async ({ sandbox, caller, clock, broken }) => {
        const accepted = await caller.submit(task);
        await caller.poll(task, accepted);
        await expect(caller.poll(task, accepted)).rejects.toEqual(banned);
        // What had left before the ban was heard of is refused too, and excused.
        clock.advance(20);
        await expect(caller.balance()).rejects.toEqual(banned);
        expect(broken()).toEqual(['poll-floor']);
        clock.advance(1);
        await expect(caller.submit(task)).rejects.toEqual(banned);
        await expect(caller.report(task, accepted, true)).rejects.toEqual(banned);
        expect(broken()).toEqual(['poll-floor', 'call-during-ban', 'call-during-ban']);
        expect(sandbox.stats().accepted).toBe(1);
        clock.advance(9_979);
        expect(await caller.balance()).toBe(10_000);
        expect(await caller.poll(task, accepted)).toBeUndefined();
        expect(broken()).toHaveLength(3);
      },
      {},
      provider,
    );
  });

  it('a ban can have a word of its own', async () => {
    await under(
      { ...rules, banCode: 'IP_BANNED' },
      async ({ caller }) => {
        const accepted = await caller.submit(task);
        await caller.poll(task, accepted);
        await expect(caller.poll(task, accepted)).rejects.toMatchObject({
          evidence: { upstreamCode: 'IP_BANNED' },
        });
      },
      {},
      provider,
    );
  });
});

describe('banned', () => {
  it('whoever goes on with a wrong key', async () => {
    const clock = new ManualClock();
    const script: Script = { rules: { maxAuthErrors: 2, enforce: 'ban', banMs: 1_000 } };
    await withSandbox({ clock, script, keys: ['right'] }, async (sandbox) => {
      const stranger = new Caller(sandbox, classic, 'wrong');
      const owner = new Caller(sandbox, classic, 'right');
      const refused = expect.objectContaining({ code: 'auth' });
      await expect(stranger.submit(task)).rejects.toEqual(refused);
      await expect(stranger.submit(task)).rejects.toEqual(refused);
      await owner.submit(task);
      await expect(stranger.submit(task)).rejects.toEqual(refused);
      await expect(stranger.submit(task)).rejects.toEqual(refused);
      const banned = expect.objectContaining({
        evidence: expect.objectContaining({ upstreamCode: 'IP_BANNED' }),
      });
      await expect(stranger.submit(task)).rejects.toEqual(banned);
      await expect(owner.submit(task)).rejects.toEqual(banned);
      expect(sandbox.violations().map(({ rule }) => rule)).toEqual(['auth-errors']);
      clock.advance(1_000);
      await owner.submit(task);
    });
  });

  it.each([
    ['no-slot-pause', { pauseAfterNoSlotMs: 5_000 }, NO_SLOT, 'ERROR: 1001'],
    ['zero-balance-pause', { pauseAfterZeroBalanceMs: 5_000 }, { code: 'ERROR_ZERO_BALANCE' }, 'ERROR: 1002'],
  ] as const)('whoever breaks the %s', async (rule, pause, refusal, word) => {
    await under({ ...pause, enforce: 'ban' }, async ({ sandbox, caller, clock, broken }) => {
      sandbox.queue('submit', refusal);
      await expect(caller.submit(task)).rejects.toThrow();
      clock.advance(1_000);
      await expect(caller.submit(task)).rejects.toMatchObject({ evidence: { upstreamCode: word } });
      expect(broken()).toEqual([rule]);
    });
  });

  it('by the script, without a rule', async () => {
    await under({}, async ({ sandbox, caller, clock, broken }) => {
      sandbox.queue('submit', { code: 'ERROR: 1003', banMs: 30_000 });
      const banned = expect.objectContaining({
        evidence: expect.objectContaining({ upstreamCode: 'ERROR: 1003' }),
      });
      await expect(caller.submit(task)).rejects.toEqual(banned);
      clock.advance(29_999);
      await expect(caller.balance()).rejects.toEqual(banned);
      expect(broken()).toEqual(['call-during-ban']);
      clock.advance(1);
      expect(await caller.balance()).toBe(10_000);
    });
  });

  it('until the sandbox is reset', async () => {
    await under({}, async ({ sandbox, caller }) => {
      sandbox.queue('submit', { code: 'IP_BANNED', banMs: 30_000 });
      await expect(caller.submit(task)).rejects.toMatchObject({ code: 'banned' });
      sandbox.reset();
      await caller.submit(task);
      expect(sandbox.violations()).toEqual([]);
    });
  });
});
