/** One call to an account, as far as it is needed to judge what its answer says. */
import { ERROR_POLICY, type SolveError } from '../core/errors.js';
import type { ChangedBy } from '../core/events.js';
import { tellable } from '../core/tellable.js';

export type Call = 'submit' | 'poll' | 'balance' | 'threads' | 'report';

export interface CallMade {
  readonly call: Call;
  /** When it left: what changed since then it knows nothing of. */
  readonly askedAt: number;
  /** Undefined for calls that belong to no task. */
  readonly taskId?: number | undefined;
}

/** The call as the grounds of a change. */
export function byCall({ call, taskId }: CallMade, error?: SolveError): ChangedBy {
  const { upstreamCode } = error?.evidence ?? {};
  return {
    by: call,
    upstreamCode: upstreamCode === undefined ? null : tellable(upstreamCode),
    taskId: taskId === undefined ? null : String(taskId),
    reason: null,
  };
}

/** Somebody or something other than a call as the grounds of a change. */
export function byOther(by: 'operator' | 'replica' | 'time', reason: string | null = null): ChangedBy {
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
