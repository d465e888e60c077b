/** The processes of a bench: each measured thing runs in one of its own. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const START_WITHIN_MS = 10_000;
/** Linux counts a process's time in hundredths of a second. */
const MS_PER_TICK = 10;

/**
 * @typedef {object} Running
 * @property {string} url
 * @property {number} pid
 * @property {() => Promise<void>} stop
 */

/** Tells the parent where this process listens. @param {unknown} address */
export function announce(address) {
  process.send?.(address);
}

/** Starts one of the bench's own servers. @param {string} file @param {string[]} args @returns {Promise<Running>} */
export async function startServer(file, ...args) {
  const child = fork(pathOf(file), args);
  const [address] = await once(child, 'message');
  return { url: `http://127.0.0.1:${address.port}`, pid: child.pid ?? 0, stop: () => end(child) };
}

/**
 * Starts the built gateway in `directory`, where its config lies; its log goes to a file there.
 * @param {{ main: string, directory: string, nodeArgs?: string[] }} options @returns {Promise<Running>}
 */
export async function startGateway({ main, directory, nodeArgs = [] }) {
  const log = join(directory, 'gateway.log');
  const args = [...nodeArgs, main, 'serve', '--config', join(directory, 'config.json')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', openSync(log, 'w'), 'inherit'] });
  const giveUpAt = Date.now() + START_WITHIN_MS;
  while (Date.now() < giveUpAt && child.exitCode === null) {
    const [, url] = /"url":"([^"]+)"/.exec(readFileSync(log, 'utf8')) ?? [];
    if (url !== undefined) return { url, pid: child.pid ?? 0, stop: () => end(child) };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill('SIGKILL');
  throw new Error(`The gateway did not start; see ${log}`);
}

/** A load generator that takes one order after the other. */
export function startLoad() {
  const child = fork(pathOf('load.mjs'));
  return {
    /** @param {import('./load.mjs').Order} order @returns {Promise<import('./load.mjs').Measured>} */
    async run(order) {
      child.send(order);
      const [measured] = await once(child, 'message');
      return measured;
    },
    stop: () => end(child),
  };
}

/** @param {import('node:child_process').ChildProcess} child */
async function end(child) {
  const closed = once(child, 'exit');
  child.kill('SIGTERM');
  await closed;
}

/** @param {string} file */
function pathOf(file) {
  return fileURLToPath(new URL(file, import.meta.url));
}

/** Resident memory of a process in MB; NaN where /proc is not there. @param {number} pid */
export function rssMb(pid) {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kilobytes) / 1024);
  } catch {
    return Number.NaN;
  }
}

/** User and system time of a process so far in ms; NaN where /proc is not there. @param {number} pid */
export function cpuMs(pid) {
  try {
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const [user, system] = rest.split(' ').slice(11, 13).map(Number);
    return ((user ?? 0) + (system ?? 0)) * MS_PER_TICK;
  } catch {
    return Number.NaN;
  }
}
