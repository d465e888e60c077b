// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how a config refers to variables
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { configWithEntry, loadError, PROVIDERS, temporaryFolder } from './samples.js';

const folder = temporaryFolder();
const secrets = join(folder, 'secrets');
mkdirSync(secrets);
const secret = join(secrets, 'key');
const path = join(folder, 'config.json');

function apiKeyOf(written: string, content: string, env: Record<string, string> = {}): string | undefined {
  writeFileSync(secret, content);
  writeFileSync(path, JSON.stringify(configWithEntry({ apiKey: written })));
  return loadConfig({ path, env, providers: PROVIDERS }).accounts[0]?.apiKey;
}

it.each([
  ['an absolute path', `@${secret}`],
  ["a path from the config file's folder", '@./secrets/key'],
  ['a path with a variable in it', '@./${FOLDER}/key'],
])('takes the content of a file: %s', (_case, written) => {
  expect(apiKeyOf(written, 'abc', { FOLDER: 'secrets' })).toBe('abc');
});

it.each(['abc\n', 'abc\r\n', 'abc\n\n'])('drops trailing newlines of %j', (content) => {
  expect(apiKeyOf('@./secrets/key', content)).toBe('abc');
});

it('leaves the content as it is otherwise', () => {
  expect(apiKeyOf('@./secrets/key', '@/${KEY}', { KEY: 'x' })).toBe('@/${KEY}');
});

it.each([
  ['a-@./secrets/key', {}],
  ['@secrets', {}],
  ['${KEY}', { KEY: '@./secrets/key' }],
  ['${AT:-@}/secrets/key', {}],
])('takes %s with %j for a plain value', (written, env: Record<string, string>) => {
  const expected = written.replace('${KEY}', '@./secrets/key').replace('${AT:-@}', '@');
  expect(apiKeyOf(written, 'abc', env)).toBe(expected);
});

it.each([
  ['@./secrets/none', './secrets/none', 'there is no such file'],
  ['@./secrets', './secrets', 'it is a folder'],
  ['@./secrets/key/below', './secrets/key/below', 'there is no such file'],
  ['@./${FOLDER}/none', './${FOLDER}/none', 'there is no such file'],
])('%s is a fault that names the file as the config does', (written, named, reason) => {
  const message = `providers[0].apiKey: the file ${named} cannot be read: ${reason}`;
  expect(() => apiKeyOf(written, 'abc', { FOLDER: 'hidden-folder' })).toThrow(message);
});

it('is a fault when the path has an unset variable', () => {
  expect(loadError(configWithEntry({ apiKey: '@./${FOLDER}/key' })).message).toContain('FOLDER is not set');
});
