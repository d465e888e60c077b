/** Which service is broken when, and how: drawn from a seed, with one service left that is well all the time. */

/**
 * @typedef {import('../../dist/src/sandbox/sandbox.js').Act} Act
 * @typedef {Act['changes']} Changes
 * @typedef {{ name: string, begins: Changes, ends: Changes }} Trouble
 * @typedef {() => number} Random
 */

const MINUTE = 60_000;
/** In each epoch another service stays well; troubles begin early in it, so that even bans end with it. */
export const EPOCH_MS = 20 * MINUTE;
const BEGIN_WITHIN_MS = 8 * MINUTE;
const SHORTEST_MS = 10_000;
const LONGEST_MS = 5 * MINUTE;
const BAN_MS = 5 * MINUTE;
/** The share of epochs in which everything that may break breaks in the same minute. */
const ALL_AT_ONCE = 0.25;
/** Troubles of one service in one epoch, one after the other. */
const TROUBLES_AT_MOST = 3;

const EVERY_CALL = /** @type {const} */ (['submit', 'poll', 'balance', 'report']);
const BANS = { classic: 'IP_BANNED', json: 'ERROR_IP_BLOCKED_5MIN' };
const GARBAGE = /** @type {const} */ (['html502', 'half-json', 'empty', 'html502-after-accept']);

/** @param {NonNullable<Changes['outages']>[number]} outage @returns {Omit<Trouble, 'name'>} */
const outage = (outage) => ({ begins: { outages: [outage] }, ends: { outages: [] } });

/** @type {Record<string, (wire: 'classic' | 'json') => Omit<Trouble, 'name'>>} */
const TROUBLES = {
  resets: () => outage({ calls: EVERY_CALL, behaviour: 'reset' }),
  'resets after accepting': () => outage({ behaviour: 'reset-after-accept' }),
  'a black hole': () => outage({ calls: EVERY_CALL, behaviour: 'hang' }),
  'hangs after accepting': () => outage({ behaviour: 'hang-after-accept' }),
  'slow drip': () => outage({ calls: EVERY_CALL, behaviour: 'slow-drip' }),
  garbage: () => ({ begins: { failRate: 1, failWith: GARBAGE }, ends: { failRate: 0 } }),
  'NO_SLOT storm': () => outage({ behaviour: { code: 'ERROR_NO_SLOT_AVAILABLE' } }),
  'NO_SLOT now and then': () =>
    outage({ forMs: 4_000, everyMs: 15_000, behaviour: { code: 'ERROR_NO_SLOT_AVAILABLE' } }),
  'no money': () => ({ begins: { balanceUsd: 0 }, ends: { balanceUsd: 100_000 } }),
  // Said once, to whoever asks first.
  'a ban': (wire) => ({ begins: { submitSequence: [{ code: BANS[wire], banMs: BAN_MS }] }, ends: {} }),
  'flapping 30 %': () => ({ begins: { failRate: 0.3 }, ends: { failRate: 0 } }),
  'silence after accepting': () => outage({ share: 0.1, behaviour: { verdict: 'never' } }),
};

export const TROUBLE_NAMES = Object.keys(TROUBLES);

/**
 * The acts of each service for `epochs` epochs, and what they are made of.
 * @param {{ wires: readonly ('classic' | 'json')[], epochs: number, random: Random }} order
 */
export function drawWeather({ wires, epochs, random }) {
  const acts = wires.map(() => /** @type {Act[]} */ ([]));
  /** @type {Map<string, number>} */
  const troubles = new Map();
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    // Mostly one of those that are asked last: troubles of the others are the ones that are met.
    const well = Math.floor(Math.sqrt(random()) * wires.length);
    const isAllAtOnce = random() < ALL_AT_ONCE;
    for (const [index, wire] of wires.entries()) {
      if (index === well) continue;
      const spell = isAllAtOnce ? oneSpell(random) : spells(random);
      for (const { fromMs, toMs } of spell) {
        const name = TROUBLE_NAMES[Math.floor(random() * TROUBLE_NAMES.length)] ?? 'resets';
        const { begins, ends } = TROUBLES[name]?.(wire) ?? { begins: {}, ends: {} };
        troubles.set(name, (troubles.get(name) ?? 0) + 1);
        const startsAt = epoch * EPOCH_MS;
        acts[index]?.push({ afterMs: startsAt + fromMs, changes: begins });
        acts[index]?.push({ afterMs: startsAt + toMs, changes: ends });
      }
    }
  }
  return { acts, troubles };
}

/** @param {Random} random */
function oneSpell(random) {
  const fromMs = MINUTE + random() * MINUTE;
  return [{ fromMs, toMs: fromMs + SHORTEST_MS + random() * (LONGEST_MS - SHORTEST_MS) }];
}

/** Up to three, which do not overlap. @param {Random} random */
function spells(random) {
  const share = BEGIN_WITHIN_MS / TROUBLES_AT_MOST;
  return Array.from({ length: 1 + Math.floor(random() * TROUBLES_AT_MOST) }, (_, turn) => {
    const fromMs = turn * share + random() * (share - SHORTEST_MS);
    const isLast = turn === TROUBLES_AT_MOST - 1;
    const longest = isLast ? LONGEST_MS : (turn + 1) * share - fromMs;
    return { fromMs, toMs: fromMs + SHORTEST_MS + random() * Math.max(0, longest - SHORTEST_MS) };
  });
}
