/** The gateway as it is measured: built, durable, one classic provider that never has a result. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { startGateway } from './processes.mjs';

export const KEY = '0123456789abcdef0123456789abcdef';
const HOUR_MS = 3_600_000;

/**
 * A fresh gateway with an empty ledger in front of `upstreamUrl`. Its tasks are never polled: the first poll
 * would come after an hour.
 * @param {{ main: string, upstreamUrl: string, nodeArgs?: string[] }} options
 */
export async function openGateway({ main, upstreamUrl, nodeArgs }) {
  const directory = mkdtempSync(join(tmpdir(), 'captcha-gateway-bench-'));
  const pace = { firstPollMs: HOUR_MS, pollEveryMs: HOUR_MS, giveUpMs: 2 * HOUR_MS };
  const config = {
    server: { port: 0 },
    clients: [{ id: 'bench', key: KEY }],
    providers: [{ id: 'upstream', use: 'classic', baseUrl: upstreamUrl, apiKey: 'bench', timing: pace }],
    routing: { deadlineMs: 3 * HOUR_MS },
    store: { path: 'gateway.db' },
  };
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  const running = await startGateway({ main, directory, nodeArgs });
  return {
    ...running,
    /** Stops it, and counts the tasks whose upstream id is in the ledger. */
    async close() {
      await running.stop();
      const inLedger = countAccepted(join(directory, 'gateway.db'));
      rmSync(directory, { recursive: true, force: true });
      return inLedger;
    },
  };
}

/** @param {string} path */
function countAccepted(path) {
  const database = new Database(path);
  const [count] = database
    .prepare(`SELECT count(*) FROM attempts WHERE outcome = 'solving' AND upstream_id <> 'null'`)
    .raw()
    .get();
  database.close();
  return Number(count);
}
