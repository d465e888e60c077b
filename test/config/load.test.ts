import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config-error.js';
import { loadConfig } from '../../src/config/load.js';
import { load, loadError, PROVIDERS, sampleConfig, sampleEntry, temporaryFolder } from './samples.js';

describe('a config that is loaded', () => {
  it('comes with its accounts and clients', () => {
    const loaded = load(sampleConfig({ providers: [sampleEntry(), sampleEntry({ id: 'second' })] }));
    expect(loaded.accounts.map(({ id }) => id)).toEqual(['captchaai', 'second']);
    expect(loaded.clients.map(({ id }) => id)).toEqual(['qa']);
  });

  it('names its folder absolutely, however the path was given', () => {
    const folder = join(temporaryFolder(), 'etc');
    mkdirSync(folder);
    const path = join(folder, 'gateway.json');
    writeFileSync(path, JSON.stringify(sampleConfig()));
    const loaded = loadConfig({ path: relative(process.cwd(), path), env: {}, providers: PROVIDERS });
    expect(loaded.directory).toBe(folder);
  });

  it('may begin with a byte order mark', () => {
    expect(load(`\uFEFF${JSON.stringify(sampleConfig())}`).config.clients).toHaveLength(1);
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['is not there', 'missing.json', 'there is no such file'],
    ['is a folder', '.', 'it is a folder'],
  ])('%s: says so', (_case, name, reason) => {
    const path = join(temporaryFolder(), name);
    const attempt = () => loadConfig({ path, env: {}, providers: PROVIDERS });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(`config: ${path} cannot be read: ${reason}`);
  });

  it.each(['[]', '"text"', 'null', '7'])('%s is not a config', (text) => {
    expect(loadError(text).message).toBe('config: must be an object');
  });
});
