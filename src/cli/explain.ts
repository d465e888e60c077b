import { parseArgs } from 'node:util';
import {
  askTask,
  OPERATOR_OPTIONS,
  runOperator,
  type TaskStory,
  UsageError,
} from '../app/operator-client.js';
import type { Command } from '../main.js';
import { usageOf } from '../terminal/help.js';
import { openTable } from '../terminal/table.js';
import { type Colour, isColoured, painter, plain } from '../terminal/text.js';

const USAGE = usageOf('explain TASK', OPERATOR_OPTIONS);

/** The story of one task: who was asked, in which order and why, what each said, what it cost. */
export default {
  summary: 'tell the story of one task: who was asked, why, what each said',
  usage: USAGE,
  options: OPERATOR_OPTIONS,
  examples: ['explain 12345', 'explain 12345 --json'],
  run: (args) =>
    runOperator(
      USAGE,
      async () => {
        const { values, positionals } = parseArgs({
          args: [...args],
          options: OPERATOR_OPTIONS,
          allowPositionals: true,
        });
        const [id, ...rest] = positionals;
        if (id === undefined || rest.length > 0) throw new UsageError('Name one task by its id');
        const story = await askTask(values, id);
        process.stdout.write(values.json ? `${JSON.stringify(story)}\n` : storyText(story));
        return 0;
      },
      args,
    ),
} satisfies Command;

type Entry = TaskStory['timeline'][number];

/** A line for each entry: when, how long after the one before, what. */
function storyText({ taskId, status, timeline }: TaskStory): string {
  const paint = painter(isColoured(process.stdout));
  const rows = timeline.map((entry, index) => ({ entry, before: timeline[index - 1] }));
  const { line } = openTable(
    [
      { title: 'at', cell: ({ entry }) => entry.at ?? '-' },
      { title: 'after', cell: ({ entry, before }) => sinceText(entry, before), isNumber: true },
      { title: 'what', cell: ({ entry }) => entry.text },
    ],
    rows,
  );
  const lines = rows.map((row) => {
    const colour = colourOf(row.entry);
    return colour === undefined ? line(row) : paint(colour, line(row));
  });
  return [plain(`task ${taskId}: ${status}`), ...lines].map((text) => `${text}\n`).join('');
}

function sinceText({ at }: Entry, before: Entry | undefined): string {
  if (at === null || !before?.at) return '';
  const ms = Math.max(0, Date.parse(at) - Date.parse(before.at));
  return ms === 0 ? '' : `+${(ms / 1_000).toFixed(3)} s`;
}

function colourOf({ step, outcome }: Entry): Colour | undefined {
  if (step === 'passed-over') return 'dim';
  if (step === 'failover' || step === 'late-answer') return 'yellow';
  if (outcome === null) return undefined;
  return outcome === 'solved' || outcome === 'accepted' ? 'green' : 'red';
}
