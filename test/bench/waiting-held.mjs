/** Ten thousand polls held open at once: what they cost the gateway in memory, and everybody else in time. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rssMb, startGateway } from './processes.mjs';
import { post, read, waitFor } from './waiting-clients.mjs';
import { keyOf, openService } from './waiting-run.mjs';

const PACE_MS = 5_000;
const AT_A_TIME = 64;
const OPEN_EVERY_MS = 10;
const PROBE_EVERY_MS = 20;
const HOUR_MS = 3_600_000;

/**
 * @typedef {object} Held
 * @property {number} polls held at once, as the gateway counts them
 * @property {number} idleMb resident before the first task
 * @property {number} tasksMb with all tasks, before the polls
 * @property {number} heldMb
 * @property {number} loopP99Ms of the gateway's event loop, as its /metrics say
 * @property {number} loopMaxMs
 * @property {readonly number[]} healthMs answers of /healthz
 * @property {number} early polls that were answered before their time
 * @property {readonly string[]} rulesBroken
 *
 * @typedef {{ polls: number, measureMs: number }} Size
 */

/** @param {import('./waiting-run.mjs').Built} built @param {Size} size @returns {Promise<Held>} */
export async function holdMany({ main, openSandbox }, size) {
  const directory = mkdtempSync(join(tmpdir(), 'captcha-gateway-held-'));
  const service = await openService(openSandbox, PACE_MS);
  service.set({ solve: { default: { fixedMs: HOUR_MS } } });
  const timing = { firstPollMs: PACE_MS, pollEveryMs: PACE_MS, giveUpMs: HOUR_MS, maxPolls: 1_000 };
  const config = {
    server: { port: 0 },
    clients: [{ id: 'held', key: keyOf(0) }],
    providers: [{ id: 'service', use: 'classic', apiKey: 'waiting', baseUrl: service.url, timing }],
    routing: { deadlineMs: HOUR_MS },
    store: { path: 'gateway.db' },
  };
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  const gateway = await startGateway({ main, directory });
  try {
    const measured = await measure(gateway, size);
    return { ...measured, rulesBroken: service.violations().map(({ rule, detail }) => `${rule}: ${detail}`) };
  } finally {
    await gateway.stop();
    await service.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @param {import('./processes.mjs').Running} gateway @param {Size} size */
async function measure({ url, pid }, { polls, measureMs }) {
  const idleMb = rssMb(pid);
  const ids = await submit(url, polls);
  const tasksMb = rssMb(pid);
  // Opened a handful at a time, as clients come; all of them are there before the measurement.
  const openMs = Math.ceil(polls / AT_A_TIME) * OPEN_EVERY_MS + 2_000;
  const seconds = Math.ceil((openMs + measureMs) / 1_000) + 10;
  let [early, isOver] = [0, false];
  const held = ids.map(async (taskId, index) => {
    await sleep(Math.floor(index / AT_A_TIME) * OPEN_EVERY_MS);
    await waitFor({ url, key: keyOf(0), taskId, seconds }).catch(() => undefined);
    if (!isOver) early += 1;
  });
  await sleep(openMs);
  // Each reading starts the gateway's own histogram anew.
  await read(`${url}/metrics`);
  const healthMs = await probe(url, measureMs);
  const metrics = await read(`${url}/metrics`);
  const heldMb = rssMb(pid);
  isOver = true;
  void Promise.all(held);
  return {
    polls: metric(metrics, 'captcha_gateway_requests_held'),
    idleMb,
    tasksMb,
    heldMb,
    ...loopOf(metrics),
    healthMs,
    early,
  };
}

/** @param {string} url @param {number} tasks */
async function submit(url, tasks) {
  /** @type {string[]} */
  const ids = [];
  let next = 0;
  const submitOn = async () => {
    while (next < tasks) {
      next += 1;
      ids.push((await post(`${url}/v1/tasks`, { key: keyOf(0), siteKey: `held-${next}` })).taskId);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, submitOn));
  return ids;
}

/** @param {string} url @param {number} forMs */
async function probe(url, forMs) {
  /** @type {number[]} */
  const tookMs = [];
  const endAt = performance.now() + forMs;
  while (performance.now() < endAt) {
    const startedAt = performance.now();
    await read(`${url}/healthz`);
    tookMs.push(performance.now() - startedAt);
    await sleep(PROBE_EVERY_MS);
  }
  return tookMs;
}

/** How long the event loop was kept waiting, since its figures were read last. @param {string} metrics */
export function loopOf(metrics) {
  return {
    loopP99Ms: 1_000 * metric(metrics, 'nodejs_eventloop_lag_p99_seconds'),
    loopMaxMs: 1_000 * metric(metrics, 'nodejs_eventloop_lag_max_seconds'),
  };
}

/** @param {string} metrics @param {string} name */
function metric(metrics, name) {
  const [, value] = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(metrics) ?? [];
  return Number(value);
}
