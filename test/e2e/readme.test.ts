/** Every config and every curl line of the README, run as a reader would. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, readConfig, startGateway } from '../../src/app.js';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  );
const [startConfig = ''] = blocks('json');
const curls = blocks('sh')
  .filter((text) => text.includes('curl'))
  .flatMap((text) => text.split(/\n(?=curl)/));
const env = { QA_KEY: 'readme-key', CAPTCHAAI_KEY: 'a', TWOCAPTCHA_KEY: 'b' };

const folder = mkdtempSync(join(tmpdir(), 'gateway-readme-'));
const configPath = join(folder, 'config.json');
let sandbox: Sandbox;
let gateway: RunningGateway;

function writeConfig(config: object): void {
  writeFileSync(configPath, JSON.stringify(config));
}

beforeAll(async () => {
  sandbox = await openSandbox({ script: { solve: { default: { fixedMs: 10 } } } });
  const config = JSON.parse(startConfig);
  const fast = { baseUrl: sandbox.url, timing: { firstPollMs: 10, pollEveryMs: 10 } };
  writeConfig({
    ...config,
    server: { port: 0 },
    store: { path: join(folder, 'gateway.db') },
    log: { level: 'silent' },
    providers: config.providers.map((entry: object) => ({ ...entry, ...fast })),
  });
  gateway = await startGateway({ configPath, env });
});

afterAll(async () => {
  await gateway.close();
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(command: string): Promise<string> {
  const local = command.replaceAll('http://127.0.0.1:8080', gateway.url);
  const { stdout } = await promisify(execFile)('sh', ['-c', local], { env: { ...process.env, ...env } });
  return stdout;
}

describe('the README', () => {
  it('has a first config that is valid as it stands', async () => {
    const path = join(folder, 'start.json');
    writeFileSync(path, startConfig);
    const { accounts } = await readConfig({ configPath: path, env });
    expect(accounts.map(({ id }) => id)).toEqual(['captchaai', '2captcha']);
  });

  it('shows one curl line for each API', () => {
    expect(curls).toHaveLength(3);
  });

  it.each(curls.map((command) => [command.split('\n')[0] ?? '', command]))(
    'runs %s',
    async (_line, command) => {
      const answer = await run(command);
      expect(answer).toMatch(/^OK\|\d+$|"status":"solved"|"errorId":0,"taskId":\d+/);
    },
  );
});
