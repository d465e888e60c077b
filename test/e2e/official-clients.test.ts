/** Unmodified official clients from npm, pointed at the gateway the way their users would. */
import { createRequire } from 'node:module';
import { APIError, Solver } from '@2captcha/captcha-solver';
import {
  CapMonsterCloudClientFactory,
  ClientOptions,
  ImageToTextRequest,
  RecaptchaV2Request,
} from '@zennolab_com/capmonstercloud-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxTask } from '../../src/sandbox/sandbox.js';
import { CLIENT_KEY } from '../support/gateway-in-process.js';
import { PAGE_URL, SITE_KEY } from './doors.js';
import { openScene, type Scene } from './scene.js';

/** A client whose only providers are out of money. */
const POOR_KEY = 'c11e27000000000000000000000000ff';
const IMAGE = 'R0lGODlhAQABAAAAACw=';
const BALANCE_USD = 10;

let scene: Scene;

beforeAll(async () => {
  const clients = [
    { id: 'qa', key: CLIENT_KEY, providers: ['first'] },
    { id: 'poor', key: POOR_KEY, providers: ['second'] },
  ];
  scene = await openScene({
    scripts: [{ balanceUsd: BALANCE_USD, solve: { default: { fixedMs: 150 } } }, { balanceUsd: 0 }],
    sections: { clients },
  });
});
afterAll(() => scene.close());

/** The task at the provider with this answer. */
function boughtAs(answer: string | undefined): SandboxTask {
  const found = scene.first
    .tasks()
    .find(({ solution }) => solution.token === answer || solution.text === answer);
  if (!found) throw new Error(`nobody sold ${answer}`);
  return found;
}

async function reportOf(answer: string): Promise<SandboxTask['report']> {
  await expect.poll(() => boughtAs(answer).report, { timeout: 5_000 }).toBeDefined();
  return boughtAs(answer).report;
}

describe('@2captcha/captcha-solver', () => {
  /** Its URLs are getters without an option. */
  function openSolver(key: string): Solver {
    return Object.defineProperties(new Solver(key, 100), {
      in: { get: () => `${scene.url}/in.php` },
      res: { get: () => `${scene.url}/res.php` },
    });
  }

  it('solves, reads the balance and reports', async () => {
    const solver = openSolver(CLIENT_KEY);
    expect(await solver.balance()).toBeCloseTo(BALANCE_USD, 1);
    const recaptcha = await solver.recaptcha({ pageurl: PAGE_URL, googlekey: SITE_KEY });
    expect(boughtAs(recaptcha.data).task).toEqual({
      kind: 'recaptcha_v2',
      siteKey: SITE_KEY,
      pageUrl: PAGE_URL,
    });
    expect(recaptcha).toEqual({ status: 1, id: expect.stringMatching(/^\d+$/), data: recaptcha.data });
    const image = await solver.imageCaptcha({ body: IMAGE, numeric: 4, min_len: 5, max_len: 5 });
    expect(boughtAs(image.data).task).toMatchObject({
      kind: 'image_to_text',
      imageBase64: IMAGE,
      numeric: 4,
    });
    expect(await solver.goodReport(recaptcha.id)).toBe('OK_REPORT_RECORDED');
    expect(await solver.badReport(image.id)).toBe('OK_REPORT_RECORDED');
    expect(await solver.badReport(image.id)).toBe('OK_REPORT_RECORDED');
    expect([await reportOf(recaptcha.data), await reportOf(image.data)]).toEqual(['good', 'bad']);
  });

  it('hears that there is no money, and that a key is wrong', async () => {
    const poor = openSolver(POOR_KEY);
    const attempt = poor.recaptcha({ pageurl: PAGE_URL, googlekey: SITE_KEY });
    await expect(attempt).rejects.toMatchObject({ err: 'ERROR_ZERO_BALANCE', constructor: APIError });
    await expect(poor.imageCaptcha({ body: IMAGE })).rejects.toMatchObject({ err: 'ERROR_ZERO_BALANCE' });
    const stranger = openSolver('nobodys').recaptcha({ pageurl: PAGE_URL, googlekey: SITE_KEY });
    await expect(stranger).rejects.toMatchObject({ err: 'ERROR_KEY_DOES_NOT_EXIST' });
  });
});

describe('@antiadmin/anticaptchaofficial', () => {
  /** The module is one object with its state in it; it has no types of its own. */
  interface AntiCaptcha {
    readonly settings: Readonly<Record<string, unknown>>;
    readonly session: { readonly taskId: number };
    getBalance(): Promise<number>;
    solveImage(body: string): Promise<string>;
    solveRecaptchaV2Proxyless(websiteURL: string, websiteKey: string): Promise<string>;
    reportIncorrectImageCaptcha(): Promise<boolean>;
    reportCorrectRecaptcha(): Promise<boolean>;
    reportIncorrectRecaptcha(): Promise<boolean>;
  }
  interface Axios {
    readonly interceptors: {
      readonly request: {
        use(change: (request: { url: string }) => object): number;
        eject(id: number): void;
      };
    };
  }

  const requireHere = createRequire(import.meta.url);
  const path = requireHere.resolve('@antiadmin/anticaptchaofficial');
  const official = requireHere(path) as AntiCaptcha;
  const axios = createRequire(path)('axios') as Axios;

  /** Its host is a constant: its users put an interceptor on the axios it requires, or a line into the hosts file. */
  let interceptor: number;
  beforeAll(() => {
    interceptor = axios.interceptors.request.use((request) => {
      const url = request.url.replace('https://api.anti-captcha.com', scene.url);
      return Object.assign(request, { url });
    });
  });
  afterAll(() => axios.interceptors.request.eject(interceptor));

  function openClient(clientKey: string): AntiCaptcha {
    const pace = { firstAttemptWaitingInterval: 0.1, normalWaitingInterval: 0.1, isVerbose: false };
    return {
      ...official,
      settings: { ...official.settings, ...pace, clientKey },
      session: { ...official.session },
    };
  }

  it('solves, reads the balance and reports', async () => {
    const client = openClient(CLIENT_KEY);
    expect(await client.getBalance()).toBeCloseTo(BALANCE_USD, 1);
    const token = await client.solveRecaptchaV2Proxyless(PAGE_URL, SITE_KEY);
    expect(client.session.taskId).toBeGreaterThan(0);
    expect(boughtAs(token).task).toEqual({ kind: 'recaptcha_v2', siteKey: SITE_KEY, pageUrl: PAGE_URL });
    expect(await client.reportCorrectRecaptcha()).toBe(true);
    expect(await client.reportIncorrectRecaptcha()).toBe(true);
    const text = await client.solveImage(IMAGE);
    expect(boughtAs(text).task).toEqual({ kind: 'image_to_text', imageBase64: IMAGE });
    expect(await client.reportIncorrectImageCaptcha()).toBe(true);
    expect([await reportOf(token), await reportOf(text)]).toEqual(['good', 'bad']);
  });

  it('hears that there is no money, and that a key is wrong', async () => {
    const poor = openClient(POOR_KEY);
    await expect(poor.solveRecaptchaV2Proxyless(PAGE_URL, SITE_KEY)).rejects.toBe('ERROR_ZERO_BALANCE');
    await expect(poor.solveImage(IMAGE)).rejects.toBe('ERROR_ZERO_BALANCE');
    await expect(openClient('nobodys').getBalance()).rejects.toBe('ERROR_KEY_DOES_NOT_EXIST');
  });
});

describe('@zennolab_com/capmonstercloud-client', () => {
  function openClient(clientKey: string) {
    return CapMonsterCloudClientFactory.Create(new ClientOptions({ clientKey, serviceUrl: scene.url }));
  }

  const recaptcha = () => new RecaptchaV2Request({ websiteURL: PAGE_URL, websiteKey: SITE_KEY });
  const image = () => new ImageToTextRequest({ body: IMAGE, Case: true });

  it('solves at its own pace and reads the balance', async () => {
    const client = openClient(CLIENT_KEY);
    const [balance, solved, read] = await Promise.all([
      client.getBalance(),
      client.Solve(recaptcha()),
      client.Solve(image()),
    ]);
    expect(balance).toEqual({ errorId: 0, balance: expect.any(Number) });
    expect(solved.error).toBeUndefined();
    expect(boughtAs(solved.solution?.gRecaptchaResponse).task).toMatchObject({
      siteKey: SITE_KEY,
      pageUrl: PAGE_URL,
    });
    expect(boughtAs(read.solution?.text).task).toEqual({
      kind: 'image_to_text',
      imageBase64: IMAGE,
      caseSensitive: true,
    });
  });

  it('hears that there is no money, and that a key is wrong', async () => {
    const poor = openClient(POOR_KEY);
    const answers = await Promise.all([poor.Solve(recaptcha()), poor.Solve(image())]);
    expect(answers.map(({ error }) => error)).toEqual(['ZERO_BALANCE', 'ZERO_BALANCE']);
    expect((await openClient('nobodys').Solve(image())).error).toBe('KEY_DOES_NOT_EXIST');
  });
});
