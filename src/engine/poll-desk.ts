/** Where accepted tasks of one account wait for their polls: several go in one call where the service takes that. */
import type { Clock } from '../core/clock.js';
import { asSolveError } from '../core/errors.js';
import type { Account, Polled, Solved, Timing, UpstreamId, UpstreamTask } from '../core/provider.js';
import type { CallLimits } from './call.js';
import { JointPolls, longestHoldMs, type Waiting } from './joint-polls.js';
import { floorOf } from './poll-schedule.js';
import { Recent } from './recent.js';

/** The calls that the desk makes. */
export interface PollCalls {
  readonly account: Account;
  poll(task: UpstreamTask, limits: CallLimits): Promise<Solved | undefined>;
  pollMany(tasks: readonly UpstreamTask[], limits: CallLimits): Promise<readonly Polled[] | null>;
}

/** One poll that is wanted. */
export interface Asking {
  readonly upstream: UpstreamTask;
  readonly taskId: number;
  /** Never before this. */
  readonly earliestAt: number;
  readonly dueAt: number;
  /** The pace of the task, in ms between two polls at the fastest. */
  readonly floorMs: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Told as the poll is about to leave; false keeps it back. */
  readonly leave: () => boolean;
}

/** `kept`: it was its time, but it might not leave. */
export type Asked =
  | { readonly status: 'aborted' }
  | { readonly status: 'kept' }
  | {
      readonly status: 'answered';
      readonly answer: Polled;
      readonly askedAt: number;
      /** When the provider said by itself that the result is there. */
      readonly nudgedAt: number | undefined;
    };

/** How many nudges are kept for tasks that do not wait at this moment. */
const KEPT_NUDGES = 1_000;
const KEPT_ALONE = 1_000;

export class PollDesk {
  /** Those that wait, by the provider's id of the task. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #nudged = new Recent<number>(KEPT_NUDGES);
  /** Tasks whose answer could not be read among others. */
  readonly #alone = new Recent<true>(KEPT_ALONE);
  readonly #joint: JointPolls;

  constructor(
    private readonly calls: PollCalls,
    private readonly clock: Clock,
  ) {
    this.#joint = new JointPolls(calls, clock, {
      alone: (waiting) => this.#send(waiting),
      apart: ({ upstream }) => this.#alone.set(String(upstream.upstreamId), true),
    });
  }

  /** How many tasks share a call of this sort lately. */
  tasksPerCall(upstream: UpstreamTask): number {
    return this.#isJoint(upstream) ? this.#joint.tasksPerCall : 1;
  }

  /** How long a poll of this sort that is due may wait for others. */
  longestHoldMs(upstream: UpstreamTask, timing: Timing): number {
    return this.#isJoint(upstream) ? longestHoldMs(floorOf(timing)) : 0;
  }

  /** Asks when it is time; resolves with the answer. */
  ask(asking: Asking): Promise<Asked> {
    if (asking.signal.aborted) return Promise.resolve({ status: 'aborted' });
    return new Promise((resolve) => {
      const id = String(asking.upstream.upstreamId);
      const nudgedAt = this.#nudged.take(id);
      const end = (asked: Asked) => {
        asking.signal.removeEventListener('abort', onAbort);
        waiting.cancel();
        if (this.#waiting.get(id) === waiting) this.#waiting.delete(id);
        if (asked.status === 'kept' && waiting.nudgedAt !== undefined) this.#nudged.set(id, waiting.nudgedAt);
        resolve(asked);
      };
      const waiting: Waiting = { ...asking, nudgedAt, end, cancel: () => {}, state: 'waiting' };
      // A single call has the signal itself, and its answer counts even so.
      const onAbort = () => {
        if (waiting.state !== 'alone') end({ status: 'aborted' });
      };
      asking.signal.addEventListener('abort', onAbort);
      this.#waiting.set(id, waiting);
      if (nudgedAt !== undefined) this.#sendAt(waiting, waiting.earliestAt);
      else if (this.#isJoint(asking.upstream)) this.#joint.add(waiting);
      else this.#sendAt(waiting, waiting.dueAt);
    });
  }

  /** The provider says that the result is there: asked as soon as its floor allows. */
  nudge(upstreamId: UpstreamId): void {
    const id = String(upstreamId);
    const waiting = this.#waiting.get(id);
    if (waiting?.state !== 'waiting') {
      this.#nudged.set(id, this.clock.now());
      return;
    }
    waiting.cancel();
    waiting.nudgedAt ??= this.clock.now();
    this.#sendAt(waiting, waiting.earliestAt);
  }

  #isJoint({ task, upstreamId }: UpstreamTask): boolean {
    const { pollMany } = this.calls.account.provider;
    const isTaken = pollMany?.takes(task) === true && !this.#alone.has(String(upstreamId));
    return isTaken && this.#joint.isOn;
  }

  #sendAt(waiting: Waiting, at: number): void {
    waiting.cancel = this.clock.after(at - this.clock.now(), () => void this.#send(waiting));
  }

  async #send(waiting: Waiting): Promise<void> {
    const { upstream, taskId, timeoutMs, signal, nudgedAt } = waiting;
    if (!waiting.leave()) {
      waiting.end({ status: 'kept' });
      return;
    }
    waiting.state = 'alone';
    const askedAt = this.clock.now();
    const answer = await this.calls.poll(upstream, { timeoutMs, signal, taskId }).catch(asSolveError);
    waiting.end({ status: 'answered', answer, askedAt, nudgedAt });
  }
}
