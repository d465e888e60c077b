/** A first provider that hangs, resets, refuses or stops in mid answer: the client waits a moment, the next ones not at all. */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, it, type TestContext } from 'vitest';
import { openSandbox } from '../../src/app.js';
import type { Manner } from '../../src/sandbox/script.js';
import { configFor, openGateway } from '../support/gateway-in-process.js';
import { classicDoor, classicPoll, classicSubmit, jsonDoor, jsonPoll, jsonSubmit, storyOf } from './doors.js';
import { openScene } from './scene.js';

/** What a user who configures nothing has, except that a call is given up sooner. */
const ROUTING = { acceptWithinMs: 3_500, deadlineMs: 60_000, maxUsdPerTask: 1 };
const ANSWER_WITHIN_MS = 5_000;
const TIMING = {
  firstPollMs: 20,
  pollEveryMs: 20,
  maxPolls: 500,
  giveUpMs: 30_000,
  answerWithinMs: ANSWER_WITHIN_MS,
};
/** What a call that waits for nobody may take on a machine that is busy with other tests. */
const AT_ONCE_MS = 1_200;

function openHanging(behaviour: Manner) {
  return openScene({
    scripts: [{ submit: behaviour }, {}],
    entries: [{ timing: TIMING }, { timing: TIMING }],
    sections: { routing: ROUTING },
  });
}

async function timed<Result>(
  work: Promise<Result>,
): Promise<{ readonly result: Result; readonly tookMs: number }> {
  const startedAt = performance.now();
  const result = await work;
  return { result, tookMs: performance.now() - startedAt };
}

interface OldDoor {
  readonly id: string;
  /** The task's id. */
  submit(url: string): Promise<string>;
  /** The token. */
  poll(url: string, taskId: string): Promise<string>;
}

const classic: OldDoor = {
  id: 'classic',
  submit: async (url) => (await classicSubmit(url)).replace(/^OK\|/, ''),
  poll: async (url, taskId) => (await classicPoll(url, taskId)).replace(/^OK\|/, ''),
};

const json: OldDoor = {
  id: 'json',
  submit: async (url) => String((await jsonSubmit(url)).taskId),
  poll: async (url, taskId) => {
    const { solution } = await jsonPoll(url, taskId);
    return (solution as { readonly gRecaptchaResponse: string }).gRecaptchaResponse;
  },
};

// Four and one more long ones: as many as Vitest runs at a time.
const HANGS: readonly { readonly door: OldDoor; readonly behaviour: Manner }[] = [
  { door: classic, behaviour: 'hang' },
  { door: json, behaviour: 'hang' },
  { door: classic, behaviour: 'hang-in-body' },
  { door: json, behaviour: 'hang-after-accept' },
];

it.concurrent.for(HANGS)(
  'on the $door.id door a provider that does not answer ($behaviour) costs one client the id within 4 s, others nothing',
  async ({ door, behaviour }, { expect, onTestFinished }) => {
    const scene = await openHanging(behaviour);
    onTestFinished(scene.close);
    const startedAt = performance.now();
    const patient = timed(door.submit(scene.url));
    await expect.poll(() => scene.first.stats().calls.submit, { timeout: 3_000 }).toBe(1);

    const submitted = await patient;
    expect(submitted.tookMs).toBeGreaterThan(3_000);
    expect(submitted.tookMs).toBeLessThan(4_000);
    expect(submitted.result).toMatch(/^\d+$/);

    // The submit still hangs: whoever comes now is not made to wait for it.
    const during = await timed(door.submit(scene.url));
    expect(during.tookMs).toBeLessThan(AT_ONCE_MS);
    expect(await door.poll(scene.url, during.result)).toMatch(/^03A/);

    expect(await door.poll(scene.url, submitted.result)).toMatch(/^03A/);
    expect(performance.now() - startedAt).toBeLessThan(ANSWER_WITHIN_MS + 2 * AT_ONCE_MS);
    const story = await storyOf(scene.url, submitted.result);
    expect(story.attempts).toMatchObject([
      { provider: 'first', outcome: 'timeout', mayBeCharged: true },
      { provider: 'second', outcome: 'solved' },
    ]);

    const after = await timed(door.submit(scene.url));
    expect(after.tookMs).toBeLessThan(AT_ONCE_MS);
    expect(await door.poll(scene.url, after.result)).toMatch(/^03A/);
    expect(scene.first.stats().calls.submit).toBe(1);
  },
);

/** A gateway whose first provider is at this address. */
async function openBefore(url: string, { onTestFinished }: TestContext) {
  const second = await openSandbox({ script: { solve: { default: { fixedMs: 10 } } } });
  onTestFinished(() => second.close());
  const entry = { timing: TIMING };
  const config = configFor(
    [
      { url, entry },
      { url: second.url, entry },
    ],
    { routing: ROUTING },
  );
  const gateway = await openGateway(config);
  onTestFinished(gateway.close);
  return gateway;
}

it.concurrent('a provider that accepts connections and never reads is given up', async (context) => {
  const sockets = new Set<Socket>();
  const server = createServer().on('connection', (socket) => sockets.add(socket.pause()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { url } = await openBefore(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, context);
  const submitted = await timed(classicSubmit(url));
  expect(submitted.tookMs).toBeLessThan(4_000);
  expect(await classicPoll(url, submitted.result.slice(3))).toMatch(/^OK\|03A/);
});

const BREAKS: readonly Manner[] = ['reset', 'reset-after-accept', 'reset-in-body', 'html502', 'empty'];

it.concurrent.for(
  [classicDoor, jsonDoor].flatMap((door) => BREAKS.map((behaviour) => ({ door, behaviour }))),
)(
  'on the $door.id door a provider that breaks off ($behaviour) costs nobody any time',
  async ({ door, behaviour }, { onTestFinished }) => {
    const scene = await openHanging(behaviour);
    onTestFinished(scene.close);
    for (const outcomes of [['bad_reply', 'solved'], ['solved'], ['solved']]) {
      const { result, tookMs } = await timed(door.solve(scene.url));
      if (!('token' in result)) throw new Error(result.refusal);
      expect(tookMs).toBeLessThan(AT_ONCE_MS);
      const story = await storyOf(scene.url, result.taskId);
      expect(story.attempts.map(({ outcome }) => outcome)).toEqual(outcomes);
    }
    expect(scene.first.stats().calls.submit).toBe(1);
  },
);

it.concurrent('a provider that refuses connections was never asked, so nothing may be charged', async (context) => {
  // Port 1 is nobody's.
  const { url } = await openBefore('http://127.0.0.1:1', context);
  const { result, tookMs } = await timed(classicDoor.solve(url));
  if (!('token' in result)) throw new Error(result.refusal);
  expect(tookMs).toBeLessThan(AT_ONCE_MS);
  expect((await storyOf(url, result.taskId)).attempts).toMatchObject([
    { provider: 'first', outcome: 'bad_reply', mayBeCharged: false },
    { provider: 'second', outcome: 'solved' },
  ]);
});
