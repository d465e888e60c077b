/** Sandbox services that keep every submit they ever saw, and can say when an answer is just on its way. */

/**
 * @typedef {object} Submit
 * @property {string} provider
 * @property {string} siteKey
 * @property {number} at
 * @property {string | undefined} answer `accepted <id>`, the word of a refusal; undefined when it broke off
 * @property {string} delivery
 *
 * @typedef {object} Upstreams
 * @property {object[]} accounts entries for `providers`
 * @property {(script: object) => void} set
 * @property {() => readonly Submit[]} submits
 * @property {() => readonly (import('../../dist/src/sandbox/sandbox.js').SandboxTask & { provider: string })[]} tasks
 * @property {() => readonly import('../../dist/src/sandbox/sandbox.js').Violation[]} violations
 * @property {(act: () => void) => void} onDelivery acts once, right after the next delayed answer has left
 * @property {() => Promise<void>} close
 */

const COLLECT_EVERY_MS = 20;
const NAMES = ['first', 'second', 'third'];
/** The wires that the services speak, and how many tasks each solves at once. */
const USES = ['classic', 'json', 'classic'];

/**
 * @param {typeof import('../../dist/src/app.js').openSandbox} openSandbox
 * @param {{ timing: Record<string, number>, threads?: number }} pace
 * @returns {Promise<Upstreams>}
 */
export async function openUpstreams(openSandbox, { timing, threads }) {
  let onDelivery = () => {};
  /** @type {import('../../dist/src/core/clock.js').Clock} */
  const clock = {
    now: () => Date.now(),
    after(delayMs, action) {
      const timer = setTimeout(() => {
        action();
        const act = onDelivery;
        onDelivery = () => {};
        act();
      }, delayMs);
      return () => clearTimeout(timer);
    },
  };
  const rules = { firstPollMs: timing.firstPollMs, pollEveryMs: timing.pollEveryMs };
  const sandboxes = await Promise.all(NAMES.map(() => openSandbox({ script: { rules }, clock })));
  const collector = collect(sandboxes);
  return {
    accounts: sandboxes.map(({ url }, index) => ({
      id: NAMES[index],
      use: USES[index],
      apiKey: `upstream-key-${index}`,
      baseUrl: url,
      timing,
      ...(threads !== undefined && { threads }),
    })),
    set(script) {
      for (const sandbox of sandboxes) sandbox.set(script);
    },
    submits: collector.submits,
    tasks: () =>
      sandboxes.flatMap((sandbox, index) =>
        sandbox.tasks().map((task) => Object.assign(Object.create(task), { provider: NAMES[index] })),
      ),
    violations: () => sandboxes.flatMap((sandbox) => sandbox.violations()),
    onDelivery(act) {
      onDelivery = act;
    },
    async close() {
      collector.stop();
      await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    },
  };
}

/** Copies what a sandbox would forget. @param {readonly import('../../dist/src/sandbox/sandbox.js').Sandbox[]} sandboxes */
function collect(sandboxes) {
  const seen = new WeakSet();
  /** @type {Submit[]} */
  const submits = [];
  const take = () => {
    for (const [index, sandbox] of sandboxes.entries()) {
      for (const request of sandbox.requests()) {
        if (request.call !== 'submit' || seen.has(request)) continue;
        seen.add(request);
        const { at, answer, delivery, task } = request;
        const siteKey = task && 'siteKey' in task ? String(task.siteKey) : '';
        submits.push({ provider: NAMES[index] ?? '', siteKey, at, answer, delivery });
      }
    }
    return submits;
  };
  const timer = setInterval(take, COLLECT_EVERY_MS);
  return { submits: take, stop: () => clearInterval(timer) };
}
