import { describe, expect, it } from 'vitest';
import { balanceCheckMs, toAccounts } from '../../src/config/accounts.js';
import type { Timing } from '../../src/core/provider.js';
import type { TaskKind } from '../../src/core/task.js';
import { configWithEntry, load, PUBLISHED, sampleConfig, sampleEntry, sampleProvider } from './samples.js';

const FAST: Timing = { firstPollMs: 1, pollEveryMs: 1, maxPolls: 9_999, giveUpMs: 50, answerWithinMs: 20 };
const SLOW: Timing = {
  firstPollMs: 20_000,
  pollEveryMs: 15_000,
  maxPolls: 3,
  giveUpMs: 900_000,
  answerWithinMs: 60_000,
};

function timingOf(keys: object, kind: TaskKind = 'turnstile'): Timing | undefined {
  return load(configWithEntry(keys)).accounts[0]?.timing(kind);
}

describe('the pace at a public host', () => {
  it.each([
    ['absent', {}],
    ['empty', { timing: {} }],
  ])('is the published one when the config is %s', (_case, keys) => {
    expect(timingOf(keys)).toEqual(PUBLISHED);
  });

  it('is never faster than the published one', () => {
    expect(timingOf({ timing: FAST })).toEqual({ ...PUBLISHED, giveUpMs: 50, answerWithinMs: 20 });
  });

  it('may be slower', () => {
    expect(timingOf({ timing: SLOW })).toEqual(SLOW);
  });

  it('is bound at another public base URL, too', () => {
    expect(timingOf({ baseUrl: 'https://solver.example.net', timing: FAST })).toMatchObject({
      firstPollMs: 5_000,
      pollEveryMs: 3_000,
      maxPolls: 100,
    });
  });
});

describe('the floor under the pace', () => {
  const timing = () => ({ ...PUBLISHED, pollEveryMs: 3_000, floorMs: 2_000 });
  const floorOf = (wished: object, baseUrl?: string) => {
    const providers = new Map([['captchaai', sampleProvider({ id: 'captchaai', timing })]]);
    const { config } = load(configWithEntry({ timing: wished, ...(baseUrl && { baseUrl }) }));
    const found = toAccounts(config, providers)[0]?.timing('turnstile');
    return [found?.pollEveryMs, found?.floorMs];
  };

  it.each([
    ['the published one unless told', {}, [3_000, 2_000]],
    ['slower when wished', { floorMs: 2_500 }, [3_000, 2_500]],
    ['never faster than published', { floorMs: 500 }, [3_000, 2_000]],
    ['the pace, where a slower pace is wished', { pollEveryMs: 8_000 }, [8_000, undefined]],
    ['below a slower pace, where both are wished', { pollEveryMs: 8_000, floorMs: 4_000 }, [8_000, 4_000]],
    ['no higher than the pace', { floorMs: 9_000 }, [3_000, undefined]],
  ])('is %s', (_case, wished, expected) => {
    expect(floorOf(wished)).toEqual(expected);
  });

  it('is what the config says at a private host', () => {
    expect(floorOf({ floorMs: 5 }, 'http://127.0.0.1:9000')).toEqual([3_000, 5]);
    expect(floorOf({ pollEveryMs: 100 }, 'http://127.0.0.1:9000')).toEqual([100, undefined]);
  });
});

it('is what the config says for a service that only the config knows', () => {
  const entry = { use: 'classic', baseUrl: 'https://solver.example.net' };
  expect(timingOf({ ...entry, timing: FAST })).toEqual(FAST);
  expect(timingOf(entry)).toEqual(PUBLISHED);
});

describe('the pace at a private host', () => {
  it.each(['http://127.0.0.1:9000', 'https://10.0.0.1'])('%s is what the config says', (baseUrl) => {
    expect(timingOf({ baseUrl, timing: FAST })).toEqual(FAST);
    expect(timingOf({ baseUrl, timing: { pollEveryMs: 1 } })).toEqual({ ...PUBLISHED, pollEveryMs: 1 });
  });
});

it("keeps the provider's own pace for each kind", () => {
  const timing = (kind: TaskKind) => ({
    ...PUBLISHED,
    firstPollMs: kind === 'recaptcha_v2' ? 15_000 : 5_000,
  });
  const providers = new Map([['captchaai', sampleProvider({ id: 'captchaai', timing })]]);
  const { config } = load(configWithEntry({ timing: { firstPollMs: 10_000 } }));
  const [account] = toAccounts(config, providers);
  expect(account?.timing('recaptcha_v2').firstPollMs).toBe(15_000);
  expect(account?.timing('turnstile').firstPollMs).toBe(10_000);
});

describe('balance checks', () => {
  it.each([
    ['https://solver.example.net', 1_000, 60_000],
    ['https://solver.example.net', 90_000, 90_000],
    ['http://127.0.0.1:9000', 1_000, 1_000],
  ])('at %s, wished every %i ms, come every %i ms', (baseUrl, wished, expected) => {
    const breaker = { balanceCheckMs: wished };
    const { accounts, config } = load(sampleConfig({ breaker, providers: [sampleEntry({ baseUrl })] }));
    expect(balanceCheckMs(config, { baseUrl })).toBe(expected);
    expect(accounts[0]?.balanceCheckMs).toBe(expected);
  });
});
