/** `npm run bench:resume`: how soon a gateway that was killed with many unfinished tasks is there for its clients again. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { request } from 'undici';
import { closeClients, KEY, native, submitMany } from './clients.mjs';
import { freePort, startMortal } from './mortal.mjs';
import { countsTable, machineLine } from './page.mjs';

const { values } = parseArgs({
  options: {
    main: { type: 'string', default: fileURLToPath(new URL('../../dist/src/main.js', import.meta.url)) },
    tasks: { type: 'string', default: '10000' },
    /** Watches the polls for this long only, instead of waiting for the end of every task. */
    'watch-ms': { type: 'string' },
    /** Prints the figures as JSON and writes no file. */
    json: { type: 'boolean', default: false },
  },
});

const TASKS = Number(values.tasks);
const AT_A_TIME = 64;
const POLL_EVERY_MS = 1_000;
/** Long enough that hardly anything is polled before the kill. */
const FIRST_POLL_MS = 8_000;
const END_WITHIN_MS = 120_000;
const timing = { firstPollMs: FIRST_POLL_MS, pollEveryMs: POLL_EVERY_MS, giveUpMs: 300_000, maxPolls: 1_000 };

const folder = mkdtempSync(join(tmpdir(), 'captcha-gateway-resume-'));
const { openSandbox } = await import(new URL('app.js', pathToFileURL(values.main)).href);
const rules = { firstPollMs: FIRST_POLL_MS, pollEveryMs: POLL_EVERY_MS };
const script = { rules, solve: { default: { fixedMs: FIRST_POLL_MS + 3_000 } } };
const upstream = await openSandbox({ script, record: false });

try {
  const figures = await measure();
  if (values.json) console.log(JSON.stringify(figures));
  else write(figures);
  if (figures['rules broken'] + figures['tasks asked for again'] > 0) process.exitCode = 1;
} finally {
  await closeClients();
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
}

async function measure() {
  const configPath = join(folder, 'config.json');
  const port = await freePort();
  writeFileSync(configPath, JSON.stringify(config(port)));
  const before = await startMortal(values.main, configPath);
  const ids = await submitMany(before.url, { tasks: TASKS, atATime: AT_A_TIME });
  await until(() => upstream.stats().accepted >= TASKS);
  await sleep(100);
  before.signal('SIGKILL');
  await before.ended;

  const url = `http://127.0.0.1:${port}`;
  const startedAt = performance.now();
  const starting = startMortal(values.main, configPath);
  const readyMs = answered(`${url}/readyz`, startedAt);
  const told = answered(`${url}/v1/tasks/${ids[TASKS >> 1]}`, startedAt);
  const after = await starting;
  const [readyzMs, firstPollMs] = await Promise.all([readyMs, told]);
  const { inFlight } = JSON.parse(await textOf(`${url}/status`)).tasks;
  const askedAt = performance.now();
  await native.submit(url, 'one-more');
  const submitMs = performance.now() - askedAt;
  const pace = await watchPolls();
  const { boughtTwice, calls, solved } = upstream.stats();
  after.signal('SIGKILL');
  await after.ended;
  return {
    'tasks resumed': inFlight,
    'ms to listening': Math.round(after.startMs),
    'ms to /readyz 200': Math.round(readyzMs),
    "ms to the first client's poll answered": Math.round(firstPollMs),
    'ms to take a new task right after that': Math.round(submitMs),
    'most polls in 100 ms at the provider': pace.most,
    'polls seen': calls.poll,
    'solved while watched': solved,
    'tasks asked for again': boughtTwice.length,
    'rules broken': upstream.violations().length,
  };
}

/** @param {number} port */
function config(port) {
  return {
    server: { port },
    clients: [{ id: 'bench', key: KEY }],
    providers: [{ id: 'first', use: 'classic', apiKey: 'upstream-key', baseUrl: upstream.url, timing }],
    routing: { deadlineMs: 600_000, maxUsdPerTask: 1 },
    store: { path: 'gateway.db' },
  };
}

/** When this address first answers 200, counted from `startedAt`. @param {string} url @param {number} startedAt */
async function answered(url, startedAt) {
  for (;;) {
    if ((await textOf(url).catch(() => '')) !== '') return performance.now() - startedAt;
    await sleep(2);
  }
}

/** @param {string} url @returns {Promise<string>} */
async function textOf(url) {
  const { statusCode, body } = await request(url, { headers: { authorization: `Bearer ${KEY}` } });
  const text = await body.text();
  if (statusCode >= 300) throw new Error(`${statusCode} ${text}`);
  return text;
}

/** Counts polls in slices of 100 ms until every task has its result, or for the time that was asked for. */
async function watchPolls() {
  const watchMs = values['watch-ms'] === undefined ? END_WITHIN_MS : Number(values['watch-ms']);
  const until = performance.now() + watchMs;
  let [most, seen] = [0, upstream.stats().calls.poll];
  while (performance.now() < until && upstream.stats().solved < TASKS) {
    await sleep(100);
    const { poll } = upstream.stats().calls;
    most = Math.max(most, poll - seen);
    seen = poll;
  }
  return { most };
}

/** @param {() => boolean} isTrue */
async function until(isTrue) {
  while (!isTrue()) await sleep(10);
}

function sleep(/** @type {number} */ ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** @param {Record<string, number>} figures */
function write(figures) {
  const figuresTable = countsTable(`killed with ${TASKS} tasks at a provider`, figures);
  writeFileSync(
    new URL('results/resume.md', import.meta.url),
    `# A start with unfinished tasks

${figuresTable}

\`npm run bench:resume\`, ${machineLine()}
${TASKS} tasks are handed in through the native door and accepted by a sandbox service; the built gateway with its SQLite
file store is ended with SIGKILL and started again on the same file. Times count from the start of the new process. The
service enforces ${FIRST_POLL_MS} ms to the first poll of a task and ${POLL_EVERY_MS} ms between two; the new process asks for every task
once more, one shortly after the other, and goes on until all have their result.
`,
  );
  console.log(figuresTable);
}
