/** What the config tests build on: fake providers, a small valid config, and a folder for config files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { ConfigError, type ConfigIssue } from '../../src/config/config-error.js';
import { type LoadedConfig, type LoadOptions, loadConfig } from '../../src/config/load.js';
import type { Provider, Timing } from '../../src/core/provider.js';
import { KIND_NAMES } from '../../src/core/task.js';

export const PUBLISHED: Timing = {
  firstPollMs: 5_000,
  pollEveryMs: 3_000,
  maxPolls: 100,
  giveUpMs: 120_000,
  answerWithinMs: 10_000,
};

const UNUSED = {
  ask: () => {
    throw new Error('the config asks nobody');
  },
  read: () => {
    throw new Error('the config reads no answer');
  },
};

export function sampleProvider(facts: Partial<Provider> & { readonly id: string }): Provider {
  return {
    title: facts.id,
    wire: 'classic',
    baseUrl: `https://${facts.id}.example`,
    kinds: ['recaptcha_v2', 'turnstile', 'image_to_text'],
    speaks: ['recaptcha_v2', 'turnstile', 'image_to_text', 'hcaptcha'],
    timing: () => PUBLISHED,
    pricesUsdPer1000: { recaptcha_v2: 2 },
    answersAtOnce: () => false,
    currency: 'USD',
    refuses: () => undefined,
    submit: UNUSED,
    poll: UNUSED,
    balance: UNUSED,
    reports: () => false,
    ...facts,
  };
}

export const PROVIDERS: ReadonlyMap<string, Provider> = new Map(
  [
    sampleProvider({ id: 'captchaai', callsBack: 'always' }),
    sampleProvider({
      id: '2captcha',
      callsBack: 'on-request',
      over: {
        json: sampleProvider({ id: '2captcha', wire: 'json', speaks: ['turnstile'], kinds: ['turnstile'] }),
      },
    }),
    sampleProvider({ id: 'anticaptcha', wire: 'json' }),
    sampleProvider({ id: 'capsolver', wire: 'json' }),
    sampleProvider({ id: 'classic', baseUrl: '', kinds: KIND_NAMES, speaks: KIND_NAMES }),
  ].map((provider) => [provider.id, provider]),
);

/** An entry of `clients` with the given keys. */
export function sampleClient(keys: object = {}) {
  return { id: 'qa', key: 'qa-key', ...keys };
}

/** An entry of `providers` with the given keys. */
export function sampleEntry(keys: object = {}) {
  return { id: 'captchaai', use: 'captchaai', apiKey: 'upstream-key', ...keys };
}

/** A valid config with the given keys. */
export function sampleConfig(keys: object = {}) {
  return { clients: [sampleClient()], providers: [sampleEntry()], ...keys };
}

/** A valid config whose only provider entry has the given keys. */
export function configWithEntry(keys: object) {
  return sampleConfig({ providers: [sampleEntry(keys)] });
}

const folders: string[] = [];
afterAll(() => {
  for (const used of folders) rmSync(used, { recursive: true, force: true });
});

/** A folder that is gone after the test file. */
export function temporaryFolder(): string {
  const made = mkdtempSync(join(tmpdir(), 'captcha-gateway-config-'));
  folders.push(made);
  return made;
}

const folder = temporaryFolder();

/** Writes the config (an object, or the file's text) and loads it. */
export function load(config: object | string, options: Partial<LoadOptions> = {}): LoadedConfig {
  const path = join(folder, 'config.json');
  writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config));
  return loadConfig({ path, env: {}, providers: PROVIDERS, ...options });
}

/** The error that loading this config throws. */
export function loadError(config: object | string, options: Partial<LoadOptions> = {}): ConfigError {
  try {
    load(config, options);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the config was accepted');
}

/** Everything that is wrong with this config. */
export function faultsOf(
  config: object | string,
  options: Partial<LoadOptions> = {},
): readonly ConfigIssue[] {
  return loadError(config, options).issues;
}
