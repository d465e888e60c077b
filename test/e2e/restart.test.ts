/** kill -9 at every stage of a task: the client polls on with the id it has, and nothing is bought again. */
import { expect, it, type TestContext, vi } from 'vitest';
import { openSandbox } from '../../src/app.js';
import type { Sandbox, Script } from '../../src/sandbox/sandbox.js';
import { CLIENT_KEY, configFor, FAST_TIMING, writeConfig } from '../support/gateway-in-process.js';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.js';
import { jsonOf, send } from '../support/http.js';
import {
  AUTHORIZED,
  classicPoll,
  classicSubmit,
  jsonPoll,
  jsonSubmit,
  type NativeTask,
  PAGE_URL,
  storyOf,
} from './doors.js';

/** How long something that happens at once may take on a busy machine. */
const LATE = { timeout: 5_000, interval: 10 };

interface Place {
  readonly first: Sandbox;
  readonly second: Sandbox;
  /** Starts the gateway on the same ledger; the one before has to be gone. */
  start(): Promise<GatewayProcess>;
}

/** Two providers that outlive the gateway, and its config. */
async function openPlace(
  onTestFinished: TestContext['onTestFinished'],
  script: Script,
  timing: Readonly<Record<string, number>> = {},
): Promise<Place> {
  const pace = { ...FAST_TIMING, ...timing };
  const rules = { firstPollMs: pace.firstPollMs, pollEveryMs: pace.pollEveryMs };
  const first = await openSandbox({ script: { rules, ...script } });
  onTestFinished(() => first.close());
  const second = await openSandbox({ script: { solve: { default: { fixedMs: 10 } } } });
  onTestFinished(() => second.close());
  const accounts = [{ url: first.url, entry: { timing: pace } }, { url: second.url }];
  const folder = writeConfig(configFor(accounts));
  onTestFinished(folder.remove);
  const start = async () => {
    const gateway = await startGatewayProcess(folder.configPath);
    onTestFinished(async () => {
      if (!gateway.hasEnded()) await gateway.kill();
    });
    return gateway;
  };
  return { first, second, start };
}

/** A task through each door at once: their ids, in the order classic, json, native. */
async function submitAll(url: string, siteKey: string): Promise<readonly [string, string, string]> {
  const json = { kind: 'recaptcha_v2', siteKey: `${siteKey}-n`, pageUrl: PAGE_URL };
  const [classic, created, native] = await Promise.all([
    classicSubmit(url, `${siteKey}-c`),
    jsonSubmit(url, `${siteKey}-j`),
    send(url, '/v1/tasks', { json, headers: AUTHORIZED }),
  ]);
  expect(classic).toMatch(/^OK\|\d+$/);
  const nativeId = String(jsonOf(native).taskId);
  await untilAccepted(url, nativeId);
  return [classic.slice(3), String(created.taskId), nativeId];
}

/** The native door answers before a provider does. What it accepted and we did not yet write down is ambiguous. */
async function untilAccepted(url: string, taskId: string): Promise<void> {
  await vi.waitFor(async () => expect((await storyOf(url, taskId)).status).not.toBe('queued'), LATE);
}

/** The token of each of those tasks, each through the door it came in by. */
async function tokensOf(url: string, [classic, json, native]: readonly [string, string, string]) {
  const [said, result, story] = await Promise.all([
    classicPoll(url, classic),
    jsonPoll(url, Number(json)),
    send(url, `/v1/tasks/${native}?wait=15`, { headers: AUTHORIZED }),
  ]);
  const { solution } = result as { readonly solution: { readonly token: string } };
  return [
    said.replace(/^OK\|/, ''),
    solution.token,
    (jsonOf(story) as unknown as NativeTask).solution?.token,
  ];
}

const TOKENS = Array.from({ length: 3 }, () => expect.stringMatching(/^03A/));

/** Each task once, at the first provider, at its pace. */
function expectBoughtOnce({ first, second }: Place, tasks: number): void {
  expect(first.stats()).toMatchObject({ accepted: tasks, boughtTwice: [] });
  expect(first.stats().calls.submit).toBe(tasks);
  expect(first.violations()).toEqual([]);
  expect(second.stats().calls.submit).toBe(0);
}

it.concurrent('killed between the submit and the first poll, it asks for what was bought', async ({
  expect,
  onTestFinished,
}) => {
  const place = await openPlace(
    onTestFinished,
    { solve: { default: { fixedMs: 300 } } },
    { firstPollMs: 2_500 },
  );
  const before = await place.start();
  const ids = await submitAll(before.url, 'between');
  expect(place.first.stats().calls.poll).toBe(0);
  await before.kill();
  const after = await place.start();
  const tokens = await tokensOf(after.url, ids);
  const bought = place.first.tasks().map(({ solution }) => solution.token);
  expect([...tokens].sort()).toEqual([...bought].sort());
  expectBoughtOnce(place, 3);
});

it.concurrent('killed while clients and it itself were polling, it polls on', async ({
  expect,
  onTestFinished,
}) => {
  const place = await openPlace(onTestFinished, { solve: { default: { fixedMs: 2_500 } } });
  const before = await place.start();
  const ids = await submitAll(before.url, 'polling');
  await expect.poll(() => place.first.stats().calls.poll, LATE).toBeGreaterThan(5);
  const held = send(before.url, `/res.php?key=${CLIENT_KEY}&action=get&id=${ids[0]}`).catch(
    (error: Error) => error,
  );
  await before.kill();
  expect(await held).toBeInstanceOf(Error);

  // Killed once more while it polls for the second time.
  const polls = place.first.stats().calls.poll;
  const between = await place.start();
  await expect.poll(() => place.first.stats().calls.poll, LATE).toBeGreaterThan(polls);
  await between.kill();

  const after = await place.start();
  expect(await tokensOf(after.url, ids)).toEqual(TOKENS);
  expectBoughtOnce(place, 3);
});

it.concurrent('killed after the end, it still has the answer and asks nobody', async ({
  expect,
  onTestFinished,
}) => {
  const place = await openPlace(onTestFinished, { solve: { default: { fixedMs: 10 } } });
  const before = await place.start();
  const ids = await submitAll(before.url, 'settled');
  const tokens = await tokensOf(before.url, ids);
  await before.kill();
  const { calls } = place.first.stats();
  const after = await place.start();
  expect(await tokensOf(after.url, ids)).toEqual(tokens);
  expect(place.first.stats().calls).toEqual(calls);
  expectBoughtOnce(place, 3);
  const report = `/res.php?key=${CLIENT_KEY}&action=reportgood&id=${ids[0]}`;
  expect((await send(after.url, report)).text).toBe('OK_REPORT_RECORDED');
  await expect.poll(() => place.first.stats().calls.report, LATE).toBe(1);
  const [, , lastId] = await submitAll(after.url, 'next');
  expect(ids).not.toContain(lastId);
});

it.concurrent('killed while a submit was under way, it never sends that one again', async ({
  expect,
  onTestFinished,
}) => {
  const place = await openPlace(onTestFinished, { submit: 'hang-after-accept' }, { answerWithinMs: 20_000 });
  const before = await place.start();
  const json = { kind: 'recaptcha_v2', siteKey: 'under-way', pageUrl: PAGE_URL };
  const created = await send(before.url, '/v1/tasks', { json, headers: AUTHORIZED });
  const { taskId } = jsonOf(created) as unknown as NativeTask;
  await expect.poll(() => place.first.stats().accepted, LATE).toBe(1);
  await before.kill();
  place.first.set({ submit: undefined });
  const after = await place.start();
  const answer = await send(after.url, `/v1/tasks/${taskId}?wait=15`, { headers: AUTHORIZED });
  const story = jsonOf(answer) as unknown as NativeTask;
  expect(story).toMatchObject({ taskId, status: 'solved', provider: 'second' });
  expect(story.attempts).toMatchObject([
    { provider: 'first', outcome: 'timeout', mayBeCharged: true, upstreamId: null },
    { provider: 'second', outcome: 'solved' },
  ]);
  expect(place.first.stats().calls.submit).toBe(1);
  expect(place.second.stats().accepted).toBe(1);
  const [first] = after.lines();
  expect(first, 'the first line names the port, whatever was left behind').toMatchObject({
    event: 'listening',
  });
});

it.concurrent('stopped in order with tasks under way, it takes them up again', async ({
  expect,
  onTestFinished,
}) => {
  const place = await openPlace(onTestFinished, { solve: { default: { fixedMs: 400 } } });
  const before = await place.start();
  const ids = await submitAll(before.url, 'stopped');
  expect((await before.stop()).code).toBe(0);
  const after = await place.start();
  expect(await tokensOf(after.url, ids)).toEqual(TOKENS);
  expectBoughtOnce(place, 3);
});

it.concurrent('away for longer than a provider is waited for, it asks once before it goes on', async ({
  expect,
  onTestFinished,
}) => {
  const place = await openPlace(
    onTestFinished,
    { solve: { default: { fixedMs: 50 } } },
    { firstPollMs: 300, giveUpMs: 310 },
  );
  const before = await place.start();
  const ids = await submitAll(before.url, 'away');
  const [task] = place.first.tasks();
  await before.kill();
  await expect.poll(() => Date.now() - (task?.acceptedAt ?? 0), LATE).toBeGreaterThan(400);
  const after = await place.start();
  expect(await tokensOf(after.url, ids)).toEqual(TOKENS);
  expectBoughtOnce(place, 3);
});
