/** What happens to three gateways on one database, one thing after the other, under load all the time. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOORS, KEY, native, solve } from './clients.mjs';
import { readDatabase } from './database.mjs';
import { judge } from './judgement.mjs';
import { isOpen } from './ledger.mjs';
import { freePort, startMortal } from './mortal.mjs';
import { openUpstreams } from './upstreams.mjs';

const REPLICAS = 3;
const TIMING = {
  firstPollMs: 100,
  pollEveryMs: 100,
  maxPolls: 5_000,
  giveUpMs: 120_000,
  answerWithinMs: 5_000,
};
/** Long enough that tasks outlast a lease. */
const SOLVE = { default: { fromMs: 300, toMs: 8_000 } };
const NEW_EVERY_MS = 25;
const QUIET_WITHIN_MS = 40_000;
const LEASE_PATIENCE_MS = 30_000;

/**
 * @typedef {import('./database.mjs').TestPostgres} TestPostgres
 * @typedef {object} Order
 * @property {string} main
 * @property {string} folder
 * @property {TestPostgres} database
 * @property {typeof import('../../dist/src/app.js').openSandbox} openSandbox
 * @property {boolean} isShort
 * @property {(line: string) => void} tell
 *
 * @typedef {object} Replica
 * @property {string} configPath
 * @property {string} url
 * @property {string} owner
 * @property {import('./mortal.mjs').Mortal} process
 */

/** @param {Order} order */
export async function runReplicas(order) {
  const upstreams = await openUpstreams(order.openSandbox, { timing: TIMING });
  upstreams.set({ solve: SOLVE });
  const bench = new ReplicaBench(order, upstreams);
  try {
    await bench.open();
    return await bench.run();
  } finally {
    await upstreams.close();
  }
}

class ReplicaBench {
  /** @type {Replica[]} */
  replicas = [];
  /** @type {Promise<import('./clients.mjs').Story>[]} */
  clients = [];
  /** @type {Record<string, number>} */
  times = {};

  /** @param {Order} order @param {import('./upstreams.mjs').Upstreams} upstreams */
  constructor(order, upstreams) {
    this.order = order;
    this.upstreams = upstreams;
  }

  async open() {
    for (let number = 0; number < REPLICAS; number += 1) {
      const folder = join(this.order.folder, String(number));
      mkdirSync(folder);
      const config = {
        server: { port: await freePort() },
        clients: [{ id: 'bench', key: KEY }],
        providers: this.upstreams.accounts,
        routing: { deadlineMs: 55_000, maxUsdPerTask: 1 },
        polling: { holdMs: 1_000 },
        store: { use: 'postgres', url: this.order.database.url },
      };
      const configPath = join(folder, 'config.json');
      writeFileSync(configPath, JSON.stringify(config));
      await this.start(number, configPath);
    }
  }

  /** @param {number} number @param {string} configPath */
  async start(number, configPath) {
    const process = await startMortal(this.order.main, configPath);
    const owners = await this.order.database.query('SELECT id FROM captcha_gateway.replicas');
    const known = new Set(this.replicas.map(({ owner }) => owner));
    const owner = owners.map(({ id }) => String(id)).find((id) => !known.has(id)) ?? '';
    this.replicas[number] = { configPath, url: process.url, owner, process };
  }

  async run() {
    const load = setInterval(() => this.arrive(), NEW_EVERY_MS);
    const { isShort, tell } = this.order;
    await sleep(1_500);
    await this.askAround();
    tell('asked around');
    if (isShort) await Promise.all([this.kill(0), this.sleepPastLease(1)]);
    else {
      await this.kill(0);
      await this.sleepPastLease(1);
    }
    tell('killed, stopped and woken');
    await this.loseDatabase(isShort ? 2_000 : 5_000);
    tell('the database was away');
    await sleep(1_000);
    clearInterval(load);
    return this.settle();
  }

  arrive() {
    const number = this.clients.length;
    const where = () => this.replicas[Math.floor(Math.random() * REPLICAS)]?.url ?? '';
    this.clients.push(solve(DOORS[number % DOORS.length] ?? 'native', `c${number}`, where));
  }

  /** @param {number} number */
  at(number) {
    const replica = this.replicas[number];
    if (!replica) throw new TypeError(`there is no replica ${number}`);
    return replica;
  }

  /** Submits at one, waits at another, reports at the third; and cancels what another is working on. */
  async askAround() {
    const [one, other, third] = [this.at(0).url, this.at(1).url, this.at(2).url];
    const { taskId = '' } = await native.submit(one, 'around');
    const held = await native.get(other, taskId, 20);
    const toldAt = Date.now();
    const { finishedAt, status } = held;
    this.times['from the end of a task to a held poll at another gateway'] = toldAt - Date.parse(finishedAt);
    await native.report(third, taskId);
    const { taskId: dropped = '' } = await native.submit(one, 'around-and-back');
    const cancelled = await native.cancel(third, dropped);
    const seen = await native.get(one, dropped);
    const story = [status, cancelled.status, seen.status].join(' ');
    if (story !== 'solved cancelled cancelled') throw new Error(`other gateways say: ${story}`);
    await until(() => this.upstreams.tasks().some(({ report }) => report === 'good'), 5_000);
  }

  /** @param {number} number */
  async kill(number) {
    const { process, owner, configPath } = this.at(number);
    const startedAt = performance.now();
    process.signal('SIGKILL');
    await process.ended;
    await this.untilAdopted(owner);
    this.times['from SIGKILL until its tasks are adopted'] = Math.round(performance.now() - startedAt);
    await this.start(number, configPath);
  }

  /** @param {number} number */
  async sleepPastLease(number) {
    const { process, owner } = this.at(number);
    const startedAt = performance.now();
    process.signal('SIGSTOP');
    await this.untilAdopted(owner);
    this.times['from SIGSTOP until its tasks are adopted'] = Math.round(performance.now() - startedAt);
    await sleep(1_000);
    process.signal('SIGCONT');
    await sleep(2_000);
  }

  /** @param {string} owner */
  async untilAdopted(owner) {
    const sql = `SELECT 1 FROM captcha_gateway.tasks WHERE owner = $1 AND status IN ('queued', 'solving') LIMIT 1`;
    const isAdopted = async () => (await this.order.database.query(sql, [owner])).length === 0;
    if (await isAdopted()) throw new Error('there was nothing to adopt');
    await until(isAdopted, LEASE_PATIENCE_MS);
  }

  /** @param {number} forMs */
  async loseDatabase(forMs) {
    const { database } = this.order;
    await database.crash();
    const refusals = Promise.all(this.replicas.map(({ url }, number) => refusalMs(url, `away-${number}`)));
    await sleep(forMs);
    const back = performance.now();
    await database.start();
    this.times['longest refusal of a submit without the database'] = Math.round(
      Math.max(...(await refusals)),
    );
    await until(async () => (await native.submit(this.at(2).url, 'back')).taskId !== undefined, 20_000);
    this.times['from the return of the database to a submit taken'] = Math.round(performance.now() - back);
  }

  async settle() {
    const stories = await Promise.all(this.clients);
    const { database } = this.order;
    const isQuiet = async () => !(await readDatabase(database)).some(isOpen);
    await until(isQuiet, QUIET_WITHIN_MS).catch(() => {});
    for (const { process } of this.replicas) process.signal('SIGTERM');
    await Promise.all(this.replicas.map(({ process }) => process.ended));
    const { upstreams, times } = this;
    return { judgement: judge({ stories, upstreams, ledger: await readDatabase(database) }), times };
  }
}

/** How long a submit takes that cannot be written; it has to be refused as busy. @param {string} url @param {string} siteKey */
async function refusalMs(url, siteKey) {
  const startedAt = performance.now();
  const { taskId, isBusy, said } = await native.submit(url, siteKey);
  if (taskId !== undefined || !isBusy) throw new Error(`without the database a submit is told ${said}`);
  return performance.now() - startedAt;
}

/** @param {() => boolean | Promise<boolean>} isTrue @param {number} withinMs */
async function until(isTrue, withinMs) {
  const giveUpAt = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > giveUpAt) throw new Error(`not within ${withinMs} ms: ${isTrue}`);
    await sleep(20);
  }
}

function sleep(/** @type {number} */ ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
