/** The rounds of the submit bench: in each, everything is measured in turns, so that noise meets all alike. */
import { KEY, openGateway } from './gateway.mjs';
import { cpuMs, rssMb, startLoad, startServer } from './processes.mjs';

export const TARGETS = /** @type {const} */ (['direct', 'forwarder', 'gateway']);
/** Those that are started anew in every round. */
const RUN_THROUGH = /** @type {const} */ (['forwarder', 'gateway']);

export const PLAN = {
  rounds: 5,
  /** Turns of each target in a round. */
  slices: 4,
  /** Submits of each target in a round, one at a time. */
  oneAtATime: 2_000,
  atATime: 64,
  /** Submits of each target in a round at most, 64 at a time. */
  manyAtATime: 20_000,
  manyForMs: 2_000,
  warmUp: { submits: 4_000, forMs: 1_500 },
  /** No round begins that would probably end after this. */
  forMs: 85_000,
};

/**
 * @typedef {import('./processes.mjs').Running} Running
 * @typedef {typeof TARGETS[number]} Target
 * @typedef {import('./load.mjs').Measured & { cpuMs: number }} Measured
 * @typedef {(target: Target, order: object) => Promise<Measured>} Submit
 *
 * @typedef {object} Figures
 * @property {number} p50 one at a time, in ms
 * @property {number} p99
 * @property {number} perSecond many at a time
 * @property {number} cpuUs processor time of the process for each of those
 *
 * @typedef {Record<Target, Figures> & { inFlight: number, rss: number }} Round
 */

/**
 * Runs all rounds; each has a fresh gateway and a fresh forwarder, so that tasks do not pile up.
 * @param {string} main @param {(round: Round) => void} tell @returns {Promise<Round[]>}
 */
export async function runRounds(main, tell) {
  const upstream = await startServer('upstream.mjs');
  const load = startLoad();
  const rounds = [];
  const startedAt = performance.now();
  const hasTime = () => ((performance.now() - startedAt) * (rounds.length + 1)) / rounds.length < PLAN.forMs;
  try {
    while (rounds.length < PLAN.rounds && (rounds.length === 0 || hasTime())) {
      const round = await runRound(main, upstream, load);
      rounds.push(round);
      tell(round);
    }
  } finally {
    await load.stop();
    await upstream.stop();
  }
  return rounds;
}

/** @param {string} main @param {Running} upstream @param {ReturnType<typeof startLoad>} load */
async function runRound(main, upstream, load) {
  const forwarder = await startServer('forwarder.mjs', upstream.url);
  const gateway = await openGateway({ main, upstreamUrl: upstream.url });
  const processes = { direct: upstream, forwarder, gateway };
  let accepted = 0;
  /** @type {Submit} */
  const submit = async (target, order) => {
    const { url, pid } = processes[target];
    const before = cpuMs(pid);
    const measured = await load.run({ url, key: KEY, atATime: 1, most: 1, forMs: 5_000, ...order });
    if (measured.failed > 0) throw new Error(`${target}: ${measured.failed} submits were refused`);
    if (target === 'gateway') accepted += measured.submits;
    return { ...measured, cpuMs: cpuMs(pid) - before };
  };
  try {
    for (const target of RUN_THROUGH) await warmUp((order) => submit(target, order));
    return { ...(await measure(submit)), inFlight: accepted, rss: rssMb(gateway.pid) };
  } finally {
    await forwarder.stop();
    const inLedger = await gateway.close();
    if (inLedger !== accepted) {
      console.error(`LOST: the ledger holds ${inLedger} of ${accepted} accepted tasks`);
      process.exitCode = 1;
    }
  }
}

/** @param {(order: object) => Promise<unknown>} submit */
async function warmUp(submit) {
  const { submits, forMs } = PLAN.warmUp;
  await submit({ atATime: PLAN.atATime, most: submits, forMs });
  await submit({ most: 200 });
}

/** @param {Submit} submit */
async function measure(submit) {
  const { slices, oneAtATime, manyAtATime, manyForMs, atATime } = PLAN;
  const tallies = TARGETS.map((target) => ({
    target,
    latencies: [0].slice(1),
    submits: 0,
    tookMs: 0,
    cpuMs: 0,
  }));
  for (let slice = 0; slice < slices; slice += 1) {
    for (const tally of tallies) {
      const { latencies } = await submit(tally.target, { most: oneAtATime / slices });
      tally.latencies.push(...latencies);
    }
  }
  const order = { atATime, most: manyAtATime / slices, forMs: manyForMs / slices };
  for (let slice = 0; slice < slices; slice += 1) {
    for (const tally of tallies) {
      const measured = await submit(tally.target, order);
      tally.submits += measured.submits;
      tally.tookMs += measured.tookMs;
      tally.cpuMs += measured.cpuMs;
    }
  }
  return /** @type {Record<Target, Figures>} */ (
    Object.fromEntries(tallies.map((tally) => [tally.target, figuresOf(tally)]))
  );
}

/** @param {{ latencies: number[], submits: number, tookMs: number, cpuMs: number }} tally @returns {Figures} */
function figuresOf({ latencies, submits, tookMs, cpuMs: usedMs }) {
  return {
    p50: share(latencies, 0.5),
    p99: share(latencies, 0.99),
    perSecond: (submits * 1_000) / tookMs,
    cpuUs: (usedMs * 1_000) / submits,
  };
}

/** The value that this share of the samples stays within. @param {number[]} samples @param {number} part */
export function share(samples, part) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
