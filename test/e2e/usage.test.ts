/** The figures that old clients ask for are those of the tasks this gateway has had. */
import { expect, it } from 'vitest';
import { CLIENT_KEY } from '../support/gateway-in-process.js';
import { jsonOf, send } from '../support/http.js';
import { classicDoor, classicSubmit } from './doors.js';
import { openScene } from './scene.js';

const IMAGE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk';
const LOAD = '/load.php?json=1';
const STATS = `/res.php?key=${CLIENT_KEY}&action=getstats&json=1`;

const PRICED = { threads: 4, pricesUsdPer1000: { recaptcha_v2: 3, image_to_text: 1 } };

it('load.php tells the threads in use, the price and the time of what was solved', async ({
  onTestFinished,
}) => {
  const scene = await openScene({ scripts: [{ solve: { default: { fixedMs: 60 } } }], entries: [PRICED] });
  onTestFinished(scene.close);
  const before = jsonOf(await send(scene.url, LOAD)).request;
  expect(before).toEqual({ waiting: 4, load: 0, minbid: 0, averageRecognitionTime: 0 });
  await classicDoor.solve(scene.url);
  const after = jsonOf(await send(scene.url, LOAD)).request as Readonly<Record<string, number>>;
  expect(after).toMatchObject({ waiting: 4, load: 0, minbid: 0.003 });
  expect(after.averageRecognitionTime).toBeGreaterThan(0.02);
  expect(after.averageRecognitionTime).toBeLessThan(5);
});

it('getQueueStats tells them of one kind', async ({ onTestFinished }) => {
  const slow = { solve: { default: { fixedMs: 60_000 } } };
  const scene = await openScene({ scripts: [slow], entries: [{ ...PRICED, kinds: ['recaptcha_v2'] }] });
  onTestFinished(scene.close);
  await classicSubmit(scene.url);
  const [recaptchas, images] = await Promise.all(
    [6, 1].map((queueId) => send(scene.url, '/getQueueStats', { json: { queueId } })),
  );
  expect(jsonOf(recaptchas ?? { text: '' })).toMatchObject({ waiting: 3, load: 25, total: 4 });
  expect(jsonOf(images ?? { text: '' })).toMatchObject({ waiting: 0, load: 100, total: 0 });
});

it('solve.php reads an image in one call, and getstats counts it', async ({ onTestFinished }) => {
  const scene = await openScene({ scripts: [{}], entries: [PRICED] });
  onTestFinished(scene.close);
  const form = new URLSearchParams({ key: CLIENT_KEY, method: 'base64', body: IMAGE });
  const { text } = await send(scene.url, '/solve.php', { body: form.toString() });
  expect(text).toMatch(/^OK\|\w+$/);
  const { request } = jsonOf(await send(scene.url, STATS));
  const rows = request as readonly { readonly volume: number; readonly money: number }[];
  expect(rows.reduce((sum, { volume }) => sum + volume, 0)).toBe(1);
  expect(rows.reduce((sum, { money }) => sum + money, 0)).toBeCloseTo(0.001, 6);
  const spending = await send(scene.url, '/getSpendingStats', { json: { clientKey: CLIENT_KEY } });
  const records = jsonOf(spending).data as readonly { readonly volume: number }[];
  expect(records.reduce((sum, { volume }) => sum + volume, 0)).toBe(1);
});

it('getToken answers with the solution in the same call', async ({ onTestFinished }) => {
  const scene = await openScene({ scripts: [{}] });
  onTestFinished(scene.close);
  const task = {
    type: 'ReCaptchaV2TaskProxyLess',
    websiteURL: 'https://example.com/',
    websiteKey: '6Le-abc',
  };
  const answer = jsonOf(await send(scene.url, '/getToken', { json: { clientKey: CLIENT_KEY, task } }));
  expect(answer).toMatchObject({ errorId: 0, status: 'ready', taskId: expect.any(String) });
  expect(answer.solution).toMatchObject({ gRecaptchaResponse: expect.stringMatching(/^03A/) });
});

it('a pingback address is remembered for the client that registered it', async ({ onTestFinished }) => {
  const scene = await openScene({ scripts: [{}] });
  onTestFinished(scene.close);
  const pingback = (action: string, addr = '') =>
    send(scene.url, `/res.php?key=${CLIENT_KEY}&action=${action}&addr=${addr}`).then(({ text }) => text);
  for (let index = 0; index < 100; index += 1)
    await pingback('add_pingback', `http://p${index}.example.com/`);
  expect(await pingback('add_pingback', 'http://one-too-many.example.com/')).toBe('ERROR_BAD_PARAMETERS');
  expect(await pingback('add_pingback', 'http://p7.example.com/')).toBe('OK');
  expect((await pingback('get_pingback')).split('|')).toHaveLength(101);
  expect(await pingback('del_pingback', 'http://p0.example.com/')).toBe('OK');
  expect(await pingback('get_pingback')).toMatch(/^OK\|http:\/\/p1\.example\.com\/\|/);
  expect(await pingback('del_pingback', 'all')).toBe('OK');
  expect(await pingback('get_pingback')).toBe('OK|');
});
