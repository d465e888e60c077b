/** One call to an account, as far as it is needed to judge what its answer says. */
import { asSolveError, ERROR_POLICY, type SolveError } from '../core/errors.js';
import type { ChangedBy } from '../core/events.js';
import type { UpstreamReply } from '../core/provider.js';
import type { Task } from '../core/task.js';
import { tellable, tellableOfInputs } from '../core/tellable.js';

export type Call = 'submit' | 'poll' | 'balance' | 'threads' | 'report';

export interface CallMade {
  readonly call: Call;
  /** When it left: what changed since then it knows nothing of. */
  readonly askedAt: number;
  /** Undefined for calls that belong to no task. */
  readonly taskId?: number | undefined;
  /** What the provider was told, and may repeat. */
  readonly task?: Task | undefined;
}

/** What a caller allows one call. */
export interface CallLimits {
  readonly timeoutMs: number;
  /** The task that the call is made for. */
  readonly taskId?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Those of a submit. */
export interface SubmitLimits extends CallLimits {
  /** What the service is asked to call when the task is done. */
  readonly callbackUrl?: string | undefined;
}

/** Those of one exchange. */
export interface Limits extends CallLimits {
  /** Goes past the open circuit. */
  readonly isProbe: boolean;
  /** What the call tells of a task. */
  readonly task?: Task | undefined;
}

/** A failed submit, and whether it was the try of an open gate. */
export interface Refusal {
  readonly error: SolveError;
  readonly call: CallMade;
  readonly isProbe: boolean;
}

/** The call as the grounds of a change. */
export function byCall({ call, taskId, task }: CallMade, error?: SolveError): ChangedBy {
  const { upstreamCode } = error?.evidence ?? {};
  const told = task === undefined ? tellable : tellableOfInputs(task);
  return {
    by: call,
    upstreamCode: upstreamCode === undefined ? null : told(upstreamCode),
    taskId: taskId === undefined ? null : String(taskId),
    reason: null,
  };
}

/** Somebody or something other than a call as the grounds of a change. */
export function byOther(
  by: 'operator' | 'replica' | 'time' | 'config',
  reason: string | null = null,
): ChangedBy {
  return { by, upstreamCode: null, taskId: null, reason };
}

/** Whether the calls themselves had failed, whatever they were for. */
export function isCallFailure(cause: string | null): boolean {
  return Object.entries(ERROR_POLICY).some(([code, { opens }]) => code === cause && opens === 'transport');
}

/** How long the provider is to be left alone after this error, in ms. */
export function pauseOf(error: SolveError): number {
  return error.evidence.pauseMs ?? error.policy.pauseMs;
}

/** Whether a call failed as a call; a service that says a task took too long has answered. */
export function isFailedCall(call: Call, error: SolveError): boolean {
  return error.opens === 'transport' && (call === 'submit' || error.evidence.upstreamCode === undefined);
}

/** Questions that a service may not know: that it answers them at all is enough. */
export function isAboutAccount(call: Call): boolean {
  return call === 'balance' || call === 'threads';
}

/**
 * Whether the service itself has answered, in whatever words: a balance call that it does not know, or answers in
 * a form that nobody can read, shows that it is reached. Pages and 5xx may come from something in front of it.
 */
export function isComplete(reply: UpstreamReply | undefined): boolean {
  if (reply === undefined || reply.status >= 500) return false;
  return reply.status >= 400 || !reply.body.trimStart().startsWith('<');
}

/** An error that opens nothing here, as a result; anything else is thrown on. */
export function neutral(thrown: unknown): SolveError {
  const error = asSolveError(thrown);
  if (error.opens === 'kind' || error.opens === 'transport') throw error;
  return error;
}
