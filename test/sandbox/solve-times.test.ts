/** Solve times and verdicts are drawn as the script says, and the same for the same seed. */
import { expect, it } from 'vitest';
import json from '../../providers/json.js';
import type { Script } from '../../src/sandbox/sandbox.js';
import { sampleTask } from '../support/sample-tasks.js';
import { Caller, withSandbox } from './caller.js';

const token = sampleTask('turnstile');

/** The solve times of so many tasks. */
async function draw(script: Script, count: number, seed = 7, task = token): Promise<number[]> {
  const times: number[] = [];
  await withSandbox({ script, seed }, async (sandbox) => {
    const caller = new Caller(sandbox, json);
    for (let drawn = 0; drawn < count; drawn += 1) await caller.submit(task);
    times.push(...sandbox.tasks().map(({ readyAt, acceptedAt }) => readyAt - acceptedAt));
  });
  return times;
}

it('lies around the median', async () => {
  const times = await draw({ solve: { default: { medianMs: 20_000, spread: 0.5 } } }, 300);
  const sorted = times.sort((a, b) => a - b);
  expect(sorted[150]).toBeGreaterThan(17_000);
  expect(sorted[150]).toBeLessThan(23_000);
  expect(sorted[254] ?? 0).toBeGreaterThan(20_000 * Math.exp(0.5 * 0.7));
  expect(sorted[254] ?? 0).toBeLessThan(20_000 * Math.exp(0.5 * 1.4));
});

it('stays between two bounds', async () => {
  const times = await draw({ solve: { default: { fromMs: 100, toMs: 200 } } }, 100);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(100);
  expect(Math.max(...times)).toBeLessThanOrEqual(200);
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(60);
});

it('differs by kind', async () => {
  const script: Script = { solve: { default: { fixedMs: 500 }, image_to_text: { fixedMs: 5 } } };
  expect(await draw(script, 1)).toEqual([500]);
  expect(await draw(script, 1, 7, sampleTask('image_to_text'))).toEqual([5]);
});

it('is the same for the same seed and another for another', async () => {
  const round = (times: number[]) => times.map(Math.round);
  const script: Script = { solve: { default: { medianMs: 10_000 } } };
  const first = round(await draw(script, 5));
  expect(round(await draw(script, 5))).toEqual(first);
  expect(round(await draw(script, 5, 8))).not.toEqual(first);
});

it('leaves the share of tasks unsolved that it is told to', async () => {
  await withSandbox({ script: { unsolvableRate: 0.25 } }, async (sandbox) => {
    const caller = new Caller(sandbox, json);
    for (let drawn = 0; drawn < 200; drawn += 1) await caller.submit(token);
    const unsolved = sandbox.tasks().filter(({ verdict }) => verdict === 'unsolvable');
    expect(unsolved.length).toBeGreaterThan(30);
    expect(unsolved.length).toBeLessThan(70);
  });
});

it('ends a kind as its own verdict says', async () => {
  const script: Script = {
    solve: { default: { fixedMs: 0 } },
    verdict: { code: 'ERROR_PROXY_CONNECTION_FAILED' },
    verdictOf: { image_to_text: 'solve' },
  };
  await withSandbox({ script }, async (sandbox) => {
    const caller = new Caller(sandbox, json);
    const image = sampleTask('image_to_text');
    expect(await caller.poll(image, await caller.submit(image))).toBeDefined();
    const failed = caller.poll(token, await caller.submit(token));
    await expect(failed).rejects.toMatchObject({ code: 'proxy_error' });
  });
});
