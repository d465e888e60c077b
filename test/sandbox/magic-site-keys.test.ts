/** Site keys that choose the outcome, on either wire and for every kind. */
import { describe, expect, it } from 'vitest';
import classic from '../../providers/classic.js';
import json from '../../providers/json.js';
import { FIELDS, type FieldName } from '../../src/core/fields.js';
import { fieldsOf, type Kind, type Task } from '../../src/core/task.js';
import { MAGIC_SITE_KEYS } from '../../src/sandbox/sandbox.js';
import { smallestTask } from '../providers/subjects.js';
import { sampleTask } from '../support/sample-tasks.js';
import { Caller, until, withSandbox } from './caller.js';
import { ManualClock } from './manual-clock.js';

/** Nothing but files and choices. */
const WITHOUT_TEXT: ReadonlySet<Kind> = new Set(['audio', 'temu_image', 'vk_image']);

/** Whether the field takes a magic word, and leaves it as it is. */
function isText(name: FieldName): boolean {
  return FIELDS[name].schema.safeParse('sandbox-no-slot').data === 'sandbox-no-slot';
}

const asking = (siteKey: string): Task => ({ ...sampleTask('recaptcha_v2'), siteKey });

describe.each([classic, json])('$id', (provider) => {
  it.each([
    ['sandbox-no-slot', 'no_slot'],
    ['sandbox-zero-balance', 'zero_balance'],
    ['sandbox-bad-sitekey', 'bad_sitekey'],
    ['sandbox-bad-page-url', 'bad_page_url'],
  ])('%s is refused as %s', async (siteKey, code) => {
    await withSandbox({}, async (sandbox) => {
      await expect(new Caller(sandbox, provider).submit(asking(siteKey))).rejects.toMatchObject({ code });
      expect(sandbox.stats().accepted).toBe(0);
    });
  });

  it('sandbox-unsolvable is accepted and fails at the poll, uncharged', async () => {
    const clock = new ManualClock();
    await withSandbox({ clock }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      const task = asking('sandbox-unsolvable');
      const accepted = await caller.submit(task);
      expect(await caller.poll(task, accepted)).toBeUndefined();
      clock.advance(1_000);
      await expect(caller.poll(task, accepted)).rejects.toMatchObject({ code: 'unsolvable' });
      expect(sandbox.stats()).toMatchObject({ spentUsd: 0, solved: 0 });
    });
  });

  it('sandbox-never is accepted and never solved', async () => {
    const clock = new ManualClock();
    await withSandbox({ clock }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      const task = asking('sandbox-never');
      const accepted = await caller.submit(task);
      clock.advance(30 * 24 * 3_600_000);
      expect(await caller.poll(task, accepted)).toBeUndefined();
      expect(sandbox.stats().inFlight).toBe(1);
    });
  });

  it('sandbox-slow-<ms> is solved after that long', async () => {
    const clock = new ManualClock();
    await withSandbox({ clock }, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      const task = asking('sandbox-slow-90000');
      const accepted = await caller.submit(task);
      clock.advance(89_999);
      expect(await caller.poll(task, accepted)).toBeUndefined();
      clock.advance(1);
      expect(await caller.poll(task, accepted)).toBeDefined();
    });
  });

  it('sandbox-hang is not answered and not accepted', async () => {
    await withSandbox({}, async (sandbox) => {
      const patience = new AbortController();
      const hung = new Caller(sandbox, provider).submit(asking('sandbox-hang'), patience.signal);
      await until(() => sandbox.stats().broken.never === 1);
      patience.abort();
      await expect(hung).rejects.toMatchObject({ name: 'AbortError' });
      expect(sandbox.stats().accepted).toBe(0);
    });
  });

  it.each(provider.kinds.filter((kind) => !WITHOUT_TEXT.has(kind)))(
    '%s takes them in its own field',
    async (kind) => {
      const asked = fieldsOf(kind)
        .filter((name) => name !== 'pageUrl' && isText(name))
        .map((name) => ({ ...smallestTask(provider, kind), [name]: 'sandbox-no-slot' }))
        .find((task) => JSON.stringify(provider.submit.ask(task)).includes('sandbox-no-slot'));
      await withSandbox({}, async (sandbox) => {
        const caller = new Caller(sandbox, provider);
        const submitted = caller.submit(asked ?? expect.fail(`${kind} has no text`));
        await expect(submitted).rejects.toMatchObject({ code: 'no_slot' });
      });
    },
  );
});

it('leaves any other key alone', async () => {
  await withSandbox({}, async (sandbox) => {
    const caller = new Caller(sandbox, classic);
    for (const siteKey of ['sandbox-', 'sandbox-slow-', 'sandbox-toString', 'x-sandbox-hang']) {
      expect((await caller.submit(asking(siteKey))).upstreamId).not.toBeNull();
    }
    expect(Object.keys(MAGIC_SITE_KEYS)).toHaveLength(7);
  });
});
