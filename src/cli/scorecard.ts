/** `captcha-gateway scorecard`: the figures of a running gateway, as a table, CSV or JSON. */
import { parseArgs } from 'node:util';
import { OPERATOR_OPTIONS, runOperator, UsageError } from '../app/operator-client.js';
import {
  askScorecard,
  DIMENSIONS,
  type ScorecardReport,
  type ScorecardRow,
  scorecardCsv,
} from '../app/scorecard-client.js';
import type { Command } from '../main.js';
import { type OptionTable, usageOf } from '../terminal/help.js';
import { type Column, tableText } from '../terminal/table.js';

const OPTIONS = {
  since: { type: 'string', value: 'TIME', help: 'a time, or a span such as 7d back from now (24h)' },
  until: { type: 'string', value: 'TIME', help: 'a time, or a span back from now (now)' },
  by: {
    type: 'string',
    value: 'NAMES',
    help: `what rows are told apart by: some of ${DIMENSIONS.join(',')}`,
  },
  client: { type: 'string', value: 'ID', help: 'this client only' },
  provider: { type: 'string', value: 'ID', help: 'this provider only' },
  kind: { type: 'string', value: 'KIND', help: 'this kind only' },
  host: { type: 'string', value: 'HOST', help: 'this target host only' },
  csv: { type: 'boolean', default: false, help: 'CSV instead of a table' },
  ...OPERATOR_OPTIONS,
} as const satisfies OptionTable;

const USAGE = usageOf('scorecard', OPTIONS);

/** Who solved what for which site, how well, how soon and for how much. */
export default {
  summary: 'show who solved what for which site, how well, how soon and for how much',
  usage: USAGE,
  options: OPTIONS,
  examples: ['scorecard --since 7d --by provider,kind', 'scorecard --kind turnstile --csv'],
  run: (args) =>
    runOperator(
      USAGE,
      async () => {
        const { values } = parseArgs({ args: [...args], options: OPTIONS });
        const { config, url, key, json, csv, ...asked } = values;
        if (json && csv) throw new UsageError('Give either --json or --csv');
        const report = await askScorecard({ config, url, key }, asked);
        if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
        else process.stdout.write(csv ? await scorecardCsv(report) : table(report));
        return 0;
      },
      args,
    ),
} satisfies Command;

function table({ since, until, by, rows }: ScorecardReport): string {
  const span = `Tasks that ended from ${since} to ${until}`;
  if (rows.length === 0) return `${span}: none.\n`;
  const names = by.map((name): Column<ScorecardRow> => ({ title: name, cell: (row) => row[name] ?? '-' }));
  return `${span}\n\n${tableText([...names, ...FIGURES], rows)}`;
}

const number = (title: string, cell: (row: ScorecardRow) => string): Column<ScorecardRow> => {
  return { title, cell, isNumber: true };
};

const FIGURES: readonly Column<ScorecardRow>[] = [
  number('tasks', ({ tasks }) => String(tasks)),
  number('solved', ({ solved }) => String(solved)),
  number('accepted', ({ acceptedRate }) => percent(acceptedRate)),
  number('p50 s', ({ p50Ms }) => seconds(p50Ms)),
  number('p95 s', ({ p95Ms }) => seconds(p95Ms)),
  number('retries', ({ retries }) => String(retries)),
  number('timeouts', ({ timeouts }) => String(timeouts)),
  number('no slot', ({ noSlots }) => String(noSlots)),
  number('no money', ({ zeroBalances }) => String(zeroBalances)),
  number('bad input', ({ invalidParameters }) => String(invalidParameters)),
  number('cost $', ({ costUsd }) => usd(costUsd)),
  number('$ per solved', ({ costPerSolvedUsd }) => usd(costPerSolvedUsd)),
  number('$ per accepted', ({ costPerAcceptedUsd }) => usd(costPerAcceptedUsd)),
  number('bad reports taken', ({ badReportsTaken }) => String(badReportsTaken)),
];

function percent(rate: number | null): string {
  return rate === null ? '-' : `${(rate * 100).toFixed(1)} %`;
}

function seconds(ms: number | null): string {
  return ms === null ? '-' : (ms / 1_000).toFixed(1);
}

function usd(amount: number | null): string {
  return amount === null ? '-' : amount.toFixed(5);
}
