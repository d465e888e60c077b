import { parseArgs } from 'node:util';
import { ask, OPERATOR_OPTIONS, runOperator } from '../app/operator-client.js';
import type { ReloadReport } from '../app/reload.js';
import type { Command } from '../main.js';
import { usageOf } from '../terminal/help.js';
import { plain } from '../terminal/text.js';

const USAGE = usageOf('reload', OPERATOR_OPTIONS);

/** Has a running gateway read its config again; 0 when it has taken it, 1 when it goes on with the one before. */
export default {
  summary: 'have the gateway read its config again, without a restart',
  usage: USAGE,
  options: OPERATOR_OPTIONS,
  examples: ['reload', 'reload --url http://127.0.0.1:8080 --key KEY'],
  exits: [
    [0, 'the new config holds, or nothing has changed'],
    [1, 'the new config has faults, and the one before goes on; or no answer'],
    [2, 'asked wrongly'],
  ],
  run: (args) =>
    runOperator(
      USAGE,
      async () => {
        const { values } = parseArgs({ args: [...args], options: OPERATOR_OPTIONS });
        const report = await ask<ReloadReport>(values, '/admin/reload', { body: {} });
        process.stdout.write(`${values.json ? JSON.stringify(report) : reloaded(report)}\n`);
        return 0;
      },
      args,
    ),
} satisfies Command;

function reloaded(report: ReloadReport): string {
  if (report.outcome === 'refused') return report.outcome;
  const { changed, needsRestart, tookMs } = report;
  const news =
    changed.length === 0 ? 'nothing has changed' : `reloaded in ${tookMs} ms: ${changed.join(', ')}`;
  const rest = needsRestart.length === 0 ? [] : [`waits for a restart: ${needsRestart.join(', ')}`];
  return [news, ...rest].map(plain).join('\n');
}
