/** The tables of the outage theatre, readable in a terminal and on its page. */
import { percent, sum } from './chaos-judgement.mjs';
import { countsTable, table } from './page.mjs';

/** @typedef {import('./chaos-judgement.mjs').Judgement} Judgement */

/** @param {Readonly<Record<string, number>>} counts */
function countsLine(counts) {
  const said = Object.entries(counts).map(([name, times]) => `${name} ${times.toLocaleString('en-US')}`);
  return said.join(', ') || 'none';
}

/** @param {readonly Judgement[]} judgements */
export function judgementTable(judgements) {
  const verdict = (/** @type {Judgement} */ { holds, isUnsure }) =>
    holds ? 'met' : isUnsure ? 'machine too busy' : 'missed';
  const rows = judgements.map((each) => [each.what, each.is, each.target, verdict(each)]);
  return table(['what', 'is', 'target', 'verdict'], rows);
}

/** @param {Awaited<ReturnType<typeof import('./chaos-virtual-run.mjs').runVirtual>>} result @param {readonly Judgement[]} judgements */
export function virtualTables(result, judgements) {
  const { hours, wallSeconds, heapMb, secondPurchases, wastedUsd, spentUsd } = result;
  const facts = [
    ['tasks', result.tasks.toLocaleString('en-US')],
    ['virtual time', `${hours.toFixed(1)} h`],
    [
      'real time',
      `${wallSeconds.toFixed(0)} s, ${Math.round(result.tasksPerSecond).toLocaleString('en-US')} tasks/s`,
    ],
    ['processor time', `${((1e6 * result.cpuSeconds) / result.tasks).toFixed(0)} µs a task`],
    ['failed', countsLine({ ...result.failed, ...result.refused })],
    ['purchases', `${result.purchases.toLocaleString('en-US')} for ${spentUsd.toFixed(2)} USD`],
    [
      'second purchases',
      `${sum(secondPurchases).toLocaleString('en-US')}, ${wastedUsd.toFixed(2)} USD (${percent(wastedUsd / spentUsd)})`,
    ],
    ['because of', countsLine(secondPurchases)],
    ['bought again where it was unsolvable, with no other left', String(result.askedAgain)],
    ['calls', countsLine(result.calls)],
    ['rules broken', countsLine(result.rulesBroken)],
    ['openings per provider and hour', result.openingsPerProviderHour.toFixed(2)],
    ['openings by cause', countsLine(result.openingsByCause)],
    ...(!Number.isFinite(heapMb.before)
      ? []
      : [['heap at rest', `${heapMb.before.toFixed(1)} MB, then ${heapMb.after.toFixed(1)} MB`]]),
  ];
  const examples = [...result.examples, ...result.faults.slice(0, 5)].map((line) => `- ${line}`).join('\n');
  return [
    judgementTable(judgements),
    table(['together', ''], facts),
    countsTable('troubles of a service', result.troubles),
    examples,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const ms = (/** @type {number} */ value) => (Number.isFinite(value) ? `${Math.round(value)} ms` : '–');

/** @typedef {readonly import('./chaos-figures.mjs').Figures[]} Acts */

/** @param {Acts} acts */
export function theatreTables(acts) {
  return [outcomeTable(acts), costTable(acts), openingsTable(acts)].join('\n\n');
}

/** @param {Acts} acts */
function outcomeTable(acts) {
  const ends = ['tasks', 'solvable', 'solved', 'failed', 'longest', 'second purchases'];
  const faults = ['rules broken', 'bans', 'bought twice', 'longest stall of the bench'];
  const rows = acts.map((each) => [
    each.name,
    ...[each.tasks, each.solvable, each.solved].map(String),
    countsLine(each.failed),
    ms(each.longestMs),
    countsLine(each.secondPurchases),
    countsLine(each.violations),
    ...[each.bans, each.boughtTwice].map(String),
    ms(each.stallMs),
  ]);
  return table(['act', ...ends, ...faults], rows);
}

/** @param {Acts} acts */
function costTable(acts) {
  const wastes = ['submits to close', 'of these knowing', 'cooldowns', 'most in one', 'polls in vain'];
  const times = ['passed on', 'added p50', 'added p99', 'served again', 'full share'];
  const rows = acts.map(({ name, wasted, wastedPolls, added, recovery }) => [
    name,
    ...[wasted.toOpen, wasted.toOpenKnowing, wasted.cooldowns, wasted.mostPerCooldown].map(String),
    ...[wastedPolls, added.tasks].map(String),
    ...[added.p50Ms, added.p99Ms, recovery.firstMs, recovery.fullMs].map(ms),
  ]);
  return table(['act', ...wastes, ...times], rows);
}

/** @param {Acts} acts */
function openingsTable(acts) {
  const rows = acts.map(({ name, openings }) => [name, countsLine(openings)]);
  return table(['act', 'breakers that opened'], rows);
}
