/** What the operator sees and may do: pages, keys, switches. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSandbox } from '../../src/app.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import {
  ADMIN_KEY,
  CLIENT_KEY,
  configFor,
  type GatewayInProcess,
  openGateway,
} from '../support/gateway-in-process.js';
import { jsonOf, send } from '../support/http.js';
import { nativeDoor, storyOf } from './doors.js';

const ADMIN = { authorization: `Bearer ${ADMIN_KEY}` };
const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

let empty: Sandbox;
let well: Sandbox;
let gateway: GatewayInProcess;

beforeAll(async () => {
  empty = await openSandbox({ script: { balanceUsd: 0 } });
  well = await openSandbox({ script: { balanceUsd: 5, solve: { default: { fixedMs: 10 } } } });
  const kinds = { kinds: ['recaptcha_v2'] };
  const accounts = [
    { url: empty.url, entry: { ...kinds, threads: 7 } },
    { url: well.url, entry: { ...kinds, priority: 20 } },
  ];
  gateway = await openGateway(configFor(accounts, { admin: { key: ADMIN_KEY } }));
});
afterAll(() => Promise.all([gateway.close(), empty.close(), well.close()]));

function ask(path: string, headers: Readonly<Record<string, string>> = ADMIN, json?: unknown) {
  return send(gateway.url, path, json === undefined ? { headers } : { headers, json });
}

interface ProviderState {
  readonly id: string;
  readonly state: string;
}

async function stateOf(id: string): Promise<ProviderState | undefined> {
  const { providers } = jsonOf(await ask('/status')) as { readonly providers: readonly ProviderState[] };
  return providers.find((provider) => provider.id === id);
}

describe('health', () => {
  it.each(['/healthz', '/readyz', '/healthz/'])('%s answers everybody', async (path) => {
    const { status, headers } = await ask(path, { 'x-forwarded-for': '203.0.113.9' });
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
  });
});

describe('the operator’s pages', () => {
  const PAGES = ['/status', '/metrics', '/admin/tasks/1', '/admin/providers/first'];

  it.each(PAGES)('%s opens with the admin key as Bearer or X-Api-Key', async (path) => {
    expect((await ask(path)).status).not.toBe(401);
    expect((await ask(path, { 'x-api-key': ADMIN_KEY })).status).not.toBe(401);
  });

  it.each([...PAGES, '/admin/providers/first/hold', '/admin/providers/first/admit'])(
    '%s is closed to everybody else, loopback too',
    async (path) => {
      const json = /hold|admit/.test(path) ? {} : undefined;
      const strangers: Readonly<Record<string, string>>[] = [
        {},
        { 'x-api-key': CLIENT_KEY },
        { authorization: `Bearer ${ADMIN_KEY}x` },
      ];
      for (const headers of strangers) {
        const answer = await ask(path, headers, json);
        expect([answer.status, answer.headers['content-type']]).toEqual([401, 'application/problem+json']);
        expect(jsonOf(answer)).toMatchObject({ status: 401, code: 'auth' });
      }
    },
  );

  it.each([
    ['forwarded', 'for=127.0.0.1'],
    ['x-forwarded-for', '127.0.0.1'],
    ['x-forwarded-for', ''],
  ])('without an admin key loopback is let in, but not with %s: %s', async (name, value) => {
    const open = await openGateway(configFor([{ url: well.url }]));
    const direct = await send(open.url, '/status');
    const forwarded = await send(open.url, '/status', { headers: { [name]: value } });
    await open.close();
    expect([direct.status, forwarded.status]).toEqual([200, 401]);
  });
});

describe('/status and /metrics', () => {
  let taskId: string;
  beforeAll(async () => {
    const told = await nativeDoor.solve(gateway.url);
    if (!('token' in told)) throw new Error(told.refusal);
    ({ taskId } = told);
    // The balance check that follows a zero balance.
    await vi.waitFor(() => expect(empty.stats().calls.balance).toBe(1), 5_000);
  });

  it('status has exactly the documented shape', async () => {
    const answer = await ask('/status');
    expect(answer.headers['content-type']).toBe('application/json');
    const closed = {
      state: 'closed',
      cause: null,
      since: null,
      until: null,
      comesBack: null,
      openedBy: null,
    };
    const kind = { kind: 'recaptcha_v2', ...closed };
    const first = {
      id: 'first',
      use: 'classic',
      priority: 1,
      state: 'open',
      cause: 'zero_balance',
      since: ISO,
      until: ISO,
      comesBack: 'balance',
      openedBy: { by: 'submit', upstreamCode: 'ERROR_ZERO_BALANCE', taskId, reason: null },
    };
    const second = {
      id: 'second',
      use: 'classic',
      priority: 20,
      ...closed,
    };
    const unknown = { successRate: null, p50Ms: null, p95Ms: null };
    const known = { successRate: 1, p50Ms: expect.any(Number), p95Ms: expect.any(Number) };
    const rest = { inFlight: 0 };
    expect(jsonOf(answer)).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      startedAt: ISO,
      tasks: { inFlight: 0, solvedLastHour: 1, failedLastHour: 0 },
      providers: [
        { ...first, ...rest, balanceUsd: 0, hoursToEmpty: 0, limit: 7, kinds: [{ ...kind, ...unknown }] },
        {
          ...second,
          ...rest,
          balanceUsd: null,
          hoursToEmpty: null,
          limit: null,
          kinds: [{ ...kind, ...known }],
        },
      ],
      serving: [
        {
          kind: 'recaptcha_v2',
          provider: 'second',
          next: [],
          passedOver: [
            { provider: 'first', why: expect.stringMatching(/^money open: zero_balance until \d{4}-/) },
          ],
        },
      ],
      failovers: [
        { at: ISO, taskId, kind: 'recaptcha_v2', from: 'first', to: 'second', cause: 'zero_balance' },
      ],
    });
  });

  it('the story of one account has every gate, what happened, and what is known of its money', async () => {
    const story = jsonOf(await ask('/admin/providers/first'));
    const closed = {
      state: 'closed',
      cause: null,
      since: null,
      until: null,
      comesBack: null,
      openedBy: null,
    };
    const idle = { ...closed, openings: 0, share: 1 };
    const openedBy = { by: 'submit', upstreamCode: 'ERROR_ZERO_BALANCE', taskId, reason: null };
    const cause = 'zero_balance';
    const open = { state: 'open', cause, since: ISO, until: ISO, comesBack: 'balance', openedBy };
    const unasked = { successRate: null, p50Ms: null, p95Ms: null };
    const learned = { ...unasked, inFlight: 0, learnedLimit: null, acceptedRate: 0.95 };
    expect(story).toEqual({
      ...{ id: 'first', use: 'classic', priority: 1, ...open },
      ...{ balanceUsd: 0, hoursToEmpty: 0, inFlight: 0, limit: 7 },
      gates: [
        { scope: 'operator', ...idle },
        { scope: 'ban', ...idle },
        { scope: 'key', ...idle },
        { scope: 'money', ...open, openings: 1, share: 0 },
        { scope: 'transport', ...idle },
      ],
      doubt: null,
      balance: { amount: 0, currency: 'USD', toldAt: ISO, askableAt: ISO },
      changes: [{ at: ISO, change: 'opened', scope: 'money', cause, until: ISO, by: openedBy }],
      kinds: [{ kind: 'recaptcha_v2', ...idle, ...learned, changes: [] }],
    });
    expect((await ask('/admin/providers/nobody')).status).toBe(404);
  });

  it('metrics are Prometheus text with the same words', async () => {
    const { status, headers, text } = await ask('/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toContain('captcha_gateway_tasks_total{kind="recaptcha_v2",outcome="solved"} 1');
    expect(text).toMatch(/captcha_gateway_failovers_total\{[^}]*cause="zero_balance"[^}]*\} 1/);
    expect(text).toContain('captcha_gateway_provider_up{provider="first"} 0');
    expect(text).toContain('captcha_gateway_provider_balance_usd{provider="first"} 0');
    expect(text).toContain('process_cpu_seconds_total');
  });

  it('any client’s task is shown with its client', async () => {
    const task = jsonOf(await ask(`/admin/tasks/${taskId}`));
    expect(task).toEqual({ ...(await storyOf(gateway.url, taskId)), clientId: 'qa' });
    expect((await ask('/admin/tasks/999')).status).toBe(404);
    expect((await ask('/admin/tasks/abc')).status).toBe(404);
  });
});

describe('hold and admit', () => {
  it('keep new tasks from an account and let them in again', async () => {
    const held = await ask('/admin/providers/second/hold', ADMIN, { reason: 'invoice unpaid' });
    expect(held.status).toBe(200);
    expect(await stateOf('second')).toMatchObject({
      state: 'held-out',
      cause: 'invoice unpaid',
      since: ISO,
      until: null,
    });
    const { accepted } = well.stats();
    expect(await nativeDoor.solve(gateway.url)).toHaveProperty('refusal');
    expect(well.stats().accepted).toBe(accepted);

    const admitted = await ask('/admin/providers/second/admit', ADMIN, { reason: 'invoice paid' });
    expect(admitted.status).toBe(200);
    expect(await stateOf('second')).toMatchObject({ state: 'closed', cause: null });
    const { changes } = jsonOf(await ask('/admin/providers/second'));
    const by = { by: 'operator', upstreamCode: null, taskId: null };
    expect(changes).toMatchObject([
      { change: 'closed', scope: 'operator', by: { ...by, reason: 'invoice paid' } },
      { change: 'opened', scope: 'operator', until: null, by: { ...by, reason: 'invoice unpaid' } },
    ]);
    expect(await nativeDoor.solve(gateway.url)).toHaveProperty('token');
  });

  it('an account that is held out is not out of money', async () => {
    await ask('/admin/providers/second/hold', ADMIN, { reason: 'invoice unpaid' });
    const told = await nativeDoor.solve(gateway.url);
    await ask('/admin/providers/second/admit', ADMIN, {});
    expect(told).toEqual({ refusal: '503 no_slot', at: 'poll' });
  });

  it('need no reason, and name an account that is there', async () => {
    expect((await ask('/admin/providers/first/hold', ADMIN, 'no object')).status).toBe(200);
    expect(await stateOf('first')).toMatchObject({ state: 'held-out', cause: 'held by the operator' });
    expect((await ask('/admin/providers/first/admit', ADMIN, {})).status).toBe(200);
    const unknown = await ask('/admin/providers/nobody/hold', ADMIN, {});
    expect([unknown.status, jsonOf(unknown).code]).toEqual([404, 'task_not_found']);
    expect(jsonOf(unknown)).toMatchObject({ title: 'There is no such provider' });
  });
});
