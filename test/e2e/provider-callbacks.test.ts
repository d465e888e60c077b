/** Providers that call when a task is done: one poll a task, and nothing to be had by calling wrongly, early, late or twice. */
import { expect, it, type TestContext, vi } from 'vitest';
import { openSandbox } from '../../src/app.js';
import type { Script } from '../../src/sandbox/sandbox.js';
import { configFor, openGateway, writeConfig } from '../support/gateway-in-process.js';
import { startGatewayProcess } from '../support/gateway-process.js';
import { jsonOf, type Sent, send } from '../support/http.js';
import { openTcpRelay } from '../support/tcp-relay.js';
import { AUTHORIZED, PAGE_URL } from './doors.js';

const SOON = { timeout: 10_000, interval: 5 };
/** Far too slow for any of these tests: whatever is known in time was told by a call. */
const SELDOM = { firstPollMs: 20, pollEveryMs: 20_000, floorMs: 20_000 };

const task = (siteKey: string): Sent => ({
  headers: AUTHORIZED,
  json: { kind: 'recaptcha_v2', siteKey, pageUrl: PAGE_URL },
});

/** A provider, and the config of a gateway that it reaches under an address which outlives the gateway. */
async function openPlace(
  onTestFinished: TestContext['onTestFinished'],
  script: Script,
  { use = 'classic', callbacks = true, timing = SELDOM as object } = {},
) {
  const sandbox = await openSandbox({ script });
  onTestFinished(() => sandbox.close());
  let port = 1;
  const relay = await openTcpRelay(() => port);
  onTestFinished(relay.close);
  const sections = { server: { port: 0, publicUrl: `http://127.0.0.1:${relay.port}` } };
  const config = configFor([{ url: sandbox.url, use, entry: { callbacks, timing } }], sections);
  const reach = (url: string) => {
    port = Number(new URL(url).port);
  };
  return { sandbox, config, reach };
}

/** What a provider does whose first task is to show that its calls arrive. */
const SHOWING: Script = {
  callbacks: [0],
  verdict: 'solve',
  submit: 'ok',
  solve: { default: { fixedMs: 10 } },
};

const callsIn = (metrics: string) =>
  Number(/captcha_gateway_provider_calls_total\{provider="first"\} (\d+)/.exec(metrics)?.[1] ?? 0);

/** The same with the gateway in this process, after the first call; what is counted comes after that. */
async function openScene(...[onTestFinished, script, options = {}]: Parameters<typeof openPlace>) {
  const { sandbox, config, reach } = await openPlace(onTestFinished, { ...script, ...SHOWING }, options);
  const gateway = await openGateway(config);
  onTestFinished(gateway.close);
  reach(gateway.url);
  const allCalls = async () => callsIn((await send(gateway.url, '/metrics')).text);
  const shown = options.callbacks === false ? 0 : 1;
  await send(gateway.url, '/v1/solve', task('first'));
  await vi.waitFor(async () => expect(await allCalls()).toBe(shown), SOON);
  const polledBefore = sandbox.stats().calls.poll;
  sandbox.set({ submit: undefined, ...script });
  const tasks = () => sandbox.tasks().slice(1);
  const accepted = () => vi.waitFor(() => tasks()[0] ?? expect.fail('nothing was accepted'), SOON);
  return {
    sandbox,
    url: gateway.url,
    tasks,
    /** Where the provider calls for the first task of the test. */
    pathOfFirst: async () => new URL((await accepted()).callbackUrl ?? '').pathname,
    calls: async () => (await allCalls()) - shown,
    polls: () => sandbox.stats().calls.poll - polledBefore,
  };
}

it.concurrent.each([
  ['classic', undefined],
  ['captchaai', 'captchaai'],
  ['json', '2captcha'],
  ['capmonster', 'capmonster'],
])('%s: twenty tasks, twenty polls', async (use, flavour) => {
  const cleanUps: (() => unknown)[] = [];
  try {
    const script = { callbacks: [0], solve: { default: { fromMs: 50, toMs: 300 } }, flavour };
    const scene = await openScene((cleanUp) => void cleanUps.push(cleanUp as () => unknown), script, { use });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => send(scene.url, '/v1/solve', task(`key-${index}`))),
    );
    const solved = answers.map(jsonOf);
    expect(solved.map(({ status }) => status)).toEqual(Array(20).fill('solved'));
    const tokens = new Map(scene.tasks().map((each) => [each.task.siteKey, each.solution.token]));
    for (const [index, { solution }] of solved.entries())
      expect(solution).toMatchObject({ token: tokens.get(`key-${index}`) });
    expect([scene.polls(), await scene.calls()]).toEqual([20, 20]);
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
});

it.concurrent('a call that never comes costs a few slow polls', async ({ expect, onTestFinished }) => {
  const timing = { firstPollMs: 20, pollEveryMs: 100 };
  const script = { callbacks: [], solve: { default: { fixedMs: 250 } } };
  const scene = await openScene(onTestFinished, script, { timing });
  const { status } = jsonOf(await send(scene.url, '/v1/solve', task('lost')));
  expect(status).toBe('solved');
  expect(scene.polls()).toBeLessThanOrEqual(2);
  expect(await scene.calls()).toBe(0);
});

it.concurrent('an account that is not to be called for is polled as ever', async ({
  expect,
  onTestFinished,
}) => {
  const timing = { firstPollMs: 20, pollEveryMs: 20 };
  const script = { callbacks: [0], solve: { default: { fixedMs: 100 } } };
  const scene = await openScene(onTestFinished, script, { timing, callbacks: false });
  await send(scene.url, '/v1/solve', task('plain'));
  expect(scene.tasks()[0]?.callbackUrl).toBeUndefined();
  expect(await scene.calls()).toBe(0);
});

it.concurrent('a forged call tells nothing and does nothing; a true one twice is one poll', async ({
  expect,
  onTestFinished,
}) => {
  const scene = await openScene(onTestFinished, { callbacks: [], solve: { default: { fixedMs: 60_000 } } });
  const { taskId } = jsonOf(await send(scene.url, '/v1/tasks', task('forged')));
  const path = await scene.pathOfFirst();
  const answerTo = async (where: string, sent: Sent = {}) => {
    const { status, text, headers } = await send(scene.url, where, sent);
    return { status, text, headers: { ...headers, date: '' } };
  };
  const [id, , seal = ''] = path.slice('/callbacks/'.length).split('.');
  const forged = [`${id}.1.${seal}`, `${Number(id) + 1}.0.${seal}`, `${id}.0.${'A'.repeat(43)}`, 'x', '1'];
  const body = `id=${scene.tasks()[0]?.upstreamId}&code=forged`;
  const answers = await Promise.all(forged.map((token) => answerTo(`/callbacks/${token}`, { body })));
  expect(scene.polls()).toBe(0);
  const right = await answerTo(path, { body });
  for (const answer of answers) expect(answer).toEqual(right);
  await vi.waitFor(() => expect(scene.polls()).toBe(1), SOON);
  for (let again = 0; again < 10; again += 1) await answerTo(path);
  // Another task's way to the provider and back: what the calls set off would have arrived before.
  scene.sandbox.set({ callbacks: [0], solve: { default: { fixedMs: 10 } } });
  await send(scene.url, '/v1/solve', task('other'));
  expect([scene.polls(), await scene.calls()]).toEqual([2, 12]);
  const still = jsonOf(await send(scene.url, `/v1/tasks/${taskId}`, { headers: AUTHORIZED }));
  expect([still.status, still.solution]).toEqual(['solving', undefined]);
});

it.concurrent('a call before the answer to the submit is not lost', async ({ expect, onTestFinished }) => {
  const script = { callbacks: [-60_000], submit: { delayMs: 150 }, solve: { default: { fixedMs: 50 } } };
  const scene = await openScene(onTestFinished, script);
  const { status, attempts } = jsonOf(await send(scene.url, '/v1/solve', task('early')));
  expect([status, attempts]).toEqual(['solved', [expect.objectContaining({ polls: 1 })]]);
  expect([scene.polls(), await scene.calls()]).toEqual([1, 1]);
});

it.concurrent('a call after the end changes nothing', async ({ expect, onTestFinished }) => {
  const scene = await openScene(onTestFinished, { callbacks: [0], solve: { default: { fixedMs: 20 } } });
  const solved = jsonOf(await send(scene.url, '/v1/solve', task('late')));
  const path = await scene.pathOfFirst();
  const { status } = await send(scene.url, path, { body: 'id=1&code=ERROR_CAPTCHA_UNSOLVABLE' });
  expect(status).toBe(200);
  await send(scene.url, '/v1/solve', task('other'));
  expect(scene.polls()).toBe(2);
  const after = await send(scene.url, `/v1/tasks/${solved.taskId}`, { headers: AUTHORIZED });
  const { timeline: _timeline, ...shown } = jsonOf(after);
  expect(shown).toEqual(solved);
});

it.concurrent('a large body is not read, and the door stays open', async ({ expect, onTestFinished }) => {
  const scene = await openScene(onTestFinished, { callbacks: [], solve: { default: { fixedMs: 60_000 } } });
  await send(scene.url, '/v1/tasks', task('large'));
  const path = await scene.pathOfFirst();
  const body = new Uint8Array(20 * 1024 * 1024);
  const { status } = await send(scene.url, path, { body });
  expect(status).toBe(200);
  await vi.waitFor(() => expect(scene.polls()).toBe(1), SOON);
});

it.concurrent('after a kill -9 the addresses of before are good', async ({ expect, onTestFinished }) => {
  const timing = { firstPollMs: 20, pollEveryMs: 1_500, floorMs: 200 };
  const script: Script = { callbacks: [], verdict: 'never' };
  const { sandbox, config, reach } = await openPlace(onTestFinished, script, { timing });
  const folder = writeConfig(config);
  onTestFinished(folder.remove);
  const start = async () => {
    const gateway = await startGatewayProcess(folder.configPath);
    onTestFinished(async () => {
      if (!gateway.hasEnded()) await gateway.kill();
    });
    reach(gateway.url);
    return gateway;
  };
  const before = await start();
  const { taskId } = jsonOf(await send(before.url, '/v1/tasks', task('killed')));
  const accepted = await vi.waitFor(() => sandbox.tasks()[0] ?? expect.fail('nothing was accepted'), SOON);
  await vi.waitFor(async () => {
    const { text } = await send(before.url, `/v1/tasks/${taskId}`, { headers: AUTHORIZED });
    expect(text).toContain(String(accepted.upstreamId));
  }, SOON);
  await before.kill();
  const after = await start();
  const polled = () => sandbox.requests().filter(({ call }) => call === 'poll');
  await vi.waitFor(() => expect(polled()).toHaveLength(1), SOON);
  const url = new URL(accepted.callbackUrl ?? '');
  await send(url.origin, url.pathname, { body: 'id=1&code=2' });
  await vi.waitFor(() => expect(polled()).toHaveLength(2), SOON);
  const [first, second] = polled().map(({ at }) => at);
  expect(Number(second) - Number(first)).toBeLessThan(timing.pollEveryMs);
  const metrics = await send(after.url, '/metrics');
  expect(callsIn(metrics.text)).toBe(1);
  expect(sandbox.stats().accepted).toBe(1);
});
