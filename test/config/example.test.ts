import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { describeKeys } from '../../src/config/outline.js';
import { PROVIDERS } from './samples.js';

const path = fileURLToPath(new URL('../../config.example.json', import.meta.url));
const example = readFileSync(path, 'utf8');
const variables = [...example.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
const env = Object.fromEntries(
  variables.map((name) => [
    name,
    name.endsWith('_BASE64') ? 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' : `value-of-${name}`,
  ]),
);
/** Stands in place of keys that the example shows. */
const GOES_ALONE = 'store.url';

describe('config.example.json', () => {
  it('is valid', () => {
    const { accounts, config } = loadConfig({ path, env, providers: PROVIDERS });
    expect(config.$schema).toBe('./config.schema.json');
    expect(accounts.map(({ id, apiKey }) => [id, apiKey])).toEqual([
      ['captchaai', 'value-of-CAPTCHAAI_KEY'],
      ['2captcha', 'value-of-TWOCAPTCHA_KEY'],
      ['anticaptcha', 'value-of-ANTICAPTCHA_KEY'],
      ['capsolver', 'value-of-CAPSOLVER_KEY'],
      ['house', 'value-of-HOUSE_KEY'],
    ]);
  });

  it('names every key from the environment', () => {
    const keys = [...example.matchAll(/"(?:apiKey|key)": "([^"]*)"/g)].map(([, value = '']) => value);
    expect(keys.filter((value) => !value.startsWith('${') && !value.startsWith('certs/'))).toEqual([]);
  });

  const shown = describeKeys().filter((facts) => facts.path !== GOES_ALONE);
  it.each(shown.map((facts) => facts.path))('shows %s', (keyPath) => {
    expect(isShown(JSON.parse(example), keyPath.split('.'))).toBe(true);
  });
});

/** Whether the path leads anywhere: `[]` through any entry, `<kind>` through any key. */
function isShown(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  if (key.startsWith('<')) return Object.values(value).some((child) => isShown(child, rest));
  const name = key.replace('[]', '');
  if (!Object.hasOwn(value, name)) return false;
  const child: unknown = Reflect.get(value, name);
  if (name === key) return isShown(child, rest);
  return Array.isArray(child) && child.some((entry) => isShown(entry, rest));
}
