/** Who could take a task, in which order, and why the others are passed over. Pure: it decides and does nothing. */
import type { PassedOver } from '../core/store.js';

/** What the decision needs to know of one account, for one task, now. */
export interface Candidate {
  readonly id: string;
  /** Position among the accounts: the kind's own order where the config has one, else by priority. */
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
}

export interface Decision {
  /** To be asked, first first. */
  readonly order: readonly string[];
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
  const possible = candidates.filter((candidate) => !reasonAgainst(candidate, allowance));
  const fresh = possible.filter(({ tried }) => tried === 'no');
  const ready = fresh.filter((candidate) => !closedReason(candidate));
  const closed = fresh.filter((candidate) => closedReason(candidate));
  const again = possible.filter((candidate) => candidate.tried === 'unsolvable' && !closedReason(candidate));
  const full = [...ready, ...again].filter(({ hasRoom }) => !hasRoom);
  return {
    order: ready
      .filter(({ hasRoom }) => hasRoom)
      .sort(byDoubtThenRank)
      .map(idOf),
    passedOver: candidates.flatMap((candidate) => passedOver(candidate, allowance)),
    full: full.map(idOf),
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

function byDoubtThenRank(a: Candidate, b: Candidate): number {
  return Number(a.doubtful !== undefined) - Number(b.doubtful !== undefined) || a.rank - b.rank;
}

/** The reason in words, for those that this task has not been handed to. */
function passedOver(candidate: Candidate, allowance: Allowance): PassedOver[] {
  if (candidate.tried !== 'no') return [];
  const why = reasonAgainst(candidate, allowance) ?? closedReason(candidate) ?? reasonToWait(candidate);
  return why === undefined ? [] : [{ provider: candidate.id, why }];
}

function reasonToWait({ hasRoom, doubtful }: Candidate): string | undefined {
  if (!hasRoom) return 'all threads are busy';
  return doubtful === undefined ? undefined : `in doubt: ${doubtful}; others first`;
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
  const until = shut.until === null ? 'until somebody acts' : `until ${new Date(shut.until).toISOString()}`;
  return `${shut.scope} open: ${shut.cause} ${shut.isProbing ? 'and being tried' : until}`;
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
