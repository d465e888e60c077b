/** Solve times and success of the last hour as lines, and as a table that says the same. */
import type uPlot from 'uplot';
import { now } from './api.js';
import { byId, h, render } from './dom.js';
import { clock, duration, percent, usd } from './format.js';
import type { Picture } from './live.js';
import { ticksOf, windowFor } from './spans.js';
import { colour } from './theme.js';
import type { Figures } from './wire.js';

/** uPlot's own script has put it there. */
declare global {
  interface Window {
    readonly uPlot: typeof uPlot;
  }
}

/** Lines differ by colour and by dashes. */
const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 4], [10, 3, 2, 3], [5, 2], [1, 2]];
const COLOURS = 6;
const HEIGHT = 170;
const MINUTE = 60;

interface Plot {
  readonly id: string;
  readonly value: (figures: Figures) => number | null;
  readonly say: (value: number) => string;
  /** Where the scale ends at least. */
  readonly most: (largest: number) => number;
}

const PLOTS: readonly Plot[] = [
  {
    id: 'solve-times',
    value: ({ p50Ms }) => (p50Ms === null ? null : p50Ms / 1_000),
    say: (seconds) => (seconds === 0 ? '0' : duration(seconds * 1_000)),
    most: (largest) => Math.max(0.1, largest * 1.15),
  },
  {
    id: 'success',
    value: ({ solved, failed }) => (solved + failed === 0 ? null : (solved / (solved + failed)) * 100),
    say: (value) => `${value} %`,
    most: () => 105,
  },
];

/** A function that draws both; `fresh` begins anew, after a change of theme. */
export function openPlots(): (picture: Picture, minutes: number | null, fresh?: boolean) => void {
  const drawn = new Map<string, { readonly plot: uPlot; readonly shape: string }>();
  return (picture, minutes, fresh = false) => {
    const ids = picture.status.providers.map(({ id }) => id);
    for (const plot of PLOTS) {
      const place = byId(plot.id);
      const width = Math.max(260, place.clientWidth);
      const shape = JSON.stringify([ids, width]);
      const data = dataOf(picture, plot, ids);
      const shown = windowFor(Date.parse(picture.status.startedAt), now(), minutes);
      const scale = { min: shown.from / 1_000, max: shown.to / 1_000 };
      const known = drawn.get(plot.id);
      if (known && known.shape === shape && !fresh) {
        known.plot.setData(data, false);
        known.plot.setScale('x', scale);
        continue;
      }
      known?.plot.destroy();
      drawn.set(plot.id, { shape, plot: new window.uPlot(optionsOf(plot, ids, width), data, place) });
      drawn.get(plot.id)?.plot.setScale('x', scale);
    }
    showLegend(ids);
    showTable(picture);
  };
}

/** Every minute has a point, so that lines break where nothing ended. */
function dataOf({ history }: Picture, { value }: Plot, ids: readonly string[]): uPlot.AlignedData {
  const first = Math.floor(Date.parse(history.from) / 60_000);
  const last = Math.floor(Date.parse(history.to) / 60_000);
  const byMinute = new Map(history.minutes.map(({ at, providers }) => [Date.parse(at) / 60_000, providers]));
  const minutes = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const lines = ids.map((id) =>
    minutes.map((minute) => {
      const figures = byMinute.get(minute)?.find((each) => each.id === id);
      return figures ? value(figures) : null;
    }),
  );
  // A minute's point stands in its middle, the running one's where it has got to.
  const ends = Date.parse(history.to) / 1_000;
  return [minutes.map((minute) => Math.min(minute * MINUTE + MINUTE / 2, ends)), ...lines];
}

function optionsOf({ say, most }: Plot, ids: readonly string[], width: number): uPlot.Options {
  const [ink, grid] = [colour('quiet'), colour('line')];
  const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
  const font = '12px system-ui, sans-serif';
  const sayValue = (value: number) => (value > most(0) && most(0) > 100 ? '' : say(value));
  return {
    width,
    height: HEIGHT,
    cursor: { show: false },
    legend: { show: false },
    scales: { x: { time: true, auto: false }, y: { range: (_plot, _min, max) => [0, most(max ?? 0)] } },
    axes: [
      { ...axis, font, splits: (_plot, _axis, min, max) => marks(min, max, width), values: sayMarks },
      { ...axis, font, values: (_plot, splits) => splits.map(sayValue), size: 58, space: 34 },
    ],
    series: [
      {},
      ...ids.map((id, index) => ({
        label: id,
        stroke: colour(`series-${index % COLOURS}`),
        dash: [...(DASHES[index % DASHES.length] ?? [])],
        width: 2,
        points: { show: true, size: 6, fill: colour(`series-${index % COLOURS}`) },
      })),
    ],
  };
}

/** Full minutes, in seconds as uPlot counts. */
function marks(from: number, to: number, width: number): number[] {
  const shown = { from: from * 1_000, to: to * 1_000 };
  return ticksOf(shown, Math.max(2, Math.floor(width / 80))).map((at) => at / 1_000);
}

function sayMarks(_plot: uPlot, splits: readonly number[]): string[] {
  return splits.map((at) => clock(at * 1_000).slice(0, 5));
}

function showLegend(ids: readonly string[]): void {
  render(
    byId('legend'),
    ids.map((id, index) =>
      h(
        'li',
        { 'data-key': id },
        h('span', { class: `swatch series-${index % COLOURS}`, 'aria-hidden': 'true' }),
        id,
      ),
    ),
  );
}

function showTable({ status, history }: Picture): void {
  const figures = new Map(history.providers.map((each) => [each.id, each]));
  const rows = status.providers.flatMap(({ id }) => figures.get(id) ?? []);
  const titles = ['Provider', 'Solved', 'Failed attempts', 'Success', 'p50', 'p95', 'Spent'];
  render(
    byId('plot-table'),
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          titles.map((title) => h('th', { scope: 'col' }, title)),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map(({ id, solved, failed, p50Ms, p95Ms, spendUsd }) =>
          h(
            'tr',
            { 'data-key': id },
            h('th', { scope: 'row' }, id),
            [
              solved,
              failed,
              solved + failed > 0 ? percent(solved / (solved + failed)) : '–',
              p50Ms === null ? '–' : duration(p50Ms),
              p95Ms === null ? '–' : duration(p95Ms),
              usd(spendUsd),
            ].map((value) => h('td', {}, value)),
          ),
        ),
      ),
    ),
  );
}
