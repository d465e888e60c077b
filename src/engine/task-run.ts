/** One task on its way: provider after provider, until it is solved, failed or out of time. */
import { SolveError } from '../core/errors.js';
import type { Accepted, Solved } from '../core/provider.js';
import type { Budget, TaskRecord } from '../core/store.js';
import type { AccountState } from './account.js';
import * as moves from './attempt-moves.js';
import type { AttemptRun } from './attempt-run.js';
import { Booking } from './booking.js';
import { burntBefore, burntBy, failoverTo, stopsTask, toTaskError } from './consequences.js';
import { TaskLease } from './lease.js';
import { lostMoves, stillOut } from './left-over.js';
import type { NextStep } from './next-step.js';
import type { Verdict } from './poller.js';
import type { RunTools } from './run-tools.js';
import { TaskAttempts } from './task-attempts.js';
import { TaskEnd } from './task-end.js';
import { TaskLedger } from './task-ledger.js';
import { TaskPlan } from './task-plan.js';
import { Turn } from './turn.js';

export class TaskRun {
  /** Settles the first time a provider accepts, or when the task ends. */
  readonly accepted: Promise<void>;
  readonly #ledger: TaskLedger;
  readonly #end: TaskEnd;
  readonly #attempts: TaskAttempts;
  readonly #plan: TaskPlan;
  readonly #lease: TaskLease;
  readonly #draining = new Set<Promise<void>>();
  readonly #turn: Turn;
  #tellAccepted = () => {};
  /** The submit under way, until its answer is on disk. */
  readonly #booking = new Booking();
  /** Why nothing more may be bought: the inputs are used up, or it is the caller's fault. */
  #final: SolveError | undefined;

  constructor(
    record: TaskRecord,
    private readonly tools: RunTools,
  ) {
    this.#ledger = new TaskLedger(record, tools);
    this.#lease = new TaskLease({ ...tools, ledger: this.#ledger });
    this.#attempts = new TaskAttempts(tools.accounts, () => ({
      ...tools,
      ledger: this.#ledger,
      end: this.#end,
      lease: this.#lease,
    }));
    this.#end = new TaskEnd({ ...tools, ledger: this.#ledger, attempts: this.#attempts.byIndex });
    this.#plan = new TaskPlan(tools, this.#ledger);
    this.#turn = new Turn(tools, record, this.#end.signal);
    const accepted = new Promise<void>((resolve) => {
      this.#tellAccepted = resolve;
    });
    this.accepted = Promise.race([accepted, this.ended]);
    void this.#ledger.lost.then(() => this.#abandon());
  }

  get record(): TaskRecord {
    return this.#ledger.record;
  }

  /** Settles when the task has ended and that is on disk. */
  get ended(): Promise<void> {
    return this.#end.told;
  }

  /** Settles when another process has taken the task over. */
  get lost(): Promise<void> {
    return this.#ledger.lost;
  }

  /** Writes the new task together with its first intent, then goes on by itself. Rejects when it cannot be written. */
  begin(budget?: Budget): Promise<void> {
    const begun = this.#begin(budget);
    this.#booking.add(begun);
    return begun;
  }

  async #begin(budget: Budget | undefined): Promise<void> {
    const next = this.#decide();
    const first = next.step === 'ask' ? this.#attempts.claim(next.choice) : undefined;
    try {
      await this.#ledger.create(first ? [first.intent] : [], budget);
    } catch (error) {
      first?.withdraw();
      throw error;
    }
    this.#run(this.#go(first));
  }

  /** Goes on with a task that was running when the process died: asks for what was bought, buys nothing again. */
  resume(spreadMs: number): void {
    this.#run(this.#resume(spreadMs));
  }

  /** Ends the task for the client. */
  async cancel(): Promise<void> {
    await this.#end.settle({ status: 'cancelled', provider: null, solution: null, error: null });
  }

  /** Resolves when whatever of this task was under way is booked. */
  async settled(): Promise<void> {
    await this.#booking.settled();
    await this.#ledger.written();
  }

  /** Leaves the task as it stands on disk, for the next start; resolves when what is under way has been booked. */
  async stop(): Promise<void> {
    this.#end.stop();
    this.#ledger.stop();
    await this.settled();
  }

  /** Somebody else works on the task now, or has settled it: nothing more is done for it here. */
  lose(): void {
    this.#ledger.lose();
  }

  #abandon(): void {
    this.#end.stop();
    this.#attempts.release();
  }

  /** A fault of ours ends the task; it must not leave a client waiting, nor end the process. */
  #run(going: Promise<void>): void {
    void going.catch((error: unknown) => {
      this.tools.onStoreError(error);
      return this.#end.broken();
    });
  }

  async #go(first: AttemptRun | undefined): Promise<void> {
    this.#end.startDeadline(0);
    if (first) await this.#handIn(first);
    await this.#loop();
  }

  async #resume(spreadMs: number): Promise<void> {
    const notBefore = this.tools.clock.now() + spreadMs;
    await this.#bookLost();
    const { followed, drained } = stillOut(this.record);
    const hope = followed === undefined ? undefined : this.#attempts.rejoin(followed);
    const { pollEveryMs = 0, answerWithinMs = 0 } = hope?.account.account.timing(this.record.task.kind) ?? {};
    // A deadline that passed while nobody was there still leaves time to ask once for what was bought.
    this.#end.startDeadline(hope ? notBefore + pollEveryMs + answerWithinMs : 0);
    for (const index of drained) {
      const attempt = this.#attempts.rejoin(index);
      if (attempt) this.#drain(attempt, notBefore);
    }
    if (hope) {
      this.#tellAccepted();
      await this.#follow(hope, hope.resume(notBefore + pollEveryMs));
    }
    await this.#loop();
  }

  /** Books what the end of the last process has lost, and what it leaves no inputs for. */
  async #bookLost(): Promise<void> {
    const lost = lostMoves(this.record, (index) => this.#attempts.accountOf(index), this.tools.clock.now());
    if (lost.length > 0) await this.#ledger.save(() => lost);
    this.#end.tellEnded(lost);
    this.#final = burntBefore(this.record);
  }

  async #loop(): Promise<void> {
    let offered: AccountState | undefined;
    while (await this.#mayDecide()) {
      const next = this.#decide();
      const attempt = next.step === 'ask' ? this.#attempts.claim(next.choice) : undefined;
      // Room that was offered and is still there goes to the next in the queue.
      offered?.places.offer();
      offered = undefined;
      if (attempt) await this.#ask(attempt);
      else if (next.step === 'fail') await this.#end.fail(next.error);
      else if (next.step === 'wait')
        offered = this.#attempts.account(await this.#turn.wait(next.hope, this.#draining));
    }
    offered?.places.offer();
  }

  /** False when there is nothing left to decide; waits while the lease on the task is in doubt. */
  async #mayDecide(): Promise<boolean> {
    const isOurs = this.#lease.isSure || (await this.#lease.isOurs(this.#end.signal));
    return isOurs && !this.#end.isNear;
  }

  #decide(): NextStep {
    return this.#plan.next({ final: this.#final, isAwaited: this.#draining.size > 0 });
  }

  async #ask(attempt: AttemptRun): Promise<void> {
    const failover = failoverTo(attempt.account.id, this.record);
    if (failover) this.tools.events.emit('failover', { ...failover, clientId: this.record.clientId });
    await this.#try(attempt);
  }

  async #try(attempt: AttemptRun): Promise<void> {
    if (await this.#ledger.begin(attempt.intent, this.#end.signal)) await this.#handIn(attempt);
    else attempt.withdraw();
  }

  async #handIn(attempt: AttemptRun): Promise<void> {
    const submitted = this.#submit(attempt).finally(() => attempt.settlePayment());
    this.#booking.add(submitted);
    if (!(await submitted)) return;
    const followed = this.#follow(attempt, attempt.follow());
    if (!attempt.isHedge) await this.#hedge(attempt, followed);
    await followed;
  }

  /** Where an attempt takes long, asks somebody else beside it; whoever answers first has solved the task. */
  async #hedge(attempt: AttemptRun, followed: Promise<void>): Promise<void> {
    if (!this.tools.budgets.hedges.isOn || !(await attempt.isSlow(followed))) return;
    const choice = !this.#final && (await this.#mayDecide()) ? this.#plan.hedge() : undefined;
    if (choice) await this.#try(this.#attempts.claim(choice));
  }

  /** Hands the task in and books what came of it; true when it is to be asked for. */
  async #submit(attempt: AttemptRun): Promise<boolean> {
    const { place } = attempt;
    // A process that was stopped for a while may have been taken for dead: somebody else may be at it now.
    const mayLeave = !this.#end.isNear && this.#lease.isSure;
    const answer = mayLeave ? await attempt.submit() : undefined;
    if (!answer || answer instanceof SolveError || answer.solved) place.release();
    if (!answer) await this.#ledger.save(() => [moves.withdrawn(attempt.moment)]);
    else if (answer instanceof SolveError) await this.#failed(attempt, answer);
    else return await this.#accepted(attempt, answer);
    return false;
  }

  async #accepted(attempt: AttemptRun, answer: Accepted): Promise<boolean> {
    const accepted = moves.accepted(answer, attempt.moment);
    if (answer.solved) {
      await this.#solved(attempt, answer.solved, [accepted]);
      return false;
    }
    // Accepted after the end: nobody waits for it any more.
    const dropped = () =>
      this.record.finishedAt === null ? [] : [moves.dropped('cancelled', attempt.moment)];
    await this.#ledger.save(() => [accepted, ...dropped()]);
    this.tools.events.emit('task-accepted', { record: this.record, provider: attempt.account.id });
    this.#tellAccepted();
    return true;
  }

  /** Waits for the verdict on an accepted attempt; when it is given up, it is drained in the background. */
  async #follow(attempt: AttemptRun, polling: Promise<Verdict>): Promise<void> {
    const verdict = await polling;
    if (verdict.end === 'solved') {
      attempt.place.release();
      return this.#solved(attempt, verdict.solved);
    }
    if (verdict.end === 'aborted' || this.#end.isNear) return attempt.place.release();
    const error =
      verdict.end === 'failed' ? verdict.error : new SolveError('timeout', { detail: 'given up' });
    if (error.policy.blame !== 'caller') attempt.score.failed();
    if (verdict.end === 'gave-up' || error.opens === 'ban') this.#drain(attempt);
    else attempt.place.release();
    await this.#failed(attempt, error);
  }

  #drain(attempt: AttemptRun, notBefore?: number): void {
    const through = async () => {
      const verdict = await attempt.drain(notBefore);
      if (verdict.end === 'solved') await this.#solved(attempt, verdict.solved);
    };
    const drained = through()
      .catch(this.tools.onStoreError)
      .finally(() => {
        this.#draining.delete(drained);
        attempt.place.release();
      });
    this.#draining.add(drained);
  }

  async #solved(attempt: AttemptRun, solved: Solved, before: readonly moves.TaskMove[] = []): Promise<void> {
    const { moment, index, account } = attempt;
    attempt.score.solved(moment.at - (this.record.attempts[index]?.startedAt ?? moment.at));
    const last = [...before, moves.solved(solved, moment)];
    const { solution } = solved;
    const outcome = { status: 'solved', provider: account.id, solution, error: null } as const;
    if (!(await this.#end.settle(outcome, last))) await this.#end.book(last);
  }

  /** Books a failed attempt and draws the consequence for the task. */
  async #failed(attempt: AttemptRun, error: SolveError): Promise<void> {
    const ended = moves.failed(this.record, error, attempt.moment);
    if (this.#end.isNear) return this.#end.book([ended]);
    const { task } = this.record;
    const isStop = stopsTask(error, task);
    if (ended.mayBeCharged) this.#final ??= burntBy(error, task);
    if (isStop) this.#final = error;
    if (this.#final && (isStop || this.#draining.size === 0))
      return this.#end.fail(toTaskError(this.#final, this.record), [ended]);
    await this.#end.book([ended]);
  }
}
