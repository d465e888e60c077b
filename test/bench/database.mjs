/** The throw-away PostgreSQL of the tests, for a bench: its source is TypeScript, so it is compiled on the way. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * @typedef {import('../support/postgres.js').TestPostgres} TestPostgres
 * @param {{ isDurable?: boolean }} [options] waits for the disk, which the tests do not
 * @returns {Promise<TestPostgres>}
 */
export async function startDatabase({ isDurable = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'captcha-gateway-support-'));
  try {
    const compilerOptions = { noEmit: false, noCheck: true, rootDir: root, outDir: folder };
    const files = [join(root, 'test/support/postgres.ts')];
    const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: [], files };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      stdio: 'inherit',
    });
    const compiled = join(folder, 'test/support/postgres.js');
    if (isDurable) writeFileSync(compiled, durable(readFileSync(compiled, 'utf8')));
    const { startPostgres } = await import(pathToFileURL(compiled).href);
    return await startPostgres();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same server with the settings that an operator's has. @param {string} source */
function durable(source) {
  const changed = source
    .replace("fsync: 'off'", "fsync: 'on'")
    .replace("full_page_writes: 'off'", "full_page_writes: 'on'");
  if (changed === source) throw new Error('the settings of the test server have changed');
  return changed;
}

const TASKS = `SELECT id, status, task::json ->> 'siteKey' AS site_key, attempts FROM captcha_gateway.tasks`;

/** What the ledger says of its tasks. @param {TestPostgres} database @returns {Promise<import('./ledger.mjs').LedgerTask[]>} */
export async function readDatabase(database) {
  const rows = await database.query(TASKS);
  return rows.map(({ id, status, site_key: siteKey, attempts }) => ({
    id: String(id),
    siteKey: String(siteKey),
    status: String(status),
    attempts: /** @type {import('./ledger.mjs').LedgerAttempt[]} */ (attempts),
  }));
}
