/** `POST /admin/reload`: what the operator is told, and what clients notice of it. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openEventStream } from '../support/event-stream.js';
import { ADMIN_KEY, CLIENT_KEY, configFor } from '../support/gateway-in-process.js';
import { jsonOf, send } from '../support/http.js';
import { openReceiver } from '../support/receiver.js';
import { AUTHORIZED, classicDoor, classicSubmit, jsonDoor, nativeDoor, PAGE_URL, SITE_KEY } from './doors.js';
import { OPERATOR, openReloadable, openWell } from './reload-scene.js';

const SOON = { timeout: 10_000, interval: 5 };
const admin = { key: ADMIN_KEY };
const OTHER_KEY = 'c11e27000000000000000000000000ff';
const SECRETS = [ADMIN_KEY, CLIENT_KEY, OTHER_KEY, 'upstream-key-1', 'upstream-key-2'];

describe('a reload by the operator', () => {
  it('takes the new config, says what is new, and tells whoever listens', async () => {
    const [first, second] = [await openWell(), await openWell()];
    const gateway = await openReloadable(configFor([{ url: first.url }], { admin }));
    const operator = await openEventStream(`${gateway.url}/v1/events`, OPERATOR);
    const client = await openEventStream(`${gateway.url}/v1/events`, { 'x-api-key': CLIENT_KEY });
    gateway.write(
      configFor(
        [
          { url: second.url, id: 'other' },
          { url: first.url, entry: { weight: 3 } },
        ].slice(0, 1),
        {
          admin,
          server: { port: 1 },
        },
      ),
    );
    const answer = await gateway.reload();
    const changed = ['server.port', 'providers[0]'];
    const told = { by: 'operator', changed, needsRestart: ['server.port'], tookMs: expect.any(Number) };
    expect([answer.status, jsonOf(answer)]).toEqual([200, { outcome: 'reloaded', ...told }]);
    const { data } = await operator.until(({ event }) => event === 'config-reloaded');
    expect(data).toMatchObject(told);
    expect(gateway.lines('config-reloaded')).toMatchObject([told]);
    expect(await nativeDoor.solve(gateway.url)).toHaveProperty('token');
    expect([first.stats().calls.submit, second.stats().calls.submit]).toEqual([0, 1]);
    await client.until(({ event }) => event === 'task-solved');
    expect(client.told.map(({ event }) => event)).not.toContain('config-reloaded');
    expect(await gateway.status()).toMatchObject({ providers: [{ id: 'other' }] });
    expect(await gateway.metric('captcha_gateway_config_reloads_total{outcome="reloaded"}')).toBe('1');
    for (const stream of [operator, client]) stream.close();
  });

  it('that brings nothing new says so', async () => {
    const gateway = await openReloadable(configFor([{ url: (await openWell()).url }], { admin }));
    expect(jsonOf(await gateway.reload())).toMatchObject({ outcome: 'unchanged', changed: [] });
    expect(await gateway.metric('captcha_gateway_config_reloads_total{outcome="unchanged"}')).toBe('1');
  });

  it('is the operator’s alone', async () => {
    const gateway = await openReloadable(configFor([{ url: (await openWell()).url }], { admin }));
    gateway.write('{');
    const answer = await send(gateway.url, '/admin/reload', {
      method: 'POST',
      headers: { 'x-api-key': CLIENT_KEY },
    });
    expect(answer.status).toBe(401);
    expect(gateway.lines('config-refused')).toEqual([]);
  });

  it.each([
    ['no JSON', '{ "clients": [', [{ path: '', message: expect.stringMatching(/^line 1, column \d+/) }]],
    [
      'faults',
      { ...configFor([], { admin }), clients: [{ id: 'qa', key: 'with blanks' }], log: { level: 'inof' } },
      [
        { path: 'clients[0].key', message: expect.any(String) },
        { path: 'providers', message: 'must have at least one entry' },
        { path: 'log.level', message: 'is not a known value', hint: 'did you mean "info"?' },
      ],
    ],
    [
      'a secret where a number belongs',
      configFor([{ url: 'http://127.0.0.1:9' }], { admin, breaker: { failures: 'upstream-key-1' } }),
      [{ path: 'breaker.failures', message: 'must be a number' }],
    ],
  ])('of a file with %s changes nothing and names every fault', async (_name, file, issues) => {
    const sandbox = await openWell();
    const gateway = await openReloadable(configFor([{ url: sandbox.url }], { admin }));
    gateway.write(file);
    const answer = await gateway.reload();
    expect([answer.status, answer.headers['content-type']]).toEqual([422, 'application/problem+json']);
    const problem = jsonOf(answer);
    expect(problem).toMatchObject({
      status: 422,
      code: 'bad_config',
      issues: expect.arrayContaining(issues),
    });
    expect(gateway.lines('config-refused')).toMatchObject([{ by: 'operator', level: 50 }]);
    expect(await gateway.metric('captcha_gateway_config_last_reload_successful')).toBe('0');
    expect(await gateway.metric('captcha_gateway_config_reloads_total{outcome="refused"}')).toBe('1');
    expect(await nativeDoor.solve(gateway.url)).toHaveProperty('token');
    for (const secret of SECRETS) expect(answer.text + gateway.text()).not.toContain(secret);
    gateway.write(configFor([{ url: sandbox.url }], { admin }));
    await gateway.reload();
    expect(await gateway.metric('captcha_gateway_config_last_reload_successful')).toBe('1');
  });
});

describe('after a reload', () => {
  it('keys of clients and of the operator, sizes and the level of the log are the new ones', async () => {
    const accounts = [{ url: (await openWell()).url }];
    const gateway = await openReloadable(configFor(accounts, { admin }));
    gateway.write(
      configFor(accounts, {
        admin: { key: OTHER_KEY },
        clients: [{ id: 'qa', key: 'another-client-key' }],
        server: { port: 0, maxBodyBytes: 300 },
        log: { level: 'warn' },
      }),
    );
    expect((await gateway.reload()).status).toBe(200);
    expect((await gateway.reload()).status).toBe(401);
    expect(await classicSubmit(gateway.url)).toBe('ERROR_KEY_DOES_NOT_EXIST');
    const big = {
      headers: { 'x-api-key': 'another-client-key' },
      json: { kind: 'image_to_text', image: 'A'.repeat(400) },
    };
    expect((await send(gateway.url, '/v1/tasks', big)).text).toContain('longer than 300 bytes');
    const before = gateway.text();
    const headers = { 'x-api-key': 'another-client-key' };
    const task = { kind: 'recaptcha_v2', siteKey: SITE_KEY, pageUrl: PAGE_URL };
    const solved = await send(gateway.url, '/v1/solve', { headers, json: task });
    expect(solved.status).toBe(200);
    expect(gateway.text()).toBe(before);
  });

  it('a key that opens nothing any more hears nothing more; the others go on', async () => {
    const accounts = [{ url: (await openWell()).url }];
    const clients = [
      { id: 'qa', key: CLIENT_KEY },
      { id: 'gone', key: 'a-key-that-leaked' },
    ];
    const gateway = await openReloadable(configFor(accounts, { admin, clients }));
    const listen = (key: string) => openEventStream(`${gateway.url}/v1/events`, { 'x-api-key': key });
    const [operator, gone, qa] = await Promise.all([ADMIN_KEY, 'a-key-that-leaked', CLIENT_KEY].map(listen));
    gateway.write(configFor(accounts, { admin: { key: OTHER_KEY }, clients: clients.slice(0, 1) }));
    await gateway.reload();
    await Promise.all([operator?.ended, gone?.ended]);
    await nativeDoor.solve(gateway.url);
    await qa?.until(({ event }) => event === 'task-solved');
    qa?.close();
  });

  it('a held poll, a stream and a submit that were open go on', async () => {
    const slow = await openWell({
      script: { submit: { delayMs: 150 }, solve: { default: { fixedMs: 250 } } },
    });
    const accounts = [{ url: slow.url }];
    const gateway = await openReloadable(configFor(accounts, { admin }));
    const stream = await openEventStream(`${gateway.url}/v1/events`, OPERATOR);
    const solving = [classicDoor, jsonDoor, nativeDoor].map((door) => door.solve(gateway.url));
    await vi.waitFor(() => expect(slow.stats().calls.submit).toBe(3), SOON);
    const other = await openWell();
    gateway.write(configFor([{ url: other.url, id: 'second' }], { admin }));
    await gateway.reload();
    for (const told of await Promise.all(solving)) expect(told).toHaveProperty('token');
    expect(slow.stats().calls.submit).toBe(3);
    expect(other.stats().calls.submit).toBe(0);
    await vi.waitFor(
      () => expect(stream.told.filter(({ event }) => event === 'task-solved')).toHaveLength(3),
      SOON,
    );
    stream.close();
  });

  it('an account that was taken out is shown as long as it has tasks in hand', async () => {
    const never = await openWell({ script: { solve: { default: { fixedMs: 60_000 } } } });
    const gateway = await openReloadable(configFor([{ url: never.url }], { admin }));
    const id = (await classicSubmit(gateway.url)).slice(3);
    gateway.write(configFor([{ url: never.url, id: 'other' }], { admin }));
    await gateway.reload();
    const leaving = async () =>
      jsonOf(await send(gateway.url, '/admin/reload', { headers: OPERATOR })).leaving;
    expect(await leaving()).toEqual([{ id: 'first', use: 'classic', inFlight: 1 }]);
    const headers = { authorization: `Bearer ${CLIENT_KEY}` };
    await send(gateway.url, `/v1/tasks/${id}`, { method: 'DELETE', headers });
    await vi.waitFor(async () => expect(await leaving()).toEqual([]), SOON);
  });

  it('callbacks to clients go where they may go now, signed as is said now', async () => {
    const receiver = await openReceiver();
    onTestFinished(receiver.close);
    const accounts = [{ url: (await openWell()).url }];
    const gateway = await openReloadable(configFor(accounts, { admin }));
    const task = { kind: 'recaptcha_v2', siteKey: SITE_KEY, pageUrl: PAGE_URL, callbackUrl: receiver.url };
    const submit = () => send(gateway.url, '/v1/tasks', { headers: AUTHORIZED, json: task });
    expect((await submit()).status).toBe(400);
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    gateway.write(configFor(accounts, { admin, callbacks: { allowPrivate: ['127.0.0.1'], secret } }));
    expect(jsonOf(await gateway.reload())).toMatchObject({
      changed: ['callbacks.allowPrivate', 'callbacks.secret'],
    });
    expect((await submit()).status).toBe(202);
    const [call] = await receiver.until(1);
    expect(call?.headers['webhook-signature']).toMatch(/^v1,/);
    expect(gateway.text()).not.toContain(secret);
  });

  it('providers call where publicUrl says now', async () => {
    const sandbox = await openWell({ script: { callbacks: [0] } });
    const slow = { firstPollMs: 20, pollEveryMs: 20_000, floorMs: 20_000, giveUpMs: 60_000 };
    const entry = { timing: slow };
    const gateway = await openReloadable(configFor([{ url: sandbox.url, entry }], { admin }));
    expect((await send(gateway.url, '/callbacks/1.0.x')).status).toBe(404);
    gateway.write(
      configFor([{ url: sandbox.url, entry: { ...entry, callbacks: true } }], {
        admin,
        server: { port: 0, publicUrl: gateway.url },
      }),
    );
    expect(jsonOf(await gateway.reload())).toMatchObject({
      changed: ['server.publicUrl', 'providers[0].callbacks'],
      needsRestart: [],
    });
    expect(await nativeDoor.solve(gateway.url)).toHaveProperty('token');
    expect(sandbox.tasks()[0]?.callbackUrl).toContain(`${gateway.url}/callbacks/`);
    const calls = () => gateway.metric('captcha_gateway_provider_calls_total');
    await vi.waitFor(async () => expect(await calls()).toBe('1'), SOON);
    gateway.write(configFor([{ url: sandbox.url, entry }], { admin }));
    await gateway.reload();
    await nativeDoor.solve(gateway.url);
    expect(sandbox.tasks()[1]?.callbackUrl).toBeUndefined();
  });
});

it('thirty reloads under load lose no task and buy none twice', async () => {
  const services = await Promise.all(
    [0, 1, 2].map(() => openWell({ script: { solve: { default: { fixedMs: 30 } } } })),
  );
  const account = (index: number, entry: object = {}) => {
    return { url: services[index]?.url ?? '', id: `account-${index}`, entry };
  };
  const configs = [
    configFor([account(0), account(1)], { admin }),
    configFor([account(1, { apiKey: 'another-key' }), account(2, { threads: 20 })], { admin }),
    configFor([account(2), account(0, { priority: 9 })], {
      admin,
      routing: { strategy: 'weighted', maxUsdPerTask: 1 },
    }),
  ];
  const gateway = await openReloadable(configs[0] ?? {});
  let isOver = false;
  const told: unknown[] = [];
  const client = async (door: typeof nativeDoor) => {
    while (!isOver) told.push(await door.solve(gateway.url));
  };
  const clients = [classicDoor, jsonDoor, nativeDoor].flatMap((door) => [
    client(door),
    client(door),
    client(door),
  ]);
  for (let made = 1; made <= 30; made += 1) {
    gateway.write(configs[made % configs.length] ?? {});
    const answer = await gateway.reload();
    expect(jsonOf(answer)).toMatchObject({ outcome: 'reloaded' });
    const solved = told.length;
    await vi.waitFor(() => expect(told.length).toBeGreaterThan(solved + 3), SOON);
  }
  isOver = true;
  await Promise.all(clients);
  expect(told.filter((each) => !Object.hasOwn(Object(each), 'token'))).toEqual([]);
  const bought = services.flatMap((service) => service.tasks()).length;
  expect(bought).toBe(told.length);
  expect(services.flatMap((service) => service.violations())).toEqual([]);
});
