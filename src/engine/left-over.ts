/** What an earlier process left of a task: what is lost, and what may still be asked for. Pure. */
import { SolveError } from '../core/errors.js';
import type { Attempt, AttemptOutcome, TaskRecord } from '../core/store.js';
import type { AccountState } from './account.js';
import { type Ended, failed } from './attempt-moves.js';

/** The account of one attempt; undefined when the config has it no more. */
export type AccountOf = (index: number) => AccountState | undefined;

/** Books submits that were under way, which are ambiguous, and what was bought where there is no account any more. */
export function lostMoves(record: TaskRecord, accountOf: AccountOf, at: number): readonly Ended[] {
  return record.attempts.flatMap(({ outcome, polls }, index) => {
    const account = accountOf(index)?.account;
    const error = lossOf(outcome, account !== undefined);
    const priceUsd = account?.priceUsd(record.task.kind) ?? null;
    return error ? [failed(record, error, { index, at, polls, priceUsd })] : [];
  });
}

function lossOf(outcome: AttemptOutcome, isThere: boolean): SolveError | undefined {
  if (outcome === 'submitting') return new SolveError('timeout', { isAmbiguous: true });
  return outcome === 'solving' && !isThere ? new SolveError('task_not_found') : undefined;
}

export interface StillOut {
  /** The attempt that the task was waiting for. */
  readonly followed: number | undefined;
  /** Attempts that were given up and may still be answered. */
  readonly drained: readonly number[];
}

/** What was bought and has not been answered, by the numbers of its attempts. */
export function stillOut({ attempts }: TaskRecord): StillOut {
  const last = attempts.findLastIndex(({ outcome }) => outcome === 'solving');
  const isOut = (attempt: Attempt, index: number) =>
    index !== last && attempt.upstreamId !== null && GIVEN_UP.has(attempt.outcome);
  return {
    followed: last >= 0 ? last : undefined,
    drained: attempts.flatMap((attempt, index) => (isOut(attempt, index) ? [index] : [])),
  };
}

/** Ends that an answer may still come after. */
const GIVEN_UP: ReadonlySet<AttemptOutcome> = new Set(['solving', 'timeout', 'banned', 'rate_limited']);
