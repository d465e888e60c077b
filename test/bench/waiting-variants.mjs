/** What is compared: the same captchas, had by clients that wait in different ways. */

/**
 * @typedef {object} Variant
 * @property {string} name
 * @property {string} panel the part of the plot that shows it
 * @property {'poller' | 'wait' | 'solve'} client
 * @property {number} [everyMs] a poller's interval
 * @property {number} [holdMs] of its client entry; absent where the client asks the service itself
 * @property {'json' | 'classic'} [use] the wire between gateway and service; absent likewise
 * @property {number} floorMs of the service
 * @property {number} tasks
 */

export const NATIVE = 'the native API';
export const WAIT_1S = '?wait=, floor 1 s';
export const WAIT_2S = '?wait=, floor 2 s';
export const SOLVE_1S = '/v1/solve, floor 1 s';
export const SHARED_1S = '?wait=, shared polls, floor 1 s';
export const INTERVALS_MS = [2_000, 5_000, 10_000];
export const HOLDS_MS = [0, 3_000, 20_000];

/** @param {number} everyMs @param {number} [holdMs] */
export const pollerName = (everyMs, holdMs) =>
  `every ${everyMs / 1_000} s, ${holdMs === undefined ? 'directly' : `held ${holdMs / 1_000} s`}`;

/** @param {number} everyMs */
export const panelOf = (everyMs) => `a client that polls every ${everyMs / 1_000} s`;

/** @param {{ scale: number, tasks: number, sharedTasks: number }} size @returns {readonly Variant[]} */
export function variantsOf({ scale, tasks, sharedTasks }) {
  const scaled = (/** @type {number} */ ms) => Math.round(ms * scale);
  const pollers = INTERVALS_MS.flatMap((intervalMs) => {
    const common = { panel: panelOf(intervalMs), client: /** @type {const} */ ('poller'), tasks };
    const pace = { everyMs: scaled(intervalMs), floorMs: scaled(1_000) };
    const held = HOLDS_MS.map((holdMs) => ({
      ...common,
      ...pace,
      name: pollerName(intervalMs, holdMs),
      holdMs: scaled(holdMs),
      use: /** @type {const} */ ('json'),
    }));
    return [{ ...common, ...pace, name: pollerName(intervalMs) }, ...held];
  });
  const native = { panel: NATIVE, holdMs: 0, use: /** @type {const} */ ('json'), tasks };
  return [
    ...pollers,
    { ...native, name: WAIT_1S, client: 'wait', floorMs: scaled(1_000) },
    { ...native, name: WAIT_2S, client: 'wait', floorMs: scaled(2_000) },
    { ...native, name: SOLVE_1S, client: 'solve', floorMs: scaled(1_000) },
    {
      ...native,
      name: SHARED_1S,
      client: 'wait',
      use: 'classic',
      floorMs: scaled(1_000),
      tasks: sharedTasks,
    },
  ];
}
