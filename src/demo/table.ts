/** The table of the demo: one line for each captcha, printed as soon as it is solved. */
import { type Column, openTable } from '../terminal/table.js';
import type { Paint } from '../terminal/text.js';
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

const longest = (words: readonly string[]) => Math.max(...words.map(({ length }) => length));

const COLUMNS: readonly Column<Row>[] = [
  { title: '#', width: 2, isNumber: true, cell: ({ number }) => String(number) },
  { title: 'api', width: longest(['classic', 'native']), cell: ({ api }) => api },
  { title: 'kind', width: longest(DEMO_KINDS), cell: ({ kind }) => kind },
  { title: SERVICE_NAMES[0], width: longest(['has no balance']), cell: ({ state }) => state },
  { title: 'who was tried', width: 55, cell: whoWasTried },
  {
    title: 'solved by',
    width: longest(['solved by', ...SERVICE_NAMES]),
    cell: ({ story, isSolved }) => (isSolved ? (story.provider ?? '') : 'nobody'),
  },
  { title: 'ms', width: 5, isNumber: true, cell: ({ tookMs }) => String(Math.round(tookMs)) },
  { title: 'cost $', width: 7, isNumber: true, cell: ({ story }) => story.costUsd?.toFixed(5) ?? '' },
];

const TABLE = openTable(COLUMNS);

/** The two lines above the first row. */
export function heading(paint: Paint): string {
  return `${paint('bold', TABLE.heading)}\n${paint('dim', TABLE.rule)}`;
}

/** One row, in the colour of what became of it. */
export function rowLine(row: Row, paint: Paint): string {
  const text = TABLE.line(row);
  if (!row.isSolved) return paint('red', text);
  return row.story.provider === SERVICE_NAMES[0] ? text : paint('yellow', text);
}

/** One row for a program. */
export function rowValue({ number, api, kind, state, story, isSolved, word, tookMs }: Row): object {
  const { taskId, provider, costUsd, attempts } = story;
  return {
    event: 'solve',
    number,
    api,
    kind,
    state,
    isSolved,
    word: word ?? null,
    tookMs: Math.round(tookMs),
    taskId,
    provider,
    costUsd,
    attempts: attempts.map((attempt) => ({ provider: attempt.provider, outcome: attempt.outcome })),
  };
}

function whoWasTried({ story, isSolved, word }: Row): string {
  return isSolved ? pathOf(story) : `${pathOf(story)}  (${word ?? 'no answer'})`;
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
