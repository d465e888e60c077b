/** Every kind, asked as the gateway asks and read as it reads: submit, poll, solution, report, balance. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import twocaptcha from '../../providers/2captcha.js';
import anticaptcha from '../../providers/anticaptcha.js';
import capsolver from '../../providers/capsolver.js';
import captchaai from '../../providers/captchaai.js';
import classic from '../../providers/classic.js';
import json from '../../providers/json.js';
import type { Provider } from '../../src/core/provider.js';
import { factsOf } from '../../src/core/task.js';
import { openSandbox, type Sandbox, type Script } from '../../src/sandbox/sandbox.js';
import { SAMPLE_FIELDS, sampleTask } from '../support/sample-tasks.js';
import { Caller, withSandbox } from './caller.js';

const AT_ONCE: Script = { solve: { default: { fixedMs: 0 } } };

const PROVIDERS: ReadonlyArray<readonly [Provider, Script]> = [
  [classic, {}],
  [json, {}],
  [twocaptcha, {}],
  [captchaai, { classicIds: 'number' }],
  [anticaptcha, { strictIds: true }],
  [capsolver, { jsonIds: 'uuid', inlineImages: true, httpErrors: true, strictIds: true }],
];

describe.each(PROVIDERS)('$id', (provider, script) => {
  let sandbox: Sandbox;
  let caller: Caller;

  beforeAll(async () => {
    sandbox = await openSandbox({ script: { ...AT_ONCE, ...script } });
    caller = new Caller(sandbox, provider);
  });
  afterAll(() => sandbox.close());

  it.each(provider.speaks)('%s is understood, solved, paid and reported', async (kind) => {
    const task = sampleTask(kind);
    const accepted = await caller.submit(task);
    const kept = sandbox.tasks().at(-1);
    expect(kept).toMatchObject({ upstreamId: accepted.upstreamId, task, wire: provider.wire });

    const solved = accepted.solved ?? (await caller.poll(task, accepted));
    expect(solved?.solution).toEqual(kept?.solution);
    expect(Object.keys(solved?.solution ?? {})).toContain(factsOf(kind).solution[0]);
    if (provider.wire === 'json' && !accepted.solved) expect(solved?.costUsd).toBe(kept?.costUsd);
    expect(kept?.costUsd).toBeGreaterThan(0);

    await caller.report(task, accepted, false);
    expect(kept).toMatchObject({ report: 'bad', polls: accepted.solved ? 0 : 1 });
  });

  it('tells the balance, less what was charged', async () => {
    const { spentUsd } = sandbox.stats();
    expect(spentUsd).toBeGreaterThan(0);
    expect(await caller.balance()).toBeCloseTo(10_000 - spentUsd, 5);
  });

  it('takes reports twice without an error', async () => {
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
