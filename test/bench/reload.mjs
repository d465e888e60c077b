/** `npm run bench:reload`: a thousand new configs while clients of all three doors have captchas solved; nothing may be lost. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { request } from 'undici';
import { closeClients, DOORS, solve } from './clients.mjs';
import { faultsOf, judge } from './judgement.mjs';
import { readLedger } from './ledger.mjs';
import { countsTable, machineLine, table } from './page.mjs';
import { startGateway } from './processes.mjs';
import { ADMIN_KEY, configAt } from './reload-configs.mjs';
import { openUpstreams } from './upstreams.mjs';

const { values } = parseArgs({
  options: {
    main: { type: 'string', default: fileURLToPath(new URL('../../dist/src/main.js', import.meta.url)) },
    reloads: { type: 'string', default: '1000' },
    clients: { type: 'string', default: '60' },
    /** Prints the figures as JSON and writes no file. */
    json: { type: 'boolean', default: false },
  },
});

const RELOADS = Number(values.reloads);
const CLIENTS = Number(values.clients);
/** From the end of one reload to the next: shorter than any captcha takes. */
const PAUSE_MS = 20;
const SOLVE_MS = 300;
const MOST_MS = 100;
const TIMING = {
  firstPollMs: 100,
  pollEveryMs: 50,
  maxPolls: 2_000,
  giveUpMs: 60_000,
  answerWithinMs: 10_000,
};

const directory = mkdtempSync(join(tmpdir(), 'captcha-gateway-reload-'));
const { openSandbox } = await import(new URL('app.js', pathToFileURL(values.main)).href);
const upstreams = await openUpstreams(openSandbox, { timing: TIMING });
upstreams.set({ solve: { default: { fixedMs: SOLVE_MS } } });

try {
  const figures = await measure();
  if (values.json) console.log(JSON.stringify(figures));
  else write(figures);
  if (figures.faults > 0) process.exitCode = 1;
} finally {
  await closeClients();
  await upstreams.close();
  rmSync(directory, { recursive: true, force: true });
}

/** @param {number} turn */
function writeConfig(turn) {
  const path = join(directory, 'config.json');
  writeFileSync(`${path}.new`, JSON.stringify(configAt(upstreams.accounts, turn)));
  renameSync(`${path}.new`, path);
}

async function measure() {
  writeConfig(0);
  const gateway = await startGateway({ main: values.main, directory });
  let isOver = false;
  /** @type {import('./clients.mjs').Story[]} */
  const stories = [];
  const clients = Array.from({ length: CLIENTS }, async (_, index) => {
    const door = DOORS[index % DOORS.length] ?? 'native';
    for (let made = 0; !isOver; made += 1)
      stories.push(await solve(door, `c${index}-${made}`, () => gateway.url));
  });
  /** @type {Reload[]} */
  const reloads = [];
  for (let turn = 1; turn <= RELOADS; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    reloads.push(await reload(gateway.url, turn));
    if (!values.json && turn % 100 === 0) console.log(`${turn} reloads, ${stories.length} captchas`);
  }
  isOver = true;
  await Promise.all(clients);
  await gateway.stop();
  const judgement = judge({ stories, upstreams, ledger: readLedger(join(directory, 'gateway.db')) });
  const faults = {
    'captchas not solved': stories.filter(({ end }) => end !== 'solved').length,
    ...judgement.faults,
    'reloads refused': reloads.filter(({ outcome }) => outcome === 'refused').length,
    [`reloads over ${MOST_MS} ms`]: reloads.filter(({ seenMs }) => seenMs > MOST_MS).length,
  };
  return {
    faults: faultsOf({ faults, facts: {} }),
    counts: faults,
    facts: {
      'reloads that brought something new': reloads.filter(({ outcome }) => outcome === 'reloaded').length,
      'paths changed by them': reloads.reduce((sum, { changed }) => sum + changed, 0),
      ...judgement.facts,
    },
    tookMs: spread(reloads.map(({ tookMs }) => tookMs)),
    seenMs: spread(reloads.map(({ seenMs }) => seenMs)),
  };
}

/**
 * @typedef {object} Reload
 * @property {string} outcome
 * @property {number} changed paths
 * @property {number} tookMs as the gateway says
 * @property {number} seenMs from the request to the whole answer
 */

/** @param {string} url @param {number} turn @returns {Promise<Reload>} */
async function reload(url, turn) {
  writeConfig(turn);
  const startedAt = performance.now();
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const { body } = await request(`${url}/admin/reload`, { method: 'POST', headers });
  const { outcome = 'refused', changed = [], tookMs = 0 } = /** @type {any} */ (await body.json());
  return { outcome, changed: changed.length, tookMs, seenMs: performance.now() - startedAt };
}

/** @param {number[]} samples */
function spread(samples) {
  const sorted = [...samples].sort((one, other) => one - other);
  const at = (/** @type {number} */ share) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** @param {Awaited<ReturnType<typeof measure>>} figures */
function write({ counts, facts, tookMs, seenMs }) {
  const ms = (/** @type {number} */ value) => `${value.toFixed(1)} ms`;
  const row = (/** @type {string} */ name, /** @type {ReturnType<typeof spread>} */ { p50, p99, max }) => [
    name,
    ...[p50, p99, max].map(ms),
  ];
  const tables = [
    table(
      ['one reload', 'p50', 'p99', 'longest'],
      [row('in the gateway', tookMs), row('as the operator sees it', seenMs)],
    ),
    countsTable('has to be 0', counts),
    countsTable('besides', facts),
  ].join('\n\n');
  const results = new URL('results/', import.meta.url);
  mkdirSync(results, { recursive: true });
  writeFileSync(
    new URL('reload.md', results),
    `# New configs under load

${tables}

\`npm run bench:reload\`, ${machineLine()}

${CLIENTS} clients of the three doors have one captcha after the other solved by the built gateway with its SQLite file store,
over real sockets; three sandbox services take ${SOLVE_MS} ms for each and enforce their pace. Meanwhile the config file is
replaced ${RELOADS} times, ${PAUSE_MS} ms after the reload before, and \`POST /admin/reload\` is sent: accounts are taken out and come back,
change places, keys, threads, prices and weights; the strategy, clients, limits and breaker settings change. So nearly every
captcha is under way during several reloads. What clients, services and ledger say is compared at the end. Clients, services,
gateway and whatever else ran on the machine share its cores.
`,
  );
  console.log(`\n${tables}`);
}
