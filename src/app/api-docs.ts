/** Serves the description of the API: the document for programs, and the page that shows it to people. */
import { createHash } from 'node:crypto';
import { compress } from 'hono/compress';
import { buildDocument } from '../openapi/document.js';
import { renderPage } from '../openapi/page.js';
import { PAGE_POLICY } from '../openapi/page-style.js';
import type { App } from './doors.js';

interface Part {
  readonly body: string;
  readonly etag: string;
}

interface Parts {
  readonly document: Part;
  readonly page: Part;
}

/** Mounts `/openapi.json` and `/docs` for everybody: neither says more than the program's own README. */
export function mountApiDocs(app: App, { version }: { readonly version: () => string }): void {
  let built: Parts | undefined;
  // Nobody may ever ask, and it takes a moment.
  const parts = () => {
    built ??= build(version());
    return built;
  };
  for (const path of ['/openapi.json', '/docs']) app.use(path, compress());
  app.get('/openapi.json', ({ req }) =>
    answer(parts().document, req.header('if-none-match'), { 'content-type': 'application/json' }),
  );
  app.get('/docs', ({ req }) =>
    answer(parts().page, req.header('if-none-match'), {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': PAGE_POLICY,
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    }),
  );
}

function build(version: string): Parts {
  const document = buildDocument({ version });
  return { document: partOf(JSON.stringify(document)), page: partOf(renderPage(document)) };
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
