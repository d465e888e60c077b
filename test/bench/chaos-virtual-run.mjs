/** A million tasks through the engine in one process: services break and come back, and time jumps. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { VirtualClock } from './chaos-clock.mjs';
import { ForgetfulStore } from './chaos-store.mjs';
import { count, sorted, Tally } from './chaos-tally.mjs';
import { EPOCH_MS } from './chaos-weather.mjs';
import { World } from './chaos-world.mjs';

/**
 * @typedef {import('./chaos-dist.mjs').Dist} Dist
 * @typedef {object} Order
 * @property {Dist} dist
 * @property {number} tasks
 * @property {number} perSecond arrivals, in virtual time
 * @property {number} seed
 * @property {(line: string) => void} tell
 * @property {Scene} [scene] what is played instead of outages
 *
 * @typedef {object} Scene
 * @property {number} giveUpMs
 * @property {object} routing sections of the config's `routing`
 * @property {Record<string, { medianMs: number, spread: number }>} solve
 * @property {(record: import('../../dist/src/core/record.js').TaskRecord) => void} onEnd
 */

const NOON = Date.UTC(2026, 0, 1, 12);
const KEY = 'c11e27000000000000000000000000a1';
const USES = ['captchaai', '2captcha', 'anticaptcha', 'solvecaptcha', 'capmonster'];
const KINDS = /** @type {const} */ (['recaptcha_v2', 'turnstile']);
/** Two tasks of three are of the first kind. */
const SECOND_KIND_SHARE = 1 / 3;
/** Between 5 and 60 s, nearly all of them. */
const SOLVE = {
  recaptcha_v2: { medianMs: 22_000, spread: 0.35 },
  turnstile: { medianMs: 9_000, spread: 0.35 },
};
const UNSOLVABLE_RATE = 0.01;
/** A service that accepts and falls silent is left in time for four others to be asked. */
const GIVE_UP_MS = 60_000;
const DEADLINE_MS = 330_000;
const TELL_EVERY = 100_000;
/** With fewer tasks the heap says nothing. */
const HEAP_FROM = 100_000;
const WARM_UP_SHARE = 0.2;

/** @param {Order} order */
export async function runVirtual(order) {
  Math.random = order.dist.seededRandom(order.seed);
  const run = new VirtualRun(order);
  return await run.play();
}

class VirtualRun {
  tally = new Tally();
  clock = new VirtualClock(NOON);
  /** What went wrong in the gateway itself. @type {string[]} */
  faults = [];
  /** @type {Map<string, number>} */
  refused = new Map();
  /** @type {Map<string, number>} */
  rules = new Map();
  /** @type {Map<string, number>} */
  calls = new Map();
  /** @type {Map<string, number>} */
  troubles = new Map();
  boughtTwice = 0;
  #next = 0;

  /** @param {Order} order */
  constructor(order) {
    this.order = order;
    this.random = order.dist.seededRandom(order.seed + 1_000);
  }

  async play() {
    const { tasks } = this.order;
    const engine = await this.#open();
    const warmUp = tasks >= HEAP_FROM ? Math.round(tasks * WARM_UP_SHARE) : 0;
    const startedAt = performance.now();
    const cpuBefore = process.cpuUsage();
    if (warmUp > 0) await this.#phase(warmUp, 1);
    const heapBefore = warmUp > 0 ? heapBytes() : Number.NaN;
    await this.#phase(tasks - warmUp, 2);
    const wallSeconds = (performance.now() - startedAt) / 1_000;
    const { user, system } = process.cpuUsage(cpuBefore);
    const heapAfter = warmUp > 0 ? heapBytes() : Number.NaN;
    await engine.stop();
    return this.#result({ wallSeconds, cpuSeconds: (user + system) / 1e6, heapBefore, heapAfter });
  }

  async #open() {
    const { dist, scene } = this.order;
    const config = dist.configSchema.parse({
      clients: [{ id: 'chaos', key: KEY }],
      providers: USES.map((use) => ({
        id: use,
        use,
        apiKey: `key-of-${use}`,
        pricesUsdPer1000: Object.fromEntries(KINDS.map((kind) => [kind, 2])),
        timing: { giveUpMs: scene?.giveUpMs ?? GIVE_UP_MS },
      })),
      routing: { deadlineMs: DEADLINE_MS, maxAttempts: USES.length, maxUsdPerTask: 1, ...scene?.routing },
    });
    const onFault = (/** @type {unknown} */ error) => {
      this.faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    };
    const { clock, tally } = this;
    this.accounts = dist.toAccounts(config, await dist.loadProviders());
    this.world = new World(dist, clock, KINDS);
    this.store = new ForgetfulStore({
      now: () => clock.now(),
      applyMove: dist.applyMove,
      onForgotten: (record) => tally.forget(record),
    });
    const events = new dist.Events(() => clock.now(), onFault);
    events.on('task-ended', ({ record }) => {
      tally.end(record);
      scene?.onEnd(record);
    });
    events.on('breaker-opened', (change) => tally.opened(change));
    events.on('breaker-closed', (change) => tally.closed(change));
    this.client = dist.toClients(config)[0];
    // The config's own sections, so that a setting of the engine that is new is not left out here.
    const engine = new dist.Engine({
      ...config,
      ...{ clock, events, accounts: this.accounts, onStoreError: onFault },
      ...{ clients: dist.toClients(config), store: this.store, transport: this.world },
    });
    await engine.load();
    engine.share();
    this.engine = engine;
    return engine;
  }

  /** Tasks come, are solved, and the last of them ends. @param {number} tasks @param {number} turn */
  async #phase(tasks, turn) {
    const { order, world, store, clock, tally, accounts } = this;
    if (!world || !store || !accounts) throw new TypeError('nothing is open');
    const { perSecond, seed, scene } = order;
    const epochs = scene ? 0 : Math.ceil((tasks / perSecond) * (1_000 / EPOCH_MS));
    const solve = scene?.solve ?? SOLVE;
    // Ids are asked for until the deadline; each service keeps what may come in that time.
    const keepTasks = Math.ceil((DEADLINE_MS / 1_000) * perSecond);
    const weather = {
      accounts,
      seed: seed * 1_000 + turn,
      epochs,
      solve,
      keepTasks,
      unsolvableRate: scene ? 0 : UNSOLVABLE_RATE,
    };
    for (const [name, times] of world.open(weather)) count(this.troubles, name, times);
    const until = this.#next + tasks;
    const arrive = () => {
      void this.#handIn();
      if (this.#next < until) clock.after((-Math.log(1 - this.random()) * 1_000) / perSecond, arrive);
    };
    arrive();
    await clock.run(() => this.#next >= until && tally.ended + total(this.refused) >= until);
    await this.#calmDown();
    store.forgetAll();
    this.#closeBooks(world);
  }

  /** Calls that nobody waits for any more come to their end. */
  async #calmDown() {
    const until = this.clock.now() + GIVE_UP_MS;
    await this.clock.run(() => this.clock.now() >= until);
  }

  async #handIn() {
    const { engine, client, order } = this;
    if (!engine || !client) throw new TypeError('nothing is open');
    const name = this.#next++;
    if (this.#next % TELL_EVERY === 0)
      order.tell(
        `${this.#next.toLocaleString('en-US')} tasks handed in, ${this.tally.solved.toLocaleString('en-US')} solved`,
      );
    const kind = this.random() < SECOND_KIND_SHARE ? KINDS[1] : KINDS[0];
    const task = { kind, siteKey: `key-${name}`, pageUrl: 'https://shop.example.com/login' };
    try {
      await engine.submit(client, { task, origin: { dialect: 'native' }, options: {} });
    } catch (error) {
      count(this.refused, String(Object(error).code ?? error));
    }
  }

  /** @param {World} world */
  #closeBooks(world) {
    for (const { stats } of world.closeBooks()) {
      for (const [rule, times] of Object.entries(stats.violations)) count(this.rules, rule, times);
      for (const [call, times] of Object.entries(stats.calls)) count(this.calls, call, times);
      this.boughtTwice += stats.boughtTwice.length;
    }
  }

  /** @param {{ wallSeconds: number, cpuSeconds: number, heapBefore: number, heapAfter: number }} measured */
  #result({ wallSeconds, cpuSeconds, heapBefore, heapAfter }) {
    const { tally, order, clock } = this;
    const hours = (clock.now() - NOON) / 3_600_000;
    const openings = [...tally.openings.values()].reduce((sum, times) => sum + times, 0);
    const { 'call-during-ban': _told, ...punished } = Object.fromEntries(this.rules);
    return {
      tasks: order.tasks,
      solved: tally.solved,
      failed: sorted(tally.failed),
      refused: sorted(this.refused),
      examples: tally.examples,
      open: this.store?.open ?? 0,
      faults: this.faults,
      // One that found a captcha unsolvable may be asked again when there is no other: that is no mistake.
      boughtTwice: this.boughtTwice - tally.askedAgain,
      askedAgain: tally.askedAgain,
      rulesBroken: sorted(this.rules),
      bansEarned: Object.values(punished).reduce((sum, times) => sum + times, 0),
      purchases: tally.purchases,
      spentUsd: tally.spentUsd,
      secondPurchases: sorted(tally.again),
      wastedUsd: tally.againUsd,
      polls: tally.polls,
      calls: sorted(this.calls),
      troubles: sorted(this.troubles),
      hours,
      openings: sorted(tally.openings),
      openingsByCause: sorted(tally.causes),
      openingsPerProviderHour: openings / USES.length / hours,
      wallSeconds,
      cpuSeconds,
      tasksPerSecond: order.tasks / wallSeconds,
      heapMb: { before: heapBefore / 2 ** 20, after: heapAfter / 2 ** 20 },
      heapGrowth: heapAfter / heapBefore - 1,
    };
  }
}

/** @param {Map<string, number>} counts */
function total(counts) {
  return [...counts.values()].reduce((sum, times) => sum + times, 0);
}

/** What is left when all garbage is gone. */
function heapBytes() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  for (let turn = 0; turn < 3; turn += 1) collect();
  return process.memoryUsage().heapUsed;
}
