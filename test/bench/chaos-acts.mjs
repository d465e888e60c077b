/** The acts of the outage theatre on real time: which service breaks, how, and what has to hold meanwhile. */

import { PACE } from './chaos-services.mjs';

/**
 * @typedef {import('../../dist/src/sandbox/sandbox.js').Script} Script
 * @typedef {'first' | 'second' | 'third'} Broken the fourth service is always well
 *
 * @typedef {object} Act
 * @property {string} name
 * @property {Readonly<Partial<Record<Broken, Script>>>} begins
 * @property {Readonly<Partial<Record<Broken, Script>>>} ends
 * @property {number} [probeMs] how long a try of the way takes at most, where it is not over at once
 * @property {number} [lastsMs] for an outage that has a length of its own
 * @property {readonly string[]} [siteKeys] captchas that nobody can solve, among the others
 * @property {readonly Check[]} checks
 *
 * `wasted`: few submits find out that the first service is broken, and one a cooldown that it still is.
 * `swift`: going on to the next service costs nearly nothing. `recovery`: the first service gets its share back.
 * `unshaken`: no breaker opens.
 * @typedef {'wasted' | 'swift' | 'recovery' | 'unshaken'} Check
 */

const EVERY_CALL = /** @type {const} */ (['submit', 'poll', 'balance', 'report']);
const GARBAGE = /** @type {const} */ (['html502', 'half-json', 'empty', 'html502-after-accept']);
const NO_SLOT = { code: 'ERROR_NO_SLOT_AVAILABLE' };
/** What the json wire calls too many calls: the pause that it asks for is 5 s. */
const BAN_MS = 5_000;
const RATE_LIMIT = { code: 'ERROR_RATE_LIMIT', banMs: BAN_MS };

/** @typedef {import('../../dist/src/sandbox/sandbox.js').Behaviour} Behaviour */

/** @param {Behaviour} behaviour @returns {Script} */
const always = (behaviour) => ({ outages: [{ calls: EVERY_CALL, behaviour }] });
const WELL = { outages: [], failRate: 0 };

/** @param {string} name @param {Script} script @param {readonly Check[]} checks @returns {Act} */
const first = (name, script, checks) => ({ name, begins: { first: script }, ends: { first: WELL }, checks });

/** @type {readonly Act[]} */
export const ACTS = [
  { name: 'calm', begins: {}, ends: {}, checks: ['unshaken'] },
  first('resets', always('reset'), ['wasted', 'recovery']),
  { ...first('black hole', always('hang'), ['recovery']), probeMs: PACE.answerWithinMs },
  first('garbage', { failRate: 1, failWith: GARBAGE }, ['wasted', 'recovery']),
  { ...first('slow drip', always('slow-drip'), ['recovery']), probeMs: PACE.answerWithinMs },
  first('no slot', { outages: [{ behaviour: NO_SLOT }] }, ['wasted', 'swift', 'recovery']),
  first('few slots', { outages: [{ share: 0.5, behaviour: NO_SLOT }] }, ['swift', 'recovery']),
  {
    name: 'no money',
    begins: { first: { balanceUsd: 0 } },
    ends: { first: { balanceUsd: 1_000 } },
    checks: ['wasted', 'swift', 'recovery'],
  },
  {
    name: 'ban',
    begins: { first: { submitSequence: [RATE_LIMIT] } },
    ends: {},
    lastsMs: BAN_MS,
    checks: ['wasted', 'recovery'],
  },
  first('flapping', { failRate: 0.3 }, ['recovery']),
  first('lost answers', { outages: [{ behaviour: 'reset-after-accept' }] }, ['wasted', 'recovery']),
  {
    name: 'unsolvable',
    begins: {},
    ends: {},
    siteKeys: ['sandbox-unsolvable', 'sandbox-bad-sitekey', 'sandbox-bad-page-url'],
    checks: ['unshaken'],
  },
  {
    name: 'all at once',
    begins: { first: always('reset'), second: always('hang'), third: { outages: [{ behaviour: NO_SLOT }] } },
    ends: { first: WELL, second: WELL, third: WELL },
    checks: ['wasted', 'recovery'],
  },
];
