/** `npm run chaos`: the outage theatre, first on real time with real sockets, then with a million tasks on a virtual clock. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ACTS } from './chaos-acts.mjs';
import { closeClients } from './chaos-clients.mjs';
import { figuresOf } from './chaos-figures.mjs';
import { judgeTheatre, missed } from './chaos-judgement.mjs';
import { judgementTable, theatreTables, virtualTables } from './chaos-page.mjs';
import { realTimeProse, VIRTUAL_PROSE } from './chaos-prose.mjs';
import { MAX_COOLDOWN_MS } from './chaos-services.mjs';
import { playTheatre } from './chaos-theatre.mjs';
import { machineLine } from './page.mjs';

const { values } = parseArgs({
  options: {
    main: { type: 'string', default: fileURLToPath(new URL('../../dist/src/main.js', import.meta.url)) },
    /** Real time of all acts together. */
    seconds: { type: 'string', default: '90' },
    /** Tasks a second of real time. */
    'per-second': { type: 'string', default: '80' },
    seed: { type: 'string', default: '1' },
    /** `all`, or the names of some, with commas between them. */
    acts: { type: 'string', default: 'all' },
    /** Tasks on the virtual clock; 0 for none. */
    tasks: { type: 'string', default: '1000000' },
    /** Prints the figures as JSON and writes no file. */
    json: { type: 'boolean', default: false },
  },
});
if (!existsSync(values.main)) throw new Error(`There is no ${values.main}: run npm run build first`);

// Whoever ends this process ends the gateway with it.
process.once('SIGTERM', () => process.exit(1));
process.once('SIGINT', () => process.exit(1));
const say = values.json ? console.error : console.log;
const acts = chosen(values.acts);
const theatre = acts.length > 0 ? await onRealTime() : undefined;
const virtual = Number(values.tasks) > 0 ? await onVirtualTime() : undefined;
if (values.json) console.log(JSON.stringify({ theatre, virtual }));
else if (values.acts === 'all' && theatre && virtual) write(theatre.page, virtual.page);
if ([theatre, virtual].some((part) => part && missed(part.judgements) > 0)) process.exitCode = 1;

/** @param {string} names */
function chosen(names) {
  if (names === 'all') return ACTS;
  if (names === 'none') return [];
  const wanted = names.split(',').map((name) => name.trim());
  const unknown = wanted.filter((name) => !ACTS.some((act) => act.name === name));
  if (unknown.length > 0)
    throw new Error(
      `There is no act ${unknown.join(', ')}; there are ${ACTS.map(({ name }) => name).join(', ')}`,
    );
  return ACTS.filter(({ name }) => wanted.includes(name));
}

async function onRealTime() {
  const { openSandbox, jsonSchema } = await import(new URL('app.js', pathToFileURL(values.main)).href);
  const { seededRandom } = await import(new URL('sandbox/random.js', pathToFileURL(values.main)).href);
  const [seconds, perSecond, seed] = [
    Number(values.seconds),
    Number(values['per-second']),
    Number(values.seed),
  ];
  const order = { main: values.main, openSandbox, schema: jsonSchema(), acts, seconds, perSecond, seed };
  try {
    const { played, rampMs } = await playTheatre({ ...order, random: seededRandom(seed), tell: say });
    const scenes = played.map((each) => ({ act: each.act, figures: figuresOf(each) }));
    const judgements = judgeTheatre(scenes, { rampMs, maxCooldownMs: MAX_COOLDOWN_MS });
    const figures = scenes.map((scene) => scene.figures);
    const page = `${judgementTable(judgements)}\n\n${theatreTables(figures)}`;
    say(`\n${page}\n`);
    return { judgements, figures, page };
  } finally {
    await closeClients();
  }
}

/** In a process of its own, whose heap and whose chance are nobody else's. */
async function onVirtualTime() {
  const bench = fileURLToPath(new URL('chaos-virtual.mjs', import.meta.url));
  const args = ['--max-semi-space-size=32', bench, '--main', values.main, '--tasks', values.tasks];
  const child = spawn(process.execPath, [...args, '--seed', values.seed, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill());
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  await once(child, 'close');
  /** @type {{ result: Awaited<ReturnType<typeof import('./chaos-virtual-run.mjs').runVirtual>>, judgements: import('./chaos-judgement.mjs').Judgement[] }} */
  const { result, judgements } = JSON.parse(output);
  const page = virtualTables(result, judgements);
  say(`\n${page}\n`);
  return { judgements, result, page };
}

/** @param {string} onRealTime @param {string} onVirtualTime */
function write(onRealTime, onVirtualTime) {
  const { seconds, seed, tasks, 'per-second': perSecond } = values;
  const command = `npm run chaos -- --seconds ${seconds} --per-second ${perSecond} --seed ${seed} --tasks ${tasks}`;
  const results = new URL('results/', import.meta.url);
  mkdirSync(results, { recursive: true });
  writeFileSync(
    new URL('chaos.md', results),
    `# Outages

\`${command}\`,
${machineLine()}

## On real time

${onRealTime}

${realTimeProse(perSecond)}

## On a virtual clock

${onVirtualTime}

${VIRTUAL_PROSE}
`,
  );
  console.log('written to test/bench/results/chaos.md');
}
