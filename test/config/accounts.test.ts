import { describe, expect, it } from 'vitest';
import { toAccounts } from '../../src/config/accounts.js';
import { configWithEntry, load, PROVIDERS, sampleConfig, sampleEntry } from './samples.js';

describe('the order of accounts', () => {
  const orderOf = (...priorities: readonly (number | undefined)[]) => {
    const providers = priorities.map((priority, index) => sampleEntry({ id: `p${index + 1}`, priority }));
    return load(sampleConfig({ providers })).accounts.map(({ id, priority }) => `${id}@${priority}`);
  };

  it('is that of the list when nothing else is said', () => {
    expect(orderOf(undefined, undefined, undefined)).toEqual(['p1@1', 'p2@2', 'p3@3']);
  });

  it('is that of the priority, lower first', () => {
    expect(orderOf(3, -1, 2)).toEqual(['p2@-1', 'p3@2', 'p1@3']);
  });

  it('is that of the list among equals, given or not', () => {
    expect(orderOf(2, undefined, 2, 1)).toEqual(['p4@1', 'p1@2', 'p2@2', 'p3@2']);
  });
});

describe('an account', () => {
  it('takes from the provider what its entry leaves out', () => {
    const [account] = load(sampleConfig()).accounts;
    expect(account).toMatchObject({
      id: 'captchaai',
      baseUrl: 'https://captchaai.example',
      apiKey: 'upstream-key',
      kinds: ['recaptcha_v2', 'turnstile', 'image_to_text'],
      threads: undefined,
    });
    expect(account?.provider).toBe(PROVIDERS.get('captchaai'));
  });

  it('takes from its entry what is there', () => {
    const entry = { id: 'eu', baseUrl: 'https://eu.example', kinds: ['turnstile'], threads: 5 };
    expect(load(configWithEntry(entry)).accounts[0]).toMatchObject(entry);
  });

  it("costs the config's price, else the provider's, else nobody knows", () => {
    const [account] = load(
      configWithEntry({ pricesUsdPer1000: { turnstile: 1.2, image_to_text: 0 } }),
    ).accounts;
    expect(account?.priceUsd('turnstile')).toBeCloseTo(0.0012, 12);
    expect(account?.priceUsd('image_to_text')).toBe(0);
    expect(account?.priceUsd('recaptcha_v2')).toBe(0.002);
    expect(account?.priceUsd('hcaptcha')).toBeNull();
  });

  it('needs its provider', () => {
    const { config } = load(sampleConfig());
    expect(() => toAccounts(config, new Map())).toThrow('there is no provider captchaai');
  });
});
