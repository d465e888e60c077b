/** Serves the description of the API: the document for programs, and the page that shows it to people. */
import { createHash } from 'node:crypto';
import { compress } from 'hono/compress';
import type { App } from './doors.js';

interface Part {
  readonly body: string;
  readonly etag: string;
}

interface Parts {
  readonly document: Part;
  readonly page: Part;
  /** What the page may do. */
  readonly policy: string;
}

/** Mounts `/openapi.json` and `/docs` for everybody: neither says more than the program's own README. */
export function mountApiDocs(app: App, { version }: { readonly version: () => string }): void {
  let built: Promise<Parts> | undefined;
  const parts = () => {
    built ??= build(version());
    return built;
  };
  for (const path of ['/openapi.json', '/docs']) app.use(path, compress());
  app.get('/openapi.json', async ({ req }) => {
    const { document } = await parts();
    return answer(document, req.header('if-none-match'), { 'content-type': 'application/json' });
  });
  app.get('/docs', async ({ req }) => {
    const { page, policy } = await parts();
    return answer(page, req.header('if-none-match'), {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
  });
}

/** Nobody may ever ask, so not even the modules are loaded before somebody does: a start takes no longer for it. */
async function build(version: string): Promise<Parts> {
  const [{ buildDocument }, { renderPage }, { PAGE_POLICY: policy }] = await Promise.all([
    import('../openapi/document.js'),
    import('../openapi/page.js'),
    import('../openapi/page-style.js'),
  ]);
  const document = buildDocument({ version });
  return { document: partOf(JSON.stringify(document)), page: partOf(renderPage(document)), policy };
}

/** The tag is a weak one, because what is compressed has other bytes. */
function partOf(body: string): Part {
  return { body, etag: `W/"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"` };
}

function answer({ body, etag }: Part, known: string | undefined, headers: Record<string, string>): Response {
  const all = { ...headers, etag, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' };
  if (known?.includes(etag)) return new Response(null, { status: 304, headers: all });
  return new Response(body, { headers: all });
}
