/** The gateway as a process that is killed, stopped and started again, always on the same port. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

const START_WITHIN_MS = 20_000;

/**
 * @typedef {object} Mortal
 * @property {string} url
 * @property {number} pid
 * @property {number} startMs from the start of the process to its first line
 * @property {(signal: NodeJS.Signals) => void} signal
 * @property {Promise<unknown>} ended
 * @property {() => string} output
 */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts `serve` and waits until it listens. @param {string} main @param {string} configPath @returns {Promise<Mortal>} */
export async function startMortal(main, configPath) {
  const startedAt = performance.now();
  const stdio = /** @type {const} */ (['ignore', 'pipe', 'inherit']);
  const child = spawn(process.execPath, [main, 'serve', '--config', configPath], { stdio: [...stdio] });
  running.add(child);
  const ended = once(child, 'exit').then(() => running.delete(child));
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  const url = await Promise.race([listening(child, () => output), ended.then(() => undefined)]);
  if (typeof url !== 'string') throw new Error(`The gateway did not start.\n${output}`);
  return {
    url,
    pid: child.pid ?? 0,
    startMs: performance.now() - startedAt,
    signal: (signal) => void child.kill(signal),
    ended,
    output: () => output,
  };
}

/** @param {import('node:child_process').ChildProcess} child @param {() => string} output @returns {Promise<string | undefined>} */
function listening(child, output) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), START_WITHIN_MS);
    child.stdout?.on('data', () => {
      const [, url] = /"event":"listening","url":"([^"]+)"/.exec(output()) ?? [];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}

/** A port that nobody listens on. @returns {Promise<number>} */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('no port is free');
  return address.port;
}
