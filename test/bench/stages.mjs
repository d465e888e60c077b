/** The points of a task's life: how a round is made to be killed at each, and where a kill has found a task. */

/**
 * @typedef {object} Stage
 * @property {string} aim
 * @property {object} script what the services do in this round
 * @property {'moment' | 'ledger' | 'delivery'} trigger a random moment; a write to the ledger; an answer that has just left
 */

const PLAIN = { submit: undefined, poll: undefined, solve: { default: { fromMs: 30, toMs: 120 } } };

/** @type {readonly Stage[]} */
export const STAGES = [
  { aim: 'before the POST', trigger: 'ledger', script: PLAIN },
  { aim: 'after the POST', trigger: 'moment', script: { ...PLAIN, submit: { delayMs: 120 } } },
  { aim: 'as the id is told', trigger: 'delivery', script: { ...PLAIN, submit: { delayMs: 15 } } },
  { aim: 'after the id', trigger: 'moment', script: { ...PLAIN, solve: { default: { fixedMs: 350 } } } },
  {
    aim: 'while polling',
    trigger: 'moment',
    script: { ...PLAIN, poll: { delayMs: 25 }, solve: { default: { fixedMs: 300 } } },
  },
  {
    aim: 'while settling',
    trigger: 'delivery',
    script: { ...PLAIN, poll: { delayMs: 10 }, solve: { default: { fixedMs: 20 } } },
  },
  {
    aim: 'as something is written',
    trigger: 'ledger',
    script: { ...PLAIN, solve: { default: { fixedMs: 10 } } },
  },
];

/** Where a kill may find a task, in the order of its life. */
export const FOUND = /** @type {const} */ ([
  'not yet in the ledger',
  'in the ledger, nobody asked',
  'intent written, POST not arrived',
  'POST taken, answer not sent',
  'answer sent, id not written',
  'id written, never polled',
  'polled, not ready',
  'result told, end not written',
  'end written, client not told',
]);

/**
 * @typedef {typeof FOUND[number]} Found
 * @typedef {object} Moment
 * @property {number} killedAt
 * @property {number} submitDelayMs how long the services kept their answers to submits
 * @property {ReadonlyMap<string, import('./ledger.mjs').LedgerTask>} ledger by site key, as the kill left it
 * @property {readonly import('./upstreams.mjs').Submit[]} submits
 * @property {ReadonlyMap<string, Known>} bought by provider and site key, with what was known at the kill
 * @typedef {{ polls: number, deliveredAt: number | undefined }} Known
 */

/** @param {string} siteKey @param {Moment} moment @returns {Found} */
export function foundAt(siteKey, { killedAt, submitDelayMs, ledger, submits, bought }) {
  const task = ledger.get(siteKey);
  if (!task) return 'not yet in the ledger';
  if (task.status !== 'queued' && task.status !== 'solving') return 'end written, client not told';
  const last = task.attempts.at(-1);
  if (!last || (last.outcome !== 'submitting' && last.outcome !== 'solving'))
    return 'in the ledger, nobody asked';
  if (last.outcome === 'submitting') {
    const submit = submits.find((one) => one.provider === last.provider && one.siteKey === siteKey);
    if (!submit) return 'intent written, POST not arrived';
    return submit.at + submitDelayMs < killedAt
      ? 'answer sent, id not written'
      : 'POST taken, answer not sent';
  }
  const known = bought.get(`${last.provider} ${siteKey}`);
  if (!known || known.polls === 0) return 'id written, never polled';
  return known.deliveredAt === undefined ? 'polled, not ready' : 'result told, end not written';
}
