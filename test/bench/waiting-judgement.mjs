/** What waiting may cost, and whether it did not cost more. */
import { none } from './chaos-judgement.mjs';
import { pollerName, SHARED_1S, SOLVE_1S, WAIT_1S, WAIT_2S } from './waiting-variants.mjs';

/**
 * @typedef {import('./chaos-judgement.mjs').Judgement} Judgement
 * @typedef {import('./waiting-run.mjs').Outcome} Outcome
 *
 * @typedef {object} Figures
 * @property {string} name
 * @property {string} panel
 * @property {number} tasks
 * @property {readonly number[]} lagsMs the shortest first
 * @property {number} meanMs
 * @property {number} p50Ms
 * @property {number} p95Ms
 * @property {number} polls of a task at the service
 * @property {number} requests to the service for polls, for each task
 * @property {readonly number[]} tellsMs of clients that are always listening, the shortest first
 * @property {number} unsolved
 * @property {number} foreign
 * @property {readonly string[]} rulesBroken
 */

const TELL_P99_MS = 5;
/** Whoever hears only when it asks itself can lose no less than the way of one answer, and gain nothing. */
const NOT_LATER_S = 0.1;
const MOST_MB = 250;
const LOOP_P99_MS = 20;

/** @param {readonly number[]} values */
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @param {readonly number[]} sorted @param {number} share */
export function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** @param {readonly number[]} values */
const ordered = (values) => [...values].sort((one, other) => one - other);

/** @param {Outcome} outcome @returns {Figures} */
export function figuresOf({ variant, had, pollRequests, ...rest }) {
  const lagsMs = ordered(had.map(({ lagMs }) => lagMs));
  return {
    name: variant.name,
    panel: variant.panel,
    tasks: variant.tasks,
    lagsMs,
    meanMs: mean(lagsMs),
    p50Ms: percentile(lagsMs, 0.5),
    p95Ms: percentile(lagsMs, 0.95),
    polls: mean(had.map(({ polls }) => polls)),
    requests: pollRequests / had.length,
    tellsMs: variant.client === 'poller' ? [] : ordered(had.map(({ tellMs }) => tellMs)),
    ...rest,
  };
}

/** @param {string} what @param {number} is @param {number} most @param {{ unit?: string, digits?: number }} [how] @returns {Judgement} */
export function atMost(what, is, most, { unit = '', digits = 2 } = {}) {
  const said = (/** @type {number} */ value) => `${value.toFixed(digits)}${unit}`;
  return { what, is: said(is), target: `<= ${said(most)}`, holds: is <= most };
}

const S = { unit: ' s' };

/**
 * @param {readonly Figures[]} figures
 * @param {{ scale: number, ownDelayMs: number }} run
 * @returns {Judgement[]}
 */
export function judgeWaiting(figures, { scale, ownDelayMs }) {
  const of = (/** @type {string} */ name) => {
    const found = figures.find((each) => each.name === name);
    if (!found) throw new Error(`There is no variant ${name}`);
    return found;
  };
  const seconds = (/** @type {string} */ name) => of(name).meanMs / scale / 1_000;
  const lag = (/** @type {string} */ name, /** @type {number} */ mostSeconds) =>
    atMost(`${name}: mean lag`, seconds(name), mostSeconds, S);
  const polls = (/** @type {string} */ name, /** @type {number} */ most) =>
    atMost(`${name}: polls a task`, of(name).polls, most, { digits: 1 });
  const total = (/** @type {(each: Figures) => number} */ count) =>
    figures.reduce((sum, each) => sum + count(each), 0);
  const directly = pollerName(5_000);
  const requests = of(SHARED_1S).requests;
  return [
    ...[lag(WAIT_1S, 0.7), polls(WAIT_1S, 11), lag(SOLVE_1S, 0.7), polls(SOLVE_1S, 11)],
    ...[lag(WAIT_2S, 1.2), polls(WAIT_2S, 7)],
    sooner(pollerName(5_000, 20_000), { is: seconds(pollerName(5_000, 20_000)), than: seconds(directly) }),
    atMost(
      `${pollerName(5_000, 0)}: mean lag, against the direct one`,
      seconds(pollerName(5_000, 0)),
      seconds(directly) + NOT_LATER_S,
      S,
    ),
    lag(SHARED_1S, 0.7),
    {
      what: `${SHARED_1S}: requests a task`,
      is: requests.toFixed(2),
      target: '< 1',
      holds: requests < 1,
    },
    told(figures, ownDelayMs),
    none(
      'captchas without an answer',
      total(({ unsolved }) => unsolved),
    ),
    none(
      "answers that are another captcha's",
      total(({ foreign }) => foreign),
    ),
    none(
      "services' rules broken",
      total(({ rulesBroken }) => rulesBroken.length),
    ),
  ];
}

/** @param {string} name @param {{ is: number, than: number }} seconds @returns {Judgement} */
function sooner(name, { is, than }) {
  return {
    what: `${name}: mean lag, against the direct one`,
    is: `${is.toFixed(2)} s`,
    target: `< ${than.toFixed(2)} s`,
    holds: is < than,
  };
}

/** A bench that was itself kept waiting for longer proves nothing. @param {readonly Figures[]} figures @param {number} ownDelayMs @returns {Judgement} */
function told(figures, ownDelayMs) {
  const tellsMs = ordered(figures.flatMap((each) => each.tellsMs));
  const judgement = atMost('known to the gateway, then told: p99', percentile(tellsMs, 0.99), TELL_P99_MS, {
    unit: ' ms',
    digits: 1,
  });
  return { ...judgement, isUnsure: !judgement.holds && ownDelayMs > TELL_P99_MS };
}

/** @param {import('./waiting-held.mjs').Held} held @param {number} wanted @returns {Judgement[]} */
export function judgeHeld(held, wanted) {
  const ms = { unit: ' ms', digits: 1 };
  return [
    { what: 'polls held', is: String(held.polls), target: String(wanted), holds: held.polls === wanted },
    none('held polls answered before their time', held.early),
    atMost('resident memory with all of them', held.heldMb, MOST_MB, { unit: ' MB', digits: 0 }),
    atMost('event loop p99', held.loopP99Ms, LOOP_P99_MS, ms),
    atMost('/healthz p99', percentile(ordered(held.healthMs), 0.99), LOOP_P99_MS, ms),
    none("the service's rules broken", held.rulesBroken.length),
  ];
}
