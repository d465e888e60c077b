/** What a ledger says of its tasks, read from the file of a gateway that is gone. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';

/**
 * @typedef {object} LedgerAttempt
 * @property {string} provider
 * @property {string} outcome
 * @property {boolean} mayBeCharged
 *
 * @typedef {object} LedgerTask
 * @property {string} id
 * @property {string} siteKey
 * @property {string} status
 * @property {LedgerAttempt[]} attempts
 */

const TASKS = `SELECT id, status, json_extract(task, '$.siteKey') AS site_key FROM tasks`;
const ATTEMPTS = 'SELECT task_id, provider, outcome, may_be_charged FROM attempts ORDER BY task_id, number';

/** Reads a copy, so that what the next gateway finds is what the last one left. @param {string} path */
export function readLedger(path) {
  const folder = mkdtempSync(join(tmpdir(), 'captcha-gateway-ledger-'));
  const copy = join(folder, 'ledger.db');
  try {
    for (const suffix of ['', '-wal'])
      if (existsSync(`${path}${suffix}`)) copyFileSync(`${path}${suffix}`, `${copy}${suffix}`);
    const database = new Database(copy);
    const tasks = database.prepare(TASKS).all();
    const attempts = database.prepare(ATTEMPTS).all();
    database.close();
    return assemble(tasks, attempts);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {Record<string, unknown>[]} tasks @param {Record<string, unknown>[]} attempts @returns {LedgerTask[]} */
function assemble(tasks, attempts) {
  /** @type {Map<string, LedgerTask>} */
  const byId = new Map();
  for (const { id, status, site_key: siteKey } of tasks)
    byId.set(String(id), { id: String(id), siteKey: String(siteKey), status: String(status), attempts: [] });
  for (const { task_id: taskId, provider, outcome, may_be_charged: mayBeCharged } of attempts)
    byId.get(String(taskId))?.attempts.push({
      provider: String(provider),
      outcome: String(outcome),
      mayBeCharged: mayBeCharged === 1,
    });
  return [...byId.values()];
}

/** Whether a task still waits for its end. @param {LedgerTask} task */
export function isOpen({ status }) {
  return status === 'queued' || status === 'solving';
}
