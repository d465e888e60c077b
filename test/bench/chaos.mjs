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
import { COOLDOWN_MS, MAX_COOLDOWN_MS, PACE } from './chaos-services.mjs';
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

/** @param {string} onRealTimePage @param {string} onVirtualTimePage */
function write(onRealTimePage, onVirtualTimePage) {
  const results = new URL('results/', import.meta.url);
  mkdirSync(results, { recursive: true });
  writeFileSync(
    new URL('chaos.md', results),
    `# Outages

\`npm run chaos -- --seconds ${values.seconds} --per-second ${values['per-second']} --seed ${values.seed} --tasks ${values.tasks}\`,
${machineLine()}

## On real time

${onRealTimePage}

The built gateway with its SQLite file store runs as a process of its own. Four sandbox services on loopback enforce
their rules: the first poll, the pace and number of polls, the pause after NO_SLOT and ZERO_BALANCE, the pace of balance
calls; whoever breaks one is banned. Services solve in 0.3 to 2 s; breakers close for ${COOLDOWN_MS} ms at first and
${MAX_COOLDOWN_MS} ms at most, a call has ${PACE.answerWithinMs} ms. ${values['per-second']} tasks a second come through all three doors, each
handed in once; every act breaks the first service (_all at once_: the first three, each in another way), and the fourth
is always well. Tasks that are at a service when it breaks wait for it until they are given up after ${PACE.giveUpMs} ms;
they count with the act in which they were handed in. Where the bench itself was kept from the processor for more than
50 ms, what fails is not held against the gateway. The stories of the tasks come from \`GET /v1/tasks/{id}\`, everything else from the services' own books.

_Submits to close_ are those that the broken service saw before the first pause; _knowing_ leaves out those that were
under way, 20 ms at most, when the first failure was told. _Passed on_ are tasks that another service took after a
refusal; what that added is the time from the task's creation to the submit that was accepted, over the same for tasks
that the first service asked has taken. A service that hangs is found out after 1 s, so that all submits of that second
wait for it; none of them misses its deadline. _Served again_ counts from the end of the outage, and so does the _full
share_: from then on nine tasks of ten go to the first service again.

## On a virtual clock

${onVirtualTimePage}

The engine of the same build runs in one process on a clock that jumps to the next thing that happens, with a ledger in
memory that keeps the store's promises and forgets what has ended. Five services with their published pace (CaptchaAI,
2Captcha, Anti-Captcha, SolveCaptcha, CapMonster Cloud) are the sandbox's own, behind the engine's way out: answers take
40 to 200 ms, captchas 5 to 60 s, one of a hundred cannot be solved by whoever was asked. Every 20 minutes another
service is the one that stays well; the seed draws what the others meet, one after the other or all in the same minute.
All published rules are enforced, with bans of 10 minutes. The settings are the defaults but for \`maxAttempts\` (one for
each service), \`giveUpMs\` (60 s) and \`deadlineMs\` (330 s), so that four silent services leave time for the fifth.
_Second purchases_ are what was bought of a task beyond its first purchase, by what had become of the one before:
\`solved\` is a late answer that came after all. The heap is measured at rest, after the first fifth of the tasks and
after the last.
`,
  );
  console.log('written to test/bench/results/chaos.md');
}
