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
  /** What keeps new tasks out; undefined when nothing does. */
  readonly closed: Closed | undefined;
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
  /** The least bad of those that are closed for a reason that asking may disprove. */
  readonly lastResort: string | undefined;
  /** Accounts that did not solve it but may be asked once more when there is no other. */
  readonly again: readonly string[];
}

/** Ranks the candidates for one task. */
export function rank(candidates: readonly Candidate[], allowance: Allowance): Decision {
  const passedOver: PassedOver[] = [];
  const open: Candidate[] = [];
  const full: string[] = [];
  const closed: Candidate[] = [];
  const again: string[] = [];
  for (const candidate of candidates) {
    const why = reasonAgainst(candidate, allowance);
    if (candidate.tried === 'unsolvable' && !why) again.push(candidate.id);
    if (candidate.tried !== 'no') continue;
    const closedWhy = why ? undefined : closedReason(candidate);
    if (why ?? closedWhy) passedOver.push({ provider: candidate.id, why: why ?? closedWhy ?? '' });
    if (closedWhy) closed.push(candidate);
    if (why ?? closedWhy) continue;
    if (candidate.hasRoom) open.push(candidate);
    else full.push(candidate.id);
  }
  for (const { id, doubtful } of open)
    if (doubtful) passedOver.push({ provider: id, why: `in doubt: ${doubtful}; others first` });
  for (const id of full) passedOver.push({ provider: id, why: 'all threads are busy' });
  return {
    order: open.sort(byDoubtThenRank).map(({ id }) => id),
    passedOver,
    full,
    lastResort: leastBad(closed, allowance.now),
    again,
  };
}

function byDoubtThenRank(a: Candidate, b: Candidate): number {
  return Number(a.doubtful !== undefined) - Number(b.doubtful !== undefined) || a.rank - b.rank;
}

function reasonAgainst(candidate: Candidate, { now, deadlineAt, leftUsd }: Allowance): string | undefined {
  if (candidate.refuses) return candidate.refuses;
  if ((candidate.priceUsd ?? 0) > leftUsd) return 'costs more than the task may';
  if (now + candidate.firstAnswerMs > deadlineAt) return 'cannot answer before the deadline';
  return undefined;
}

function closedReason({ closed }: Candidate): string | undefined {
  if (!closed || closed.isTriable) return undefined;
  const until =
    closed.until === null ? 'until somebody acts' : `until ${new Date(closed.until).toISOString()}`;
  return `${closed.scope} open: ${closed.cause} ${until}`;
}

/** Causes that one more call may disprove; money, keys, bans and operators are not among them. */
const DISPROVABLE = new Set(['timeout', 'bad_reply', 'internal', 'no_slot']);

function leastBad(closed: readonly Candidate[], now: number): string | undefined {
  const askable = closed.filter(({ closed: state, hasRoom }) => {
    return state && hasRoom && DISPROVABLE.has(state.cause) && state.askableAt <= now;
  });
  const [first] = askable.sort((a, b) => (a.closed?.until ?? 0) - (b.closed?.until ?? 0));
  return first?.id;
}
