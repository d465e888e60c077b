/** Clients' servers hear of the end of their tasks: through every door, after failures and across a kill -9. */
import { createHmac } from 'node:crypto';
import { expect, it, type TestContext, vi } from 'vitest';
import { openSandbox } from '../../src/app.js';
import { ADMIN_KEY, CLIENT_KEY, configFor, writeConfig } from '../support/gateway-in-process.js';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.js';
import { jsonOf, type Sent, send } from '../support/http.js';
import { type Answering, OK, openReceiver, type Received, SILENT, status } from '../support/receiver.js';
import { AUTHORIZED, PAGE_URL, SITE_KEY } from './doors.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const LATE = { timeout: 10_000, interval: 10 };
const ADMIN = { 'x-api-key': ADMIN_KEY };

/** A receiver on the one address that callbacks may go to, and a gateway process that can be started again. */
async function openPlace(
  onTestFinished: TestContext['onTestFinished'],
  answer: Answering = OK,
  { solveMs = 10, callbacks = {} as object } = {},
) {
  const receiver = await openReceiver(answer, '127.0.0.2');
  onTestFinished(receiver.close);
  const sandbox = await openSandbox({ script: { solve: { default: { fixedMs: solveMs } } } });
  onTestFinished(() => sandbox.close());
  const sections = {
    admin: { key: ADMIN_KEY },
    callbacks: { allowPrivate: ['127.0.0.2/32'], secret: SECRET, ...callbacks },
  };
  const folder = writeConfig(configFor([{ url: sandbox.url }], sections));
  onTestFinished(folder.remove);
  const start = async (): Promise<GatewayProcess> => {
    const gateway = await startGatewayProcess(folder.configPath);
    onTestFinished(async () => {
      if (!gateway.hasEnded()) await gateway.kill();
    });
    return gateway;
  };
  return { receiver, sandbox, start };
}

const nativeTask = (callbackUrl: string): Sent => ({
  headers: AUTHORIZED,
  json: { kind: 'recaptcha_v2', siteKey: SITE_KEY, pageUrl: PAGE_URL, callbackUrl, meta: { run: '42' } },
});

function expectSigned({ headers, body }: Received): void {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const key = Buffer.from(SECRET.slice(6), 'base64');
  expect(headers['webhook-signature']).toBe(
    `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
  );
  expect(Math.abs(Date.now() / 1_000 - Number(headers['webhook-timestamp']))).toBeLessThan(60);
}

it.concurrent('in the form of each door, signed', async ({ expect, onTestFinished }) => {
  const { receiver, start } = await openPlace(onTestFinished);
  const { url } = await start();
  const to = (path: string) => `${receiver.url}${path}`;
  const fields = { key: CLIENT_KEY, method: 'userrecaptcha', googlekey: SITE_KEY, pageurl: PAGE_URL };
  const form = (pingback: string): Sent => ({
    body: new URLSearchParams({ ...fields, pingback }).toString(),
  });
  const task = { type: 'RecaptchaV2TaskProxyless', websiteURL: PAGE_URL, websiteKey: SITE_KEY };
  const json = (callbackUrl: string): Sent => ({ json: { clientKey: CLIENT_KEY, task, callbackUrl } });

  const native = jsonOf(await send(url, '/v1/tasks', nativeTask(to('/native?x=1'))));
  const query = new URLSearchParams({ ...fields, pingback: to('/classic-get') });
  const [got, posted, captchaai, created] = await Promise.all([
    send(url, `/in.php?${query}`),
    send(url, '/in.php', form(to('/classic-post'))),
    send(url, '/for/captchaai/in.php', form(to('/captchaai?a=b'))),
    send(url, '/createTask', json(to('/json'))),
  ]);
  const received = await receiver.until(5);
  const told = (path: string) => {
    const found = received.filter((each) => each.path.startsWith(path));
    expect(found, path).toHaveLength(1);
    return found[0] as Received;
  };
  const token = expect.stringMatching(/^03A/);

  const { timeline: _timeline, ...shown } = jsonOf(
    await send(url, `/v1/tasks/${native.taskId}`, { headers: AUTHORIZED }),
  );
  expect(JSON.parse(told('/native?x=1').body)).toEqual(shown);
  expect(JSON.parse(told('/native').body)).toMatchObject({ meta: { run: '42' }, solution: { token } });
  const formOf = ({ body }: Received) => Object.fromEntries(new URLSearchParams(body));
  expect(formOf(told('/classic-get'))).toEqual({ id: got.text.slice(3), code: token });
  expect(formOf(told('/classic-post'))).toEqual({ id: posted.text.slice(3), code: token });
  expect(told('/classic-post').headers['content-type']).toBe('application/x-www-form-urlencoded');
  const { method, path } = told('/captchaai?a=b');
  const query2 = Object.fromEntries(new URL(path, url).searchParams);
  expect([method, query2]).toEqual(['GET', { a: 'b', id: captchaai.text.slice(3), code: token }]);
  expect(JSON.parse(told('/json').body)).toMatchObject({
    errorId: 0,
    status: 'ready',
    taskId: jsonOf(created).taskId,
    solution: { gRecaptchaResponse: token },
  });
  for (const each of ['/native', '/classic-get', '/classic-post', '/json']) expectSigned(told(each));
});

it.concurrent('after a 500, again under the same id', async ({ expect, onTestFinished }) => {
  const { receiver, start } = await openPlace(onTestFinished, status(500, 200));
  const gateway = await start();
  await send(gateway.url, '/v1/tasks', nativeTask(`${receiver.url}/token-in-path?secret=1`));
  const received = await receiver.until(2);
  expect(received[1]?.headers['webhook-id']).toBe(received[0]?.headers['webhook-id']);
  expect(received[1]?.body).toBe(received[0]?.body);
  for (const each of received) expectSigned(each);
  const lines = () => gateway.lines().filter(({ event }) => event === 'callback');
  await vi.waitFor(() => expect(lines()).toHaveLength(2), LATE);
  expect(lines()).toMatchObject([
    { client: 'qa', outcome: 'failed', tries: 1, fault: 'HTTP 500' },
    { client: 'qa', outcome: 'delivered', tries: 2, fault: null },
  ]);
  const metrics = await send(gateway.url, '/metrics', { headers: ADMIN });
  expect(metrics.text).toContain('captcha_gateway_callbacks_total{outcome="failed"} 1');
  expect(metrics.text).toContain('captcha_gateway_callbacks_total{outcome="delivered"} 1');
  await gateway.stop();
  expect(gateway.output()).not.toMatch(/token-in-path|secret=1|whsec_/);
  expect(receiver.received).toHaveLength(2);
});

it.concurrent('after a kill -9 between the solution and the delivery', async ({ expect, onTestFinished }) => {
  let isUp = false;
  const { receiver, sandbox, start } = await openPlace(
    onTestFinished,
    (response) => void (isUp && response.end()),
  );
  const before = await start();
  const { taskId } = jsonOf(await send(before.url, '/v1/tasks', nativeTask(receiver.url)));
  await receiver.until(1);
  await before.kill();
  isUp = true;
  const after = await start();
  const received = await receiver.until(2);
  expect(JSON.parse(received[1]?.body ?? '')).toMatchObject({ taskId, status: 'solved' });
  expect(received[1]?.headers['webhook-id']).toBe(received[0]?.headers['webhook-id']);
  const delivered = () => after.lines().some(({ outcome }) => outcome === 'delivered');
  await vi.waitFor(() => expect(delivered()).toBe(true), LATE);
  await after.stop();
  const third = await start();
  await send(third.url, '/v1/solve', nativeTask(`${receiver.url}/next`));
  await receiver.until(3);
  expect(receiver.received.map(({ path }) => path)).toEqual(['/', '/', '/next']);
  expect(sandbox.stats().accepted).toBe(2);
});

it.concurrent('after a kill -9 while it was being solved', async ({ expect, onTestFinished }) => {
  const { receiver, start } = await openPlace(onTestFinished, OK, { solveMs: 300 });
  const before = await start();
  const { taskId } = jsonOf(await send(before.url, '/v1/tasks', nativeTask(receiver.url)));
  // A submit without its answer would be ambiguous, and this is about one that was accepted.
  const look = () => send(before.url, `/v1/tasks/${taskId}`, { headers: AUTHORIZED });
  await vi.waitFor(async () => expect(jsonOf(await look()).status).not.toBe('queued'), LATE);
  await before.kill();
  await start();
  const [told] = await receiver.until(1);
  expect(JSON.parse(told?.body ?? '')).toMatchObject({ taskId, status: 'solved' });
});

it.concurrent('a receiver that hangs costs the tasks nothing, and few connections', async ({
  expect,
  onTestFinished,
}) => {
  const { receiver, start } = await openPlace(onTestFinished, SILENT, {
    callbacks: { answerWithinMs: 1_000 },
  });
  const gateway = await start();
  const solve = () => send(gateway.url, '/v1/solve', nativeTask(receiver.url));
  const answers = await Promise.all(Array.from({ length: 60 }, solve));
  expect(answers.map(({ status: code }) => code)).toEqual(Array(60).fill(200));
  expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(5_000);
  await receiver.until(8);
  expect(receiver.connections).toBeLessThanOrEqual(8);
  const { code } = await gateway.stop();
  expect(code).toBe(0);
});

it.concurrent('no redirect is followed, and what was given up is shown and sent again', async ({
  expect,
  onTestFinished,
}) => {
  const other = await openReceiver(OK, '127.0.0.2');
  onTestFinished(other.close);
  let isMoved = true;
  const redirecting: Answering = (response) => {
    if (isMoved) response.writeHead(307, { location: `${other.url}/` });
    response.end();
  };
  const { receiver, start } = await openPlace(onTestFinished, redirecting, { callbacks: { maxTries: 1 } });
  const { url } = await start();
  const asked = nativeTask(`${receiver.url.replace('//', '//user:pass@')}/done?token=abc`);
  const { taskId } = jsonOf(await send(url, '/v1/tasks', asked));
  await receiver.until(1);
  const list = async () => {
    const answer = await send(url, '/admin/callbacks', { headers: ADMIN });
    return jsonOf(answer).callbacks as readonly object[];
  };
  await vi.waitFor(async () => expect(await list()).toHaveLength(1), LATE);
  expect(await list()).toMatchObject([
    { taskId, clientId: 'qa', url: `${receiver.url}/done`, status: 'solved', tries: 1, fault: 'HTTP 307' },
  ]);
  expect((await send(url, '/admin/callbacks')).status).toBe(401);
  const retry = (id: unknown) =>
    send(url, `/admin/callbacks/${id}/retry`, { method: 'POST', headers: ADMIN });
  expect((await retry(999)).status).toBe(404);
  isMoved = false;
  expect(jsonOf(await retry(taskId))).toEqual({ taskId, retried: true });
  const received = await receiver.until(2);
  expect(received[1]?.headers['webhook-id']).toBe(received[0]?.headers['webhook-id']);
  expect(await list()).toEqual([]);
  expect((await retry(taskId)).status).toBe(404);
  expect(other.received).toEqual([]);
});

it.concurrent('nothing is sent to a private address', async ({ expect, onTestFinished }) => {
  const forbidden = await openReceiver();
  onTestFinished(forbidden.close);
  const { receiver, start } = await openPlace(onTestFinished, OK, { callbacks: { maxTries: 1 } });
  const gateway = await start();
  const refused = await send(gateway.url, '/v1/tasks', nativeTask(forbidden.url));
  expect([refused.status, jsonOf(refused).code]).toEqual([400, 'bad_request']);
  const port = new URL(forbidden.url).port;
  await send(gateway.url, '/v1/tasks', nativeTask(`http://localhost:${port}/`));
  const given = () => gateway.lines().filter(({ event }) => event === 'callback');
  await vi.waitFor(() => expect(given()).toHaveLength(1), LATE);
  expect(given()).toMatchObject([{ outcome: 'given_up', fault: 'the address is private or special' }]);
  const old = { key: CLIENT_KEY, method: 'userrecaptcha', googlekey: SITE_KEY, pageurl: PAGE_URL };
  const body = new URLSearchParams({ ...old, pingback: forbidden.url }).toString();
  const taken = await send(gateway.url, '/in.php', { body });
  expect(taken.text).toMatch(/^OK\|\d+$/);
  expect(taken.headers['x-gateway-ignored']).toBe('pingback');
  await send(gateway.url, '/v1/solve', nativeTask(receiver.url));
  await receiver.until(1);
  expect(forbidden.received).toEqual([]);
});
