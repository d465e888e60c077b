/** The last hour as lanes: who answered how much, who was closed and why, and each task that was handed on. */
import { now } from './api.js';
import { byId, h, render, s } from './dom.js';
import { clock, count, duration, list } from './format.js';
import type { Picture } from './live.js';
import { type ClosedSpan, type Hop, hopsOf, spansOf, ticksOf, type Window, windowFor } from './spans.js';
import { moment } from './times.js';
import type { History } from './wire.js';
import { kindName, shortCause } from './words.js';

const LANE = 58;
const AXIS = 22;
const RIGHT = 8;
/** Closed spans, at the top of a lane; answers below. */
const STRIP = 16;
const BARS = 24;
/** Failovers nearer than that are one arrow. */
const SPOT = 7;
const LETTER = 6.4;

interface Canvas {
  readonly window: Window;
  readonly left: number;
  readonly width: number;
  readonly lanes: ReadonlyMap<string, number>;
  readonly x: (at: number) => number;
}

/** Draws the lanes and the table that says the same; `minutes` is null for as much as there is. */
export function showTimeline({ status, history }: Picture, minutes: number | null): void {
  const place = byId('timeline');
  const window = windowFor(Date.parse(status.startedAt), now(), minutes);
  const width = Math.max(280, place.clientWidth);
  const left = width < 600 ? 8 : 120;
  const x = (at: number) => left + ((at - window.from) / (window.to - window.from)) * (width - left - RIGHT);
  const lanes = new Map(status.providers.map(({ id }, index) => [id, index * LANE]));
  const canvas = { window, left, width, lanes, x };
  const height = lanes.size * LANE + AXIS;
  const hops = hopsOf(status.failovers, window, ((window.to - window.from) / (width - left)) * SPOT);
  const spans = spansOf(status.providers, history.changes, window);
  render(
    place,
    s(
      'svg',
      { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': spoken(hops, spans) },
      ticks(canvas, height),
      [...lanes].map(([id, top]) => lane(canvas, id, top)),
      bars(canvas, history),
      spans.map((span) => closedSpan(canvas, span)),
      hops.map((hop) => arrow(canvas, hop)),
    ),
  );
  showTable(status.failovers);
}

function spoken(hops: readonly Hop[], spans: readonly ClosedSpan[]): string {
  const tasks = hops.reduce((sum, hop) => sum + hop.tasks.length, 0);
  const closed = [...new Set(spans.map(({ provider, cause }) => `${provider} (${shortCause(cause)})`))];
  return `Timeline. ${count(tasks, 'task')} handed on. Took no tasks for a while: ${list(closed) || 'nobody'}. The table below says the same.`;
}

function ticks({ window, x, width }: Canvas, height: number): readonly SVGElement[] {
  return ticksOf(window, width < 600 ? 4 : 8).map((at) =>
    s(
      'g',
      { class: 'tick', 'data-key': at },
      s('line', { x1: x(at), x2: x(at), y1: 0, y2: height - AXIS }),
      s('text', { x: x(at), y: height - 6, 'text-anchor': 'middle' }, clock(at).slice(0, 5)),
    ),
  );
}

function lane({ left, width }: Canvas, id: string, top: number): SVGElement {
  const isNarrow = left < 100;
  return s(
    'g',
    { class: 'lane', 'data-key': `lane ${id}` },
    s('line', { x1: left, x2: width - RIGHT, y1: top + LANE - 8, y2: top + LANE - 8 }),
    s(
      'text',
      { x: isNarrow ? left + 2 : 0, y: isNarrow ? top + 28 : top + LANE - 14 },
      cut(id, isNarrow ? 30 : 17),
    ),
  );
}

/** What was answered, and what was not, minute by minute. */
function bars({ window, x, lanes }: Canvas, { minutes }: History): readonly SVGElement[] {
  const most = Math.max(
    1,
    ...minutes.flatMap(({ providers }) => providers.map((each) => each.solved + each.failed)),
  );
  return minutes.flatMap(({ at, providers }) => {
    const begins = Math.max(Date.parse(at), window.from);
    const ends = Math.min(Date.parse(at) + 60_000, window.to);
    if (ends <= window.from || ends <= begins) return [];
    return providers.flatMap(({ id, solved, failed }) => {
      const top = lanes.get(id);
      if (top === undefined) return [];
      const floor = top + LANE - 8;
      const [high, low] = [(solved / most) * BARS, (failed / most) * BARS];
      const box = { x: x(begins) + 0.5, width: Math.max(1, x(ends) - x(begins) - 1) };
      const said = `${id}, ${clock(Date.parse(at)).slice(0, 5)}: ${solved} solved, ${failed} failed attempts`;
      return [
        s(
          'rect',
          { class: 'solved', 'data-key': `${at} ${id}`, ...box, y: floor - high, height: high },
          s('title', {}, said),
        ),
        failed > 0 &&
          s(
            'rect',
            { class: 'failed', 'data-key': `${at} ${id} failed`, ...box, y: floor - high - low, height: low },
            s('title', {}, said),
          ),
      ].filter((made) => made !== false);
    });
  });
}

function closedSpan(
  { x, lanes }: Canvas,
  { provider, isAccount, isHeld, cause, from, to }: ClosedSpan,
): SVGElement | null {
  const top = lanes.get(provider);
  if (top === undefined) return null;
  const width = Math.max(3, x(to) - x(from));
  const text = isHeld ? 'held out' : shortCause(cause);
  const said = `${provider}: ${text}, ${clock(from)} to ${clock(to)} (${duration(to - from)})`;
  const tone = isHeld ? 'held' : isAccount ? 'account' : 'kind';
  return s(
    'g',
    { class: `closed ${tone}`, 'data-key': `${provider} ${isAccount} ${cause} ${from}` },
    s('title', {}, said),
    s('rect', { x: x(from), y: top + 2, width, height: isAccount ? STRIP : STRIP - 6, rx: 2 }),
    isAccount && width > text.length * LETTER + 8 && s('text', { x: x(from) + 5, y: top + 14 }, text),
  );
}

function arrow({ x, lanes }: Canvas, { at, from, to, causes, tasks }: Hop): SVGElement | null {
  const [start, end] = [lanes.get(from), lanes.get(to)];
  if (start === undefined || end === undefined) return null;
  const isDown = end > start;
  const [y1, y2] = isDown ? [start + 22, end + LANE - 12] : [start + LANE - 12, end + 24];
  const tip = isDown ? -6 : 6;
  const said = `${clock(at)}: ${count(tasks.length, 'task')} from ${from} to ${to}, ${list(causes.map(shortCause))}`;
  return s(
    'g',
    { class: 'hop', 'data-key': `${at} ${from} ${to}`, 'data-from': from, 'data-to': to },
    s('title', {}, said),
    s('line', {
      x1: x(at),
      x2: x(at),
      y1,
      y2: y2 + tip,
      'stroke-width': Math.min(4, 1.5 + Math.log2(tasks.length) / 2),
    }),
    s('path', { d: `M${x(at) - 4} ${y2 + tip}h8l-4 ${-tip}z` }),
    s('circle', { cx: x(at), cy: y1, r: 2.5 }),
    tasks.length > 1 && s('text', { x: x(at) + 5, y: (y1 + y2) / 2 + 3 }, `${tasks.length}`),
  );
}

const MOST_ROWS = 50;

function showTable(failovers: Picture['status']['failovers']): void {
  render(byId('failover-count'), `Every failover as a table (${failovers.length})`);
  render(
    byId('failovers'),
    failovers.length === 0 && h('p', { class: 'quiet' }, 'No task was handed on in the last hour.'),
    failovers.length > 0 &&
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ['At', 'Task', 'Captcha', 'From', 'To', 'Because'].map((title) =>
              h('th', { scope: 'col' }, title),
            ),
          ),
        ),
        h(
          'tbody',
          {},
          failovers.slice(0, MOST_ROWS).map(({ at, taskId, kind, from, to, cause }) =>
            h(
              'tr',
              { 'data-key': `${at} ${taskId} ${to}` },
              h('td', {}, moment(Date.parse(at))),
              h('td', {}, h('a', { href: `#task=${taskId}` }, taskId)),
              [kindName(kind), from, to, shortCause(cause)].map((text) => h('td', {}, text)),
            ),
          ),
        ),
      ),
    failovers.length > MOST_ROWS &&
      h('p', { class: 'quiet' }, `and ${failovers.length - MOST_ROWS} older ones`),
  );
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
