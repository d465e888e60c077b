/** What the client is told when nobody solved the task. */
import { ERROR_POLICY, type ErrorCode } from '../core/errors.js';
import type { Attempt, TaskError, TaskRecord } from '../core/store.js';

/**
 * The most useful error first: the caller's own faults, then what says *come back*, then what says *give up*.
 * Running out of money counts only when nothing else is there to be said.
 */
const USEFUL: readonly ErrorCode[] = [
  'bad_request',
  'bad_page_url',
  'bad_sitekey',
  'image_error',
  'proxy_error',
  'task_expired',
  'not_allowed',
  'unsolvable',
  'no_slot',
  'timeout',
  'bad_reply',
  'internal',
  'deadline',
  'task_not_found',
  'rate_limited',
  'banned',
  'auth',
  'zero_balance',
  'unsupported',
];

/** Troubles of our own accounts, which are not the caller's: it hears that nobody could take the task. */
const OURS: ReadonlySet<ErrorCode> = new Set(['auth', 'rate_limited', 'task_not_found']);

/**
 * The error of a task that every candidate has refused or failed; `notAsked` are the causes that kept away
 * those who could have taken it.
 */
export function verdictOn(record: TaskRecord, notAsked: readonly string[]): TaskError {
  const failed = record.attempts.filter(({ outcome }) => isCode(outcome) && outcome !== 'cancelled');
  const codes = new Set<string>([...failed.map(({ outcome }) => blamed(outcome, record)), ...notAsked]);
  const code =
    USEFUL.find((candidate) => codes.has(candidate)) ?? (notAsked.length > 0 ? 'no_slot' : 'unsupported');
  const attempt = failed.findLast(({ outcome }) => outcome === code);
  const told = OURS.has(code) ? 'no_slot' : code;
  return {
    code: told,
    upstreamCode: OURS.has(code) ? null : (attempt?.upstreamCode ?? null),
    detail: detailOf(told, failed),
  };
}

/** A proxy that failed without one from the caller was the provider's own. */
function blamed(outcome: Attempt['outcome'], { task }: TaskRecord): Attempt['outcome'] {
  return outcome === 'proxy_error' && !task.proxy ? 'no_slot' : outcome;
}

/** Whether an attempt ended with an error. */
export function isCode(outcome: Attempt['outcome']): outcome is ErrorCode {
  return Object.hasOwn(ERROR_POLICY, outcome);
}

function detailOf(code: ErrorCode, failed: readonly Attempt[]): string {
  const asked = failed.map(
    ({ provider, outcome, upstreamCode }) => `${provider}: ${upstreamCode ?? outcome}`,
  );
  return [ERROR_POLICY[code].title, ...asked].join('; ');
}
