/** The README's two ways to add a provider, done to the letter: its texts are all that is written. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, type TestContext } from 'vitest';
import { openSandbox, readConfig } from '../../src/app.js';
import type { Sandbox } from '../../src/sandbox/sandbox.js';
import { configFor, openGateway, writeConfig } from '../support/gateway-in-process.js';
import { startGatewayProcess } from '../support/gateway-process.js';
import { jsonOf, send } from '../support/http.js';
import { AUTHORIZED, DOORS, PAGE_URL, SITE_KEY, storyOf } from './doors.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const section = /^### Add a provider\n([\s\S]*?)^##/m.exec(
  readFileSync(join(root, 'README.md'), 'utf8'),
)?.[1];
const entry = block('json');
const file = block('ts');

function block(language: string): string {
  const found = new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'm').exec(section ?? '');
  return found?.[1] ?? expect.fail(`the section has no ${language}`);
}

async function open(onTestFinished: TestContext['onTestFinished']): Promise<Sandbox> {
  const sandbox = await openSandbox({ script: { solve: { default: { fixedMs: 10 } } } });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** Tests have no seconds to wait; the pace of an example is for real services. */
const FAST = { firstPollMs: 10, pollEveryMs: 10 };

it('one entry is a provider: it has its kinds, its price and its pace', async ({ onTestFinished }) => {
  const sandbox = await open(onTestFinished);
  const example = JSON.parse(entry.replace(/\$\{\w+\}/, 'house-key'));
  const providers = [{ ...example, baseUrl: sandbox.url, timing: { ...example.timing, ...FAST } }];
  const gateway = await openGateway(configFor([], { providers }));
  onTestFinished(gateway.close);
  for (const door of DOORS) {
    const told = await door.solve(gateway.url);
    expect(told).toMatchObject({ token: sandbox.tasks().at(-1)?.solution.token });
    const { taskId = '' } = { ...told } as { readonly taskId?: string };
    const story = jsonOf(await send(gateway.url, `/v1/tasks/${taskId}`, { headers: AUTHORIZED }));
    expect(story).toMatchObject({
      provider: 'house',
      costUsd: example.pricesUsdPer1000.recaptcha_v2 / 1_000,
    });
  }
  const json = { kind: 'turnstile', siteKey: SITE_KEY, pageUrl: PAGE_URL };
  const other = await send(gateway.url, '/v1/solve', { json, headers: AUTHORIZED });
  expect(jsonOf(other)).toMatchObject({
    code: 'unsupported',
    passedOver: [{ provider: 'house', why: 'does not solve turnstile' }],
  });
});

it('the entry is valid as it stands, for a host that is not ours', async ({ onTestFinished }) => {
  const { configPath, remove } = writeConfig(configFor([], { providers: [JSON.parse(entry)] }));
  onTestFinished(remove);
  const { accounts } = await readConfig({ configPath, env: { HOUSE_KEY: 'house-key' } });
  expect(accounts).toMatchObject([{ id: 'house', apiKey: 'house-key', isPublic: true }]);
  expect(accounts[0]?.timing('recaptcha_v2')).toMatchObject(JSON.parse(entry).timing);
});

/** The sources with this file among the providers, built; the path of what runs. */
function buildWith(name: string, text: string, onTestFinished: TestContext['onTestFinished']): string {
  const folder = mkdtempSync(join(tmpdir(), 'captcha-gateway-add-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of ['src', 'providers', 'package.json', 'tsconfig.json', 'tsconfig.build.json'])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  writeFileSync(join(folder, 'providers', name), text);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', join(folder, 'tsconfig.build.json')], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(stdout).not.toContain(`providers/${name}`);
  return join(folder, 'dist/src/main.js');
}

it('one file is a provider: it is built, found, asked, and its own word understood', async ({
  onTestFinished,
}) => {
  const [, name = ''] = /^\/\/ providers\/(\w+\.ts)$/m.exec(file) ?? [];
  expect(readdirSync(join(root, 'providers'))).not.toContain(name);
  expect(file.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  const main = buildWith(name, file, onTestFinished);
  const [acme, second] = [await open(onTestFinished), await open(onTestFinished)];
  const folder = writeConfig(
    configFor([{ url: acme.url, use: name.replace('.ts', '') }, { url: second.url }]),
  );
  onTestFinished(folder.remove);
  const gateway = await startGatewayProcess(folder.configPath, main);
  onTestFinished(async () => {
    await gateway.kill();
  });
  for (const door of DOORS) {
    const told = await door.solve(gateway.url);
    expect(told).toMatchObject({ token: acme.tasks().at(-1)?.solution.token });
  }
  const json = { kind: 'recaptcha_v2', siteKey: SITE_KEY, pageUrl: PAGE_URL };
  const proxied = { ...json, proxy: 'http://user:pass@198.51.100.7:8080' };
  const elsewhere = await send(gateway.url, '/v1/solve', { json: proxied, headers: AUTHORIZED });
  expect(jsonOf(elsewhere)).toMatchObject({
    provider: 'second',
    passedOver: [{ provider: 'first', why: 'cannot pass proxy' }],
  });
  acme.set({ submit: { code: 'ERROR_QUEUE_FULL' } });
  const { taskId } = jsonOf(await send(gateway.url, '/v1/solve', { json, headers: AUTHORIZED }));
  expect((await storyOf(gateway.url, String(taskId))).attempts).toMatchObject([
    { provider: 'first', outcome: 'no_slot', upstreamCode: 'ERROR_QUEUE_FULL' },
    { provider: 'second', outcome: 'solved' },
  ]);
});
