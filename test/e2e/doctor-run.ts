/** `captcha-gateway doctor` as a process, and what it is run against: services, configs, ports of one test. */
import { chmodSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { openSandbox } from '../../src/app.js';
import type { Finding } from '../../src/doctor/facts.js';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.js';
import {
  type AccountEntry,
  CLIENT_KEY,
  type ConfigFolder,
  configFor,
  writeConfig,
} from '../support/gateway-in-process.js';
import { type Ended, runCommand } from '../support/gateway-process.js';

/** The key of every account here, but for its last two digits. */
export const KEY = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';

/** What depends on the machine that the tests run on. */
const OF_THE_MACHINE =
  /^(ledger-not-kept|disk-|open-files-low|memory-limit-low|proxy-variables-ignored|ledger-on-network)/;

/** A service of this test. */
export async function sandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const opened = await openSandbox({ record: true, ...options });
  onTestFinished(() => opened.close());
  return opened;
}

/** The port of a server of this test. */
export async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A service that answers as told; its address. */
export async function service(answer: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listening(createServer(answer))}`;
}

/** A folder with a config that only its owner may read. */
export function configWith(accounts: readonly AccountEntry[], sections: object = {}): ConfigFolder {
  const clients = [{ id: 'qa', key: CLIENT_KEY }];
  const entries = accounts.map(({ entry, ...account }, index) => ({
    ...account,
    entry: { apiKey: `${KEY.slice(2)}${10 + index}`, timing: { firstPollMs: 20, pollEveryMs: 20 }, ...entry },
  }));
  const folder = writeConfig(configFor(entries, { clients, ...sections }));
  chmodSync(folder.configPath, 0o600);
  onTestFinished(() => folder.remove());
  return folder;
}

/** What the command said and how it ended. */
export interface Told extends Ended {
  readonly findings: readonly Finding[];
  /** `id where`, without what the machine is to blame for. */
  readonly found: readonly string[];
}

/** Runs `doctor --json`. */
export async function doctor(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Told> {
  const ended = await runCommand(['doctor', '--json', ...args], env);
  expect(ended.stderr).toBe('');
  const { findings }: { readonly findings: readonly Finding[] } = JSON.parse(ended.stdout);
  const own = findings.filter(({ id }) => !OF_THE_MACHINE.test(id));
  return { ...ended, findings, found: own.map(({ id, where }) => `${id} ${where}`) };
}

/** A port where nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}
