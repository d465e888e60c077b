/**
 * Takes the README's picture of the dashboard: a gateway, three sandbox services, tasks all the time, and two outages,
 * in real time. `npm run screenshot -- --seconds 60 --to FILE` makes it short, for another place.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { openSandbox, startGateway } from '../dist/src/app.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '285' },
    to: {
      type: 'string',
      default: fileURLToPath(new URL('../src/ops/dashboard/screenshot.png', import.meta.url)),
    },
    width: { type: 'string', default: '1120' },
    height: { type: 'string', default: '1270' },
    dark: { type: 'boolean', default: false },
    browser: { type: 'string', default: process.env.CHROMIUM ?? '/usr/bin/chromium' },
  },
});
const TOTAL_MS = Number(values.seconds) * 1_000;
const KEY = 'screenshot-key';
const PRICES = {
  captchaai: { recaptcha_v2: 1, turnstile: 1, image_to_text: 0.4 },
  '2captcha': { recaptcha_v2: 2.99, turnstile: 1.45, image_to_text: 0.7 },
  house: { recaptcha_v2: 4, turnstile: 4, image_to_text: 2 },
};
const IDS = Object.keys(PRICES);

/** What happens when, as a share of the whole time. */
const ACTS = [
  [0.22, 'captchaai', { submit: 'hang', poll: 'hang', balance: 'hang' }],
  [0.38, 'captchaai', { submit: 'ok', poll: 'ok', balance: 'ok' }],
  [0.68, 'captchaai', { balanceUsd: 0 }],
  [0.9, '2captcha', { submitOf: { turnstile: { code: 'ERROR_NO_SLOT_AVAILABLE' } } }],
];

const BODIES = [
  { kind: 'recaptcha_v2', siteKey: '6Le-shop', pageUrl: 'https://shop.example/login' },
  { kind: 'turnstile', siteKey: '0x4AAA-news', pageUrl: 'https://news.example/' },
  { kind: 'image_to_text', imageBase64: 'iVBORw0KGgo=' },
];

const folder = await mkdtemp(join(tmpdir(), 'captcha-gateway-screenshot-'));
const sandboxes = Object.fromEntries(
  await Promise.all(
    IDS.map(async (id, index) => {
      const solve = { default: { medianMs: 900 + 500 * index } };
      const script = { solve, balanceUsd: 12.5 + 20 * index, pricesUsdPer1000: PRICES[id] };
      return [id, await openSandbox({ script })];
    }),
  ),
);
const configPath = join(folder, 'config.json');
await writeFile(
  configPath,
  JSON.stringify({
    server: { port: 0 },
    clients: [{ id: 'shop', key: KEY }],
    providers: IDS.map((id) => ({
      id,
      use: 'classic',
      baseUrl: sandboxes[id].url,
      apiKey: `key-of-${id}`,
      kinds: Object.keys(PRICES[id]),
      pricesUsdPer1000: PRICES[id],
      threads: 50,
      timing: { firstPollMs: 300, pollEveryMs: 200, maxPolls: 200, giveUpMs: 20_000, answerWithinMs: 1_500 },
    })),
    breaker: { cooldownMs: 8_000, maxCooldownMs: 60_000, balanceCheckMs: 45_000, rampMs: 5_000 },
    store: { path: ':memory:' },
    log: { level: 'silent' },
  }),
);
const gateway = await startGateway({ configPath, env: {} });
const browser = await chromium.launch({ executablePath: values.browser, args: ['--no-sandbox'] });
try {
  await Promise.all([play(), send()]);
  const page = await browser.newPage({
    viewport: { width: Number(values.width), height: Number(values.height) },
    colorScheme: values.dark ? 'dark' : 'light',
  });
  await page.goto(`${gateway.url}/`);
  await page.locator('#board[data-live]').waitFor();
  await page.screenshot({ path: values.to, fullPage: process.env.FULL === '1' });
  process.stdout.write(`${values.to}\n`);
} finally {
  await browser.close();
  await gateway.close();
  for (const sandbox of Object.values(sandboxes)) await sandbox.close();
  await rm(folder, { recursive: true, force: true });
}

/** Puts the services into the state of each act when its time has come. */
async function play() {
  const startedAt = Date.now();
  for (const [share, id, script] of ACTS) {
    await sleep(startedAt + share * TOTAL_MS - Date.now());
    sandboxes[id].set(script);
  }
}

/** A task now and then, from now until the end. */
async function send() {
  const headers = { 'x-api-key': KEY };
  // Balances are told when somebody asks for them.
  await fetch(`${gateway.url}/v1/balance`, { headers });
  const endsAt = Date.now() + TOTAL_MS;
  for (let turn = 0; Date.now() < endsAt; turn += 1) {
    const body = JSON.stringify(BODIES[turn % BODIES.length]);
    await (await fetch(`${gateway.url}/v1/tasks`, { method: 'POST', headers, body })).arrayBuffer();
    await sleep(500 + 300 * Math.sin(turn));
  }
}
