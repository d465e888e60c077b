/** `npm run bench:scorecard`: what a scorecard costs a gateway whose ledger holds a million tasks. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'libsql';
import { startGateway } from '../../dist/src/app.js';
import { openSqlite } from '../../dist/src/store/sqlite.js';
import { ATTEMPT_COLUMNS, TASK_COLUMNS, toAttemptRow, toTaskRow } from '../../dist/src/store/sqlite-rows.js';
import { machineLine, median, table } from './page.mjs';

const { values } = parseArgs({
  options: { tasks: { type: 'string', default: '1000000' }, runs: { type: 'string', default: '3' } },
});
const TASKS = Number(values.tasks);
const RUNS = Number(values.runs);
const DAY = 86_400_000;
const HOSTS = 40;
const KINDS = ['recaptcha_v2', 'turnstile', 'hcaptcha'];
const KEY = 'bench-key';
const config = {
  server: { port: 0 },
  admin: { key: KEY },
  clients: [{ id: 'qa', key: 'qa-key' }],
  providers: [{ id: 'first', use: 'captchaai', apiKey: 'unused' }],
  log: { level: 'silent' },
  store: { path: 'gateway.db', retention: { taskMs: 30 * DAY } },
};

const folder = mkdtempSync(join(tmpdir(), 'captcha-gateway-scorecard-'));
const path = join(folder, 'gateway.db');
/** @type {(readonly [string, string])[]} */
const rows = [];
const say = (/** @type {string} */ what, /** @type {string} */ figure) => {
  rows.push([what, figure]);
  console.log(`${what}: ${figure}`);
};

try {
  const now = Date.now();
  await fill(now);
  say('ledger', `${(statSync(path).size / 1e6).toFixed(0)} MB`);
  await askAll('kept');
  await forgetAll(now);
  await askAll('forgotten');
  if (TASKS >= 1_000_000) write();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** As the gateway would have left them: one in five went to a second provider. @param {number} now */
async function fill(now) {
  await openSqlite({ path }).close();
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  const marks = (/** @type {string} */ columns) => columns.replaceAll(/\w+/g, '?');
  const addTask = database.prepare(`INSERT INTO tasks (${TASK_COLUMNS}) VALUES (${marks(TASK_COLUMNS)})`);
  const addAttempt = database.prepare(
    `INSERT INTO attempts (${ATTEMPT_COLUMNS}) VALUES (${marks(ATTEMPT_COLUMNS)})`,
  );
  for (let id = 1; id <= TASKS; id += 1) {
    if (id % 5_000 === 1) database.exec('BEGIN');
    const record = recordOf(id, now - DAY + 60_000 + Math.floor((id / TASKS) * (DAY - 120_000)));
    addTask.run(toTaskRow(record));
    for (const [number, attempt] of record.attempts.entries())
      addAttempt.run(toAttemptRow(id, number, attempt));
    if (id % 5_000 === 0 || id === TASKS) database.exec('COMMIT');
  }
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.pragma('journal_mode = DELETE');
  database.close();
}

/** @param {number} id @param {number} finishedAt @returns {any} */
function recordOf(id, finishedAt) {
  const kind = KINDS[id % KINDS.length];
  const times = { startedAt: finishedAt - 20_000 + (id % 7_000), acceptedAt: finishedAt - 12_000 };
  const attempt = { upstreamCode: null, polls: 5, costUsd: 0.001, mayBeCharged: true, ...times };
  const solved = { ...attempt, outcome: 'solved', upstreamId: `${id}`, endedAt: finishedAt };
  const refusal = { outcome: 'no_slot', upstreamId: null, acceptedAt: null, costUsd: 0, mayBeCharged: false };
  const refused = { ...attempt, ...refusal, provider: 'first', endedAt: finishedAt - 19_900 };
  const isSecond = id % 5 === 0;
  const provider = isSecond ? 'second' : 'first';
  return {
    id,
    clientId: id % 2 === 0 ? 'qa' : 'lab',
    origin: { dialect: 'classic' },
    task: {
      kind,
      siteKey: '6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ',
      pageUrl: `https://shop${id % HOSTS}.example/p/${id}`,
    },
    options: {},
    status: 'solved',
    createdAt: finishedAt - 20_100,
    deadlineAt: finishedAt + 100_000,
    finishedAt,
    attempts: isSecond ? [refused, { ...solved, provider }] : [{ ...solved, provider }],
    passedOver: [],
    provider,
    solution: { token: `03AGdBq26${'x'.repeat(400)}` },
    error: null,
    reported: id % 3 === 0 ? id % 6 === 0 : null,
  };
}

/** Asks a gateway on this ledger, with the turns of its event loop watched. @param {string} state */
async function askAll(state) {
  const configPath = join(folder, 'config.json');
  writeFileSync(configPath, JSON.stringify(config));
  const gateway = await startGateway({ configPath, env: {} });
  const ask = (/** @type {string} */ query) =>
    fetch(`${gateway.url}/admin/scorecard?${query}`, { headers: { 'x-api-key': KEY } }).then((answer) =>
      answer.text(),
    );
  /** @type {Awaited<ReturnType<typeof watched>>[]} */
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await watched(() => ask(`since=${49 + run}h`)));
  const again = await watched(() => ask(`since=${48 + RUNS}h`));
  const told = JSON.parse(await ask('since=49h&by='));
  say(`${state} tasks counted`, Number(told.rows[0]?.tasks).toLocaleString('en-US'));
  say(`scorecard of ${state} tasks`, `${median(runs.map(({ tookMs }) => tookMs)).toFixed(0)} ms`);
  const of = (/** @type {'worstMs' | 'worstUsedMs' | 'mostMs'} */ name) =>
    median(runs.map((run) => run[name]));
  sayTurns({ tookMs: 0, worstMs: of('worstMs'), worstUsedMs: of('worstUsedMs'), mostMs: of('mostMs') });
  say(`the same question again`, `${again.tookMs.toFixed(0)} ms`);
  await gateway.close();
}

/** @param {number} now */
async function forgetAll(now) {
  const store = openSqlite({ path });
  let forgotten = 0;
  const turns = await watched(async () => {
    for (let count = 1; count > 0; forgotten += count) {
      count = await store.forget({ solutions: 0, tasks: now }, 500);
      await new Promise(setImmediate);
    }
  });
  await store.close();
  say(`forgetting ${forgotten.toLocaleString('en-US')} tasks into hours`, `${turns.tookMs.toFixed(0)} ms`);
  sayTurns(turns);
}

/**
 * Every turn of the event loop is timed while `work` runs: by the clock, and by the processor time that the process
 * has used, for what other programs take in between is no fault of ours.
 * @param {() => Promise<unknown>} work
 */
async function watched(work) {
  /** @type {number[]} */
  const turns = [];
  let [worstMs, isOver] = [0, false];
  let [last, lastUsed] = [performance.now(), usedMs()];
  const turn = () => {
    const [now, used] = [performance.now(), usedMs()];
    turns.push(used - lastUsed);
    worstMs = Math.max(worstMs, now - last);
    [last, lastUsed] = [now, used];
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const startedAt = performance.now();
  await work();
  const tookMs = performance.now() - startedAt;
  isOver = true;
  turns.sort((one, other) => one - other);
  const mostMs = turns[Math.floor(turns.length * 0.999)] ?? 0;
  return { tookMs, worstMs, worstUsedMs: turns.at(-1) ?? 0, mostMs };
}

function usedMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** @param {Awaited<ReturnType<typeof watched>>} turns */
function sayTurns({ worstMs, worstUsedMs, mostMs }) {
  say('longest turn of the event loop meanwhile, by the clock', `${worstMs.toFixed(1)} ms`);
  say('longest turn by processor time', `${worstUsedMs.toFixed(1)} ms`);
  say('999 in 1,000 turns at most, by processor time', `${mostMs.toFixed(1)} ms`);
}

function write() {
  const figures = table(
    ['a ledger of 1,000,000 tasks', 'measured'],
    rows.map(([what, figure]) => [what, figure]),
  );
  writeFileSync(
    new URL('results/scorecard.md', import.meta.url),
    `# What a scorecard costs

${figures}

\`npm run bench:scorecard\`, ${machineLine()}
The SQLite file is filled with tasks that ended within a day: ${KINDS.length} kinds on ${HOSTS} hosts, two clients, two providers, one task in
five with a second attempt. The built gateway opens it in the bench's own process, where every turn of the event loop is
timed while \`GET /admin/scorecard\` counts it; medians of ${RUNS} runs, each with a question of its own. Then all tasks are
forgotten, as their retention would have it, and the figures of the hours are asked for.
`,
  );
}
