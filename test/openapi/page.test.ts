/** The page that shows the document: all of it is there, every link leads somewhere, and nothing can be smuggled in. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { ERROR_POLICY } from '../../src/core/errors.js';
import { KIND_NAMES } from '../../src/core/task.js';
import { buildDocument } from '../../src/openapi/document.js';
import { submitName } from '../../src/openapi/kinds.js';
import { renderPage } from '../../src/openapi/page.js';
import { PAGE_POLICY } from '../../src/openapi/page-style.js';

const MOST_BYTES = 100_000;

const document = buildDocument({ version: '1.2.3' });
const page = renderPage(document);

/** What the page says, without its marks. */
const said = page
  .replace(/<[^>]+>/g, '')
  .replaceAll('&quot;', '"')
  .replaceAll('&lt;', '<')
  .replaceAll('&gt;', '>')
  .replaceAll('&amp;', '&');

it('weighs less than 100 kB', () => {
  process.stdout.write(`the page: ${Buffer.byteLength(page)} bytes\n`);
  expect(Buffer.byteLength(page)).toBeLessThan(MOST_BYTES);
});

it('shows every route, kind, field, code and shape', () => {
  const paths = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods).map(({ summary }) => `${path} ${summary}`),
  );
  const fields = KIND_NAMES.flatMap((kind) =>
    Object.keys(document.components.schemas[submitName(kind)]?.properties ?? {}),
  );
  expect(fields.length).toBeGreaterThan(KIND_NAMES.length);
  for (const text of [...paths, ...KIND_NAMES, ...fields, ...Object.keys(ERROR_POLICY)])
    expect(said).toContain(text);
  for (const { operationId } of Object.values(document.paths).flatMap((methods) => Object.values(methods)))
    expect(page).toContain(`id="${operationId}"`);
});

it('has a place for every link, and one only', () => {
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  expect(targets.length).toBeGreaterThan(100);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  expect([...new Set(targets)].filter((id) => !ids.includes(id))).toEqual([]);
  const elsewhere = [...page.matchAll(/(?:href|src)="([^#"][^"]*)"/g)].map(([, url]) => url);
  expect(elsewhere).toEqual(['data:,', 'openapi.json', './']);
});

it('has examples that a shell reads as they are meant', () => {
  const bodies = [...said.matchAll(/ -d '([^']*)'/g)].map(([, body]) => body ?? '');
  expect(bodies.length).toBeGreaterThan(KIND_NAMES.length);
  for (const body of bodies) expect(() => JSON.parse(body)).not.toThrow();
  expect(said).not.toMatch(/undefined|\[object|\{id\}"/);
});

it('brings the one style that its policy lets in', () => {
  const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  expect(PAGE_POLICY).toContain(`'sha256-${hash}'`);
});

it('takes no word of the document for markup', () => {
  const sly = '<script>alert("x")</script>`<b>';
  const paths = Object.entries(document.paths).map(([path, methods]) => {
    const slyer = Object.entries(methods).map(([method, operation]) => [
      method,
      { ...operation, summary: sly, description: sly, operationId: `"${sly}` },
    ]);
    return [path, Object.fromEntries(slyer)] as const;
  });
  const info = { ...document.info, title: sly, description: sly };
  const text = renderPage({ ...document, info, paths: Object.fromEntries(paths) });
  expect(text).not.toContain('<script');
  expect(text).not.toMatch(/id="[^"]*</);
});
