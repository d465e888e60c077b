/** What an act cost: figures from the stories of its tasks and the calls that the services saw. */
import { COOLDOWN_MS } from './chaos-services.mjs';

/**
 * @typedef {import('./chaos-theatre.mjs').Played} Played
 * @typedef {import('./chaos-clients.mjs').Story} Story
 * @typedef {ReturnType<typeof figuresOf>} Figures
 */

/** Calls that were under way when the first failure was told are nobody's fault; the sandbox's own rules excuse them as long. */
const GRACE_MS = 20;
/** A pause of nearly a cooldown ends a group of calls. */
const GAP_MS = COOLDOWN_MS * 0.8;
/** The share that counts as all of it, in slices of this length. */
const FULL_SHARE = 0.9;
const SLICE_MS = 250;

/** @param {Played} played */
export function figuresOf({
  act,
  from,
  endsAt,
  to,
  stories,
  calls,
  violations,
  boughtTwice,
  openings,
  stallMs,
}) {
  const solvable = stories.filter(({ isSolvable }) => isSolvable);
  const solved = solvable.filter(({ end }) => end === 'solved');
  const broken = act.begins.first ? (calls.first ?? []).filter(({ at }) => at < endsAt) : [];
  const { 'call-during-ban': _told, ...punished } = violations;
  return {
    name: act.name,
    tasks: stories.length,
    solvable: solvable.length,
    solved: solved.length,
    failed: countBy(solvable.filter(({ end }) => end !== 'solved').map(({ code }) => code)),
    wronglySolved: stories.filter(({ isSolvable, end }) => !isSolvable && end === 'solved').length,
    longestMs: Math.max(0, ...solved.map(({ tookMs }) => tookMs)),
    wasted: wastedOf(broken.filter(({ call }) => call === 'submit')),
    wastedPolls: broken.filter(({ call, isGood }) => call === 'poll' && !isGood).length,
    added: addedOf(stories.filter(({ at }) => at < endsAt)),
    shareWithoutFailover: shareOf(solved, ({ attempts }) => attempts.length === 1),
    secondPurchases: countBy(stories.flatMap(boughtBefore)),
    violations,
    bans: sumOf(Object.values(punished), (times) => times),
    // By design: a captcha found unsolvable goes to the same provider again where there is nobody else.
    boughtTwice: boughtTwice - sumOf(stories, askedAgain),
    openings: countBy(openings.map(({ provider, scope, cause }) => `${provider} ${scope} ${cause}`)),
    opened: openings.length,
    stallMs,
    recovery: recoveryOf(solvable, { from, endsAt, to }),
  };
}

/** What became of the purchases before the last one. @param {Story} story */
const boughtBefore = ({ attempts }) =>
  attempts
    .filter(({ mayBeCharged }) => mayBeCharged)
    .slice(0, -1)
    .map(({ outcome }) => outcome);

/** Purchases at a provider that had found the captcha unsolvable before. @param {Story} story */
const askedAgain = ({ attempts }) =>
  attempts.filter(
    ({ provider, mayBeCharged }, index) =>
      mayBeCharged &&
      attempts
        .slice(0, index)
        .some((before) => before.provider === provider && before.outcome === 'unsolvable'),
  ).length;

/** @template Item @param {readonly Item[]} items @param {(item: Item) => number} of */
const sumOf = (items, of) => items.reduce((sum, item) => sum + of(item), 0);

/** @template Item @param {readonly Item[]} items @param {(item: Item) => boolean} isSo */
const shareOf = (items, isSo) => items.filter(isSo).length / items.length;

/** @param {readonly string[]} names @returns {Record<string, number>} */
function countBy(names) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/**
 * Submits that a broken service saw: until the way to it was closed, and in each group of calls after a pause.
 * @param {readonly import('./chaos-services.mjs').Call[]} submits
 */
function wastedOf(submits) {
  const firstBad = submits.findIndex(({ isGood }) => !isGood);
  /** @type {number[][]} */
  const groups = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const { at } of firstBad < 0 ? [] : submits.slice(firstBad)) {
    if (at - last > GAP_MS) groups.push([]);
    groups.at(-1)?.push(at);
    last = at;
  }
  const [first = [], ...later] = groups;
  const known = (first[0] ?? 0) + GRACE_MS;
  return {
    bad: submits.filter(({ isGood }) => !isGood).length,
    toOpen: first.length,
    /** Of these, submits that left although the first failure was known. */
    toOpenKnowing: first.length === 0 ? 0 : 1 + first.filter((at) => at > known).length,
    cooldowns: later.length,
    mostPerCooldown: Math.max(0, ...later.map((group) => group.length)),
  };
}

/** What going on to the next service added, over tasks that the first one asked has taken. @param {readonly Story[]} stories */
function addedOf(stories) {
  const accepted = stories.filter(({ acceptedAfterMs }) => !Number.isNaN(acceptedAfterMs));
  const isRefused = ({ attempts }) =>
    attempts.length > 1 && !attempts.slice(0, -1).some((one) => one.mayBeCharged);
  const direct = accepted
    .filter(({ attempts }) => attempts.length === 1)
    .map(({ acceptedAfterMs }) => acceptedAfterMs);
  const passedOn = accepted.filter(isRefused).map(({ acceptedAfterMs }) => acceptedAfterMs);
  const over = (/** @type {number} */ share) =>
    Math.max(0, quantile(passedOn, share) - quantile(direct, share));
  return { tasks: passedOn.length, p50Ms: over(0.5), p99Ms: over(0.99) };
}

/** @param {readonly number[]} samples @param {number} share */
function quantile(samples, share) {
  const sorted = [...samples].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/**
 * From the end of the outage to the first task that the first service solves, and to its full share.
 * @param {readonly Story[]} stories @param {{ from: number, endsAt: number, to: number }} times
 */
function recoveryOf(stories, { endsAt, to }) {
  const taken = stories
    .filter(({ at, attempts }) => at >= endsAt - 5_000 && attempts.length > 0)
    .flatMap(({ attempts }) => attempts.filter(({ mayBeCharged }) => mayBeCharged).slice(-1))
    .map(({ provider, startedAt }) => ({ provider, at: Date.parse(startedAt) }))
    .filter(({ at }) => at >= endsAt && at < to);
  const firstAt = Math.min(...taken.filter(({ provider }) => provider === 'first').map(({ at }) => at));
  let fullAt = Number.POSITIVE_INFINITY;
  for (let at = endsAt; at + SLICE_MS <= to; at += SLICE_MS) {
    const slice = taken.filter((each) => each.at >= at && each.at < at + SLICE_MS);
    const isFull = slice.length > 0 && shareOf(slice, ({ provider }) => provider === 'first') >= FULL_SHARE;
    if (!isFull) fullAt = Number.POSITIVE_INFINITY;
    else if (fullAt === Number.POSITIVE_INFINITY) fullAt = at;
  }
  const firstMs = Math.max(0, firstAt - endsAt);
  return { firstMs, fullMs: Math.max(firstMs, fullAt - endsAt) };
}
