/** What clients, services and ledger say together: what was lost, bought twice, or bought and not owned up to. */
import { isOpen } from './ledger.mjs';

/**
 * @typedef {import('./clients.mjs').Story} Story
 * @typedef {import('./ledger.mjs').LedgerTask} LedgerTask
 * @typedef {import('./upstreams.mjs').Upstreams} Upstreams
 * @typedef {{ stories: readonly Story[], ledger: readonly LedgerTask[], upstreams: Upstreams }} Evidence
 *
 * @typedef {object} Judgement
 * @property {Record<string, number>} faults each has to be 0
 * @property {Record<string, number>} facts
 */

/** Provider and site key: one task at one provider. */
const pair = (/** @type {{ provider: string }} */ { provider }, /** @type {string} */ siteKey) =>
  `${provider} ${siteKey}`;

/** @param {Evidence} evidence @returns {Judgement} */
export function judge({ stories, ledger, upstreams }) {
  const submits = upstreams.submits();
  const bought = upstreams.tasks();
  const count = (/** @type {Story['end']} */ end) => stories.filter((story) => story.end === end).length;
  return {
    faults: {
      'ids that never ended or were unknown': count('unknown') + count('never'),
      'tasks left open in the ledger': ledger.filter(isOpen).length,
      'submits repeated where the provider may have taken the first': repeated(submits),
      'tasks bought twice at one provider': twice(bought.map((task) => pair(task, siteKeyOf(task)))),
      'purchases not shown as mayBeCharged': unflagged(bought, ledger),
      'idempotent submits that made two tasks': twice(ledger.map(({ siteKey }) => siteKey)),
      "answers that are another task's, or nobody's": foreign(stories, bought),
      "providers' rules broken": upstreams.violations().length,
    },
    facts: {
      captchas: stories.length,
      solved: count('solved'),
      failed: count('failed'),
      'tasks in the ledger': ledger.length,
      purchases: bought.length,
      'ambiguous submits': ledger.reduce((sum, task) => sum + ambiguous(task), 0),
      'polls told that the gateway is busy': stories.reduce((sum, { puzzles }) => sum + puzzles, 0),
      'submits whose answer the client never heard': stories.reduce((sum, { unheard }) => sum + unheard, 0),
    },
  };
}

/** @param {ReturnType<Upstreams['tasks']>[number]} bought */
function siteKeyOf({ task }) {
  return 'siteKey' in task ? String(task.siteKey) : '';
}

/** @param {string[]} names */
function twice(names) {
  return names.length - new Set(names).size;
}

/** Submits that came after one that was not refused. @param {ReturnType<Upstreams['submits']>} submits */
function repeated(submits) {
  const taken = new Set();
  let count = 0;
  for (const submit of [...submits].sort((one, other) => one.at - other.at)) {
    const name = pair(submit, submit.siteKey);
    if (taken.has(name)) count += 1;
    const isRefused = submit.answer !== undefined && !submit.answer.startsWith('accepted');
    if (!isRefused) taken.add(name);
  }
  return count;
}

/** @param {ReturnType<Upstreams['tasks']>} bought @param {readonly LedgerTask[]} ledger */
function unflagged(bought, ledger) {
  const flagged = new Set(
    ledger.flatMap(({ siteKey, attempts }) =>
      attempts.filter(({ mayBeCharged }) => mayBeCharged).map((attempt) => pair(attempt, siteKey)),
    ),
  );
  return bought.filter((task) => !flagged.has(pair(task, siteKeyOf(task)))).length;
}

/** @param {LedgerTask} task */
function ambiguous({ attempts }) {
  return attempts.filter(({ outcome, mayBeCharged }) => mayBeCharged && outcome === 'timeout').length;
}

/** @param {readonly Story[]} stories @param {ReturnType<Upstreams['tasks']>} bought */
function foreign(stories, bought) {
  const tokens = new Set(bought.map((task) => `${siteKeyOf(task)} ${Object(task.solution).token}`));
  return stories.filter(({ end, siteKey, said }) => end === 'solved' && !tokens.has(`${siteKey} ${said}`))
    .length;
}

/** How many of the faults there are. @param {Judgement} judgement */
export function faultsOf({ faults }) {
  return Object.values(faults).reduce((sum, count) => sum + count, 0);
}
