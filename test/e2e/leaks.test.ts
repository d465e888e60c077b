/** Every feature and every error, full of planted secrets: none comes out at the operator's side. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openSandbox } from '../../src/app.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { type EventStream, openEventStream } from '../support/event-stream.js';
import {
  ADMIN_KEY,
  CLIENT_KEY,
  type ConfigFolder,
  configFor,
  writeConfig,
} from '../support/gateway-in-process.js';
import {
  type Ended,
  type GatewayProcess,
  runCommand,
  startGatewayProcess,
} from '../support/gateway-process.js';
import { jsonOf, send } from '../support/http.js';
import { leaksIn, SEEDS } from '../support/leaks.js';
import { openReceiver, type Receiver, status } from '../support/receiver.js';
import { AUTHORIZED, PAGE_URL } from './doors.js';

const ADMIN = { 'x-api-key': ADMIN_KEY };
const LATE = { timeout: 10_000, interval: 20 };
const PROXY = `http://${SEEDS.proxyUser}:${encodeURIComponent(SEEDS.proxyPassword)}@198.51.100.7:8080`;
const TOKEN = '03AFcWeA-sandbox-70000000009-mVhXo1bRzq8KfLw3_TcYdAe5GnUjH7sPi2QkBx0';

/** A service that repeats whatever it was sent, in every place where a provider says something. */
let parrot: Server;
let well: Sandbox;
let receiver: Receiver;
let folder: ConfigFolder;
let gateway: GatewayProcess;
let stream: EventStream;
/** Whatever the operator got to see. */
const seen: string[] = [];
let submits = 0;

/** In turn: the body as a code, as prose, as a page, in an id; then nothing at all. */
const REPEATS: readonly ((said: string) => readonly [status: number, body: string])[] = [
  (said) => [200, `ERROR_WITH_${said}`],
  (said) => [200, JSON.stringify({ status: 0, request: `refused: ${said}` })],
  (said) => [502, `<html>${said}</html>`],
  (said) => [200, JSON.stringify({ status: 1, request: said })],
  () => [200, `OK|${TOKEN}`],
  (said) => [200, JSON.stringify({ errorId: 1, errorCode: said, errorDescription: said })],
];

async function openParrot(): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const said = `${decodeURIComponent((request.url ?? '').replaceAll('+', ' '))} ${spoken(chunks)} ${TOKEN}`;
      if (request.url?.startsWith('/res.php')) {
        response.end(`ERROR_AT_POLL ${said}`);
        return;
      }
      const repeat = REPEATS[submits % REPEATS.length];
      submits += 1;
      const [code, body] = repeat?.(said) ?? [200, ''];
      response.writeHead(code).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function spoken(chunks: readonly Buffer[]): string {
  const text = Buffer.concat(chunks).toString('utf8').replaceAll('+', ' ');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

beforeAll(async () => {
  parrot = await openParrot();
  well = await openSandbox({ script: { solve: { default: { fixedMs: 10 } } } });
  receiver = await openReceiver(status(500), '127.0.0.2');
  const url = `http://127.0.0.1:${(parrot.address() as AddressInfo).port}`;
  const sections = {
    admin: { key: ADMIN_KEY },
    callbacks: { allowPrivate: ['127.0.0.2/32'], secret: SEEDS.callbackSecret, maxTries: 1 },
    breaker: { failures: 1_000, cooldownMs: 1, maxCooldownMs: 1, balanceCheckMs: 60_000 },
    log: { level: 'debug' },
  };
  folder = writeConfig(configFor([{ url }, { url: well.url }], sections));
  gateway = await startGatewayProcess(folder.configPath);
  stream = await openEventStream(`${gateway.url}/v1/events`, ADMIN);
});
afterAll(async () => {
  stream.close();
  if (!gateway.hasEnded()) await gateway.kill();
  await Promise.all([well.close(), receiver.close(), new Promise((resolve) => parrot.close(resolve))]);
  folder.remove();
});

const TASK = {
  kind: 'recaptcha_v2',
  siteKey: 'sk',
  pageUrl: `${PAGE_URL}?session=${SEEDS.addressToken}`,
  proxy: PROXY,
  cookies: { session: SEEDS.cookie },
  meta: { run: SEEDS.meta },
};

const HOOK = () =>
  `${receiver.url.replace('//', '//me:secret@')}/0f4e9d3c2b1a49788796a5b4c3d2e1f0?key=${SEEDS.addressToken}`;

async function solve(json: object): Promise<Readonly<Record<string, unknown>>> {
  return jsonOf(await send(gateway.url, '/v1/solve', { json, headers: AUTHORIZED }));
}

async function see(path: string, sent: Parameters<typeof send>[2] = { headers: ADMIN }): Promise<void> {
  seen.push(`${path}\n${(await send(gateway.url, path, sent)).text}`);
}

it('solves and fails in every way there is, with secrets in every place', async () => {
  for (const _ of REPEATS) expect(await solve({ ...TASK, callbackUrl: HOOK() })).toHaveProperty('taskId');
  const image = { kind: 'image_to_text', imageBase64: SEEDS.image, meta: SEEDS.meta };
  for (const _ of REPEATS) await solve(image);
  for (const _ of REPEATS) {
    await solve({ ...TASK, providers: ['first'], deadlineMs: 400 });
    const form = new URLSearchParams({
      key: CLIENT_KEY,
      method: 'userrecaptcha',
      googlekey: 'sk',
      pageurl: PAGE_URL,
    });
    form.set('proxy', `${SEEDS.proxyUser}:${SEEDS.proxyPassword}@198.51.100.7:8080`);
    form.set('pingback', HOOK());
    await send(gateway.url, '/in.php', { body: form.toString() });
  }
  expect(submits).toBeGreaterThan(REPEATS.length * 2);
}, 60_000);

it('refuses in every way there is', async () => {
  const bad = { json: { ...TASK, proxy: `${SEEDS.proxyUser}:${SEEDS.proxyPassword}`, kind: SEEDS.meta } };
  await send(gateway.url, '/v1/solve', { ...bad, headers: AUTHORIZED });
  await send(gateway.url, '/v1/solve', { body: `{"key":"${SEEDS.wrongKey}"`, headers: AUTHORIZED });
  await send(gateway.url, '/v1/balance', { headers: { 'x-api-key': SEEDS.wrongKey } });
  await send(gateway.url, `/res.php?key=${SEEDS.wrongKey}&action=getbalance`);
  await send(gateway.url, '/createTask', { json: { clientKey: SEEDS.wrongKey, task: {} } });
  await send(gateway.url, `/nowhere/${SEEDS.addressToken}?key=${CLIENT_KEY}`);
  await send(gateway.url, `/callbacks/${SEEDS.addressToken}`);
  await send(gateway.url, '/in.php?key=%E0%A4%A');
});

it('shows the operator none of them', async () => {
  const reason = `the key ${SEEDS.wrongKey} at https://me:${SEEDS.addressToken}@example.com/?k=${SEEDS.addressToken}`;
  await see('/admin/providers/second/hold', { headers: ADMIN, json: { reason } });
  await see('/admin/providers/second/admit', { headers: ADMIN, json: { reason } });
  const given = () => send(gateway.url, '/admin/callbacks', { headers: ADMIN });
  await vi.waitFor(async () => expect((await given()).text).toContain('"tries":1'), LATE);
  for (const path of [
    '/status',
    '/metrics',
    '/admin/providers/first',
    '/admin/providers/second',
    '/admin/callbacks',
  ])
    await see(path);
  const told = stream.told.find(({ event }) => event === 'task-failed');
  const explained = await runCommand([
    'explain',
    String(told?.data.taskId),
    '--url',
    gateway.url,
    '--key',
    ADMIN_KEY,
  ]);
  expect(explained.stdout).toContain('first was asked');
  seen.push(explained.stdout);
  for (const text of seen) expect(leaksIn(text)).toEqual([]);
  expect(seen.join('')).not.toContain('0f4e9d3c2b1a4978');
});

it('streams the operator none of them', () => {
  const names = new Set(stream.told.map(({ event }) => event));
  for (const name of [
    'task-accepted',
    'attempt-failed',
    'failover',
    'task-solved',
    'task-failed',
    'breaker-opened',
  ])
    expect(names).toContain(name);
  expect(leaksIn(stream.text())).toEqual([]);
});

it('logs none of them, though they were there to be logged', async () => {
  const { stdout, stderr } = await gateway.stop();
  expect(leaksIn(`${stdout}${stderr}`)).toEqual([]);
  const events = new Set(gateway.lines().map(({ event }) => event));
  for (const event of ['attempt', 'task', 'failover', 'callback', 'breaker-opened', 'breaker-closed'])
    expect(events).toContain(event);
  const words = gateway
    .lines()
    .flatMap(({ upstreamCode }) => (typeof upstreamCode === 'string' ? [upstreamCode] : []));
  expect(words.filter((word) => word.includes('***')).length).toBeGreaterThan(3);
});

/** Runs `serve` with a module in front that does this once the gateway serves. */
async function crash(statement: string): Promise<Ended> {
  const own = writeConfig(configFor([{ url: well.url }]));
  const script = `const t = setInterval(() => {
    if (process.listenerCount('uncaughtException') === 0) return;
    clearInterval(t);
    ${statement}
  }, 5)`;
  const options = `--import=data:text/javascript,${encodeURIComponent(script)}`;
  return await runCommand(['serve', '--config', own.configPath], { NODE_OPTIONS: options }).finally(
    own.remove,
  );
}

it.each([
  ['an exception', (message: string) => `throw new Error('${message}')`, 'uncaughtException'],
  ['a rejection', (message: string) => `Promise.reject(new TypeError('${message}'))`, 'unhandledRejection'],
])(
  'a crash by %s is one line without them, and the process ends with 1',
  async (_name, statement, origin) => {
    const message = `key ${CLIENT_KEY} at postgres://me:${SEEDS.addressToken}@db.example:5432/tasks for upstream-key-1`;
    const { code, stdout, stderr } = await crash(statement(message));
    expect([code, stderr]).toEqual([1, '']);
    const line = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(line).toMatchObject({ level: 50, event: 'crash', origin, msg: 'the process ends' });
    expect(line.detail).toContain('*** at postgres://db.example:5432/…');
    expect(leaksIn(stdout)).toEqual([]);
  },
);
