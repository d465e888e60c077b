import { expect, it } from 'vitest';
import { load, sampleConfig } from './samples.js';

it('fills in every default', () => {
  expect(load(sampleConfig()).config).toEqual({
    server: { host: '127.0.0.1', port: 8_080, maxBodyBytes: 8_388_608, repeatWindowMs: 10_000 },
    clients: [{ id: 'qa', key: 'qa-key' }],
    providers: [{ id: 'captchaai', use: 'captchaai', apiKey: 'upstream-key', weight: 1 }],
    routing: {
      strategy: 'priority',
      explore: 0.05,
      kinds: {},
      maxAttempts: 3,
      deadlineMs: 180_000,
      acceptWithinMs: 3_500,
      maxUsdPerTask: 0.02,
      retryBudget: { ratio: 0.2, floorPerMinute: 60 },
    },
    breaker: {
      failures: 3,
      cooldownMs: 5_000,
      maxCooldownMs: 300_000,
      balanceCheckMs: 60_000,
      rampMs: 10_000,
    },
    polling: { holdMs: 3_000, costMs: 75, balanceEveryMs: 300_000 },
    callbacks: { allowPrivate: [], answerWithinMs: 10_000, maxTries: 10, giveUpMs: 900_000 },
    alerts: { balanceBelowUsd: 1, emptyWithinHours: 6 },
    store: {
      use: 'sqlite',
      path: 'data/gateway.db',
      durability: 'process',
      retention: { solutionMs: 1_800_000, taskMs: 86_400_000, scorecardMs: 2_592_000_000 },
    },
    log: { level: 'info', format: 'auto' },
  });
});

it('keeps the defaults of a section that is given in part', () => {
  const { config } = load(sampleConfig({ store: { retention: { taskMs: 5_000 } }, server: { port: 0 } }));
  expect(config.store.retention).toEqual({
    solutionMs: 1_800_000,
    taskMs: 5_000,
    scorecardMs: 2_592_000_000,
  });
  expect(config.server).toMatchObject({ host: '127.0.0.1', port: 0 });
});
