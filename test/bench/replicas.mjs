/** `npm run bench:replicas`: three gateways on one database; one is killed, one sleeps past its lease, the database goes away. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { closeClients } from './clients.mjs';
import { startDatabase } from './database.mjs';
import { faultsOf } from './judgement.mjs';
import { countsTable, machineLine } from './page.mjs';
import { runReplicas } from './replicas-phases.mjs';

const { values } = parseArgs({
  options: {
    main: { type: 'string', default: fileURLToPath(new URL('../../dist/src/main.js', import.meta.url)) },
    /** The kill and the sleep at the same time, and the database away for a shorter time. */
    short: { type: 'boolean', default: false },
    /** Prints the figures as JSON and writes no file. */
    json: { type: 'boolean', default: false },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'captcha-gateway-replicas-'));
const { openSandbox } = await import(new URL('app.js', pathToFileURL(values.main)).href);
const database = await startDatabase();
try {
  const { main, short: isShort } = values;
  const tell = values.json ? () => {} : console.log;
  const result = await runReplicas({ main, folder, database, openSandbox, isShort, tell });
  if (values.json) console.log(JSON.stringify(result));
  else write(result);
  if (faultsOf(result.judgement) > 0) process.exitCode = 1;
} finally {
  await closeClients();
  await database.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** @param {Awaited<ReturnType<typeof runReplicas>>} result */
function write({ judgement, times }) {
  const tables = [
    countsTable('has to be 0', judgement.faults),
    countsTable('ms', times),
    countsTable('besides', judgement.facts),
  ].join('\n\n');
  writeFileSync(
    new URL('results/replicas.md', import.meta.url),
    `# Three gateways on one PostgreSQL

${tables}

\`npm run bench:replicas\`, ${machineLine()}

Three built gateways share one database; clients of all three doors hand in captchas all the while, and send every
call to any of the three. One gateway is ended with SIGKILL; one is stopped with SIGSTOP until its lease of 5 s is over and
its tasks are taken over, then woken with SIGCONT; then the database crashes and comes back after 5 s. The time to
adoption counts from the signal until no unfinished task belongs to that process any more. Clients try again when a
connection breaks or nothing is said for 4 s. Services, clients and ledger are compared at the end, as in kills.md.
`,
  );
  console.log(`\n${tables}\n\nwritten to test/bench/results/replicas.md`);
}
