/** The tables of the outage theatre, readable in a terminal and on its page. */
import { percent, sum } from './chaos-judgement.mjs';
import { countsTable, table } from './page.mjs';

/** @typedef {import('./chaos-judgement.mjs').Judgement} Judgement */

/** @param {readonly Judgement[]} judgements */
export function judgementTable(judgements) {
  const rows = judgements.map(({ what, is, target, holds }) => [what, is, target, holds ? 'met' : 'missed']);
  return table(['what', 'is', 'target', 'verdict'], rows);
}

/** @param {Awaited<ReturnType<typeof import('./chaos-virtual-run.mjs').runVirtual>>} result @param {readonly Judgement[]} judgements */
export function virtualTables(result, judgements) {
  const { hours, wallSeconds, heapMb, secondPurchases, wastedUsd, spentUsd } = result;
  const counts = (/** @type {Readonly<Record<string, number>>} */ all) =>
    Object.entries(all)
      .map(([name, times]) => `${name} ${times.toLocaleString('en-US')}`)
      .join(', ') || 'none';
  const facts = [
    ['tasks', result.tasks.toLocaleString('en-US')],
    ['virtual time', `${hours.toFixed(1)} h`],
    [
      'real time',
      `${wallSeconds.toFixed(0)} s, ${Math.round(result.tasksPerSecond).toLocaleString('en-US')} tasks/s`,
    ],
    ['processor time', `${((1e6 * result.cpuSeconds) / result.tasks).toFixed(0)} µs a task`],
    ['failed', counts({ ...result.failed, ...result.refused })],
    ['purchases', `${result.purchases.toLocaleString('en-US')} for ${spentUsd.toFixed(2)} USD`],
    [
      'second purchases',
      `${sum(secondPurchases).toLocaleString('en-US')}, ${wastedUsd.toFixed(2)} USD (${percent(wastedUsd / spentUsd)})`,
    ],
    ['because of', counts(secondPurchases)],
    ['calls', counts(result.calls)],
    ['rules broken', counts(result.rulesBroken)],
    ['openings per provider and hour', result.openingsPerProviderHour.toFixed(2)],
    ['openings by cause', counts(result.openingsByCause)],
    ...(Number.isNaN(heapMb.before)
      ? []
      : [['heap at rest', `${heapMb.before.toFixed(1)} MB, then ${heapMb.after.toFixed(1)} MB`]]),
  ];
  const examples = [...result.examples, ...result.faults.slice(0, 5)].map((line) => `- ${line}`).join('\n');
  return [
    judgementTable(judgements),
    table(['a million tasks', ''], facts),
    countsTable('troubles of a service', result.troubles),
    examples,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
