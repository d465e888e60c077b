/** `npm run bench:waiting`: how long after a result is there its client has it, directly and through the gateway. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { missed } from './chaos-judgement.mjs';
import { closeClients, read } from './waiting-clients.mjs';
import { holdMany, loopOf } from './waiting-held.mjs';
import { figuresOf, judgeHeld, judgeWaiting } from './waiting-judgement.mjs';
import { pageOf, tablesOf } from './waiting-page.mjs';
import { plot } from './waiting-plot.mjs';
import { openScene, watchOwnDelay } from './waiting-run.mjs';
import { variantsOf } from './waiting-variants.mjs';

const { values } = parseArgs({
  options: {
    main: { type: 'string', default: fileURLToPath(new URL('../../dist/src/main.js', import.meta.url)) },
    /** Of every client; the one with shared polls has more. */
    tasks: { type: 'string', default: '300' },
    'shared-tasks': { type: 'string', default: '1000' },
    /** What the gateway learns from. */
    'warm-up': { type: 'string', default: '200' },
    held: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    /** Shrinks all times, for a quick look: only at 1 the page is written. */
    scale: { type: 'string', default: '1' },
    /** Prints the figures as JSON and writes no file. */
    json: { type: 'boolean', default: false },
  },
});
if (!existsSync(values.main)) throw new Error(`There is no ${values.main}: run npm run build first`);
// Whoever ends this process ends the gateway with it.
process.once('SIGTERM', () => process.exit(1));
process.once('SIGINT', () => process.exit(1));

const MEDIAN_MS = 20_000;
const SPREAD = 0.3;
const ARRIVE_MS = 20_000;
const WARM_UP_ARRIVE_MS = 10_000;
const HELD_MS = 10_000;

const scale = Number(values.scale);
const say = values.json ? console.error : console.log;
const built = (/** @type {string} */ path) => import(new URL(path, pathToFileURL(values.main)).href);
const { openSandbox } = await built('app.js');
const { drawSolveMs, seededRandom } = await built('sandbox/random.js');

try {
  const result = await measure();
  if (values.json) console.log(JSON.stringify(result));
  else say(`\n${tablesOf(result)}\n`);
  if (scale === 1 && !values.json) write(result);
  if (missed([...result.judgements, ...result.heldJudgements]) > 0) process.exitCode = 1;
} finally {
  await closeClients();
}

async function measure() {
  const { figures, loop, ownDelayMs } = await compare();
  say('holding polls');
  const held = await holdMany(
    { main: values.main, openSandbox },
    { polls: Number(values.held), measureMs: HELD_MS * scale },
  );
  return {
    figures,
    judgements: judgeWaiting(figures, { scale, ownDelayMs }),
    held,
    heldJudgements: judgeHeld(held, Number(values.held)),
    loop,
    ownDelayMs,
  };
}

async function compare() {
  const size = { scale, tasks: Number(values.tasks), sharedTasks: Number(values['shared-tasks']) };
  const scene = await openScene({ main: values.main, openSandbox }, { variants: variantsOf(size), scale });
  const seed = Number(values.seed);
  try {
    say('learning');
    await scene.play({
      name: 'learn',
      solveTimes: drawWith(seed + 1),
      arriveMs: WARM_UP_ARRIVE_MS * scale,
      tasks: Number(values['warm-up']),
      isLearning: true,
    });
    say('measuring');
    const delay = watchOwnDelay();
    // Each reading starts the gateway's own histogram anew.
    await read(`${scene.url}/metrics`);
    const outcomes = await scene.play({
      name: 'measure',
      solveTimes: drawWith(seed),
      arriveMs: ARRIVE_MS * scale,
    });
    const loop = loopOf(await read(`${scene.url}/metrics`));
    return { figures: outcomes.map(figuresOf), loop, ownDelayMs: delay() };
  } finally {
    await scene.close();
  }
}

/** The same times for whoever asks. @param {number} seed @returns {(tasks: number) => number[]} */
function drawWith(seed) {
  return (tasks) => {
    const random = seededRandom(seed);
    return Array.from({ length: tasks }, () =>
      drawSolveMs({ medianMs: MEDIAN_MS * scale, spread: SPREAD }, random),
    );
  };
}

/** @param {Awaited<ReturnType<typeof measure>>} result */
function write(result) {
  const results = new URL('results/', import.meta.url);
  mkdirSync(results, { recursive: true });
  const command = `npm run bench:waiting -- --tasks ${values.tasks} --warm-up ${values['warm-up']} --seed ${values.seed}`;
  const warmUp = Number(values['warm-up']);
  writeFileSync(new URL('waiting.md', results), pageOf({ command, warmUp, result }));
  const titles = [...new Set(result.figures.map(({ panel }) => panel))];
  const panels = titles.map((title) => ({
    title,
    curves: result.figures.filter(({ panel }) => panel === title),
  }));
  writeFileSync(new URL('waiting.svg', results), plot(panels));
  say('written to test/bench/results/waiting.md and waiting.svg');
}
