/** A ban stops every call to a provider at once; what it was working on is solved elsewhere. */
import { it, type TestContext, vi } from 'vitest';
import { FAST_TIMING } from '../support/gateway-in-process.js';
import { jsonOf, send } from '../support/http.js';
import { AUTHORIZED, classicDoor, type NativeTask, PAGE_URL } from './doors.js';
import { openScene } from './scene.js';

const CODES = ['IP_BANNED', 'ERROR_BANNED', 'ERROR: 1001'] as const;

/** One task is being worked on by the first provider when the submit of another one is answered with a ban. */
async function openBanned(code: string, { expect, onTestFinished }: TestContext) {
  const rules = { graceMs: 100 };
  const scripts = [{ solve: { default: { fixedMs: 60_000 } }, rules }, {}];
  // Far enough apart that no poll is on its way when the ban comes: that one would hear of it by itself.
  const entries = [{ timing: { ...FAST_TIMING, pollEveryMs: 500 } }];
  const scene = await openScene({ scripts, entries });
  onTestFinished(scene.close);
  const json = { kind: 'recaptcha_v2', siteKey: 'running', pageUrl: PAGE_URL };
  const created = await send(scene.url, '/v1/tasks', { json, headers: AUTHORIZED });
  await vi.waitFor(() => expect(scene.first.stats().calls.poll).toBeGreaterThan(1), {
    timeout: 5_000,
    interval: 5,
  });
  scene.first.queue('submit', { code, banMs: 60_000 });
  expect(await classicDoor.solve(scene.url)).toHaveProperty('token');
  return { ...scene, running: (jsonOf(created) as unknown as NativeTask).taskId };
}

it.concurrent.for(CODES)('after %s not one call follows, running polls included', async (code, context) => {
  const { url, first } = await openBanned(code, context);
  const { poll } = first.stats().calls;
  for (let solved = 0; solved < 3; solved += 1) {
    context.expect(await classicDoor.solve(url)).toHaveProperty('token');
  }
  // One may have been on its way.
  context.expect(first.stats().calls.poll - poll).toBeLessThanOrEqual(1);
  context.expect(first.violations()).toEqual([]);
});

it.concurrent.for(CODES)('after %s a running task goes to the next provider', async (code, context) => {
  const { url, running } = await openBanned(code, context);
  const later = await send(url, `/v1/tasks/${running}?wait=2`, { headers: AUTHORIZED });
  context.expect(jsonOf(later)).toMatchObject({ status: 'solved', provider: 'second' });
});
