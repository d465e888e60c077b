/** `npm run bench:kills`: the gateway is killed at every point of a task's life, and nothing paid may be lost. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { closeClients } from './clients.mjs';
import { faultsOf } from './judgement.mjs';
import { runKills } from './kills-rounds.mjs';
import { countsTable, machineLine } from './page.mjs';

const { values } = parseArgs({
  options: {
    /** The built gateway to kill. */
    main: { type: 'string', default: fileURLToPath(new URL('../../dist/src/main.js', import.meta.url)) },
    rounds: { type: 'string', default: '100' },
    /** Prints the figures as JSON and writes no file. */
    json: { type: 'boolean', default: false },
  },
});
if (!existsSync(values.main)) throw new Error(`There is no ${values.main}: run npm run build first`);

const folder = mkdtempSync(join(tmpdir(), 'captcha-gateway-kills-'));
const { openSandbox } = await import(new URL('app.js', pathToFileURL(values.main)).href);
const startedAt = performance.now();
try {
  const result = await runKills({
    main: values.main,
    folder,
    rounds: Number(values.rounds),
    openSandbox,
    tell: values.json ? () => {} : console.log,
  });
  if (values.json) console.log(JSON.stringify(result));
  else write(result);
  if (faultsOf(result.judgement) > 0) process.exitCode = 1;
} finally {
  await closeClients();
  if (process.exitCode) console.error(`The ledger is kept in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}

/** @param {Awaited<ReturnType<typeof runKills>>} result */
function write({ judgement, found, kills, startMs }) {
  const tables = [
    countsTable('has to be 0', judgement.faults),
    countsTable('where the kill found a task', found),
    countsTable('besides', judgement.facts),
  ].join('\n\n');
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const results = new URL('results/', import.meta.url);
  mkdirSync(results, { recursive: true });
  writeFileSync(
    new URL('kills.md', results),
    `# Killed under load

${tables}

\`npm run bench:kills -- --rounds ${values.rounds}\`: ${kills} kills in ${seconds} s; the gateway was ready again after ${startMs} ms (median).
${machineLine()}

In every round clients of all three doors hand in captchas over real sockets; the built gateway with its SQLite file
store is ended with SIGKILL, and started again on the same file. Rounds take turns in what they aim at: a random
moment with slow submits, slow polls or slow solves, the moment right after a service has sent an answer, the moment
at which the ledger is written. Every fifth round kills the next gateway too, while it takes up what was left. Clients
try again when a connection breaks and poll the ids that they have; those of the native door send an Idempotency-Key.
Three sandbox services keep every submit that they ever saw; what clients, services and ledger say is compared at
the end. A submit of the old wires whose answer the kill took away is sent again under a new name: those wires have no
way to say that it is the same.
`,
  );
  console.log(`\n${tables}\n\n${kills} kills in ${seconds} s; written to test/bench/results/kills.md`);
}
