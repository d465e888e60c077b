import { parseArgs } from 'node:util';
import { askStatus, OPERATOR_OPTIONS, OPERATOR_USAGE, plain, runOperator } from '../app/operator-client.js';
import type { Command } from '../main.js';

const USAGE = `status ${OPERATOR_USAGE}`;

/** One table of the providers: who takes tasks, who does not, why, and what ends it. */
export default {
  summary: 'show who takes tasks, who does not, why, and what ends it',
  usage: USAGE,
  run: (args) =>
    runOperator(USAGE, async () => {
      const { values } = parseArgs({ args: [...args], options: OPERATOR_OPTIONS });
      const status = await askStatus(values);
      process.stdout.write(values.json ? `${JSON.stringify(status)}\n` : table(status.providers));
      return 0;
    }),
} satisfies Command;

type Provider = Awaited<ReturnType<typeof askStatus>>['providers'][number];

const COLUMNS: readonly (readonly [title: string, cell: (provider: Provider) => string])[] = [
  ['provider', ({ id }) => id],
  ['state', ({ state }) => state],
  ['cause', ({ cause }) => cause ?? '-'],
  ['since', ({ since }) => since ?? '-'],
  ['until', ({ until }) => until ?? '-'],
  ['comes back by', ({ comesBack }) => comesBack ?? '-'],
  ['balance $', ({ balanceUsd }) => (balanceUsd === null ? '-' : balanceUsd.toFixed(2))],
  ['in flight', ({ inFlight, limit }) => (limit === null ? String(inFlight) : `${inFlight} of ${limit}`)],
  ['open kinds', openKinds],
];

function table(providers: readonly Provider[]): string {
  const rows = providers.map((provider) => COLUMNS.map(([, cell]) => plain(cell(provider))));
  const lines = [COLUMNS.map(([title]) => title), ...rows];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const padded = lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return padded.map((line) => `${line.trimEnd()}\n`).join('');
}

/** The kinds that are not simply let in, with their causes. */
function openKinds({ kinds }: Provider): string {
  const open = kinds.filter(({ state }) => state !== 'closed');
  return open.map(({ kind, state, cause }) => `${kind} ${state} (${cause})`).join(', ') || '-';
}
