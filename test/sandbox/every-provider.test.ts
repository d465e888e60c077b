/** Every provider, every kind it speaks: asked as the gateway asks and read as it reads, over real HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import capsolver from '../../providers/capsolver.js';
import classic from '../../providers/classic.js';
import json from '../../providers/json.js';
import { factsOf } from '../../src/core/task.js';
import { openSandbox, type Sandbox, type Script } from '../../src/sandbox/sandbox.js';
import { FLAVOURS } from '../../src/wire/flavours.js';
import { smallestTask, subjects } from '../providers/subjects.js';
import { SAMPLE_FIELDS, sampleTask } from '../support/sample-tasks.js';
import { Caller, withSandbox } from './caller.js';

const AT_ONCE: Script = { solve: { default: { fixedMs: 0 } } };

/** How a service differs from the others on its wire. */
const MANNERS: Readonly<Record<string, Script>> = {
  captchaai: { classicIds: 'number' },
  anticaptcha: { strictIds: true },
  capsolver: { jsonIds: 'uuid', inlineImages: true, httpErrors: true, strictIds: true },
  yescaptcha: { jsonIds: 'uuid', inlineImages: true },
  ezcaptcha: { jsonIds: 'uuid' },
};

describe.each(subjects)('%s', (_name, provider) => {
  let sandbox: Sandbox;
  let caller: Caller;

  beforeAll(async () => {
    const flavour = Object.hasOwn(FLAVOURS, provider.id) ? provider.id : undefined;
    sandbox = await openSandbox({ script: { ...AT_ONCE, flavour, ...MANNERS[provider.id] } });
    caller = new Caller(sandbox, provider);
  });
  afterAll(() => sandbox.close());

  it.each(provider.speaks)('%s is understood, solved, paid and reported', async (kind) => {
    const task = smallestTask(provider, kind);
    const accepted = await caller.submit(task);
    const kept = sandbox.tasks().at(-1);
    expect(kept).toMatchObject({ upstreamId: accepted.upstreamId, task, wire: provider.wire });

    const solved = accepted.solved ?? (await caller.poll(task, accepted));
    const { solution } = solved ?? expect.fail('nothing was solved');
    expect(Object.keys(solution)).toContain(factsOf(kind).solution[0]);
    for (const [member, said] of Object.entries(kept?.solution ?? {}))
      expect(solution[member] ?? said, member).toEqual(said);
    expect(kept?.costUsd).toBeGreaterThan(0);
    expect(kept?.polls).toBe(accepted.solved ? 0 : 1);

    const report = { task, upstreamId: accepted.upstreamId ?? '', isAccepted: false };
    if (!provider.reports(report)) return;
    await caller.report(task, accepted, false);
    expect(kept?.report).toBe('bad');
  });

  it('tells the balance, less what was charged', async () => {
    await caller.submit(smallestTask(provider, provider.speaks[0] ?? expect.fail('it speaks nothing')));
    const { spentUsd } = sandbox.stats();
    expect(spentUsd).toBeGreaterThan(0);
    expect(await caller.balance()).toBeCloseTo(10_000 - spentUsd, 4);
  });
});

it.each([classic, json])('$id takes reports twice without an error', async (provider) => {
  await withSandbox({ script: AT_ONCE }, async (sandbox) => {
    const caller = new Caller(sandbox, provider);
    const task = sampleTask('recaptcha_v2');
    const accepted = await caller.submit(task);
    await caller.report(task, accepted, true);
    await caller.report(task, accepted, true);
    expect(sandbox.tasks().at(-1)?.report).toBe('good');
  });
});

it('solves images inside createTask where the script says so', async () => {
  const script: Script = { ...AT_ONCE, inlineImages: true };
  await withSandbox({ script }, async (sandbox) => {
    const accepted = await new Caller(sandbox, capsolver).submit(sampleTask('image_to_text'));
    expect(accepted.solved?.solution).toEqual(sandbox.tasks()[0]?.solution);
    expect(sandbox.stats()).toMatchObject({ solved: 1, calls: { poll: 0 } });
  });
});

it('keeps what a task carries besides its kind: proxy, cookies, data', async () => {
  const { pageUrl, proxy, cookies, data, publicKey, siteKey } = SAMPLE_FIELDS;
  const arkose = { kind: 'funcaptcha', pageUrl, publicKey, proxy, data } as const;
  const checkbox = { kind: 'recaptcha_v2', pageUrl, siteKey, proxy, cookies } as const;
  for (const provider of [classic, json]) {
    await withSandbox({}, async (sandbox) => {
      const caller = new Caller(sandbox, provider);
      await caller.submit(arkose);
      await caller.submit(checkbox);
      expect(sandbox.tasks().map(({ task }) => task)).toEqual([arkose, checkbox]);
    });
  }
});

it('never gives out the same solution twice, and each holds its upstream id', async () => {
  await withSandbox({ script: AT_ONCE }, async (sandbox) => {
    const caller = new Caller(sandbox, classic);
    for (let round = 0; round < 3; round += 1) await caller.submit(sampleTask('recaptcha_v2'));
    await caller.submit(sampleTask('image_to_text'));
    await caller.submit(sampleTask('image_to_text'));
    const said = sandbox.tasks().map(({ solution }) => JSON.stringify(solution));
    expect(new Set(said).size).toBe(5);
    const [first] = sandbox.tasks();
    expect(String(first?.solution.token)).toContain(String(first?.upstreamId));
  });
});
