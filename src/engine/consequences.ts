/** What the failures of attempts mean for their task. Pure. */
import { SolveError } from '../core/errors.js';
import type { Failover } from '../core/events.js';
import type { TaskError, TaskRecord } from '../core/store.js';
import { singleUseInputs, type Task } from '../core/task.js';
import { tellableOf } from '../core/tellable.js';
import { isCode } from './verdict.js';

/** Whether nobody else is to be asked after this error. */
export function stopsTask(error: SolveError, { proxy }: Task): boolean {
  // A proxy error without a proxy from the caller is the provider's own trouble.
  if (error.code === 'proxy_error' && !proxy) return false;
  return error.next === 'stop';
}

/** The end of a task whose single-use inputs a provider took, or may have: they are worth nothing to the next one. */
export function burntBy(error: SolveError, task: Task): SolveError | undefined {
  const inputs = singleUseInputs(task);
  if (inputs.length === 0) return undefined;
  const detail = `${inputs.join(', ')} can be used once only: send fresh inputs.`;
  return new SolveError(error.code, { ...error.evidence, detail });
}

/** The same for what an earlier process has bought. */
export function burntBefore({ attempts, task }: TaskRecord): SolveError | undefined {
  const last = attempts.findLast(({ endedAt, mayBeCharged }) => endedAt !== null && mayBeCharged);
  if (!last || !isCode(last.outcome)) return undefined;
  return burntBy(new SolveError(last.outcome, { upstreamCode: last.upstreamCode ?? undefined }), task);
}

/** The task goes on to another account than the one before. */
export function failoverTo(to: string, { id, task, attempts }: TaskRecord): Failover | undefined {
  const before = attempts.at(-1);
  if (!before || before.provider === to) return undefined;
  return { taskId: String(id), kind: task.kind, from: before.provider, to, cause: before.outcome };
}

export function toTaskError(error: SolveError, record: TaskRecord): TaskError {
  const { upstreamCode, detail } = error.evidence;
  return {
    code: error.code,
    upstreamCode: upstreamCode === undefined ? null : tellableOf(record)(upstreamCode),
    detail: detail ?? error.policy.title,
  };
}
