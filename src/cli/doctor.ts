import { parseArgs } from 'node:util';
import { examine } from '../app/examination/examine.js';
import { normalized, OPERATOR_OPTIONS, runOperator, UsageError } from '../app/operator-client.js';
import { systemClock } from '../core/clock.js';
import { judge } from '../doctor/doctor.js';
import { reportText } from '../doctor/report.js';
import type { Command } from '../main.js';
import { type OptionTable, usageOf } from '../terminal/help.js';
import { isColoured, isLive, painter } from '../terminal/text.js';

const OPTIONS = {
  offline: {
    type: 'boolean',
    default: false,
    help: 'ask nobody: the config, the machine and the ledger only',
  },
  ...OPERATOR_OPTIONS,
} as const satisfies OptionTable;

const USAGE = usageOf('doctor', OPTIONS);

/** Looks at the config, the machine, the ledger, the services and the running gateway; changes nothing. */
export default {
  summary: 'find what is wrong, each with its cause and its fix',
  usage: USAGE,
  options: OPTIONS,
  examples: ['doctor', 'doctor --offline --json'],
  exits: [
    [0, 'no faults'],
    [1, 'faults'],
    [2, 'asked wrongly'],
  ],
  run: (args) => runOperator(USAGE, () => run(args), args),
} satisfies Command;

async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.offline && values.url !== undefined)
    throw new UsageError('--offline asks nobody: leave --url out');
  const configPath = values.config ?? 'config.json';
  const url = values.url === undefined ? undefined : normalized(values.url);
  const isWatched = isLive(process.stderr) && isLive(process.stdout) && !values.json;
  if (isWatched) process.stderr.write('Looking around, for 15 s at most …');
  const facts = await examine({
    configPath,
    isConfigNamed: values.config !== undefined,
    env: process.env,
    url,
    key: values.key,
    isOffline: values.offline,
    now: systemClock.now(),
  });
  if (isWatched) process.stderr.write('\r\u001b[K');
  const report = judge(facts);
  const text = reportText(report, painter(isColoured(process.stdout)));
  process.stdout.write(values.json ? `${JSON.stringify({ config: configPath, ...report })}\n` : text);
  return report.count.fault > 0 ? 1 : 0;
}
