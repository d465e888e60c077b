/** What the operator is warned of, and how often balances are read. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configWithEntry, faultsOf, load, sampleConfig, sampleEntry } from './samples.js';

const alertsOf = (config: object) => load(config).accounts[0]?.alerts;

describe('when money is low', () => {
  it('has defaults', () => {
    expect(alertsOf(sampleConfig())).toEqual({ balanceBelowUsd: 1, emptyWithinHours: 6 });
    expect(load(sampleConfig()).config.alerts.webhook).toBeUndefined();
  });

  it('is what the config says, and what an entry says for its account', () => {
    const alerts = { balanceBelowUsd: 5, emptyWithinHours: 12 };
    expect(alertsOf({ ...sampleConfig(), alerts })).toEqual(alerts);
    const entry = { ...configWithEntry({ alerts: { balanceBelowUsd: 0 } }), alerts };
    expect(alertsOf(entry)).toEqual({ balanceBelowUsd: 0, emptyWithinHours: 12 });
  });
});

it('is valid as the README shows it', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const shown = /```json\n(\{ "alerts"[\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const { alerts } = load({ ...sampleConfig(), ...JSON.parse(shown) }).config;
  expect(alerts.webhook?.events).toContain('balance-low');
});

describe('the webhook', () => {
  const webhookOf = (webhook: object) =>
    load({ ...sampleConfig(), alerts: { webhook } }).config.alerts.webhook;

  it('hears of low balances unless told', () => {
    const url = 'http://10.0.0.7:9000/alerts?to=me';
    expect(webhookOf({ url })).toEqual({ url, events: ['balance-low'] });
  });

  it('hears of what is the operator’s, and of nothing else', () => {
    const url = 'https://ops.example.net';
    const events = ['balance-low', 'breaker-opened', 'breaker-closed'];
    expect(webhookOf({ url, events })?.events).toEqual(events);
    const faults = faultsOf({ ...sampleConfig(), alerts: { webhook: { url, events: ['task-solved'] } } });
    expect(faults).toMatchObject([{ path: 'alerts.webhook.events[0]' }]);
  });

  it.each(['ftp://ops.example.net', 'ops.example.net', ''])('cannot be at %j', (url) => {
    expect(faultsOf({ ...sampleConfig(), alerts: { webhook: { url } } })).toMatchObject([
      { path: 'alerts.webhook.url', message: expect.stringContaining('must be an http or https URL') },
    ]);
  });
});

describe('balances are read', () => {
  const everyMs = (balanceEveryMs?: number, keys: object = {}) =>
    load({
      ...configWithEntry(keys),
      polling: balanceEveryMs === undefined ? {} : { balanceEveryMs },
    }).accounts[0]?.balanceEveryMs;

  it('every five minutes unless told, and never closer than services allow', () => {
    expect([everyMs(), everyMs(90_000), everyMs(1)]).toEqual([300_000, 90_000, 60_000]);
  });

  it('never, where the config says 0', () => {
    expect(everyMs(0)).toBe(0);
  });

  it('as often as you like on this machine', () => {
    const baseUrl = 'http://127.0.0.1:9';
    expect(everyMs(50, { ...sampleEntry(), use: 'classic', baseUrl })).toBe(50);
  });
});
