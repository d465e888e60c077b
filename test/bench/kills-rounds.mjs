/** The rounds of the kill bench: load, a kill, a start on the same file, and everybody gets an answer. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOORS, inFlight, KEY, solve } from './clients.mjs';
import { judge } from './judgement.mjs';
import { readLedger } from './ledger.mjs';
import { freePort, startMortal } from './mortal.mjs';
import { median } from './page.mjs';
import { FOUND, foundAt, STAGES } from './stages.mjs';
import { killAtWrite } from './trigger.mjs';
import { openUpstreams } from './upstreams.mjs';

const TIMING = { firstPollMs: 40, pollEveryMs: 30, maxPolls: 2_000, giveUpMs: 60_000, answerWithinMs: 5_000 };
const THREADS = 8;
/** Captchas of each round, and the time in which they come; some while nobody is there to hear them. */
const CAPTCHAS = 30;
const ARRIVE_WITHIN_MS = 500;
const KILL_FROM_MS = 80;
const KILL_TO_MS = 450;
/** After this many rounds one is killed twice. */
const TWICE_EVERY = 5;
const QUIET_WITHIN_MS = 20_000;

/**
 * @typedef {import('./stages.mjs').Found} Found
 * @typedef {object} Order
 * @property {string} main
 * @property {string} folder
 * @property {number} rounds
 * @property {typeof import('../../dist/src/app.js').openSandbox} openSandbox
 * @property {(line: string) => void} tell
 */

/** @param {Order} order */
export async function runKills({ main, folder, rounds, openSandbox, tell }) {
  const upstreams = await openUpstreams(openSandbox, { timing: TIMING, threads: THREADS });
  const bench = new KillBench(main, folder, upstreams);
  try {
    await bench.open();
    for (let round = 0; round < rounds; round += 1) {
      const found = await bench.round(round);
      tell(`round ${round + 1}: ${found}`);
    }
    return await bench.close();
  } finally {
    await upstreams.close();
  }
}

class KillBench {
  /** @type {import('./clients.mjs').Story[]} */
  stories = [];
  /** @type {Record<Found, number>} */
  found = /** @type {Record<Found, number>} */ (Object.fromEntries(FOUND.map((name) => [name, 0])));
  /** @type {number[]} */
  startMs = [];
  kills = 0;
  /** @type {import('./mortal.mjs').Mortal | undefined} */
  gateway;

  /** @param {string} main @param {string} folder @param {import('./upstreams.mjs').Upstreams} upstreams */
  constructor(main, folder, upstreams) {
    this.main = main;
    this.upstreams = upstreams;
    this.configPath = join(folder, 'config.json');
    this.ledgerPath = join(folder, 'gateway.db');
  }

  async open() {
    const config = {
      server: { port: await freePort() },
      clients: [{ id: 'bench', key: KEY }],
      providers: this.upstreams.accounts,
      routing: { deadlineMs: 50_000, maxUsdPerTask: 1 },
      breaker: { failures: 3, cooldownMs: 200, maxCooldownMs: 400 },
      polling: { holdMs: 1_000 },
      store: { path: 'gateway.db' },
    };
    writeFileSync(this.configPath, JSON.stringify(config));
    await this.start();
  }

  async start() {
    this.gateway = await startMortal(this.main, this.configPath);
    this.startMs.push(this.gateway.startMs);
  }

  /** @param {number} round */
  async round(round) {
    const stage = STAGES[round % STAGES.length] ?? STAGES[0];
    if (!stage) throw new TypeError('there is no stage');
    this.upstreams.set(stage.script);
    const names = Array.from({ length: CAPTCHAS }, (_, index) => `r${round}-${index}`);
    const told = new Set();
    const where = () => this.gateway?.url ?? '';
    const clients = names.map(async (name, index) => {
      await sleep(Math.random() * ARRIVE_WITHIN_MS);
      const story = await solve(DOORS[index % DOORS.length] ?? 'native', name, where);
      told.add(story.siteKey);
      return story;
    });
    await this.kill(stage);
    const counted = this.classify(stage, names, told);
    await this.start();
    if (round % TWICE_EVERY === TWICE_EVERY - 1) {
      await this.kill({ ...stage, trigger: 'moment' });
      await this.start();
    }
    this.stories.push(...(await Promise.all(clients)));
    return `${stage.aim}: ${counted}`;
  }

  /** @param {import('./stages.mjs').Stage} stage */
  async kill({ trigger }) {
    const { gateway } = this;
    if (!gateway) throw new TypeError('nothing runs');
    await sleep(KILL_FROM_MS + Math.random() * (KILL_TO_MS - KILL_FROM_MS));
    if (trigger === 'ledger') {
      const changes = 1 + Math.floor(Math.random() * 3);
      await killAtWrite({ pid: gateway.pid, path: `${this.ledgerPath}-wal`, changes });
    } else if (trigger === 'delivery') {
      const delivered = new Promise((resolve) => this.upstreams.onDelivery(() => resolve(undefined)));
      await Promise.race([delivered, sleep(1_000)]);
      if (Math.random() < 0.5) await new Promise(setImmediate);
    }
    gateway.signal('SIGKILL');
    this.killedAt = Date.now();
    this.known = this.knownNow();
    await gateway.ended;
    this.kills += 1;
  }

  /** What the services know of each task just now. */
  knownNow() {
    return new Map(
      this.upstreams.tasks().map((task) => {
        const siteKey = 'siteKey' in task.task ? task.task.siteKey : '';
        const { polls, deliveredAt } = task;
        return [`${task.provider} ${siteKey}`, { polls, deliveredAt }];
      }),
    );
  }

  /** @param {import('./stages.mjs').Stage} stage @param {string[]} names @param {Set<string>} told */
  classify({ script }, names, told) {
    const ledger = new Map(readLedger(this.ledgerPath).map((task) => [task.siteKey, task]));
    const submitDelayMs = Object(Object(script).submit).delayMs ?? 0;
    const moment = {
      killedAt: this.killedAt ?? 0,
      submitDelayMs,
      ledger,
      submits: this.upstreams.submits(),
      bought: this.known ?? new Map(),
    };
    /** @type {Map<Found, number>} */
    const counts = new Map();
    for (const name of names) {
      if (told.has(name)) continue;
      const found = foundAt(name, moment);
      counts.set(found, (counts.get(found) ?? 0) + 1);
      this.found[found] += 1;
    }
    return [...counts].map(([found, count]) => `${count} ${found}`).join(', ');
  }

  async close() {
    const { gateway } = this;
    if (!gateway) throw new TypeError('nothing runs');
    const until = performance.now() + QUIET_WITHIN_MS;
    while ((await inFlight(gateway.url)) > 0 && performance.now() < until) await sleep(50);
    gateway.signal('SIGTERM');
    await gateway.ended;
    const { stories, upstreams, found, kills } = this;
    const judgement = judge({ stories, upstreams, ledger: readLedger(this.ledgerPath) });
    return { judgement, found, kills, startMs: Math.round(median(this.startMs)) };
  }
}

function sleep(/** @type {number} */ ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
