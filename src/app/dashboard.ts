/** Serves the dashboard: one page at `/`, its parts under a path that changes with them, and the figures it draws. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compress } from 'hono/compress';
import { SolveError } from '../core/errors.js';
import { type HistoryReport, MOST_MINUTES } from '../ops/history.js';
import type { App } from './doors.js';
import { type Guard, noSuch, problem } from './operator-guard.js';

export interface DashboardOptions {
  readonly guard: Guard;
  readonly history: (minutes: number) => HistoryReport;
}

interface Asset {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface Assets {
  readonly page: Asset;
  /** Of all of them together. */
  readonly version: string;
  readonly parts: ReadonlyMap<string, Asset>;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

/** Nothing from elsewhere, nothing written into the page, and nobody puts it into a frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Mounts the page for everybody, for it shows nothing by itself, and its figures for the operator. */
export function mountDashboard(app: App, { guard, history }: DashboardOptions): void {
  let read: Assets | undefined;
  const assets = () => {
    read ??= readAssets();
    return read;
  };
  // Asked for again and again while the page is open; with many kinds and providers they are long.
  for (const path of ['/status', '/admin/history']) app.use(path, compress());
  app.get('/', (context) => {
    const { page, version } = assets();
    const headers = { ...HEADERS, 'cache-control': 'no-cache', etag: `"${version}"` };
    if (context.req.header('if-none-match') === headers.etag)
      return new Response(null, { status: 304, headers });
    return new Response(page.bytes, { headers: { ...headers, 'content-type': page.type } });
  });
  app.get('/dashboard/:version/:name', (context) => {
    const { version, parts } = assets();
    const part = context.req.param('version') === version && parts.get(context.req.param('name'));
    if (!part) return noSuch('path');
    const headers = { ...HEADERS, 'content-type': part.type };
    return new Response(part.bytes, {
      headers: { ...headers, 'cache-control': 'public, max-age=31536000, immutable' },
    });
  });
  app.get(
    '/admin/history',
    guard((context) => {
      const minutes = context.req.query('minutes') ?? String(MOST_MINUTES);
      if (/^\d{1,4}$/.test(minutes) && Number(minutes) >= 1)
        return context.json(history(Math.min(Number(minutes), MOST_MINUTES)));
      return problem(new SolveError('bad_request', { detail: 'minutes is a number from 1 to 60.' }));
    }),
  );
}

/** Every file of the page, read once: all of them together are small. */
function readAssets(): Assets {
  const folder = builtFolder();
  const { resolve } = createRequire(import.meta.url);
  const own = readdirSync(folder)
    .filter((name) => /\.(?:js|css)$/.test(name))
    .map((name) => [name, new URL(name, folder)] as const);
  const parts = new Map<string, Asset>();
  for (const [name, path] of [
    ...own,
    ['uplot.js', resolve('uplot/dist/uPlot.iife.min.js')] as const,
    ['uplot.css', resolve('uplot/dist/uPlot.min.css')] as const,
  ]) {
    parts.set(name, { type: TYPES[name.split('.').at(-1) ?? ''] ?? '', bytes: bytesOf(readFileSync(path)) });
  }
  const text = readFileSync(new URL('index.html', folder), 'utf8');
  const hash = createHash('sha256').update(text);
  for (const { bytes } of parts.values()) hash.update(bytes);
  const version = hash.digest('hex').slice(0, 16);
  const page = new TextEncoder().encode(text.replaceAll('"dashboard/', `"dashboard/${version}/`));
  return { page: { type: TYPES.html ?? '', bytes: page }, version, parts };
}

function bytesOf(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer);
}

/** Where the built page lies: beside the built gateway, or below `dist` when that runs from its sources. */
function builtFolder(): URL {
  const places = ['../ops/dashboard/', '../../dist/src/ops/dashboard/'];
  const built = places
    .map((place) => new URL(place, import.meta.url))
    .find((folder) => existsSync(new URL('main.js', folder)));
  if (!built) throw new Error('The dashboard is not built: run npm run build.');
  return built;
}
