/** The table of the demo: one line for each captcha, printed as soon as it is solved. */
import { styleText } from 'node:util';
import type { TaskStory } from './clients.js';
import { type Api, DEMO_KINDS } from './requests.js';
import { SERVICE_NAMES } from './services.js';

export interface Row {
  readonly number: number;
  readonly api: Api;
  readonly kind: string;
  /** What the first service does meanwhile. */
  readonly state: string;
  readonly story: TaskStory;
  readonly isSolved: boolean;
  /** What the client read instead of a solution. */
  readonly word: string | undefined;
  readonly tookMs: number;
}

export type Paint = (format: 'green' | 'yellow' | 'red' | 'dim' | 'bold', text: string) => string;

/** Colours where somebody looks; plain text where a program reads. */
export function painter(isColoured: boolean): Paint {
  return (format, text) => (isColoured ? styleText(format, text) : text);
}

interface Column {
  readonly title: string;
  readonly width: number;
  readonly isNumber?: true;
}

const longest = (words: readonly string[]) => Math.max(...words.map(({ length }) => length));

const COLUMNS: readonly Column[] = [
  { title: '#', width: 2, isNumber: true },
  { title: 'api', width: longest(['classic', 'native']) },
  { title: 'kind', width: longest(DEMO_KINDS) },
  { title: SERVICE_NAMES[0], width: longest(['has no balance']) },
  { title: 'who was tried', width: 55 },
  { title: 'solved by', width: longest(['solved by', ...SERVICE_NAMES]) },
  { title: 'ms', width: 5, isNumber: true },
  { title: 'cost $', width: 7, isNumber: true },
];

/** The two lines above the first row. */
export function heading(paint: Paint): string {
  const titles = line(COLUMNS.map(({ title }) => title));
  const rules = line(COLUMNS.map(({ width }) => '-'.repeat(width)));
  return `${paint('bold', titles)}\n${paint('dim', rules)}`;
}

/** One row, in the colour of what became of it. */
export function rowLine(row: Row, paint: Paint): string {
  const { story, isSolved, word } = row;
  const text = line([
    String(row.number),
    row.api,
    row.kind,
    row.state,
    isSolved ? pathOf(story) : `${pathOf(story)}  (${word ?? 'no answer'})`,
    isSolved ? (story.provider ?? '') : 'nobody',
    String(Math.round(row.tookMs)),
    story.costUsd === null ? '' : story.costUsd.toFixed(5),
  ]);
  if (!isSolved) return paint('red', text);
  return story.provider === SERVICE_NAMES[0] ? text : paint('yellow', text);
}

/** `captchaai: no_slot -> 2captcha: solved`; a service in brackets was known to be closed or doubted, and not asked. */
function pathOf({ attempts, passedOver }: TaskStory): string {
  const closed = passedOver.flatMap(({ provider, why }) => {
    const [, cause] = / (?:open|doubt): (\w+)/.exec(why) ?? [];
    return cause === undefined ? [] : [`(${provider}: ${cause})`];
  });
  const asked = attempts.map(({ provider, outcome }) => `${provider}: ${outcome}`);
  return [...closed, ...asked].join(' -> ');
}

function line(cells: readonly string[]): string {
  const padded = COLUMNS.map(({ width, isNumber }, index) => {
    const cell = cells[index] ?? '';
    return isNumber ? cell.padStart(width) : cell.padEnd(width);
  });
  return padded.join('  ').trimEnd();
}
