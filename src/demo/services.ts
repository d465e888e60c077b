/** What the demo runs on: a gateway of its own and three sandbox services, on free ports of this machine. */
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSandbox, startGateway } from '../app.js';
import type { Kind } from '../core/task.js';

export type Sandbox = Awaited<ReturnType<typeof openSandbox>>;
export type Script = Parameters<Sandbox['set']>[0];

/** The services in the order in which the gateway asks them. */
export const SERVICE_NAMES = ['captchaai', '2captcha', 'house'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** The provider file of each: the first speaks the classic wire, the second json, the third classic again. */
const USES: Readonly<Record<ServiceName, string>> = {
  captchaai: 'captchaai',
  '2captcha': 'json',
  house: 'classic',
};

/** Rough list prices, in USD for 1,000: each service charges what its entry in the config says. */
const PRICES: Readonly<Record<ServiceName, Readonly<Partial<Record<Kind, number>>>>> = {
  captchaai: { recaptcha_v2: 1, turnstile: 1, image_to_text: 0.4, geetest_v3: 1.2, hcaptcha: 1.2 },
  '2captcha': { recaptcha_v2: 2.99, turnstile: 1.45, image_to_text: 0.7, geetest_v3: 2.99, hcaptcha: 2.99 },
  house: { recaptcha_v2: 4, turnstile: 4, image_to_text: 2, geetest_v3: 4, hcaptcha: 4 },
};

/** How long the first service may hang before the next is asked. */
export const ANSWER_WITHIN_MS = 1_000;
const COOLDOWN_MS = 1_500;
const BALANCE_CHECK_MS = 1_000;
/** The pace of real services, some fifty times faster. */
const PACE = { firstPollMs: 100, pollEveryMs: 100, maxPolls: 120 };

/** Faster than any real one, and as strict: who breaks a rule is banned for the rest of the demo. */
const SERVICE_SCRIPT: Script = {
  solve: { default: { fromMs: 150, toMs: 400 } },
  balanceUsd: 10,
  rules: {
    ...PACE,
    balanceEveryMs: BALANCE_CHECK_MS,
    pauseAfterNoSlotMs: COOLDOWN_MS,
    pauseAfterZeroBalanceMs: BALANCE_CHECK_MS,
    enforce: 'ban',
  },
};

export interface Services {
  readonly url: string;
  /** The demo's client key. */
  readonly key: string;
  readonly logPath: string;
  readonly sandboxes: Readonly<Record<ServiceName, Sandbox>>;
  /** Stops everything and removes every file. */
  close(): Promise<void>;
}

/** Opens the services and a gateway in front of them, with config, ledger and log in a temporary folder. */
export async function openServices(port: number): Promise<Services> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const directory = await mkdtemp(join(tmpdir(), 'captcha-gateway-demo-'));
    closers.push(() => rm(directory, { recursive: true, force: true }));
    const opened = SERVICE_NAMES.map(async (name) => {
      const sandbox = await openSandbox({ script: { ...SERVICE_SCRIPT, pricesUsdPer1000: PRICES[name] } });
      closers.push(() => sandbox.close());
      return [name, sandbox] as const;
    });
    const sandboxes = Object.fromEntries(await Promise.all(opened)) as Record<ServiceName, Sandbox>;
    const key = randomBytes(16).toString('hex');
    const configPath = join(directory, 'config.json');
    await writeFile(configPath, JSON.stringify(configFor(port, key, sandboxes), null, 2));
    const logPath = join(directory, 'gateway.log');
    const logTo = createWriteStream(logPath);
    closers.push(() => new Promise<void>((resolve) => logTo.end(resolve)));
    const gateway = await startGateway({ configPath, env: {}, logTo });
    closers.push(() => gateway.close());
    return { url: gateway.url, key, logPath, sandboxes, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function configFor(port: number, key: string, sandboxes: Readonly<Record<ServiceName, Sandbox>>): object {
  return {
    server: { port },
    clients: [{ id: 'demo', key }],
    providers: SERVICE_NAMES.map((name) => ({
      id: name,
      use: USES[name],
      baseUrl: sandboxes[name].url,
      apiKey: `sandbox-key-of-${name}`,
      kinds: Object.keys(PRICES[name]),
      pricesUsdPer1000: PRICES[name],
      timing: { ...PACE, giveUpMs: 10_000, answerWithinMs: ANSWER_WITHIN_MS },
    })),
    routing: { deadlineMs: 30_000 },
    breaker: { failures: 2, cooldownMs: COOLDOWN_MS, balanceCheckMs: BALANCE_CHECK_MS },
    store: { path: 'gateway.db' },
  };
}
