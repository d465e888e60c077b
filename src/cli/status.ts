import { parseArgs } from 'node:util';
import { askStatus, OPERATOR_OPTIONS, runOperator } from '../app/operator-client.js';
import type { Command } from '../main.js';
import { usageOf } from '../terminal/help.js';
import { type Column, tableText } from '../terminal/table.js';

const USAGE = usageOf('status', OPERATOR_OPTIONS);

/** One table of the providers: who takes tasks, who does not, why, and what ends it. */
export default {
  summary: 'show who takes tasks, who does not, why, and what ends it',
  usage: USAGE,
  options: OPERATOR_OPTIONS,
  examples: ['status', 'status --json --url http://127.0.0.1:8080 --key KEY'],
  run: (args) =>
    runOperator(
      USAGE,
      async () => {
        const { values } = parseArgs({ args: [...args], options: OPERATOR_OPTIONS });
        const status = await askStatus(values);
        process.stdout.write(
          values.json ? `${JSON.stringify(status)}\n` : tableText(COLUMNS, status.providers),
        );
        return 0;
      },
      args,
    ),
} satisfies Command;

type Provider = Awaited<ReturnType<typeof askStatus>>['providers'][number];

const COLUMNS: readonly Column<Provider>[] = [
  { title: 'provider', cell: ({ id }) => id },
  { title: 'state', cell: ({ state }) => state },
  { title: 'cause', cell: ({ cause }) => cause ?? '-' },
  { title: 'since', cell: ({ since }) => since ?? '-' },
  { title: 'until', cell: ({ until }) => until ?? '-' },
  { title: 'comes back by', cell: ({ comesBack }) => comesBack ?? '-' },
  { title: 'balance $', cell: ({ balanceUsd }) => balanceUsd?.toFixed(2) ?? '-' },
  {
    title: 'in flight',
    cell: ({ inFlight, limit }) => (limit === null ? String(inFlight) : `${inFlight} of ${limit}`),
  },
  { title: 'open kinds', cell: openKinds },
];

/** The kinds that are not simply let in, with their causes. */
function openKinds({ kinds }: Provider): string {
  const open = kinds.filter(({ state }) => state !== 'closed');
  return open.map(({ kind, state, cause }) => `${kind} ${state} (${cause})`).join(', ') || '-';
}
