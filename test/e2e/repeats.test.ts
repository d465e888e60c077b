/** The same request sent twice: with an Idempotency-Key, and by old clients whose connection broke. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, type TestContext, vi } from 'vitest';
import { openSandbox } from '../../src/app.js';
import { CLIENT_KEY, configFor, writeConfig } from '../support/gateway-in-process.js';
import { startGatewayProcess } from '../support/gateway-process.js';
import { jsonOf, send } from '../support/http.js';
import { AUTHORIZED, classicPoll, jsonPoll, PAGE_URL, SITE_KEY } from './doors.js';
import { openScene, type Scene, type SceneOptions } from './scene.js';

const LATE = { timeout: 5_000, interval: 5 };
const BODY = { kind: 'recaptcha_v2', siteKey: SITE_KEY, pageUrl: PAGE_URL, meta: { run: 1, of: [1, 2] } };
const OTHER_KEY = 'c22e27000000000000000000000000a2';

async function sceneOf(
  onTestFinished: TestContext['onTestFinished'],
  options?: SceneOptions,
): Promise<Scene> {
  const scene = await openScene(options);
  onTestFinished(scene.close);
  return scene;
}

/** Hands a task in under a key; the answer and what it says. */
async function submit(
  url: string,
  key: string,
  { json = BODY as object, path = '/v1/tasks', headers = AUTHORIZED as Record<string, string> } = {},
) {
  const answer = await send(url, path, { json, headers: { ...headers, 'idempotency-key': key } });
  return { status: answer.status, said: jsonOf(answer) };
}

it('takes the same key and body for the same task, running or over', async ({ onTestFinished }) => {
  const { url, first } = await sceneOf(onTestFinished, {
    scripts: [{ solve: { default: { fixedMs: 150 } } }],
  });
  const { said } = await submit(url, 'order-1');
  const running = await submit(url, 'order-1');
  expect(running).toMatchObject({ status: 202, said: { taskId: said.taskId } });
  const solved = await submit(url, 'order-1', { path: '/v1/solve' });
  expect(solved).toMatchObject({ status: 200, said: { taskId: said.taskId, status: 'solved' } });
  const over = await submit(url, 'order-1');
  expect(over.said).toMatchObject({ taskId: said.taskId, solution: solved.said.solution });
  expect(first.stats().calls.submit).toBe(1);
});

it('makes one task of many that come at once', async ({ onTestFinished }) => {
  const { url, first } = await sceneOf(onTestFinished);
  const answers = await Promise.all(Array.from({ length: 20 }, () => submit(url, 'at-once')));
  expect(new Set(answers.map(({ said }) => said.taskId)).size).toBe(1);
  await vi.waitFor(() => expect(first.stats().solved).toBe(1), LATE);
  expect(first.stats().calls.submit).toBe(1);
});

it('knows the key again after a restart', async ({ onTestFinished }) => {
  const upstream = await openSandbox({ script: { solve: { default: { fixedMs: 10 } } } });
  onTestFinished(() => upstream.close());
  const folder = writeConfig(configFor([{ url: upstream.url }]));
  onTestFinished(folder.remove);
  const before = await startGatewayProcess(folder.configPath);
  const { said } = await submit(before.url, 'kept');
  await before.kill();
  const after = await startGatewayProcess(folder.configPath);
  onTestFinished(async () => void (await after.kill()));
  expect((await submit(after.url, 'kept')).said.taskId).toBe(said.taskId);
  const other = await submit(after.url, 'kept', { json: { ...BODY, meta: 'another' } });
  expect(other).toMatchObject({ status: 422, said: { code: 'conflict' } });
  expect(upstream.stats().boughtTwice).toEqual([]);
});

it('refuses another body under the same key and asks nobody', async ({ onTestFinished }) => {
  const { url, first } = await sceneOf(onTestFinished);
  await submit(url, 'order-2', { path: '/v1/solve' });
  const other = await submit(url, 'order-2', { json: { ...BODY, siteKey: `${SITE_KEY}x` } });
  expect(other).toMatchObject({ status: 422, said: { code: 'conflict' } });
  expect(first.stats().calls.submit).toBe(1);
});

it('takes members in another order for the same body, and elements for another', async ({
  onTestFinished,
}) => {
  const { url } = await sceneOf(onTestFinished);
  const { said } = await submit(url, 'order-3');
  const { meta, ...rest } = BODY;
  const turned = {
    meta: { of: meta.of, run: meta.run },
    ...Object.fromEntries(Object.entries(rest).reverse()),
  };
  expect((await submit(url, 'order-3', { json: turned })).said.taskId).toBe(said.taskId);
  const swapped = await submit(url, 'order-3', { json: { ...BODY, meta: { ...meta, of: [2, 1] } } });
  expect(swapped.status).toBe(422);
});

it('keeps the keys of clients apart', async ({ onTestFinished }) => {
  const clients = [
    { id: 'qa', key: CLIENT_KEY },
    { id: 'other', key: OTHER_KEY },
  ];
  const { url, first } = await sceneOf(onTestFinished, { sections: { clients } });
  const ours = await submit(url, 'shared');
  const theirs = await submit(url, 'shared', { headers: { authorization: `Bearer ${OTHER_KEY}` } });
  expect(theirs.status).toBe(202);
  expect(theirs.said.taskId).not.toBe(ours.said.taskId);
  await vi.waitFor(() => expect(first.stats().calls.submit).toBe(2), LATE);
});

/** An old door: its submit as bytes, and the task that an answer names. */
interface OldDoor {
  readonly path: string;
  readonly type: string;
  readonly body: string;
  taskIdOf(text: string): string;
  poll(url: string, taskId: string): Promise<unknown>;
}

const FORM = { key: CLIENT_KEY, method: 'userrecaptcha', googlekey: SITE_KEY, pageurl: PAGE_URL };
const TASK = { type: 'RecaptchaV2TaskProxyless', websiteURL: PAGE_URL, websiteKey: SITE_KEY };

const OLD_DOORS: readonly (readonly [name: string, door: OldDoor])[] = [
  [
    'in.php',
    {
      path: '/in.php',
      type: 'application/x-www-form-urlencoded',
      body: new URLSearchParams(FORM).toString(),
      taskIdOf: (text) => text.replace(/^OK\|/, ''),
      poll: classicPoll,
    },
  ],
  [
    'createTask',
    {
      path: '/createTask',
      type: 'application/json',
      body: JSON.stringify({ clientKey: CLIENT_KEY, task: TASK }),
      taskIdOf: (text) => String(jsonOf({ text }).taskId),
      poll: (url, taskId) => jsonPoll(url, Number(taskId)),
    },
  ],
];

/** The provider takes its time, so that there is something to hang up on. */
const SLOW: SceneOptions['scripts'] = [{ submit: { delayMs: 150 }, solve: { default: { fixedMs: 10 } } }];

/** Sends a submit, and hangs up when the provider has it but the client does not know. */
async function hangUp({ url, first }: Scene, { path, type, body }: OldDoor, submits = 1): Promise<void> {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  const lines = [`POST ${path} HTTP/1.1`, `host: ${host}`, `content-type: ${type}`];
  socket.write([...lines, `content-length: ${Buffer.byteLength(body)}`, '', body].join('\r\n'));
  await vi.waitFor(() => expect(first.stats().calls.submit).toBe(submits), LATE);
  socket.destroy();
  await once(socket, 'close');
}

async function repeat(url: string, { path, type, body, taskIdOf }: OldDoor): Promise<string> {
  const { text } = await send(url, path, { method: 'POST', body, headers: { 'content-type': type } });
  return taskIdOf(text);
}

it.each(OLD_DOORS)('%s, repeated after the connection broke, is the same task', async (_, door) => {
  const scene = await openScene({ scripts: SLOW });
  try {
    await hangUp(scene, door);
    const taskId = await repeat(scene.url, door);
    await door.poll(scene.url, taskId);
    expect(scene.first.stats()).toMatchObject({ accepted: 1, solved: 1, calls: { submit: 1 } });
    expect(await repeat(scene.url, door), 'each is repeated once').not.toBe(taskId);
  } finally {
    await scene.close();
  }
});

it.each(OLD_DOORS)('%s, broken off twice and repeated twice, is two tasks', async (_, door) => {
  const scene = await openScene({ scripts: SLOW });
  try {
    await Promise.all([hangUp(scene, door, 2), hangUp(scene, door, 2)]);
    const taskIds = await Promise.all([repeat(scene.url, door), repeat(scene.url, door)]);
    expect(new Set(taskIds).size).toBe(2);
    for (const taskId of taskIds) await door.poll(scene.url, taskId);
    expect(scene.first.stats()).toMatchObject({ accepted: 2, calls: { submit: 2 } });
  } finally {
    await scene.close();
  }
});

it.each(OLD_DOORS)('%s, sent twice and heard twice, is two tasks', async (_, door) => {
  const scene = await openScene();
  try {
    const taskIds = await Promise.all([repeat(scene.url, door), repeat(scene.url, door)]);
    expect(new Set(taskIds).size).toBe(2);
    expect(scene.first.stats().calls.submit).toBe(2);
  } finally {
    await scene.close();
  }
});

it.each(OLD_DOORS)('%s is a new task where no window is set, and after it', async (_, door) => {
  for (const repeatWindowMs of [0, 1]) {
    const scene = await openScene({ scripts: SLOW, sections: { server: { port: 0, repeatWindowMs } } });
    try {
      await hangUp(scene, door);
      const hungUpAt = performance.now();
      await vi.waitFor(() => expect(performance.now() - hungUpAt).toBeGreaterThan(30), LATE);
      await repeat(scene.url, door);
      expect(scene.first.stats().calls.submit).toBe(2);
    } finally {
      await scene.close();
    }
  }
});
