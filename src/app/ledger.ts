/** Opens the store that the config asks for, and keeps it from growing. */
import { isAbsolute, join } from 'node:path';
import type { LoadedConfig } from '../config/load.js';
import { systemClock } from '../core/clock.js';
import type { TaskStore } from '../core/store.js';
import { openSqlite } from '../store/sqlite.js';

const FORGET_EVERY_MS = 60_000;
const FORGET_AT_ONCE = 500;

/** @throws Error that says what to do when the ledger cannot be had. */
export async function openLedger({ config, directory }: LoadedConfig): Promise<TaskStore> {
  const { store } = config;
  if (store.use === 'postgres') {
    // Its driver is loaded where it is used only: every start would wait for it.
    const { openPostgres } = await import('../store/postgres.js');
    return await openPostgres({ url: store.url });
  }
  return openSqlite({ path: within(directory, store.path), durability: store.durability });
}

/** The folder for files of the gateway's own: that of its ledger, or the config's where the ledger is elsewhere. */
export function ledgerPath({ store }: LoadedConfig['config']): string {
  return store.use === 'sqlite' ? store.path : 'data/gateway.db';
}

/** Forgets what is older than the config keeps, a little at a time; call what is returned to stop. */
export function keepForgetting(
  store: TaskStore,
  /** Asked each time. */
  retention: () => LoadedConfig['config']['store']['retention'],
  onFault: (error: unknown) => void,
): () => void {
  const forget = async () => {
    const now = systemClock.now();
    const { solutionMs, taskMs, scorecardMs } = retention();
    const before = { solutions: now - solutionMs, tasks: now - taskMs, scores: now - scorecardMs };
    while ((await store.forget(before, FORGET_AT_ONCE)) >= FORGET_AT_ONCE);
  };
  const timer = setInterval(() => void forget().catch(onFault), FORGET_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function within(directory: string, path: string): string {
  return isAbsolute(path) || path === ':memory:' ? path : join(directory, path);
}
