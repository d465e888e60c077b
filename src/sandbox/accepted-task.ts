/** A task that the service has taken: what was asked, how it will end, and what was asked of it since. */
import type { Solution } from '../core/solution.js';
import type { Task } from '../core/task.js';
import type { WireName } from './question.js';
import type { Verdict } from './script.js';
import { solve } from './solution.js';

/** What a test may look at. */
export interface SandboxTask {
  readonly upstreamId: string | number;
  readonly wire: WireName;
  readonly task: Task;
  /** The name of the type it was asked under, where the wire has such names. */
  readonly type: string | undefined;
  readonly fingerprint: string;
  /** What its caller wants called when it is done. */
  readonly callbackUrl: string | undefined;
  readonly verdict: Verdict;
  readonly costUsd: number;
  readonly acceptedAt: number;
  /** Infinity for a task that is never solved. */
  readonly readyAt: number;
  /** When its solution was first given out. */
  readonly deliveredAt: number | undefined;
  readonly polls: number;
  readonly report: 'good' | 'bad' | undefined;
  /** What its caller is given, or would be. */
  readonly solution: Solution;
}

type Facts = Pick<
  SandboxTask,
  | 'upstreamId'
  | 'wire'
  | 'task'
  | 'type'
  | 'fingerprint'
  | 'callbackUrl'
  | 'verdict'
  | 'costUsd'
  | 'acceptedAt'
  | 'readyAt'
> & { readonly serial: number };

/** What the service keeps of it. */
export class AcceptedTask implements SandboxTask {
  readonly serial: number;
  readonly upstreamId: string | number;
  readonly wire: WireName;
  readonly task: Task;
  readonly type: string | undefined;
  readonly fingerprint: string;
  readonly callbackUrl: string | undefined;
  readonly verdict: Verdict;
  readonly costUsd: number;
  readonly acceptedAt: number;
  readonly readyAt: number;
  deliveredAt: number | undefined;
  polls = 0;
  lastPollAt: number | undefined;
  report: 'good' | 'bad' | undefined;

  constructor(facts: Facts) {
    this.serial = facts.serial;
    this.upstreamId = facts.upstreamId;
    this.wire = facts.wire;
    this.task = facts.task;
    this.type = facts.type;
    this.fingerprint = facts.fingerprint;
    this.callbackUrl = facts.callbackUrl;
    this.verdict = facts.verdict;
    this.costUsd = facts.costUsd;
    this.acceptedAt = facts.acceptedAt;
    this.readyAt = facts.readyAt;
  }

  get solution(): Solution {
    return solve(this.task, this);
  }
}
