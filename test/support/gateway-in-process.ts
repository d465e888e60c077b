/** The whole gateway inside the test's own process, and the config it starts from: small times, nothing left behind. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '../../src/app.js';
import { CLIENT_KEY, expectNoLeaks, UPSTREAM_KEY } from './leaks.js';

export { ADMIN_KEY, CLIENT_KEY } from './leaks.js';

/** An upstream account: where it is, and what differs from the defaults below. */
export interface AccountEntry {
  readonly url: string;
  readonly use?: string;
  readonly id?: string;
  readonly entry?: object;
}

/** Milliseconds instead of seconds. */
export const FAST_TIMING = {
  firstPollMs: 20,
  pollEveryMs: 20,
  maxPolls: 500,
  giveUpMs: 60_000,
  answerWithinMs: 5_000,
} as const;

/** A valid config with accounts `first`, `second`, …; sections given here replace those of the same name. */
export function configFor(accounts: readonly AccountEntry[], sections: object = {}): object {
  return {
    server: { port: 0 },
    clients: [{ id: 'qa', key: CLIENT_KEY }],
    providers: accounts.map(toEntry),
    routing: { deadlineMs: 60_000, maxUsdPerTask: 1 },
    breaker: { failures: 3, cooldownMs: 10_000, maxCooldownMs: 20_000, balanceCheckMs: 60_000 },
    // Balances are read only by tests that want it.
    polling: { holdMs: 2_000, balanceEveryMs: 0 },
    store: { path: 'gateway.db' },
    ...sections,
  };
}

const ORDINALS = ['first', 'second', 'third', 'fourth'];

function toEntry({ url, use = 'classic', id, entry }: AccountEntry, index: number): object {
  return {
    id: id ?? ORDINALS[index] ?? `account-${index}`,
    use,
    apiKey: `${UPSTREAM_KEY}${index + 1}`,
    baseUrl: url,
    timing: FAST_TIMING,
    ...entry,
  };
}

/** A folder of its own with the config file in it. */
export interface ConfigFolder {
  readonly path: string;
  readonly configPath: string;
  remove(): void;
}

/** Writes a config (an object, or the file's text) to a new folder. */
export function writeConfig(config: object | string): ConfigFolder {
  const path = mkdtempSync(join(tmpdir(), 'captcha-gateway-e2e-'));
  const configPath = join(path, 'config.json');
  writeFileSync(configPath, typeof config === 'string' ? config : JSON.stringify(config));
  return { path, configPath, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** One line of the log. */
export type LogLine = Readonly<Record<string, unknown>>;

export interface GatewayInProcess {
  readonly url: string;
  /** Every line logged so far. */
  lines(): readonly LogLine[];
  /** Fails when a secret was logged. */
  close(): Promise<void>;
}

/** Starts the gateway from this config; it listens when the promise resolves. */
export async function openGateway(config: object): Promise<GatewayInProcess> {
  const folder = writeConfig({ ...config, store: { path: ':memory:' } });
  const written: string[] = [];
  const logTo = { write: (line: string) => void written.push(line) };
  const gateway = await startGateway({ configPath: folder.configPath, env: {}, logTo }).finally(() => {
    folder.remove();
  });
  return {
    url: gateway.url,
    lines: () => written.map((line): LogLine => JSON.parse(line)),
    close: async () => {
      await gateway.close();
      expectNoLeaks(written.join(''), 'the log');
    },
  };
}
