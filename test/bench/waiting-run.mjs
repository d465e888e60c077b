/** The same captchas for every variant at once: a sandbox service for each, and the built gateway before most. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGateway } from './processes.mjs';
import { CLIENTS, now } from './waiting-clients.mjs';

/** One poll less is worth this much lag: the default of `polling.costMs`. */
const COST_MS = 75;
const GIVE_UP_MS = 120_000;

/**
 * @typedef {import('./waiting-variants.mjs').Variant} Variant
 * @typedef {import('../../dist/src/sandbox/sandbox.js').Sandbox} Sandbox
 *
 * @typedef {object} Had what became of one captcha
 * @property {number} lagMs from the result at the service to the client
 * @property {number} tellMs from when the gateway had the result until the client had it
 * @property {number} polls at the service
 *
 * @typedef {object} Outcome
 * @property {Variant} variant
 * @property {readonly Had[]} had
 * @property {number} unsolved
 * @property {number} foreign answers that are not the service's for this captcha
 * @property {number} pollRequests
 * @property {readonly string[]} rulesBroken
 *
 * @typedef {object} Built what the bench uses of the build
 * @property {string} main
 * @property {typeof import('../../dist/src/app.js').openSandbox} openSandbox
 */

/** @param {number} place */
export const keyOf = (place) => `c11e27${String(place).padStart(26, '0')}`;

/** A sandbox service that bans whoever breaks its pace. @param {Built['openSandbox']} openSandbox @param {number} floorMs */
export function openService(openSandbox, floorMs) {
  const rules = { firstPollMs: floorMs, pollEveryMs: floorMs, enforce: /** @type {const} */ ('ban') };
  const after = (/** @type {number} */ delayMs, /** @type {() => void} */ action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  };
  return openSandbox({ script: { rules }, clock: { now, after }, record: false });
}

/** @param {Built} built @param {{ variants: readonly Variant[], scale: number }} plan */
export async function openScene({ main, openSandbox }, { variants, scale }) {
  const directory = mkdtempSync(join(tmpdir(), 'captcha-gateway-waiting-'));
  const services = await Promise.all(variants.map(({ floorMs }) => openService(openSandbox, floorMs)));
  const config = configOf({ variants, services, scale });
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  const gateway = await startGateway({ main, directory });
  return {
    url: gateway.url,
    /** @param {Round} round */
    play: (round) =>
      Promise.all(
        variants.map((variant, place) => {
          const service = /** @type {Sandbox} */ (services[place]);
          const url = variant.use === undefined ? service.url : gateway.url;
          return playOne(round, {
            variant,
            service,
            url,
            key: keyOf(place),
            offset: place / variants.length,
          });
        }),
      ),
    async close() {
      await gateway.stop();
      await Promise.all(services.map((service) => service.close()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** An account and a client entry for every variant that goes through the gateway. */
function configOf(
  /** @type {{ variants: readonly Variant[], services: readonly Sandbox[], scale: number }} */ of,
) {
  const behind = of.variants.map((variant, place) => ({ ...variant, place })).filter(({ use }) => use);
  return {
    server: { port: 0 },
    clients: behind.map(({ place, holdMs }) => {
      return { id: `client-${place}`, key: keyOf(place), holdMs, providers: [`service-${place}`] };
    }),
    providers: behind.map(({ place, use, floorMs }) => ({
      id: `service-${place}`,
      use,
      apiKey: 'waiting',
      baseUrl: of.services[place]?.url,
      timing: { firstPollMs: floorMs, pollEveryMs: floorMs, giveUpMs: GIVE_UP_MS },
    })),
    polling: { costMs: COST_MS * of.scale },
    store: { path: 'gateway.db' },
  };
}

/**
 * @typedef {object} Round
 * @property {string} name
 * @property {(tasks: number) => readonly number[]} solveTimes
 * @property {number} arriveMs the captchas come within this time, evenly
 * @property {number} [tasks] instead of the variant's own number
 * @property {boolean} [isLearning] asked for by whatever is quickest, and not at all where nobody learns
 *
 * @typedef {object} Stage
 * @property {Variant} variant
 * @property {Sandbox} service
 * @property {string} url
 * @property {string} key
 * @property {number} offset part of the time between two captchas by which its own come later than others': no two at once
 */

/** @param {Round} round @param {Stage} stage @returns {Promise<Outcome>} */
async function playOne(round, stage) {
  const { variant, service } = stage;
  const tasks = round.isLearning && variant.use === undefined ? 0 : (round.tasks ?? variant.tasks);
  const pollsBefore = service.stats().calls.poll;
  service.queue('submit', ...round.solveTimes(tasks).map((solveMs) => ({ solveMs })));
  const startAt = performance.now();
  const told = await Promise.all(
    Array.from({ length: tasks }, async (_, index) => {
      await sleep(startAt + ((index + stage.offset) * round.arriveMs) / tasks - performance.now());
      const siteKey = `${round.name}-${index}`;
      const client = CLIENTS[round.isLearning ? 'solve' : variant.client];
      const { url, key } = stage;
      const answer = await client({ url, key, siteKey, everyMs: variant.everyMs }).catch(() => undefined);
      return { siteKey, answer };
    }),
  );
  const sold = new Map(service.tasks().map((task) => [String(Object(task.task).siteKey), task]));
  const pairs = told.map(({ siteKey, answer }) => ({ answer, task: sold.get(siteKey) }));
  const isOwn = (/** @type {typeof pairs[number]} */ { answer, task }) =>
    answer?.token === Object(task?.solution).token;
  return {
    variant,
    had: pairs.filter(isOwn).flatMap(hadOf),
    unsolved: pairs.filter(({ answer }) => answer === undefined).length,
    foreign: pairs.filter((pair) => pair.answer !== undefined && !isOwn(pair)).length,
    pollRequests: service.stats().calls.poll - pollsBefore,
    rulesBroken: service.violations().map(({ rule, detail }) => `${rule}: ${detail}`),
  };
}

/**
 * @param {{ answer: import('./waiting-clients.mjs').Told | undefined, task: import('../../dist/src/sandbox/sandbox.js').SandboxTask | undefined }} pair
 * @returns {Had[]}
 */
function hadOf({ answer, task }) {
  if (!answer || !task) return [];
  const { readyAt, polls } = task;
  const { toldAt, knownAt = Number.NaN } = answer;
  return [{ lagMs: toldAt - readyAt, tellMs: toldAt - knownAt, polls }];
}

/** How long this process itself was kept from its work: 99 of 100 times no longer than that. */
export function watchOwnDelay() {
  const RESOLUTION_MS = 1;
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return () => {
    histogram.disable();
    return histogram.percentile(99) / 1e6 - RESOLUTION_MS;
  };
}
