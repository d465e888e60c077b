/** A real Prometheus beside a real gateway: its figures are read, the rules fire, the dashboard has something to show. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSandbox } from '../../src/app.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { ADMIN_KEY, configFor, type GatewayInProcess, openGateway } from '../support/gateway-in-process.js';
import { send } from '../support/http.js';
import { dashboardExpressions, RULES_PATH, ruleExpressions, usesOf } from '../support/prometheus.js';
import { hasPrometheus, type PrometheusServer, startPrometheus } from '../support/prometheus-server.js';
import { nativeDoor } from './doors.js';

const LATE = { timeout: 15_000, interval: 100 };
const needs = hasPrometheus ? '' : ' (skipped: prometheus is not installed)';

let first: Sandbox;
let second: Sandbox;
let gateway: GatewayInProcess;

beforeAll(async () => {
  first = await openSandbox({ script: { solve: { default: { fixedMs: 10 } } } });
  second = await openSandbox({ script: { solve: { default: { fixedMs: 10 } } } });
  const kinds = { kinds: ['recaptcha_v2'], pricesUsdPer1000: { recaptcha_v2: 3 } };
  const accounts = [
    { url: first.url, entry: kinds },
    { url: second.url, entry: { ...kinds, threads: 9 } },
  ];
  gateway = await openGateway(configFor(accounts, { admin: { key: ADMIN_KEY } }));
});
afterAll(() => Promise.all([gateway.close(), first.close(), second.close()]));

async function scrape(): Promise<string> {
  return (await send(gateway.url, '/metrics', { headers: { authorization: `Bearer ${ADMIN_KEY}` } })).text;
}

/** Told by other parts of the gateway, where those are there. */
const PERHAPS = /^captcha_gateway_(provider_seconds_to_empty|config_\w+)$/;

it('shows every metric that the rules and the dashboard use', async () => {
  expect(await nativeDoor.solve(gateway.url)).toHaveProperty('token');
  const told = new Set([...(await scrape()).matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name));
  const used = [...ruleExpressions(), ...dashboardExpressions()].flatMap((expr) => usesOf(expr).metrics);
  const missing = used.filter((name) => !told.has(name.replace(/_(bucket|sum|count)$/, '')));
  expect(missing.filter((name) => name !== 'up' && !PERHAPS.test(name))).toEqual([]);
});

describe.skipIf(!hasPrometheus)(`with Prometheus${needs}`, () => {
  let prometheus: PrometheusServer;

  beforeAll(async () => {
    prometheus = await startPrometheus(gateway.url, ADMIN_KEY, readFileSync(RULES_PATH, 'utf8'));
  });
  afterAll(() => prometheus?.stop());

  async function firing(name: string): Promise<readonly Readonly<Record<string, string>>[]> {
    const alerts = await prometheus.alerts();
    return alerts
      .filter(({ labels, state }) => labels.alertname === name && state === 'firing')
      .map(({ labels }) => labels);
  }

  async function objections(): Promise<string> {
    const input = await scrape();
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input,
      encoding: 'utf8',
    });
    return status === 0 ? `${stdout}${stderr}` : `${status}: ${stdout}${stderr}`;
  }

  it('promtool finds nothing to object to in /metrics', async () => {
    expect(await objections()).toBe('');
  });

  it('an account that runs out of money is an alert, the healthy one is none', async () => {
    await vi.waitFor(async () => expect(await prometheus.query('up == 1')).toHaveLength(1), LATE);
    expect(await firing('CaptchaGatewayProviderOutOfMoney')).toEqual([]);
    first.set({ balanceUsd: 0 });
    expect(await nativeDoor.solve(gateway.url)).toHaveProperty('token');
    await vi.waitFor(
      async () =>
        expect(await firing('CaptchaGatewayProviderOutOfMoney')).toEqual([
          expect.objectContaining({ provider: 'first', cause: 'zero_balance', severity: 'critical' }),
        ]),
      LATE,
    );
    expect(await firing('CaptchaGatewayProviderDown')).toMatchObject([{ provider: 'first' }]);
    for (const quiet of ['CaptchaGatewayDown', 'CaptchaGatewayNoProvider', 'CaptchaGatewayLedgerFails'])
      expect(await firing(quiet), quiet).toEqual([]);
    // What is known only of an account that is spent is shown now, too.
    expect(await objections()).toBe('');
  }, 40_000);

  it('every panel asks something that Prometheus answers, and most have something to show', async () => {
    await nativeDoor.solve(gateway.url);
    const shown = async () => {
      const results = await Promise.all(dashboardExpressions().map((expr) => prometheus.query(expr)));
      return results.filter((result) => result.length > 0).length;
    };
    await vi.waitFor(async () => expect(await shown()).toBeGreaterThan(25), LATE);
  }, 40_000);
});
