/** Puts the parts of the page that need no compiler beside the compiled ones. */
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';

const here = new URL('./', import.meta.url);
const built = new URL('../../../dist/src/ops/dashboard/', import.meta.url);
mkdirSync(built, { recursive: true });
for (const name of readdirSync(here).filter((file) => /\.(?:html|css)$/.test(file))) {
  copyFileSync(new URL(name, here), new URL(name, built));
}
