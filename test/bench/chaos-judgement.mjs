/** What an outage may cost, and whether it did not cost more. */

/**
 * @typedef {object} Judgement
 * @property {string} what
 * @property {string} is
 * @property {string} target
 * @property {boolean} holds
 * @property {boolean} [isUnsure] the machine was too busy to tell
 */

const LEAST_SOLVED = 0.9999;
const MOST_HEAP_GROWTH = 0.05;
const HEAP_FROM = 100_000;

/** @param {Readonly<Record<string, number>>} counts */
export const sum = (counts) => Object.values(counts).reduce((all, times) => all + times, 0);
/** @param {number} count */
const figure = (count) => count.toLocaleString('en-US');
/** @param {number} share */
export const percent = (share, digits = 2) => `${(share * 100).toFixed(digits)} %`;

/** A judgement on something that should not be. @param {string} what @param {number} times @returns {Judgement} */
export function none(what, times) {
  return { what, is: figure(times), target: '0', holds: times === 0 };
}

/** @param {number} solved @param {number} tasks @returns {Judgement} */
export function solvedShare(solved, tasks) {
  const share = tasks === 0 ? 1 : solved / tasks;
  return {
    what: 'solvable tasks solved',
    is: percent(share, 3),
    target: '>= 99.99 %',
    holds: share >= LEAST_SOLVED,
  };
}

/** @param {Awaited<ReturnType<typeof import('./chaos-virtual-run.mjs').runVirtual>>} result @returns {Judgement[]} */
export function judgeVirtual(result) {
  const { heapGrowth, tasks } = result;
  const judgements = [
    solvedShare(result.solved, result.tasks),
    none('tasks without an end', result.open),
    none("providers' rules broken", sum(result.rulesBroken)),
    none('bans earned', result.bansEarned),
    none('tasks bought twice at one provider', result.boughtTwice),
    none('breakers opened by unsolvable captchas', result.openingsByCause.unsolvable ?? 0),
    none("the gateway's own faults", result.faults.length),
  ];
  if (tasks < HEAP_FROM) return judgements;
  const grown = {
    what: 'heap growth',
    is: percent(heapGrowth, 1),
    target: '<= 5 %',
    holds: heapGrowth <= MOST_HEAP_GROWTH,
  };
  return [...judgements, grown];
}

/** How many submits find out that a service is dead, and how many a cooldown. */
const MOST_TO_OPEN = 3;
const MOST_PER_COOLDOWN = 1;
const MOST_ADDED_MS = 5;
/** A probe is due at most a tenth later, and takes a moment. */
const JITTER = 1.1;
const MOMENT_MS = 300;

/**
 * @typedef {import('./chaos-figures.mjs').Figures} Figures
 * @typedef {{ rampMs: number, maxCooldownMs: number }} Pace
 */

/** @param {string} what @param {number} is @param {number} most @param {string} [unit] @returns {Judgement} */
function atMost(what, is, most, unit = '') {
  const said = Number.isFinite(is) ? `${figure(Math.round(is))}${unit}` : 'never';
  return { what, is: said, target: `<= ${figure(most)}${unit}`, holds: is <= most };
}

/** @param {readonly Figures[]} figures @param {(of: Figures) => number} of */
const overActs = (figures, of) => figures.reduce((all, each) => all + of(each), 0);

/** While the bench itself was kept waiting for this long, an act proves nothing against the gateway. */
const MOST_STALL_MS = 50;

/**
 * @typedef {{ act: import('./chaos-acts.mjs').Act, figures: Figures }} Scene
 * @param {readonly Scene[]} scenes @param {Pace} pace @returns {Judgement[]}
 */
export function judgeTheatre(scenes, pace) {
  const steady = scenes.filter(({ figures }) => figures.stallMs <= MOST_STALL_MS);
  const fair = judgeAll(steady);
  const together = judgeAll(scenes).map((judgement, index) =>
    unsureIf(judgement, fair[index]?.holds === true),
  );
  const apart = scenes.flatMap((scene) => {
    const { act, figures } = scene;
    const judgements = act.checks.flatMap((check) =>
      CHECKS[check](act.name, figures, { ...pace, probeMs: act.probeMs ?? 0 }),
    );
    return judgements.map((judgement) => unsureIf(judgement, !steady.includes(scene)));
  });
  return [...together, ...apart];
}

/** @param {Judgement} judgement @param {boolean} isExcused @returns {Judgement} */
function unsureIf(judgement, isExcused) {
  return { ...judgement, isUnsure: !judgement.holds && isExcused };
}

/** @param {readonly Judgement[]} judgements */
export function missed(judgements) {
  return judgements.filter(({ holds, isUnsure }) => !holds && !isUnsure).length;
}

/** @param {readonly Scene[]} scenes @returns {Judgement[]} */
function judgeAll(scenes) {
  const all = scenes.map(({ figures }) => figures);
  return [
    solvedShare(
      overActs(all, ({ solved }) => solved),
      overActs(all, ({ solvable }) => solvable),
    ),
    none(
      'unsolvable captchas solved',
      overActs(all, ({ wronglySolved }) => wronglySolved),
    ),
    none(
      "providers' rules broken",
      overActs(all, ({ violations }) => sum(violations)),
    ),
    none(
      'bans earned',
      overActs(all, ({ bans }) => bans),
    ),
    none(
      'tasks bought twice at one provider',
      overActs(all, ({ boughtTwice }) => boughtTwice),
    ),
  ];
}

/** @type {Record<import('./chaos-acts.mjs').Check, (name: string, figures: Figures, pace: Pace & { probeMs: number }) => Judgement[]>} */
const CHECKS = {
  wasted: (name, { wasted: { toOpenKnowing, mostPerCooldown } }) => [
    atMost(`${name}: submits until the way was closed`, toOpenKnowing, MOST_TO_OPEN),
    atMost(`${name}: submits a cooldown`, mostPerCooldown, MOST_PER_COOLDOWN),
  ],
  swift: (name, { added, wasted: { bad } }) => [
    // Nobody was passed on: nothing was added.
    atMost(`${name}: added by going on, p99`, added.tasks === 0 ? 0 : added.p99Ms, MOST_ADDED_MS, ' ms'),
    none(`${name}: tasks delayed though the way was closed`, Math.max(0, added.tasks - bad)),
  ],
  recovery(name, { recovery: { firstMs, fullMs } }, { rampMs, maxCooldownMs, probeMs }) {
    const dueMs = maxCooldownMs * JITTER + probeMs + MOMENT_MS;
    return [
      atMost(`${name}: served again after`, firstMs, dueMs, ' ms'),
      atMost(`${name}: with its full share after`, fullMs, dueMs + rampMs + MOMENT_MS, ' ms'),
    ];
  },
  unshaken: (name, { opened }) => [none(`${name}: breakers opened`, opened)],
};
