/** A scripted run of many tasks, every figure of which can be counted by hand. */
import { expect } from 'vitest';
import { openSandbox } from '../../src/app.js';
import type { Sandbox, Script } from '../../src/sandbox/sandbox.js';
import {
  ADMIN_KEY,
  CLIENT_KEY,
  configFor,
  FAST_TIMING,
  type GatewayInProcess,
  openGateway,
} from '../support/gateway-in-process.js';
import { jsonOf, send } from '../support/http.js';

export const LAB_KEY = '1ab0000000000000000000000000000c3';
/** What one task costs, in USD. */
export const RATES = { first: 0.001, second: 0.002 } as const;
const SHOP = 'https://shop.example.com/login?session=secret';
const FORUM = 'https://forum.example.org/join';
const KINDS = ['recaptcha_v2', 'turnstile', 'hcaptcha', 'image_to_text'];

const priced = (usd: number) => Object.fromEntries(KINDS.map((kind) => [kind, usd * 1_000]));
const sold = (usd: number) => ({ kinds: KINDS, pricesUsdPer1000: priced(usd) });
const script = (name: keyof typeof RATES): Script => ({
  solve: { default: { fixedMs: 30 } },
  pricesUsdPer1000: priced(RATES[name]),
});

/** When everything has been done, and the services and the gateway still answer. */
export interface Run {
  readonly gateway: GatewayInProcess;
  readonly first: Sandbox;
  readonly second: Sandbox;
  /** As the clients were told, per provider: from asking it to its answer. */
  readonly tookMs: Readonly<Record<'first' | 'second', readonly number[]>>;
  /** How many the clients have made. */
  readonly reports: number;
  close(): Promise<unknown>;
}

interface Told {
  readonly taskId: string;
  readonly status: string | number;
  readonly attempts: readonly {
    readonly provider: 'first' | 'second';
    readonly outcome: string;
    readonly tookMs: number;
  }[];
}

interface Stage {
  readonly first: Sandbox;
  /** Has a captcha solved for a client, and reported when `isGood` says how. */
  readonly solve: (key: string, fields: object, isGood?: boolean) => Promise<Told>;
}

/** Opens two services and a gateway, and plays the run. */
export async function openRun(): Promise<Run> {
  const first = await openSandbox({ script: { ...script('first'), verdictOf: { hcaptcha: 'never' } } });
  const second = await openSandbox({ script: script('second') });
  const accounts = [
    { url: first.url, entry: { ...sold(RATES.first), timing: { ...FAST_TIMING, giveUpMs: 400 } } },
    { url: second.url, entry: sold(RATES.second) },
  ];
  const clients = [
    { id: 'qa', key: CLIENT_KEY },
    { id: 'lab', key: LAB_KEY },
  ];
  const gateway = await openGateway(configFor(accounts, { admin: { key: ADMIN_KEY }, clients }));
  const tookMs = { first: [] as number[], second: [] as number[] };
  let reports = 0;
  const solve: Stage['solve'] = async (key, json, isGood) => {
    const headers = { 'x-api-key': key };
    const told = jsonOf(await send(gateway.url, '/v1/solve', { json, headers })) as unknown as Told;
    const answer = told.attempts.find(({ outcome }) => outcome === 'solved');
    if (answer) tookMs[answer.provider].push(answer.tookMs);
    if (isGood === undefined) return told;
    reports += 1;
    const sent = { json: { accepted: isGood }, headers };
    expect((await send(gateway.url, `/v1/tasks/${told.taskId}/report`, sent)).status).toBe(200);
    return told;
  };
  await act({ first, solve });
  const close = () => Promise.all([gateway.close(), first.close(), second.close()]);
  return { gateway, first, second, tookMs, reports, close };
}

const recaptcha = (pageUrl: string) => ({ kind: 'recaptcha_v2', siteKey: '6Le-key', pageUrl });

/** The run. Every line says what it makes the services do. */
async function act({ first, solve }: Stage): Promise<void> {
  // Solved by the first: four at the shop (two good, one bad, one without report), two at the forum (one bad).
  await solve(CLIENT_KEY, recaptcha(SHOP), true);
  await solve(CLIENT_KEY, recaptcha(SHOP), true);
  await solve(CLIENT_KEY, recaptcha(SHOP), false);
  await solve(CLIENT_KEY, recaptcha(SHOP));
  await solve(CLIENT_KEY, recaptcha(FORUM), false);
  await solve(CLIENT_KEY, recaptcha(FORUM));
  // Unsolvable at the first, solved by the second.
  first.queue('submit', { verdict: 'unsolvable' });
  await solve(LAB_KEY, recaptcha(FORUM), true);
  // NO_SLOT at the first, solved by the second; the next one does not even ask the first.
  first.queue('submit', { code: 'ERROR_NO_SLOT_AVAILABLE' });
  await solve(CLIENT_KEY, { kind: 'turnstile', siteKey: '0xA', pageUrl: SHOP });
  await solve(CLIENT_KEY, { kind: 'turnstile', siteKey: '0xA', pageUrl: SHOP });
  // Never solved by the first within its time, then solved by the second.
  await solve(LAB_KEY, { kind: 'hcaptcha', siteKey: 'a5f7', pageUrl: SHOP });
  // A wrong site key: the caller's fault, nobody else is asked.
  first.queue('submit', { code: 'ERROR_GOOGLEKEY' });
  expect(await solve(CLIENT_KEY, recaptcha(SHOP))).toMatchObject({ status: 400 });
  // An image stands on no page.
  await solve(CLIENT_KEY, {
    kind: 'image_to_text',
    imageBase64: Buffer.from('\x89PNG image').toString('base64'),
  });
  // The first runs out of money; the second solves, badly.
  first.set({ balanceUsd: 0 });
  await solve(LAB_KEY, recaptcha(FORUM), false);
}
