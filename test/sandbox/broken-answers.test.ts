/** Answers that hang, break off or make no sense, and whether the task was bought all the same. */
import { describe, expect, it } from 'vitest';
import classic from '../../providers/classic.js';
import json from '../../providers/json.js';
import type { Behaviour } from '../../src/sandbox/sandbox.js';
import { sampleTask } from '../support/sample-tasks.js';
import { Caller, get, until, withSandbox } from './caller.js';
import { ManualClock } from './manual-clock.js';

const task = sampleTask('recaptcha_v2');

describe.each([classic, json])('$id: garbage', (provider) => {
  it.each([
    ['html502', 0],
    ['html502-after-accept', 1],
    ['empty', 0],
    ['half-json', 1],
  ] as const)('%s reads as no answer, %i bought', async (submit, bought) => {
    await withSandbox({ script: { submit } }, async (sandbox) => {
      await expect(new Caller(sandbox, provider).submit(task)).rejects.toMatchObject({ code: 'bad_reply' });
      expect(sandbox.stats().accepted).toBe(bought);
    });
  });

  it.each([
    ['reset', 0],
    ['reset-after-accept', 1],
    ['reset-in-body', 1],
  ] as const)('%s breaks the connection, %i bought', async (submit, bought) => {
    await withSandbox({ script: { submit } }, async (sandbox) => {
      await expect(new Caller(sandbox, provider).submit(task)).rejects.toThrow(TypeError);
      expect(sandbox.stats().accepted).toBe(bought);
      expect(sandbox.stats().calls.submit).toBe(1);
    });
  });

  it.each([
    ['hang', 0],
    ['hang-after-accept', 1],
    ['hang-in-body', 1],
  ] as const)('%s is never answered while other calls are, %i bought', async (hang, bought) => {
    await withSandbox({}, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      const patience = new AbortController();
      sandbox.queue('submit', hang);
      let isOver = false;
      const hung = caller.submit(task, patience.signal).finally(() => {
        isOver = true;
      });
      await until(() => sandbox.stats().calls.submit === 1);
      await caller.balance();
      await caller.balance();
      expect(isOver).toBe(false);
      patience.abort();
      await expect(hung).rejects.toMatchObject({ name: 'AbortError' });
      expect(sandbox.stats().accepted).toBe(bought);
    });
  });

  it('goes wrong on polls, balances and reports just so', async () => {
    await withSandbox({ script: { solve: { default: { fixedMs: 0 } } } }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      const accepted = await caller.submit(task);
      sandbox.queue('poll', 'html502', 'half-json');
      sandbox.queue('balance', 'empty');
      sandbox.queue('report', 'html502-after-accept');
      const garbage = expect.objectContaining({ code: 'bad_reply' });
      await expect(caller.poll(task, accepted)).rejects.toEqual(garbage);
      await expect(caller.poll(task, accepted)).rejects.toEqual(garbage);
      await expect(caller.balance()).rejects.toEqual(garbage);
      await expect(caller.report(task, accepted, false)).rejects.toEqual(garbage);
      expect(await caller.poll(task, accepted)).toBeDefined();
      expect(sandbox.tasks()[0]).toMatchObject({ report: 'bad', polls: 3 });
      expect(sandbox.stats().broken).toEqual({ html502: 2, half: 1, empty: 1 });
    });
  });
});

it('never lets half an id pass for one', async () => {
  await withSandbox({ script: { submit: 'half-json' } }, async (sandbox) => {
    const submit = '/in.php?key=k&method=userrecaptcha&googlekey=a&pageurl=https://example.com';
    expect(await get(sandbox, submit)).toBe('OK|');
  });
});

it('drips an answer byte by byte', async () => {
  const clock = new ManualClock();
  await withSandbox({ clock, script: { submit: 'slow-drip' } }, async (sandbox) => {
    const submitted = new Caller(sandbox, json).submit(task);
    let waits = 0;
    const answer = '{"errorId":0,"taskId":70000000001}';
    for (; waits < answer.length - 1; waits += 1) {
      await until(() => clock.waiting === 1);
      clock.advance(100);
    }
    expect(await submitted).toEqual({ upstreamId: 70_000_000_001 });
    expect(clock.waiting).toBe(0);
  });
});

it.each<[Behaviour, boolean]>([
  [{ delayMs: 5_000 }, true],
  [{ delayMs: 5_000, behaviour: { code: 'ERROR_NO_SLOT_AVAILABLE' } }, false],
])('%j takes effect at once and is heard later', async (behaviour, isBought) => {
  const clock = new ManualClock();
  await withSandbox({ clock, script: { submit: behaviour } }, async (sandbox) => {
    const submitted = new Caller(sandbox, classic).submit(task).then(
      () => 'accepted',
      () => 'refused',
    );
    await until(() => clock.waiting === 1);
    expect(sandbox.stats().accepted).toBe(isBought ? 1 : 0);
    clock.advance(4_999);
    expect(clock.waiting).toBe(1);
    clock.advance(1);
    expect(await submitted).toBe(isBought ? 'accepted' : 'refused');
  });
});
