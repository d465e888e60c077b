/** How the page looks, and what it may do: nothing but show itself. */
import { createHash } from 'node:crypto';

/** Small enough to stand in the page. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fbfaf8, #16181b); --sheet: light-dark(#fff, #1e2125);
  --ink: light-dark(#1c1e21, #e8e6e3); --quiet: light-dark(#5c6168, #a0a6ae);
  --line: light-dark(#dedbd5, #353a40); --link: light-dark(#0b57a4, #8ab8f0);
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  max-width: 980px; margin: 0 auto; padding: 0 20px 80px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: break-word;
}
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 20px; top: 8px; padding: 4px 8px; background: var(--sheet); }
h1 { margin: 20px 0 4px; font-size: 26px; }
h2 { margin: 36px 0 8px; font-size: 19px; }
h3 { margin: 14px 0 4px; font-size: 14px; }
p { margin: 6px 0; max-width: 75ch; }
nav ul { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 8px 0; padding: 0; list-style: none; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { margin: 6px 0; padding: 10px 12px; border: 1px solid var(--line); background: var(--paper); white-space: pre-wrap; }
details { margin: 6px 0; border: 1px solid var(--line); background: var(--sheet); }
details > div { padding: 0 14px 10px; }
details details { margin: 4px 0; border: 0; }
details details > pre { margin: 4px 0 0; }
summary { padding: 8px 14px; cursor: pointer; }
details details > summary { padding: 2px 0; color: var(--quiet); }
summary b { display: inline-block; min-width: 62px; }
summary span { color: var(--quiet); }
table { width: 100%; border-collapse: collapse; }
tr { border-bottom: 1px solid var(--line); }
th, td { padding: 3px 12px 3px 0; text-align: left; vertical-align: top; }
th { color: var(--quiet); font-weight: 500; }
td:first-child { white-space: nowrap; }
td, pre { overflow-wrap: anywhere; }
@media (max-width: 640px) {
  tr, td { display: block; padding: 0; }
  tr { padding: 5px 0; }
  th { display: none; }
}
@media print { details > div { display: block; } }
`;

/** No script, nothing from elsewhere, no other style than that one, and nobody puts it into a frame. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'`,
  'img-src data:',
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');
