/** The process as its operator meets it: exit codes, stdout and what must never be on it, signals. */
import { createConnection, type Socket } from 'node:net';
import { describe, expect, it, type TestContext } from 'vitest';
import { openSandbox } from '../../src/app.js';
import type { Script } from '../../src/sandbox/sandbox.js';
import { ADMIN_KEY, CLIENT_KEY, configFor, writeConfig } from '../support/gateway-in-process.js';
import { runCommand, startGatewayProcess } from '../support/gateway-process.js';
import { jsonOf, send } from '../support/http.js';
import { AUTHORIZED, classicDoor, classicSubmit, jsonDoor, PAGE_URL } from './doors.js';

type OnTestFinished = TestContext['onTestFinished'];

/** Two providers and a gateway process in front of them. */
async function open(onTestFinished: OnTestFinished, script: Script, sections: object = {}) {
  const first = await openSandbox({ script });
  onTestFinished(() => first.close());
  const second = await openSandbox({ script: { solve: { default: { fixedMs: 10 } } } });
  onTestFinished(() => second.close());
  const folder = writeConfig(configFor([{ url: first.url }, { url: second.url }], sections));
  onTestFinished(folder.remove);
  const gateway = await startGatewayProcess(folder.configPath);
  onTestFinished(async () => {
    if (!gateway.hasEnded()) await gateway.kill();
  });
  return { gateway, url: gateway.url, first, second };
}

const KEYS = [
  'client',
  'code',
  'costUsd',
  'kind',
  'polls',
  'provider',
  'queueMs',
  'solveMs',
  'targetHost',
  'taskId',
  'upstreamCode',
  'upstreamId',
];
const OF_AN_ATTEMPT = ['attempt', 'isAmbiguous', 'isLate', 'mayBeCharged', 'why'];
const OF_A_TASK = ['attempts', 'door', 'tookMs'];

describe('the log', () => {
  it.concurrent('is JSON lines with the documented keys, and holds no secret', async ({
    expect,
    onTestFinished,
  }) => {
    const script: Script = { submitSequence: [{ code: 'ERROR_NO_SLOT_AVAILABLE' }] };
    const sections = { admin: { key: ADMIN_KEY }, log: { level: 'trace' } };
    const { gateway, url } = await open(onTestFinished, script, sections);
    const secrets = [
      CLIENT_KEY,
      ADMIN_KEY,
      'upstream-key-1',
      'upstream-key-2',
      'p4ssw0rd',
      'c00kie',
      IMAGE,
      '03AFcWeA',
    ];
    for (const door of [classicDoor, jsonDoor]) expect(await door.solve(url)).toHaveProperty('token');
    await submitWithSecrets(url);
    await send(url, `/res.php?key=${CLIENT_KEY}x&action=get&id=1`);
    await send(url, '/status', { headers: { 'x-api-key': ADMIN_KEY } });
    const { code, stdout, stderr } = await gateway.stop();
    expect([code, stderr]).toEqual([0, '']);

    const lines = gateway.lines();
    const attempts = lines.filter(({ event }) => event === 'attempt');
    const tasks = lines.filter(({ event }) => event === 'task');
    expect([attempts.length, tasks.length]).toEqual([5, 4]);
    for (const { event, level, time, ...facts } of [...attempts, ...tasks]) {
      const own = event === 'attempt' ? OF_AN_ATTEMPT : OF_A_TASK;
      expect(Object.keys(facts).sort()).toEqual([...KEYS, ...own].sort());
      expect([event, level, typeof time]).toEqual([event, 30, 'string']);
    }
    expect(attempts[0]).toMatchObject({
      provider: 'first',
      code: 'no_slot',
      upstreamCode: 'ERROR_NO_SLOT_AVAILABLE',
    });
    expect(tasks[0]).toMatchObject({
      client: 'qa',
      provider: 'second',
      code: 'solved',
      targetHost: 'shop.example.com',
    });
    expect(lines.at(0)).toMatchObject({ event: 'listening', url, port: Number(new URL(url).port) });
    expect(lines.at(-1)).toMatchObject({ event: 'stopped' });
    expect(secrets.filter((secret) => stdout.includes(secret))).toEqual([]);
  });

  it.concurrent('does not repeat a key that a provider echoes', async ({ expect, onTestFinished }) => {
    const script: Script = { submit: { code: 'ERROR: the key upstream-key-1 is unknown here' } };
    const { gateway, url } = await open(onTestFinished, script);
    const told = await classicDoor.solve(url);
    expect(told).toHaveProperty('token');
    const story =
      'taskId' in told ? await send(url, `/v1/tasks/${told.taskId}`, { headers: AUTHORIZED }) : undefined;
    const { stdout } = await gateway.stop();
    expect(stdout).toContain('"event":"attempt"');
    expect(stdout).not.toContain('upstream-key-1');
    expect(story?.text).not.toContain('upstream-key-1');
  });
});

const IMAGE = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

/** A proxy, cookies and an image: none of it is anybody's business. */
async function submitWithSecrets(url: string): Promise<void> {
  const proxy = 'http://user:p4ssw0rd@198.51.100.7:8080';
  const bodies = [
    { kind: 'recaptcha_v2', siteKey: 'k', pageUrl: PAGE_URL, proxy, cookies: 'session=c00kie' },
    { kind: 'image_to_text', imageBase64: IMAGE, meta: { password: 'p4ssw0rd' } },
  ];
  for (const json of bodies)
    expect((await send(url, '/v1/solve', { json, headers: AUTHORIZED })).status).toBe(200);
  const wrong = { kind: 'recaptcha_v2', siteKey: 'k', pageUrl: 7, proxy: 'p4ssw0rd', imageBase64: IMAGE };
  expect((await send(url, '/v1/solve', { json: wrong, headers: AUTHORIZED })).status).toBe(400);
}

describe('a signal', () => {
  it.concurrent.for(['SIGTERM', 'SIGINT'] as const)(
    '%s releases held polls and waiting solves, then ends it with 0 within 5 s',
    async (signal, { expect, onTestFinished }) => {
      const sections = { polling: { holdMs: 30_000 } };
      const { gateway, url, first } = await open(
        onTestFinished,
        { solve: { default: { fixedMs: 60_000 } } },
        sections,
      );
      const taskId = (await classicSubmit(url)).slice(3);
      const json = { kind: 'turnstile', siteKey: 'k', pageUrl: PAGE_URL };
      const poll = send(url, `/res.php?key=${CLIENT_KEY}&action=get&id=${taskId}`);
      const solve = send(url, '/v1/solve', { json, headers: AUTHORIZED });
      const idle = await connect(url, onTestFinished);
      const half = await connect(url, onTestFinished);
      half.write('POST /in.php HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nkey=');
      first.set({ poll: 'hang' });
      await expect.poll(() => first.stats().accepted).toBe(2);

      const startedAt = performance.now();
      const ended = await gateway.stop(signal);
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      expect([ended.code, ended.signal, ended.stderr]).toEqual([0, null, '']);
      expect((await poll).text).toBe('CAPCHA_NOT_READY');
      const released = await solve;
      expect([released.status, jsonOf(released).status]).toEqual([202, 'solving']);
      expect(idle.destroyed || idle.readableEnded).toBe(true);
    },
  );
});

/** An open connection that sends nothing of its own. */
async function connect(url: string, onTestFinished: OnTestFinished): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = createConnection(Number(port), hostname).on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.resume();
  return socket;
}

describe('a config with faults', () => {
  const FAULTY = {
    server: { port: 70_000 },
    clients: [{ id: 'qa' }],
    providers: [{ id: 'one', use: '2captch', apiKey: 'k3y-n0t-t0-be-t0ld', colour: 'red' }],
    routing: { maxAttempts: 0 },
  };

  it.concurrent('ends serve with 2, all faults on stderr, nothing on stdout', async ({
    expect,
    onTestFinished,
  }) => {
    const folder = writeConfig(FAULTY);
    onTestFinished(folder.remove);
    const { code, stdout, stderr } = await runCommand(['serve', '--config', folder.configPath]);
    expect([code, stdout]).toEqual([2, '']);
    for (const place of [
      'server.port',
      'clients[0].key',
      'providers[0].use',
      'colour',
      'routing.maxAttempts',
    ]) {
      expect(stderr).toContain(place);
    }
    expect(stderr).toContain('2captcha');
    expect(stderr).not.toContain('k3y-n0t-t0-be-t0ld');
  });

  it.concurrent('a file that is not there, or is no JSON, ends with 2', async ({
    expect,
    onTestFinished,
  }) => {
    const folder = writeConfig('{ "clients": [ }');
    onTestFinished(folder.remove);
    const broken = await runCommand(['serve', '--config', folder.configPath]);
    expect([broken.code, broken.stdout]).toEqual([2, '']);
    expect(broken.stderr).toMatch(/line 1, column \d+/);
    const missing = await runCommand(['serve', '--config', `${folder.path}/nothing.json`]);
    expect([missing.code, missing.stdout]).toEqual([2, '']);
    expect(missing.stderr).toContain('nothing.json');
  });

  it.concurrent('a port that is taken ends with 1 and says so', async ({ expect, onTestFinished }) => {
    const taken = await openSandbox();
    onTestFinished(() => taken.close());
    const folder = writeConfig(configFor([{ url: taken.url }], { server: { port: taken.port } }));
    onTestFinished(folder.remove);
    const { code, stderr } = await runCommand(['serve', '--config', folder.configPath]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/EADDRINUSE|in use/);
  });
});
