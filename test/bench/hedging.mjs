/** `npm run bench:hedging`: what a second provider asked at the 95th percentile gains, and what it costs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { loadDist } from './chaos-dist.mjs';
import { runVirtual } from './chaos-virtual-run.mjs';
import { machineLine, table } from './page.mjs';

const { values } = parseArgs({
  options: {
    main: { type: 'string', default: fileURLToPath(new URL('../../dist/src/main.js', import.meta.url)) },
    tasks: { type: 'string', default: '30000' },
    seed: { type: 'string', default: '1' },
    /** One run with this share, whose figures are printed as JSON; absent: all runs, each in a process of its own. */
    share: { type: 'string' },
  },
});

const SHARES = [0, 0.02, 0.05, 0.1];
const PER_SECOND = 20;
/** A long tail: one task in twenty takes more than four times as long as half of them do, one in a hundred eight times. */
const SOLVE = {
  recaptcha_v2: { medianMs: 10_000, spread: 0.9 },
  turnstile: { medianMs: 5_000, spread: 0.9 },
};
/** Nobody is given up: what is measured is the tail. */
const GIVE_UP_MS = 300_000;
/** What is learnt in the first tasks is not what is measured. */
const WARM_UP = 2_000;

if (values.share === undefined) await runAll();
else console.log(JSON.stringify(await runOne(Number(values.share))));

/** @param {number} share */
async function runOne(share) {
  /** @type {number[]} */
  const tookMs = [];
  let [hedged, won, spentUsd] = [0, 0, 0];
  const result = await runVirtual({
    dist: await loadDist(pathToFileURL(values.main).href),
    tasks: Number(values.tasks),
    perSecond: PER_SECOND,
    seed: Number(values.seed),
    tell: console.error,
    scene: {
      routing: share > 0 ? { hedge: { share } } : {},
      solve: SOLVE,
      giveUpMs: GIVE_UP_MS,
      onEnd({ id, attempts, createdAt, finishedAt, provider }) {
        if (id <= WARM_UP || finishedAt === null) return;
        tookMs.push(finishedAt - createdAt);
        spentUsd += attempts.reduce(
          (sum, { mayBeCharged, costUsd }) => sum + (mayBeCharged ? (costUsd ?? 0) : 0),
          0,
        );
        const hedge = attempts.find(({ why }) => why?.startsWith('hedge'));
        if (!hedge) return;
        hedged += 1;
        if (hedge.provider === provider) won += 1;
      },
    },
  });
  tookMs.sort((one, other) => one - other);
  const at = (/** @type {number} */ part) => (tookMs[Math.floor(tookMs.length * part)] ?? Number.NaN) / 1_000;
  const rules = Object.values(result.rulesBroken).reduce((sum, times) => sum + times, 0);
  const { tasks, solved, boughtTwice } = result;
  return {
    ...{ share, tasks, solved, boughtTwice, rules, spentUsd, measured: tookMs.length },
    ...{ hedged: hedged / tookMs.length, won: hedged === 0 ? 0 : won / hedged },
    ...{ p50: at(0.5), p95: at(0.95), p99: at(0.99), longest: at(0.999) },
  };
}

async function runAll() {
  const runs = [];
  for (const share of SHARES) runs.push(await inProcess(share));
  const [plain] = runs;
  const rows = runs.map((run) => [
    run.share === 0 ? 'off' : String(run.share),
    ...[run.p50, run.p95, run.p99, run.longest].map((seconds) => `${seconds.toFixed(1)} s`),
    `${(100 * (1 - run.p99 / plain.p99)).toFixed(0)} %`,
    `${(100 * run.hedged).toFixed(1)} %`,
    `${(100 * run.won).toFixed(0)} %`,
    `${(100 * (run.spentUsd / plain.spentUsd - 1)).toFixed(1)} %`,
    String(run.rules),
  ]);
  const head = [
    'hedge.share',
    'p50',
    'p95',
    'p99',
    'p99.9',
    'p99 gained',
    'hedged',
    'won',
    'extra spend',
    'rules broken',
  ];
  const page = `# Hedging

\`npm run bench:hedging -- --tasks ${values.tasks} --seed ${values.seed}\`: the same arrivals at five calm services with a long tail (log-normal,
medians of 10 s and 5 s, spread 0.9), on a virtual clock, with and without a second provider at the 95th percentile. The
first ${WARM_UP.toLocaleString('en-US')} of ${Number(values.tasks).toLocaleString('en-US')} tasks are learnt from and not counted. ${machineLine()}

${table(head, rows)}

*Hedged*: tasks handed to a second provider; *won*: of these, solved by it first. *Extra spend* counts every purchase,
those of the losers too, against the run without hedging.
`;
  writeFileSync(new URL('./results/hedging.md', import.meta.url), page);
  console.log(page);
  const isFair = runs.every(({ share, spentUsd, rules, solved, tasks }) => {
    const extra = spentUsd / plain.spentUsd - 1;
    return rules === 0 && solved === tasks && extra <= share + 0.005;
  });
  if (!isFair || runs.slice(1).some(({ p99 }) => p99 >= plain.p99)) process.exitCode = 1;
}

/** Chance and learning are each run's own. @param {number} share @returns {Promise<Awaited<ReturnType<typeof runOne>>>} */
async function inProcess(share) {
  const { main, tasks, seed } = values;
  const args = [fileURLToPath(import.meta.url), '--main', main, '--tasks', tasks, '--seed', seed];
  const child = spawn(process.execPath, [...args, '--share', String(share)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  process.once('exit', () => child.kill());
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  await once(child, 'close');
  return JSON.parse(output);
}
