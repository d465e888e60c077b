/** The dashboard in a real browser: what an operator sees and does, by eye and by keyboard. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_KEY, configFor, openGateway } from '../support/gateway-in-process.js';
import { send } from '../support/http.js';
import { executablePath, type OpenedPage, openBrowser, openPage } from './browser.js';
import { nativeDoor } from './doors.js';
import { openScene, type Scene } from './scene.js';

const KINDS = { kinds: ['recaptcha_v2', 'turnstile'] };
const NO_SLOT = { code: 'ERROR_NO_SLOT_AVAILABLE' };
const WITHIN_MS = 1_000;
const MOST_BYTES = 150_000;

/** Without Chromium nothing here can be tried; the install script of the tests brings one. */
describe.skipIf(!executablePath)('the dashboard in Chromium (skipped where there is none)', () => {
  let browser: Browser;
  let scene: Scene;
  let opened: OpenedPage;
  let page: Page;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    scene = await openScene({
      scripts: [{ balanceUsd: 5 }, { balanceUsd: 9 }],
      entries: [KINDS, { ...KINDS, use: 'json' }],
    });
  });
  afterEach(async () => {
    await opened.close();
    await scene.close();
    expect(opened.faults).toEqual([]);
  });

  async function open(options: Parameters<typeof openPage>[2] = {}): Promise<void> {
    opened = await openPage(browser, scene.url, options);
    page = opened.page;
    await page.locator('#board[data-live]').waitFor();
  }

  const row = (id: string) => page.locator(`[data-provider="${id}"]`);
  const solve = () => nativeDoor.solve(scene.url);

  it('shows who serves what, loads nothing from elsewhere, and weighs less than 150 kB with its data', async () => {
    await solve();
    await open();
    expect(await page.locator('#verdict').textContent()).toBe('All 2 providers take tasks.');
    expect(await page.locator('#serving tbody tr').first().textContent()).toMatch(
      /reCAPTCHA v2.*firstsecond/,
    );
    expect(await row('first').textContent()).toContain('takes tasks');
    await page.waitForLoadState('load');
    expect(opened.asked.length).toBeGreaterThan(20);
    expect(opened.asked.filter((url) => !url.startsWith(scene.url) && url !== 'data:,')).toEqual([]);
    const bytes = [...opened.bytes.values()].reduce((sum, size) => sum + size, 0);
    process.stdout.write(`the dashboard in Chromium: ${bytes} bytes, figures included\n`);
    expect([...opened.bytes.keys()].some((url) => url.endsWith('/status'))).toBe(true);
    expect(bytes).toBeLessThan(MOST_BYTES);
  });

  it('shows a failover within a second, with its cause, who stands in, and what to do', async () => {
    await open();
    const seen = page.evaluate(`new Promise(function look(resolve) {
      if (document.querySelector('g.hop')) resolve(Date.now());
      else requestAnimationFrame(() => look(resolve));
    })`);
    scene.first.set({ submit: NO_SLOT });
    await solve();
    const { failovers } = JSON.parse((await send(scene.url, '/status')).text);
    const tookMs = Number(await seen) - Date.parse(failovers[0].at);
    process.stdout.write(`a failover is on the page after ${tookMs} ms\n`);
    expect(tookMs).toBeLessThan(WITHIN_MS);
    await page.locator('#verdict[data-tone="warn"]').waitFor();
    expect(await page.locator('#verdict').textContent()).toBe(
      'first has no free worker for reCAPTCHA v2. Every kind is still served: second stands in.',
    );
    const card = page.locator('.incident');
    expect(await card.textContent()).toMatch(/ERROR_NO_SLOT_AVAILABLE when a task was handed in/);
    expect(await card.textContent()).toMatch(/1 task to second/);
    expect(await card.locator('[data-until]').textContent()).toMatch(/^in \d+ s$/);
    expect(await page.locator('#failovers tbody tr td').allTextContents()).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d$/),
      failovers[0].taskId,
      'reCAPTCHA v2',
      'first',
      'second',
      'no slot',
    ]);
    await opened.picture('failover');
  });

  it('counts down by itself, and tells an outage that is over as one', async () => {
    scene.first.set({ submit: NO_SLOT });
    await open();
    await solve();
    const countdown = page.locator('.incident [data-until]');
    const before = await countdown.textContent();
    await expect.poll(() => countdown.textContent(), { timeout: 5_000 }).not.toBe(before);
    await send(scene.url, '/admin/providers/first/admit', { json: {} });
    await page.locator('#verdict[data-tone="good"]').waitFor();
    expect(await page.locator('.incident').count()).toBe(0);
    expect(await page.locator('#past li').textContent()).toMatch(
      /first \(reCAPTCHA v2\) took no tasks: no slot, for .*it came back by an operator\. 1 task handed on to second\./,
    );
  });

  it('holds a provider out and lets it in by keyboard alone, and keeps the focus through updates', async () => {
    await open();
    await tabTo('[data-action="hold"][data-id="first"]');
    await solve();
    await page.locator('#figures [data-key="solved, last hour"] dd', { hasText: /^1/ }).waitFor();
    expect(await page.evaluate('document.activeElement.dataset.action')).toBe('hold');
    await page.keyboard.press('Enter');
    await page.locator('#confirm[open]').waitFor();
    await page.keyboard.type('maintenance <b>tonight</b>');
    await page.keyboard.press('Enter');
    await row('first').getByText('held out').waitFor();
    expect(await page.locator('#said').textContent()).toBe('first is held out: it gets no new tasks.');
    expect(await page.locator('.incident').textContent()).toContain('“maintenance <b>tonight</b>”');
    expect(await page.locator('#serving tbody tr').first().textContent()).toContain('second');
    await tabTo('[data-action="admit"][data-id="first"]');
    await page.keyboard.press('Space');
    await page.locator('#confirm[open]').waitFor();
    await page.keyboard.press('Escape');
    expect(await page.locator('#confirm[open]').count()).toBe(0);
    expect(await page.evaluate('document.activeElement.dataset.action')).toBe('admit');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await row('first').getByText('takes tasks').first().waitFor();
  });

  async function tabTo(selector: string): Promise<void> {
    for (let turn = 0; turn < 60; turn += 1) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
    }
    throw new Error(`no Tab leads to ${selector}`);
  }

  it('tells the story of a task by its id, and keeps its address', async () => {
    scene.first.set({ submit: NO_SLOT });
    const told = await solve();
    const taskId = 'taskId' in told ? told.taskId : '';
    await open();
    await page.getByLabel('Task id').fill(taskId);
    await page.keyboard.press('Enter');
    const story = page.locator('#task');
    await story.locator('h3').waitFor();
    expect(await story.locator('h3').textContent()).toMatch(`Task ${taskId}: solved by second in`);
    expect(await story.textContent()).toMatch(/first.*ERROR_NO_SLOT_AVAILABLE.*second/s);
    expect(page.url()).toMatch(new RegExp(`#task=${taskId}$`));
    await page.reload();
    await story.locator('h3').waitFor();
    await page.getByLabel('Task id').fill('99999');
    await page.getByRole('button', { name: 'Tell its story' }).click();
    await page.getByText('Task 99999: There is no such task.').waitFor();
    opened.forgive(/status of 404/);
  });

  it('tells a task step by step where the gateway does, in its words', async () => {
    await open();
    const at = '2026-01-01T00:00:01.250Z';
    const step = { at, step: 'refused', provider: 'first', attempt: 1, outcome: 'no_slot' };
    const timeline = [
      { ...step, text: 'said <b>NO_SLOT</b> after 41 ms' },
      { at, step: 'waited' },
    ];
    const rest = { status: 'solved', kind: 'turnstile', clientId: 'qa', provider: 'second', costUsd: 0.002 };
    const times = { createdAt: '2026-01-01T00:00:00.000Z', finishedAt: at, deadlineAt: at };
    const json = { taskId: '77', ...rest, ...times, attempts: [], passedOver: [], timeline };
    await page.route('**/admin/tasks/77', (route) => route.fulfill({ json }));
    await page.getByLabel('Task id').fill('77');
    await page.keyboard.press('Enter');
    await page.locator('#task h3').waitFor();
    expect(await page.locator('#task .steps li > span:last-child').allTextContents()).toEqual([
      'first said <b>NO_SLOT</b> after 41 ms',
      'waited',
    ]);
    expect(await page.locator('#task .steps .span').first().textContent()).toMatch(/\+1\.3 s$/);
  });

  it('shows words from outside as text, whatever they hold', async () => {
    const markup = '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>';
    scene.second.set({ submit: { code: markup } });
    await send(scene.url, '/admin/providers/first/hold', { json: { reason: markup } });
    await nativeDoor.solve(scene.url).catch(() => undefined);
    await open();
    const { providers } = JSON.parse((await send(scene.url, '/status')).text);
    expect(JSON.stringify(providers)).toContain('onerror');
    expect(await page.locator('#incidents').textContent()).toContain('<img src=x onerror=');
    await page.getByLabel('Task id').fill(markup);
    await page.keyboard.press('Enter');
    await page.locator('#task [role="alert"]').waitFor();
    expect(await page.locator('#board img, #board script').count()).toBe(0);
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    opened.forgive(/status of 404/);
  });

  it('is dark where the system is, and where the switch says so', async () => {
    await open({ colorScheme: 'dark' });
    const brightness = async () =>
      Number(/\d+/.exec(String(await page.evaluate('getComputedStyle(document.body).backgroundColor')))?.[0]);
    expect(await brightness()).toBeLessThan(60);
    await page.getByRole('button', { name: 'Theme: auto' }).click();
    expect(await brightness()).toBeGreaterThan(200);
    await page.reload();
    await page.getByRole('button', { name: 'Theme: light' }).click();
    expect(await brightness()).toBeLessThan(60);
    await page.locator('#board[data-live]').waitFor();
    await opened.picture('dark');
  });

  it('needs no sideways scrolling, from a phone to a desk, with details opened and long words', async () => {
    await scene.close();
    const id = `first-${'w'.repeat(24)}-of-a-whole-department`;
    scene = await openScene({ entries: [{ ...KINDS, id }, KINDS] });
    scene.first.set({ submit: NO_SLOT });
    await solve();
    await send(scene.url, '/admin/providers/second/hold', { json: { reason: 'W'.repeat(200) } });
    await open({ viewport: { width: 400, height: 800 } });
    await page.locator('g.hop').first().waitFor();
    await page.evaluate(`document.querySelectorAll('details').forEach((each) => { each.open = true; })`);
    for (const width of [400, 640, 800, 960, 1120, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const needed = await page.evaluate(`new Promise(function look(resolve) {
        if (innerWidth === ${width}) resolve(document.documentElement.scrollWidth);
        else requestAnimationFrame(() => look(resolve));
      })`);
      expect([width, needed]).toEqual([width, width]);
      if (width === 400) await opened.picture('narrow');
    }
  });

  it('asks for the key once; nothing in the page can read what stands for it', async () => {
    const guarded = await openGateway(configFor([{ url: scene.first.url }], { admin: { key: ADMIN_KEY } }));
    opened = await openPage(browser, guarded.url);
    page = opened.page;
    await page.getByLabel('Admin key').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('This is not the admin key.').waitFor();
    await page.getByLabel('Admin key').fill(ADMIN_KEY);
    await page.keyboard.press('Enter');
    await page.locator('#board[data-live]').waitFor();
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(ADMIN_KEY);
    await page.reload();
    await page.locator('#board[data-live]').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Admin key').waitFor();
    await guarded.close();
    opened.forgive(/status of 401/);
  });

  it('says that the gateway is away, and goes on by itself when it is back', async () => {
    const config = configFor([{ url: scene.first.url, entry: KINDS }]);
    const first = await openGateway(config);
    opened = await openPage(browser, first.url);
    page = opened.page;
    await page.locator('#board[data-live]').waitFor();
    await first.close();
    await page.getByText('No connection to the gateway since').waitFor();
    const again = await openGateway({ ...config, server: { port: Number(new URL(first.url).port) } });
    await page.locator('#lost').waitFor({ state: 'hidden' });
    await nativeDoor.solve(again.url);
    await page.locator('#figures [data-key="solved, last hour"] dd', { hasText: /^1/ }).waitFor();
    await page.goto('about:blank');
    await again.close();
    opened.forgive(/ERR_(?:CONNECTION|INCOMPLETE|EMPTY)/);
  });
});
