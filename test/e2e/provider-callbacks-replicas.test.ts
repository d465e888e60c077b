/** Providers that call one gateway for a task of another: both started at once on an empty PostgreSQL. */
import { expect, it } from 'vitest';
import { openSandbox } from '../../src/app.js';
import { configFor, writeConfig } from '../support/gateway-in-process.js';
import { startGatewayProcess } from '../support/gateway-process.js';
import { jsonOf, send } from '../support/http.js';
import { startPostgres } from '../support/postgres.js';
import { openTcpRelay } from '../support/tcp-relay.js';
import { AUTHORIZED, PAGE_URL } from './doors.js';

/** By polls alone the first task would be known after 20 s. */
const TIMING = { firstPollMs: 20, pollEveryMs: 20_000, floorMs: 100 };
const LIMIT_MS = 60_000;

it(
  'whichever gateway is called, the one with the task hears of it',
  async ({ onTestFinished }) => {
    const postgres = await startPostgres();
    onTestFinished(() => postgres.stop());
    const script = { callbacks: [0], solve: { default: { fixedMs: 500 } } };
    const sandbox = await openSandbox({ script });
    onTestFinished(() => sandbox.close());
    let port = 1;
    const relay = await openTcpRelay(() => port);
    onTestFinished(relay.close);
    const sections = {
      server: { port: 0, publicUrl: `http://127.0.0.1:${relay.port}` },
      store: { use: 'postgres', url: postgres.url },
    };
    const entry = { callbacks: true, timing: TIMING };
    const folder = writeConfig(configFor([{ url: sandbox.url, entry }], sections));
    onTestFinished(folder.remove);
    const gateways = await Promise.all([1, 2].map(() => startGatewayProcess(folder.configPath)));
    onTestFinished(async () => void (await Promise.all(gateways.map((gateway) => gateway.kill()))));
    const [one, other] = gateways.map(({ url }) => url);
    // Both directions: whoever's secret stands, one of them was told it by the other.
    for (const [asked = '', called = ''] of [
      [one, other],
      [other, one],
    ]) {
      port = Number(new URL(called).port);
      const json = { kind: 'recaptcha_v2', siteKey: 'key', pageUrl: PAGE_URL };
      const { status, tookMs, text } = await send(asked, '/v1/solve', { headers: AUTHORIZED, json });
      expect([status, jsonOf({ text }).status]).toEqual([200, 'solved']);
      expect(tookMs).toBeLessThan(10_000);
      const { text: metrics } = await send(called, '/metrics');
      expect(metrics).toContain('captcha_gateway_provider_calls_total{provider="first"} 1');
    }
  },
  LIMIT_MS,
);
