/** Distributions of the lag as an SVG that is readable on light and on dark pages, by the fonts that are there. */

/**
 * @typedef {object} Curve
 * @property {string} name
 * @property {readonly number[]} lagsMs the shortest first
 *
 * @typedef {object} Panel
 * @property {string} title
 * @property {readonly Curve[]} curves at most four
 */

const PANEL = { width: 400, height: 300, left: 52, right: 16, top: 44, bottom: 46 };
const PLOT_WIDTH = PANEL.width - PANEL.left - PANEL.right;
const PLOT_HEIGHT = PANEL.height - PANEL.top - PANEL.bottom;
const COLUMNS = 2;
const STEPS_S = [0.25, 0.5, 1, 2, 5, 10];
const MOST_TICKS = 6;
const LINE_HEIGHT = 17;
/** Told apart by colour and by dashes. */
const DASHES = ['none', '7 4', '2 3', '9 3 2 3'];

const STYLE = `
.page { fill: #ffffff } .halo { stroke: #ffffff; stroke-width: 4px; paint-order: stroke } .ink { fill: #1f2328 } .faint { fill: #59636e }
text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif } .title { font-size: 14px; font-weight: 600 }
.grid { stroke: #d1d9e0 } .axis { stroke: #59636e } .curve { fill: none; stroke-width: 2 }
.c0 { stroke: #59636e } .c1 { stroke: #bc4c00 } .c2 { stroke: #0969da } .c3 { stroke: #1a7f37 }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117 } .halo { stroke: #0d1117 } .ink { fill: #f0f6fc } .faint { fill: #9198a1 } .grid { stroke: #3d444d } .axis { stroke: #9198a1 }
.c0 { stroke: #b1bac4 } .c1 { stroke: #f0883e } .c2 { stroke: #58a6ff } .c3 { stroke: #3fb950 }
}`;

/** @param {readonly Panel[]} panels */
export function plot(panels) {
  const width = COLUMNS * PANEL.width;
  const height = Math.ceil(panels.length / COLUMNS) * PANEL.height;
  const parts = panels.map((panel, index) => {
    const x = (index % COLUMNS) * PANEL.width;
    const y = Math.floor(index / COLUMNS) * PANEL.height;
    return `<g transform="translate(${x} ${y})">\n${draw(panel)}\n</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Share of captchas told within a time">
<style>${STYLE}
</style>
<rect class="page" width="${width}" height="${height}"/>
${parts.join('\n')}
</svg>
`;
}

/** @param {Panel} panel */
function draw({ title, curves }) {
  const longestS = Math.max(...curves.map(({ lagsMs }) => lagsMs.at(-1) ?? 0)) / 1_000;
  const stepS = STEPS_S.find((step) => longestS / step <= MOST_TICKS) ?? Math.ceil(longestS / MOST_TICKS);
  const endS = Math.max(stepS, Math.ceil(longestS / stepS) * stepS);
  const atX = (/** @type {number} */ seconds) => round(PANEL.left + (seconds / endS) * PLOT_WIDTH);
  return [
    text({ x: PANEL.left, y: 24, said: title, style: 'title ink' }),
    ...[0, 0.25, 0.5, 0.75, 1].map(level),
    ...Array.from({ length: Math.round(endS / stepS) + 1 }, (_, tick) =>
      mark(tick * stepS, atX(tick * stepS)),
    ),
    text({
      x: PANEL.left + PLOT_WIDTH / 2,
      y: PANEL.height - 8,
      said: 'seconds from the result to the client',
      style: 'faint',
      anchor: 'middle',
    }),
    ...curves.map((curve, index) => line(curve, index, atX)),
    ...curves.map((curve, index) => legend(curve, index, curves.length)),
  ].join('\n');
}

/** @param {number} share */
function level(share) {
  const y = atY(share);
  const stroke = `<path class="${share === 0 ? 'axis' : 'grid'}" d="M${PANEL.left} ${y}h${PLOT_WIDTH}"/>`;
  const label = { x: PANEL.left - 8, y: y + 4, said: `${share * 100} %`, style: 'faint', anchor: 'end' };
  return stroke + text(label);
}

/** @param {number} seconds @param {number} x */
function mark(seconds, x) {
  const stroke = `<path class="axis" d="M${x} ${atY(0)}v5"/>`;
  return stroke + text({ x, y: atY(0) + 19, said: String(seconds), style: 'faint', anchor: 'middle' });
}

/** A step for every captcha. @param {Curve} curve @param {number} index @param {(seconds: number) => number} atX */
function line({ lagsMs }, index, atX) {
  const steps = lagsMs.map(
    (ms, rank) => `H${atX(Math.max(0, ms) / 1_000)}V${atY((rank + 1) / lagsMs.length)}`,
  );
  return `<path class="curve c${index}" stroke-dasharray="${DASHES[index]}" d="M${PANEL.left} ${atY(0)}${steps.join('')}"/>`;
}

/** In the lower right corner, where every curve has risen above it. @param {Curve} curve @param {number} index @param {number} curves */
function legend({ name }, index, curves) {
  const y = round(atY(0) - 12 - (curves - 1 - index) * LINE_HEIGHT);
  const right = PANEL.width - PANEL.right - 6;
  const sample = `<path class="curve c${index}" stroke-dasharray="${DASHES[index]}" d="M${right - 28} ${y - 4}h28"/>`;
  return sample + text({ x: right - 34, y, said: name, style: 'ink halo', anchor: 'end' });
}

/** @param {{ x: number, y: number, said: string, style: string, anchor?: string }} label */
function text({ x, y, said, style, anchor = 'start' }) {
  return `<text x="${x}" y="${y}" class="${style}" text-anchor="${anchor}">${escaped(said)}</text>`;
}

/** @param {number} share */
const atY = (share) => round(PANEL.top + (1 - share) * PLOT_HEIGHT);
/** @param {number} value */
const round = (value) => Math.round(value * 10) / 10;
/** @param {string} said */
const escaped = (said) => said.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
