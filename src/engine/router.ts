/** Who could take a task, in which order, and why the others are passed over. Pure: it decides and does nothing. */
import type { PassedOver } from '../core/store.js';

/**
 * How an account stands among those that could take the task: `sampled`, new and asked first this once; `usual`;
 * `coming-back`, this task is not among the few it is asked for first; `unproven`, new.
 */
export type Standing = 'sampled' | 'usual' | 'coming-back' | 'unproven';

/** What the decision needs to know of one account, for one task, now. */
export interface Candidate {
  readonly id: string;
  readonly standing: Standing;
  /** By the strategy; lower is asked first among those of the same standing. */
  readonly rank: number;
  /** Why it can never take this task: kind, inputs, narrowing by client or caller. */
  readonly refuses: string | undefined;
  /** This task was handed to it before, with this result. */
  readonly tried: 'no' | 'refused' | 'unsolvable' | 'taken';
  /** What keeps new tasks out, the gravest first; empty when nothing does. */
  readonly closed: readonly Closed[];
  readonly hasRoom: boolean;
  /** Why others are asked first; undefined when there is no reason. */
  readonly doubtful: string | undefined;
  /** Price of this kind in USD; null when unknown. */
  readonly priceUsd: number | null;
  /** The earliest an answer can be had, in ms from now. */
  readonly firstAnswerMs: number;
}

export interface Closed {
  readonly scope: string;
  readonly cause: string;
  /** Null: until somebody acts. */
  readonly until: number | null;
  /** Somebody tries it right now. */
  readonly isProbing: boolean;
  /** Its time has come and nobody else is at it: one task may try it. */
  readonly isTriable: boolean;
  /** When even the last resort may ask again. */
  readonly askableAt: number;
}

/** What the task allows. */
export interface Allowance {
  readonly now: number;
  readonly deadlineAt: number;
  /** What may still be spent, in USD. */
  readonly leftUsd: number;
  /** A number from 0 to 1 for a task that goes to anybody, so that figures stay fresh; undefined for all others. */
  readonly explore?: number | undefined;
}

export interface Decision {
  /** To be asked now. */
  readonly first: string | undefined;
  /** The first of them was drawn, whatever its rank. */
  readonly isExploring: boolean;
  readonly passedOver: readonly PassedOver[];
  /** Accounts that could take the task but for a free thread. */
  readonly full: readonly string[];
  /** Accounts that are closed and could take the task otherwise. */
  readonly shut: readonly string[];
  /** Those of them that somebody else tries right now: the result is worth waiting for. */
  readonly beingTried: readonly string[];
  /** The least bad of those that are closed for a reason that asking may disprove. */
  readonly lastResort: string | undefined;
  /** Accounts that did not solve it but may be asked again when there is no other. */
  readonly again: readonly string[];
  /** When the first of the closed ones may be tried. */
  readonly reopensAt: number | undefined;
}

/** Sums of prices are not exact to the last digit. */
const ROUNDING_USD = 1e-9;

/** Ranks the candidates for one task. */
export function rank(candidates: readonly Candidate[], allowance: Allowance): Decision {
  const passedOver: PassedOver[] = [];
  const able: Candidate[] = [];
  const closed: Candidate[] = [];
  const again: Candidate[] = [];
  for (const candidate of candidates) {
    const against = reasonAgainst(candidate, allowance);
    const shut = against === undefined ? closedReason(candidate) : undefined;
    const isFresh = candidate.tried === 'no';
    const why = against ?? shut ?? reasonToWait(candidate);
    if (isFresh && why !== undefined) passedOver.push({ provider: candidate.id, why });
    if (against !== undefined) continue;
    if (isFresh) (shut === undefined ? able : closed).push(candidate);
    else if (candidate.tried === 'unsolvable' && shut === undefined) again.push(candidate);
  }
  const ready = able.filter(({ hasRoom }) => hasRoom);
  const best = firstOf(ready);
  const drawn = best && explored(ready, best, allowance.explore);
  const first = drawn ?? best;
  return {
    first: first?.id,
    isExploring: drawn !== undefined,
    passedOver,
    full: [...able, ...again].filter(({ hasRoom }) => !hasRoom).map(idOf),
    shut: closed.map(idOf),
    beingTried: closed.filter(isBeingTried).map(idOf),
    lastResort: leastBad(closed, allowance.now),
    again: again.filter(({ hasRoom }) => hasRoom).map(idOf),
    reopensAt: firstReopening(closed, allowance.now),
  };
}

function idOf({ id }: Candidate): string {
  return id;
}

const TURNS: Readonly<Record<Standing, number>> = { sampled: 0, usual: 1, 'coming-back': 2, unproven: 3 };
/** An account in doubt may cost a timeout: it comes after all others. */
const DOUBTFUL_TURN = 4;

function turnOf({ standing, doubtful }: Candidate): number {
  return doubtful === undefined ? TURNS[standing] : DOUBTFUL_TURN;
}

function byTurn(one: Candidate, other: Candidate): number {
  return turnOf(one) - turnOf(other) || Number(one.rank > other.rank) - Number(one.rank < other.rank);
}

/** Whoever comes first by turn and rank. */
function firstOf(candidates: readonly Candidate[]): Candidate | undefined {
  let [first] = candidates;
  for (const candidate of candidates) if (first && byTurn(candidate, first) < 0) first = candidate;
  return first;
}

/** One of the usual candidates, where this task is to go to anybody and that is not the best one. */
function explored(
  ready: readonly Candidate[],
  best: Candidate,
  draw: number | undefined,
): Candidate | undefined {
  if (draw === undefined || turnOf(best) !== TURNS.usual) return undefined;
  const usual = ready.filter((candidate) => turnOf(candidate) === TURNS.usual);
  const drawn = usual[Math.floor(draw * usual.length)];
  return drawn === best ? undefined : drawn;
}

function reasonToWait({ hasRoom, doubtful, standing }: Candidate): string | undefined {
  if (!hasRoom) return 'all threads are busy';
  if (doubtful !== undefined) return `in doubt: ${doubtful}; others first`;
  if (standing === 'coming-back') return 'coming back: most tasks ask others first';
  return standing === 'unproven' ? 'new: most tasks ask others first' : undefined;
}

function reasonAgainst(candidate: Candidate, { now, deadlineAt, leftUsd }: Allowance): string | undefined {
  if (candidate.refuses) return candidate.refuses;
  if ((candidate.priceUsd ?? 0) > leftUsd + ROUNDING_USD) return 'costs more than the task may';
  if (now + candidate.firstAnswerMs > deadlineAt) return 'cannot answer before the deadline';
  return undefined;
}

function closedReason({ closed }: Candidate): string | undefined {
  const shut = closed.find(({ isTriable }) => !isTriable);
  if (!shut) return undefined;
  const until = shut.until === null ? 'until somebody acts' : `until ${timeOf(shut.until)}`;
  return `${shut.scope} open: ${shut.cause} ${shut.isProbing ? 'and being tried' : until}`;
}

/** What is closed stays so for thousands of decisions: its time is written once. */
const times = new Map<number, string>();
const MOST_TIMES = 1_000;

function timeOf(at: number): string {
  const known = times.get(at);
  if (known !== undefined) return known;
  if (times.size >= MOST_TIMES) times.clear();
  const text = new Date(at).toISOString();
  times.set(at, text);
  return text;
}

/** Nothing but another task's try is in the way. */
function isBeingTried({ closed, hasRoom }: Candidate): boolean {
  return hasRoom && closed.every(({ isTriable, isProbing }) => isTriable || isProbing);
}

/** Causes that one more call may disprove; money, keys, bans and operators are not among them. */
const DISPROVABLE = new Set(['timeout', 'bad_reply', 'internal', 'no_slot']);

function leastBad(candidates: readonly Candidate[], now: number): string | undefined {
  const askable = candidates.filter(
    ({ closed, hasRoom }) =>
      hasRoom &&
      closed.every(
        ({ cause, askableAt, isProbing }) => DISPROVABLE.has(cause) && askableAt <= now && !isProbing,
      ),
  );
  const [first] = askable.sort((a, b) => reopening(a) - reopening(b));
  return first?.id;
}

function firstReopening(candidates: readonly Candidate[], now: number): number | undefined {
  const times = candidates.map(reopening).filter((at) => at > now && at < Number.POSITIVE_INFINITY);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** When the last of what closes it is over. */
function reopening({ closed }: Candidate): number {
  return Math.max(...closed.map(({ until }) => until ?? Number.POSITIVE_INFINITY));
}
