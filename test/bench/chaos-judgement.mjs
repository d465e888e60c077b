/** What an outage may cost, and whether it did not cost more. */

/**
 * @typedef {object} Judgement
 * @property {string} what
 * @property {string} is
 * @property {string} target
 * @property {boolean} holds
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
  const share = solved / tasks;
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
