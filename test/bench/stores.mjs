/** `npm run bench:stores`: durable tasks per second, SQLite and PostgreSQL beside each other, with and without shared commits. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { closeClients, KEY, submitMany } from './clients.mjs';
import { startDatabase } from './database.mjs';
import { freePort, startMortal } from './mortal.mjs';
import { machineLine, median, table } from './page.mjs';
import { startServer } from './processes.mjs';

const { values } = parseArgs({
  options: {
    main: { type: 'string', default: fileURLToPath(new URL('../../dist/src/main.js', import.meta.url)) },
    rounds: { type: 'string', default: '5' },
  },
});

const AT_A_TIME = 64;
const FOR_MS = 1_500;
const HOUR_MS = 3_600_000;
/** Stores at once where each write has a commit of its own: a connection has one transaction at a time. */
const CONNECTIONS = 16;

/**
 * @typedef {import('../../dist/src/core/store.js').TaskStore} TaskStore
 * @typedef {object} Subject
 * @property {string} title
 * @property {object} store as in config.json
 * @property {(name: string) => Promise<TaskStore>} open
 * @property {number} alone stores that write one at a time, side by side
 */

const folder = mkdtempSync(join(tmpdir(), 'captcha-gateway-stores-'));
const built = (/** @type {string} */ path) => new URL(path, pathToFileURL(values.main)).href;
const { openSqlite } = await import(built('store/sqlite.js'));
const { openPostgres } = await import(built('store/postgres.js'));
const [relaxed, strict] = [await startDatabase(), await startDatabase({ isDurable: true })];
const upstream = await startServer('upstream.mjs');
let serial = 0;

/** @type {readonly Subject[]} */
const SUBJECTS = [
  sqlite('SQLite, survives the process', 'process'),
  sqlite('SQLite, survives a power cut', 'power'),
  postgres('PostgreSQL, fsync off', relaxed),
  postgres('PostgreSQL, fsync on', strict),
];

try {
  write(await measure());
} finally {
  await closeClients();
  await upstream.stop();
  await Promise.all([relaxed.stop(), strict.stop()]);
  rmSync(folder, { recursive: true, force: true });
}

/** @param {string} title @param {'process' | 'power'} durability @returns {Subject} */
function sqlite(title, durability) {
  return {
    title,
    store: { use: 'sqlite', path: 'gateway.db', durability },
    open: async (name) => openSqlite({ path: join(folder, name), durability }),
    alone: 1,
  };
}

/** @param {string} title @param {import('./database.mjs').TestPostgres} database @returns {Subject} */
function postgres(title, { url }) {
  return { title, store: { use: 'postgres', url }, open: () => openPostgres({ url }), alone: CONNECTIONS };
}

/** Everything in turns, so that noise meets all alike; medians. */
async function measure() {
  const figures = SUBJECTS.map(({ title }) => ({
    title,
    submits: [0].slice(1),
    shared: [0].slice(1),
    alone: [0].slice(1),
  }));
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const [index, subject] of SUBJECTS.entries()) {
      const figure = figures[index];
      figure?.submits.push(await submitsPerSecond(subject));
      figure?.shared.push(await writesPerSecond(subject, { stores: 1, atATime: AT_A_TIME }));
      figure?.alone.push(await writesPerSecond(subject, { stores: subject.alone, atATime: 1 }));
      console.log(`round ${round + 1}: ${subject.title}`);
    }
  }
  return figures;
}

/** Native submits of a fresh gateway. @param {Subject} subject */
async function submitsPerSecond({ store }) {
  serial += 1;
  const place = join(folder, `gateway-${serial}`);
  mkdirSync(place);
  const pace = { firstPollMs: HOUR_MS, pollEveryMs: HOUR_MS, giveUpMs: 2 * HOUR_MS };
  const config = {
    server: { port: await freePort() },
    clients: [{ id: 'bench', key: KEY }],
    providers: [{ id: 'first', use: 'classic', apiKey: 'bench', baseUrl: upstream.url, timing: pace }],
    routing: { deadlineMs: 3 * HOUR_MS },
    store,
  };
  const configPath = join(place, 'config.json');
  writeFileSync(configPath, JSON.stringify(config));
  const gateway = await startMortal(values.main, configPath);
  try {
    const order = { atATime: AT_A_TIME, prefix: `gateway-${serial}` };
    await submitMany(gateway.url, { ...order, tasks: 1_500 });
    const startedAt = performance.now();
    const ids = await submitMany(gateway.url, { ...order, prefix: `${order.prefix}-timed`, tasks: 4_000 });
    return (ids.length * 1_000) / (performance.now() - startedAt);
  } finally {
    gateway.signal('SIGTERM');
    await gateway.ended;
    await forgetTasks();
  }
}

/** What is left unfinished would be taken over by the next gateway on the same database. */
async function forgetTasks() {
  for (const database of [relaxed, strict]) await database.empty();
}

/** New tasks with their first intent. @param {Subject} subject @param {{ stores: number, atATime: number }} plan */
async function writesPerSecond(subject, { stores, atATime }) {
  serial += 1;
  const opened = [];
  for (let number = 0; number < stores; number += 1)
    opened.push(await subject.open(`store-${serial}-${number}.db`));
  const until = performance.now() + FOR_MS;
  const startedAt = performance.now();
  let writes = 0;
  const writeOn = async (/** @type {TaskStore} */ store) => {
    for (let id = await store.reserveIds(50_000); performance.now() < until; id += 1) {
      await store.write(id, [created(id), { move: 'attempt-begun', attempt: 0, provider: 'first', at: 1 }]);
      writes += 1;
    }
  };
  await Promise.all(opened.flatMap((store) => Array.from({ length: atATime }, () => writeOn(store))));
  const perSecond = (writes * 1_000) / (performance.now() - startedAt);
  for (const store of opened) await store.close();
  await forgetTasks();
  return perSecond;
}

/** @param {number} id @returns {import('../../dist/src/core/store.js').Move} */
function created(id) {
  const siteKey = '6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI';
  const task = /** @type {const} */ ({
    kind: 'recaptcha_v2',
    siteKey,
    pageUrl: 'https://shop.example.com/login',
  });
  const nothing = { finishedAt: null, provider: null, solution: null, error: null, reported: null };
  const lists = { attempts: [], passedOver: [] };
  const asked = { clientId: 'bench', origin: { dialect: 'native' }, task, options: {} };
  return {
    move: 'created',
    record: { id, ...asked, status: 'queued', createdAt: 1_000, deadlineAt: 181_000, ...nothing, ...lists },
  };
}

/** @param {Awaited<ReturnType<typeof measure>>} figures */
function write(figures) {
  const said = (/** @type {number[]} */ samples) =>
    `${Math.round(median(samples)).toLocaleString('en-US')}/s`;
  const rows = figures.map(({ title, submits, shared, alone }) => [
    title,
    said(submits),
    said(shared),
    said(alone),
  ]);
  const head = [
    '',
    `POST /v1/tasks, ${AT_A_TIME} at a time`,
    `store, ${AT_A_TIME} at a time`,
    'store, a commit each',
  ];
  const figuresTable = table(head, rows);
  writeFileSync(
    new URL('results/stores.md', import.meta.url),
    `# Durable tasks per second

${figuresTable}

Medians of ${values.rounds} rounds of \`npm run bench:stores\`, ${machineLine()}

The first column is the built gateway on a fresh ledger, load and provider in processes of their own on the same machine;
a submit is answered when the task and its first intent are durable, and the provider's id is written right after. The others
are the store alone: new tasks with their first intent, ${AT_A_TIME} in flight (they share commits), and with a commit each (SQLite:
one at a time; PostgreSQL: ${CONNECTIONS} connections, one at a time each). _fsync off_ is how the tests run PostgreSQL: it survives
the death of the server, and no power cut; _fsync on_ is its own default.
`,
  );
  console.log(`\n${figuresTable}\n\nwritten to test/bench/results/stores.md`);
}
