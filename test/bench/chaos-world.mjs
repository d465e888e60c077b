/** The services of a virtual run, without sockets: the sandbox's own service behind the engine's way out. */
import { drawWeather } from './chaos-weather.mjs';

/**
 * @typedef {import('../../dist/src/core/provider.js').Account} Account
 * @typedef {import('../../dist/src/core/provider.js').Transport} Transport
 * @typedef {import('../../dist/src/core/provider.js').UpstreamReply} UpstreamReply
 * @typedef {import('../../dist/src/sandbox/sandbox.js').Script} Script
 * @typedef {import('../../dist/src/sandbox/service.js').Service} Service
 * @typedef {import('./chaos-dist.mjs').Dist} Dist
 * @typedef {{ signal: AbortSignal | undefined, clock: import('./chaos-clock.mjs').VirtualClock, afterMs: number }} Wait
 */

/** From the request to the first byte of its answer. */
const LATENCY_MS = { from: 40, to: 200 };
/** Calls that were under way when something was refused are excused for as long as an answer travels. */
const GRACE_MS = LATENCY_MS.to + 20;
const BAN_MS = 600_000;
const PRICE_USD_PER_1000 = 2;

/** What the service enforces: its published pace, and the pauses that it asks for. @param {Account} account @param {readonly any[]} kinds @returns {Script['rules']} */
function rulesOf({ timing, balanceCheckMs }, kinds) {
  return {
    ofKind: Object.fromEntries(
      kinds.map((kind) => {
        const { firstPollMs, pollEveryMs, maxPolls } = timing(kind);
        return [kind, { firstPollMs, pollEveryMs, maxPolls }];
      }),
    ),
    pollBudget: { perTask: 20, plus: 1_200 },
    balanceEveryMs: balanceCheckMs,
    pauseAfterNoSlotMs: 5_000,
    pauseAfterZeroBalanceMs: 60_000,
    graceMs: GRACE_MS,
    enforce: 'ban',
    banMs: BAN_MS,
  };
}

/** @implements {Transport} */
export class World {
  /** @type {Map<string, Service>} */
  #services = new Map();
  #random = () => 0;
  #kinds;

  /** @param {Dist} dist @param {import('./chaos-clock.mjs').VirtualClock} clock @param {readonly string[]} kinds */
  constructor(dist, clock, kinds) {
    this.dist = dist;
    this.clock = clock;
    this.#kinds = kinds;
  }

  /** New services with new troubles from now on. @param {{ accounts: readonly Account[], seed: number, epochs: number, solve: Script['solve'], keepTasks: number, unsolvableRate: number }} order */
  open({ accounts, seed, epochs, solve, keepTasks, unsolvableRate }) {
    this.#random = this.dist.seededRandom(seed);
    const wires = accounts.map(({ provider }) => (provider.wire === 'json' ? 'json' : 'classic'));
    const { acts, troubles } = drawWeather({ wires, epochs, random: this.#random });
    this.#services = new Map(
      accounts.map((account, index) => {
        const prices = Object.fromEntries(this.#kinds.map((kind) => [kind, PRICE_USD_PER_1000]));
        const script = {
          solve,
          unsolvableRate,
          balanceUsd: 1_000_000,
          pricesUsdPer1000: prices,
          rules: rulesOf(account, this.#kinds),
          acts: acts[index] ?? [],
        };
        const options = { keys: undefined, script, seed: seed + index, clock: this.clock, keepRequests: 0 };
        return [account.id, new this.dist.Service({ ...options, keepTasks })];
      }),
    );
    return troubles;
  }

  /** The books of each service; they are closed with that. */
  closeBooks() {
    const books = [...this.#services].map(([id, service]) => ({
      id,
      stats: service.stats(),
      violations: service.violations(),
    }));
    this.#services = new Map();
    return books;
  }

  async close() {}

  /** @type {Transport['send']} */
  async send(account, request, { timeoutMs, signal }) {
    const service = this.#services.get(account.id);
    const sent = this.#spell(request, account);
    const { reply, delivery, delayMs } = service
      ? service.receive(sent)
      : { reply: { status: 404, type: '', body: '' }, delivery: /** @type {const} */ ('reset'), delayMs: 0 };
    const latencyMs = LATENCY_MS.from + this.#random() * (LATENCY_MS.to - LATENCY_MS.from);
    const isDrip = delivery === 'drip';
    const neverComes = delivery === 'never' || delivery === 'stall';
    const dripMs = isDrip ? reply.body.length * this.dist.DRIP_EVERY_MS : 0;
    const takesMs = neverComes ? Number.POSITIVE_INFINITY : latencyMs + delayMs + dripMs;
    const progress = { provider: account.id, method: request.method, isSent: true };
    const isAborted = await pass({ signal, clock: this.clock, afterMs: Math.min(takesMs, timeoutMs) });
    if (isAborted) throw this.dist.abortFailure(progress);
    if (takesMs >= timeoutMs) throw this.dist.lateFailure(timeoutMs, progress);
    if (delivery === 'reset' || delivery === 'cut') throw this.dist.failureOf(RESET, progress);
    const { status, body } = this.dist.arriving(reply, delivery);
    return { status, body };
  }

  /** As it would go over the socket. @param {import('../../dist/src/core/provider.js').UpstreamRequest} request @param {Account} account */
  #spell(request, { apiKey }) {
    const { method, path, body } = this.dist.fillRequest('', request, apiKey);
    const [wholePath = '', query = ''] = path.split('?');
    const text = typeof body === 'string' ? body : '';
    return { method, path: wholePath, wholePath, query, body: text, accept: '*/*' };
  }
}

const RESET = Object.assign(new Error('reset'), { code: 'ECONNRESET' });

/** True when the caller has given up meanwhile. @param {Wait} wait @returns {Promise<boolean>} */
function pass({ signal, clock, afterMs }) {
  if (signal?.aborted) return Promise.resolve(true);
  return new Promise((resolve) => {
    const onAbort = () => {
      cancel();
      resolve(true);
    };
    const cancel = clock.after(afterMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve(false);
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
