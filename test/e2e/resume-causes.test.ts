/** Why a provider is closed survives a kill: it is not asked again to find out what was known before. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, type TestContext, vi } from 'vitest';
import { openSandbox } from '../../src/app.js';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.js';
import { openSqlite } from '../../src/store/sqlite.js';
import { configFor, writeConfig } from '../support/gateway-in-process.js';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.js';
import { jsonOf, send } from '../support/http.js';
import { nativeDoor } from './doors.js';

const LATE = { timeout: 5_000, interval: 50 };

interface Place {
  readonly first: Sandbox;
  start(entry?: object, sections?: object): Promise<GatewayProcess>;
  /** Resolves when this fact has reached the file. */
  untilKept(key: string): Promise<void>;
}

async function openPlace(
  onTestFinished: TestContext['onTestFinished'],
  options: SandboxOptions,
): Promise<Place> {
  const first = await openSandbox(options);
  onTestFinished(() => first.close());
  const second = await openSandbox({ script: { solve: { default: { fixedMs: 10 } } } });
  onTestFinished(() => second.close());
  const place = mkdtempSync(join(tmpdir(), 'captcha-gateway-causes-'));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const path = join(place, 'gateway.db');
  const start = async (entry?: object, sections: object = {}) => {
    const accounts = [{ url: first.url, ...(entry && { entry }) }, { url: second.url }];
    const folder = writeConfig(configFor(accounts, { store: { path }, ...sections }));
    const gateway = await startGatewayProcess(folder.configPath);
    folder.remove();
    onTestFinished(async () => {
      if (!gateway.hasEnded()) await gateway.kill();
    });
    return gateway;
  };
  const untilKept = (key: string) =>
    vi.waitFor(async () => expect([...(await factsIn(path)).keys()]).toContain(key), LATE);
  return { first, start, untilKept };
}

/** Of a copy: the file belongs to the gateway. */
async function factsIn(path: string) {
  const folder = mkdtempSync(join(tmpdir(), 'captcha-gateway-facts-'));
  const copy = join(folder, 'gateway.db');
  try {
    for (const suffix of ['', '-wal']) copyFileSync(`${path}${suffix}`, `${copy}${suffix}`);
    const store = openSqlite({ path: copy });
    const facts = await store.recall();
    await store.close();
    return facts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first provider as /status shows it. */
async function statusOf(url: string) {
  const { providers } = jsonOf(await send(url, '/status')) as {
    readonly providers: readonly Readonly<Record<string, unknown>>[];
  };
  return providers[0];
}

async function expectSolvedElsewhere(url: string): Promise<void> {
  expect(await nativeDoor.solve(url)).toMatchObject({ token: expect.stringMatching(/^03A/) });
}

it('does not ask with a wrong key again, and does with another one', async ({ onTestFinished }) => {
  const { first, start, untilKept } = await openPlace(onTestFinished, { keys: ['the-right-key'] });
  const before = await start();
  await expectSolvedElsewhere(before.url);
  expect(first.stats().calls.submit).toBe(1);
  await untilKept('gate key first');
  await before.kill();

  const after = await start();
  await expectSolvedElsewhere(after.url);
  expect(first.stats().calls.submit).toBe(1);
  expect(await statusOf(after.url)).toMatchObject({ state: 'open', cause: 'auth' });
  await after.kill();

  const corrected = await start({ apiKey: 'the-right-key' });
  await expectSolvedElsewhere(corrected.url);
  expect(first.stats()).toMatchObject({ accepted: 1, calls: { submit: 2 } });
});

it('keeps a ban to its time', async ({ onTestFinished }) => {
  const { first, start, untilKept } = await openPlace(onTestFinished, {
    script: { submit: { code: 'IP_BANNED', banMs: 300_000 } },
  });
  const before = await start();
  await expectSolvedElsewhere(before.url);
  const banned = await statusOf(before.url);
  expect(banned).toMatchObject({ state: 'open', cause: 'banned', until: expect.any(String) });
  const { calls } = first.stats();
  await untilKept('gate ban first');
  await before.kill();

  const after = await start();
  for (let tasks = 0; tasks < 3; tasks += 1) await expectSolvedElsewhere(after.url);
  expect(first.stats().calls).toEqual(calls);
  const { state, cause, since, until } = banned ?? {};
  expect(await statusOf(after.url)).toMatchObject({ state, cause, since, until });
});

it('asks at once for a balance that is due, and still names its port first', async ({ onTestFinished }) => {
  const { start, untilKept } = await openPlace(onTestFinished, { script: { balanceUsd: 0 } });
  const breaker = { cooldownMs: 20, maxCooldownMs: 40, balanceCheckMs: 20 };
  const before = await start({}, { breaker });
  await expectSolvedElsewhere(before.url);
  await untilKept('gate money first');
  await before.kill();

  const after = await start({}, { breaker });
  const isTold = () => after.lines().some(({ event }) => event === 'breaker-opened');
  await vi.waitFor(() => expect(isTold()).toBe(true), LATE);
  expect(after.lines()[0]).toMatchObject({ event: 'listening', url: after.url });
});
