/** Four sandbox services with a memory of every call, so that what an outage cost can be counted afterwards. */

/**
 * @typedef {import('../../dist/src/sandbox/sandbox.js').Script} Script
 * @typedef {import('../../dist/src/sandbox/sandbox.js').SandboxRequest} SandboxRequest
 *
 * @typedef {object} Call
 * @property {string} call
 * @property {number} at
 * @property {boolean} isGood it was answered whole, and not by a refusal
 *
 * @typedef {object} Counts what is summed over all services
 * @property {Record<string, number>} violations
 * @property {number} boughtTwice
 */

const COLLECT_EVERY_MS = 25;
/** Of two requests a tick apart none may be lost: the sandbox keeps the latest thousand. */
export const SERVICES = /** @type {const} */ (['first', 'second', 'third', 'fourth']);
/** The first speaks json, because only there a ban is over soon. */
const USES = ['json', 'classic', 'json', 'classic'];

/** The pace of the services: about thirty times faster than real ones, and as strict. */
export const PACE = {
  firstPollMs: 100,
  pollEveryMs: 100,
  maxPolls: 200,
  giveUpMs: 6_000,
  answerWithinMs: 1_000,
};
export const COOLDOWN_MS = 500;
export const MAX_COOLDOWN_MS = 1_000;
export const BALANCE_CHECK_MS = 1_000;

const SCRIPT = {
  solve: { default: { fromMs: 300, toMs: 2_000 } },
  balanceUsd: 1_000,
  rules: {
    firstPollMs: PACE.firstPollMs,
    pollEveryMs: PACE.pollEveryMs,
    maxPolls: PACE.maxPolls,
    balanceEveryMs: BALANCE_CHECK_MS,
    pauseAfterNoSlotMs: COOLDOWN_MS,
    pauseAfterZeroBalanceMs: COOLDOWN_MS,
    enforce: /** @type {const} */ ('ban'),
    banMs: 5_000,
    // What the engine takes for a pause of 5 s.
    banCode: 'ERROR_RATE_LIMIT',
  },
};

/** @param {typeof import('../../dist/src/app.js').openSandbox} openSandbox @param {number} seed */
export async function openServices(openSandbox, seed) {
  const sandboxes = await Promise.all(
    SERVICES.map((_, index) => openSandbox({ script: SCRIPT, seed: seed + index })),
  );
  const calls = new Map(SERVICES.map((name) => [name, /** @type {Call[]} */ ([])]));
  const seen = new WeakSet();
  const collect = () => {
    for (const [index, name] of SERVICES.entries()) {
      const requests = sandboxes[index]?.requests() ?? [];
      const fresh = requests.slice(requests.findLastIndex((request) => seen.has(request)) + 1);
      for (const request of fresh) seen.add(request);
      calls.get(name)?.push(...fresh.map(toCall));
    }
  };
  const timer = setInterval(collect, COLLECT_EVERY_MS);
  return {
    accounts: sandboxes.map(({ url }, index) => ({
      id: SERVICES[index],
      use: USES[index],
      apiKey: `upstream-key-${index}`,
      baseUrl: url,
      timing: PACE,
    })),
    /** @param {string} name @param {Script} changes */
    set: (name, changes) => sandboxes.find((_, index) => SERVICES[index] === name)?.set(changes),
    /** @param {string} name @returns {readonly Call[]} */
    calls(name) {
      collect();
      return SERVICES.filter((each) => each === name).flatMap((each) => calls.get(each) ?? []);
    },
    counts: () => countsOf(sandboxes),
    violations: () => sandboxes.flatMap((sandbox) => sandbox.violations()),
    async close() {
      clearInterval(timer);
      await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    },
  };
}

/** @param {SandboxRequest} request @returns {Call} */
function toCall({ call, at, answer, delivery }) {
  const isWord = /^(accepted|solved|pending|balance|recorded)/.test(answer ?? '');
  return { call, at, isGood: delivery === 'whole' && isWord };
}

/** @param {readonly import('../../dist/src/sandbox/sandbox.js').Sandbox[]} sandboxes @returns {Counts} */
function countsOf(sandboxes) {
  /** @type {Record<string, number>} */
  const violations = {};
  let boughtTwice = 0;
  for (const stats of sandboxes.map((sandbox) => sandbox.stats())) {
    boughtTwice += stats.boughtTwice.length;
    for (const [rule, times] of Object.entries(stats.violations))
      violations[rule] = (violations[rule] ?? 0) + times;
  }
  return { violations, boughtTwice };
}
