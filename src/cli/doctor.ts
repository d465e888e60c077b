import { parseArgs } from 'node:util';
import { examine } from '../app/examination/examine.js';
import {
  normalized,
  OPERATOR_OPTIONS,
  OPERATOR_USAGE,
  runOperator,
  UsageError,
} from '../app/operator-client.js';
import { systemClock } from '../core/clock.js';
import { judge } from '../doctor/doctor.js';
import { reportText } from '../doctor/report.js';
import type { Command } from '../main.js';
import { isColoured, painter } from '../terminal/text.js';

const USAGE = `doctor ${OPERATOR_USAGE} [--offline]`;

/** Looks at the config, the machine, the ledger, the services and the running gateway; changes nothing. */
export default {
  summary: 'find what is wrong, each with its cause and its fix',
  usage: USAGE,
  run: (args) => runOperator(USAGE, () => run(args)),
} satisfies Command;

async function run(args: readonly string[]): Promise<number> {
  const options = { ...OPERATOR_OPTIONS, offline: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ args: [...args], options });
  if (values.offline && values.url !== undefined)
    throw new UsageError('--offline asks nobody: leave --url out');
  const configPath = values.config ?? 'config.json';
  const url = values.url === undefined ? undefined : normalized(values.url);
  const isWatched = process.stderr.isTTY === true && process.stdout.isTTY === true && !values.json;
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
