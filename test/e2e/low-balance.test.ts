/** An account runs dry: the operator sees how long it lasts, and hears of it once, also across a restart. */
import { createHmac } from 'node:crypto';
import { expect, it, type TestContext, vi } from 'vitest';
import { openSandbox } from '../../src/app.js';
import { openEventStream } from '../support/event-stream.js';
import { ADMIN_KEY, configFor, writeConfig } from '../support/gateway-in-process.js';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.js';
import { jsonOf, send } from '../support/http.js';
import { OK, openReceiver, type Received } from '../support/receiver.js';
import { AUTHORIZED, PAGE_URL, SITE_KEY } from './doors.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ADMIN = { 'x-api-key': ADMIN_KEY };
const TASK = { kind: 'recaptcha_v2', siteKey: SITE_KEY, pageUrl: PAGE_URL };
const LATE = { timeout: 10_000, interval: 10 };
const TASK_USD = 0.01;

/** `first` has money for fifty tasks, `second` for all; the webhook goes to a private address. */
async function openPlace({ onTestFinished }: TestContext, { balanceUsd = 50 * TASK_USD } = {}) {
  const receiver = await openReceiver(OK);
  onTestFinished(receiver.close);
  const script = {
    solve: { default: { fixedMs: 1 } },
    pricesUsdPer1000: { recaptcha_v2: TASK_USD * 1_000 },
    rules: { balanceEveryMs: 20 },
  };
  const first = await openSandbox({ script: { ...script, balanceUsd } });
  onTestFinished(() => first.close());
  const second = await openSandbox({ script });
  onTestFinished(() => second.close());
  const entry = { timing: { firstPollMs: 1, pollEveryMs: 1, maxPolls: 500 } };
  const sections = {
    admin: { key: ADMIN_KEY },
    breaker: { balanceCheckMs: 20, cooldownMs: 50, maxCooldownMs: 100, rampMs: 0 },
    polling: { balanceEveryMs: 50 },
    callbacks: { secret: SECRET },
    alerts: {
      balanceBelowUsd: 0.25,
      webhook: { url: `${receiver.url}/alerts`, events: ['balance-low', 'breaker-opened'] },
    },
  };
  const accounts = [
    { url: first.url, entry },
    { url: second.url, entry: { ...entry, alerts: { emptyWithinHours: 0 } } },
  ];
  const folder = writeConfig(configFor(accounts, sections));
  onTestFinished(folder.remove);
  const start = async (): Promise<GatewayProcess> => {
    const gateway = await startGatewayProcess(folder.configPath);
    onTestFinished(async () => {
      if (!gateway.hasEnded()) await gateway.kill();
    });
    return gateway;
  };
  return { receiver, first, second, start };
}

const solve = async ({ url }: GatewayProcess) =>
  jsonOf(await send(url, '/v1/solve', { json: TASK, headers: AUTHORIZED }));

interface Provider {
  readonly id: string;
  readonly balanceUsd: number | null;
  readonly hoursToEmpty: number | null;
}

async function firstOf({ url }: GatewayProcess): Promise<Provider | undefined> {
  const { providers } = jsonOf(await send(url, '/status', { headers: ADMIN }));
  return (providers as readonly Provider[]).find(({ id }) => id === 'first');
}

const toldOf = (received: readonly Received[]) => received.map(({ body }) => JSON.parse(body));

/** Thresholds in the order in which the server was told of them. */
const thresholdsOf = (received: readonly Received[]) =>
  toldOf(received).flatMap(({ threshold }) => threshold ?? []);

function expectSigned({ headers, body, method, path }: Received): void {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const key = Buffer.from(SECRET.slice(6), 'base64');
  const signature = createHmac('sha256', key).update(signed).digest('base64');
  expect([method, path, headers['webhook-signature']]).toEqual(['POST', '/alerts', `v1,${signature}`]);
}

it('while it runs dry, hours to empty fall and every threshold is told', async (context) => {
  const { receiver, first, start } = await openPlace(context);
  const gateway = await start();
  const stream = await openEventStream(`${gateway.url}/v1/events`, ADMIN);
  context.onTestFinished(stream.close);
  await vi.waitFor(() => expect(first.stats().calls.balance).toBeGreaterThan(0), LATE);
  const seen: Provider[] = [];
  while ((await solve(gateway)).provider === 'first') {
    const now = await firstOf(gateway);
    if (now?.hoursToEmpty) seen.push(now);
  }
  expect(first.stats().spentUsd).toBeCloseTo(0.5);
  const [early, last] = [seen.find(({ hoursToEmpty }) => hoursToEmpty !== null), seen.at(-1)];
  expect(early?.balanceUsd).toBeGreaterThan(0.25);
  expect(last?.balanceUsd).toBeLessThan(0.15);
  expect(last?.hoursToEmpty).toBeLessThan(early?.hoursToEmpty ?? 0);

  const empty = await stream.until(({ data }) => data.threshold === 'empty');
  expect(empty).toMatchObject({
    event: 'balance-low',
    data: { provider: 'first', balanceUsd: 0, amount: 0, currency: 'USD', hoursToEmpty: 0, limit: 0 },
  });
  expect(await firstOf(gateway)).toMatchObject({ balanceUsd: 0, hoursToEmpty: 0 });
  const all = ['emptyWithinHours', 'balanceBelowUsd', 'empty'];
  await vi.waitFor(() => expect(thresholdsOf(receiver.received)).toEqual(all), LATE);
  for (const each of receiver.received) expectSigned(each);
  const lows = stream.told.filter(({ event }) => event === 'balance-low');
  expect(toldOf(receiver.received).filter(({ event }) => event === 'balance-low')).toEqual(
    lows.map(({ event, data }) => ({ event, ...data })),
  );
  expect(toldOf(receiver.received)).toContainEqual(
    expect.objectContaining({ event: 'breaker-opened', scope: 'money', kind: null, provider: 'first' }),
  );
  expect(gateway.lines().filter(({ event }) => event === 'balance-low')).toMatchObject(
    all.map((threshold) => ({ level: 40, provider: 'first', threshold })),
  );
  expect(first.stats().violations).toEqual({});
  const metrics = await send(gateway.url, '/metrics', { headers: ADMIN });
  expect(metrics.text).toContain('captcha_gateway_provider_seconds_to_empty{provider="first"} 0\n');
  expect(metrics.text).toContain(
    'captcha_gateway_webhooks_total{event="balance-low",outcome="delivered"} 3\n',
  );
});

it('is told once, across a kill -9, and again when what was paid in has gone', async (context) => {
  const { receiver, first, start } = await openPlace(context, { balanceUsd: TASK_USD });
  const before = await start();
  while ((await solve(before)).provider === 'first');
  await vi.waitFor(() => expect(thresholdsOf(receiver.received).at(-1)).toBe('empty'), LATE);
  const told = thresholdsOf(receiver.received);
  // Facts go to the disk a few times a second. A refusal just after a reading may be taken for want of a thread:
  // the next one is not, and from then on the account is asked for its money again and again.
  await vi.waitFor(async () => {
    await solve(before);
    expect(first.stats().calls.balance).toBeGreaterThan(8);
  }, LATE);
  await before.kill();
  const calls = first.stats().calls.balance;
  const after = await start();
  expect(await firstOf(after)).toMatchObject({ balanceUsd: 0, hoursToEmpty: 0 });
  await vi.waitFor(() => expect(first.stats().calls.balance).toBeGreaterThan(calls), LATE);
  expect(thresholdsOf(receiver.received)).toEqual(told);

  first.set({ balanceUsd: 5 });
  await vi.waitFor(async () => expect(await firstOf(after)).toMatchObject({ balanceUsd: 5 }), LATE);
  first.set({ balanceUsd: 0 });
  await vi.waitFor(async () => {
    await solve(after);
    expect(thresholdsOf(receiver.received)).toEqual([...told, 'empty']);
  }, LATE);
});
