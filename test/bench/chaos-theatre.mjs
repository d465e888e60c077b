/** The outage theatre on real time: the built gateway, real sockets, a steady load, and one act after the other. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DOORS, KEY, solve } from './chaos-clients.mjs';
import { BALANCE_CHECK_MS, COOLDOWN_MS, MAX_COOLDOWN_MS, openServices, SERVICES } from './chaos-services.mjs';
import { freePort, startMortal } from './mortal.mjs';

/**
 * @typedef {import('./chaos-acts.mjs').Act} Act
 * @typedef {import('./chaos-clients.mjs').Story} Story
 * @typedef {import('./chaos-services.mjs').Call} Call
 *
 * @typedef {object} Played what there is to be said of one act
 * @property {Act} act
 * @property {number} from
 * @property {number} endsAt when the services were well again
 * @property {number} to
 * @property {readonly Story[]} stories of the tasks handed in between `from` and `to`
 * @property {Readonly<Record<string, readonly Call[]>>} calls of the same time, by service
 * @property {Readonly<Record<string, number>>} violations
 * @property {number} boughtTwice
 * @property {readonly { provider: string, scope: string, cause: string }[]} openings
 * @property {number} stallMs the longest time in which the services and clients were not given the processor
 *
 * @typedef {object} Order
 * @property {string} main
 * @property {typeof import('../../dist/src/app.js').openSandbox} openSandbox
 * @property {object} schema of the config, to tell which settings there are
 * @property {readonly Act[]} acts
 * @property {number} seconds
 * @property {number} perSecond
 * @property {number} seed
 * @property {() => number} random
 * @property {(line: string) => void} tell
 */

/** Of the time of an act, until the services are well again. */
const OUTAGE_SHARE = 0.55;
/** Before the first act: connections are made, code is compiled. */
const WARM_UP_MS = 1_500;
/** The captchas that an act brings along: one in so many. */
const OWN_SITE_KEY_EVERY = 3;
export const RAMP_MS = 1_000;

/** @param {Order} order */
export async function playTheatre(order) {
  const folder = mkdtempSync(join(tmpdir(), 'captcha-gateway-chaos-'));
  const services = await openServices(order.openSandbox, order.seed);
  const rampMs = hasRamp(order.schema) ? RAMP_MS : 0;
  const configPath = join(folder, 'config.json');
  const config = configFor(services.accounts, await freePort(), rampMs);
  writeFileSync(configPath, JSON.stringify(config));
  try {
    const gateway = await startMortal(order.main, configPath);
    const theatre = new Theatre(order, services, gateway);
    try {
      return { played: await theatre.play(), rampMs };
    } finally {
      gateway.signal('SIGTERM');
      await gateway.ended;
    }
  } finally {
    await services.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {object} schema */
function hasRamp(schema) {
  return Object(Object(schema).properties?.breaker).properties?.rampMs !== undefined;
}

/** @param {object[]} accounts @param {number} port @param {number} rampMs */
function configFor(accounts, port, rampMs) {
  return {
    server: { port },
    clients: [{ id: 'chaos', key: KEY }],
    providers: accounts,
    routing: { deadlineMs: 20_000, maxAttempts: accounts.length, maxUsdPerTask: 1 },
    breaker: {
      cooldownMs: COOLDOWN_MS,
      maxCooldownMs: MAX_COOLDOWN_MS,
      balanceCheckMs: BALANCE_CHECK_MS,
      ...(rampMs > 0 && { rampMs }),
    },
    store: { path: 'gateway.db' },
  };
}

class Theatre {
  #handedIn = 0;
  /** @type {Set<Promise<unknown>>} */
  #underWay = new Set();
  /** @type {Story[]} */
  #stories = [];
  /** @type {readonly string[]} */
  #siteKeys = [];
  #isOver = false;
  #stalls = monitorEventLoopDelay({ resolution: 5 });

  /** @param {Order} order @param {Awaited<ReturnType<typeof openServices>>} services @param {import('./mortal.mjs').Mortal} gateway */
  constructor(order, services, gateway) {
    this.order = order;
    this.services = services;
    this.gateway = gateway;
  }

  async play() {
    const { acts, seconds, tell } = this.order;
    const load = this.#load();
    this.#stalls.enable();
    await sleep(WARM_UP_MS);
    const actMs = (seconds * 1_000) / acts.length;
    const scenes = [];
    for (const act of acts) {
      tell(`${act.name} …`);
      scenes.push({ ...(await this.#playAct(act, actMs)), act });
    }
    this.#isOver = true;
    this.#stalls.disable();
    await load;
    await Promise.all(this.#underWay);
    return scenes.map((scene) => this.#played(scene));
  }

  /** @param {Act} act @param {number} actMs */
  async #playAct({ begins, ends, lastsMs, siteKeys = [] }, actMs) {
    const outageMs = lastsMs ?? actMs * OUTAGE_SHARE;
    const before = this.services.counts();
    this.#stalls.reset();
    const from = Date.now();
    for (const [name, script] of Object.entries(begins)) this.services.set(name, script);
    this.#siteKeys = siteKeys;
    await sleep(outageMs);
    for (const [name, script] of Object.entries(ends)) this.services.set(name, script);
    this.#siteKeys = [];
    const endsAt = Date.now();
    await sleep(Math.max(actMs - outageMs, actMs * (1 - OUTAGE_SHARE)));
    const stallMs = this.#stalls.max / 1e6;
    return { from, endsAt, to: Date.now(), stallMs, before, after: this.services.counts() };
  }

  /** @param {Awaited<ReturnType<Theatre['#playAct']>> & { act: Act }} scene @returns {Played} */
  #played({ act, from, endsAt, to, stallMs, before, after }) {
    const within = (/** @type {{ at: number }} */ { at }) => at >= from && at < to;
    const violations = Object.entries(after.violations).map(([rule, times]) => [
      rule,
      times - (before.violations[rule] ?? 0),
    ]);
    return {
      ...{ act, from, endsAt, to, stallMs },
      stories: this.#stories.filter(within),
      calls: Object.fromEntries(SERVICES.map((name) => [name, this.services.calls(name).filter(within)])),
      violations: Object.fromEntries(violations.filter(([, times]) => times !== 0)),
      boughtTwice: after.boughtTwice - before.boughtTwice,
      openings: this.#openings().filter(within),
    };
  }

  /** As the gateway's log has them. */
  #openings() {
    const lines = this.gateway.output().split('\n');
    return lines
      .filter((line) => line.includes('"event":"breaker-opened"'))
      .map((line) => JSON.parse(line))
      .map(({ time, provider, scope, cause }) => ({ at: Date.parse(time), provider, scope, cause }));
  }

  /** Tasks come at random, as many a second as were ordered. */
  async #load() {
    const { perSecond, random } = this.order;
    let nextAt = Date.now();
    while (!this.#isOver) {
      nextAt += (-Math.log(1 - random()) * 1_000) / perSecond;
      if (nextAt > Date.now()) await sleep(nextAt - Date.now());
      this.#handIn();
    }
  }

  #handIn() {
    const turn = this.#handedIn++;
    const door = DOORS[turn % DOORS.length] ?? 'native';
    const own = turn % OWN_SITE_KEY_EVERY === 0 ? this.#siteKeys : [];
    const siteKey = own[Math.floor(turn / OWN_SITE_KEY_EVERY) % Math.max(1, own.length)];
    const name = `${this.order.seed}-${turn}`;
    const solved = solve({ url: this.gateway.url, door, name, siteKey })
      .then((story) => this.#stories.push(story))
      .finally(() => this.#underWay.delete(solved));
    this.#underWay.add(solved);
  }
}

/** @param {number} ms */
function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
