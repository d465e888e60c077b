/** Kills a process the moment a file changes: on a thread of its own, because an event loop would be too late. */
import { statSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const LONGEST_MS = 3_000;

/**
 * Kills `pid` at a later change of `path`; resolves when that has happened, or when nothing has changed for long.
 * @param {{ pid: number, path: string, changes: number }} aim
 */
export function killAtWrite(aim) {
  const worker = new Worker(new URL(import.meta.url), { workerData: aim });
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
}

if (!isMainThread) {
  const { pid, path, changes } = workerData;
  const stateOf = () => {
    const { size = 0n, mtimeNs = 0n } = statSync(path, { throwIfNoEntry: false, bigint: true }) ?? {};
    return size + mtimeNs;
  };
  const until = performance.now() + LONGEST_MS;
  for (let left = changes; left > 0 && performance.now() < until; left -= 1) {
    const before = stateOf();
    while (stateOf() === before && performance.now() < until);
  }
  process.kill(pid, 'SIGKILL');
  parentPort?.postMessage('killed');
}
