/** A real browser for tests of the page, and a record of everything that went wrong in it. */
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Undefined where this machine has no Chromium. */
export const executablePath = PLACES.find((place) => place !== undefined && existsSync(place));

const artefacts = fileURLToPath(new URL('../artefacts/', import.meta.url));

export function openBrowser(): Promise<Browser> {
  // Chromium's own sandbox does not start for root, as which tests in containers run.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

export interface OpenedPage {
  readonly page: Page;
  /** Errors on the console, thrown ones, and what the page's policy has blocked. */
  readonly faults: readonly string[];
  /** The address of everything that was asked for. */
  readonly asked: readonly string[];
  /** Bytes of all answers that have ended, by address. */
  readonly bytes: ReadonlyMap<string, number>;
  /** Takes those back that the test has brought about: the browser notes every answer that is an error. */
  forgive(noted: RegExp): void;
  /** Keeps a picture for whoever wants to know what the test saw. */
  picture(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens the dashboard in a context of its own, with no cookies from elsewhere. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  let faults: readonly string[] = [];
  const note = (fault: string) => {
    faults = [...faults, fault];
  };
  const asked: string[] = [];
  const bytes = new Map<string, number>();
  page.on('console', (message) => void (message.type() === 'error' && note(message.text())));
  page.on('pageerror', (error) => note(String(error)));
  page.on('dialog', (dialog) => note(`dialog: ${dialog.message()}`));
  page.on('request', (request) => void asked.push(request.url()));
  page.on('requestfinished', (request) => {
    void request.response().then(async (response) => {
      const body = await response?.body().catch(() => undefined);
      if (body && !bytes.has(request.url())) bytes.set(request.url(), body.length);
    });
  });
  await page.goto(`${url}/`);
  return {
    page,
    get faults() {
      return faults;
    },
    forgive(noted) {
      faults = faults.filter((fault) => !noted.test(fault));
    },
    asked,
    bytes,
    async picture(name) {
      mkdirSync(artefacts, { recursive: true });
      await page.screenshot({ path: `${artefacts}${name}.png`, fullPage: true });
    },
    close: () => context.close(),
  };
}
