/** One task on its way: provider after provider, until it is solved, failed or out of time. */
import type { Clock } from '../core/clock.js';
import { asSolveError, SolveError } from '../core/errors.js';
import type { Events } from '../core/events.js';
import type { Client, RoutingSettings } from '../core/gateway.js';
import type { Accepted, Solved } from '../core/provider.js';
import {
  applyMove,
  isOpen,
  type Move,
  spentUsd,
  type TaskError,
  type TaskRecord,
  type TaskStore,
} from '../core/store.js';
import { singleUseInputs } from '../core/task.js';
import type { AccountState, Claim } from './account.js';
import { candidatesFor } from './candidates.js';
import { mostPollsBy, pollUntilVerdict, type Verdict } from './poller.js';
import type { Room } from './room.js';
import { type Allowance, type Candidate, rank } from './router.js';
import { verdictOn } from './verdict.js';

export interface RunTools {
  readonly clock: Clock;
  readonly events: Events;
  readonly store: TaskStore;
  readonly accounts: readonly AccountState[];
  readonly routing: RoutingSettings;
  readonly room: Room;
  /** A write that failed while a task was running; the task goes on in memory. */
  readonly onStoreError: (error: unknown) => void;
}

type TaskMove = Exclude<Move, { move: 'created' }>;
type Next =
  | { readonly step: 'ask'; readonly account: AccountState; readonly claim: Claim }
  | { readonly step: 'wait'; readonly accounts: readonly string[] }
  | { readonly step: 'fail'; readonly error: TaskError };

/** An attempt that was given up is asked for this many times more slowly. */
const DRAIN_FACTOR = 4;

export class TaskRun {
  /** Settles the first time a provider accepts, or when the task ends. */
  readonly accepted: Promise<void>;
  /** Settles when the task has ended and that is on disk. */
  readonly ended: Promise<void>;
  readonly #over = new AbortController();
  readonly #draining = new Set<Promise<void>>();
  #record: TaskRecord;
  #tellAccepted = () => {};
  #tellEnded = () => {};
  #isSettling = false;
  #deadlineAt: number;
  /** Why nothing more may be bought: the inputs are used up, or it is the caller's fault. */
  #final: SolveError | undefined;
  #passedOver: TaskRecord['passedOver'] = [];

  constructor(
    record: TaskRecord,
    private readonly client: Client | undefined,
    private readonly tools: RunTools,
  ) {
    this.#record = record;
    this.#deadlineAt = record.deadlineAt;
    this.accepted = new Promise((resolve) => {
      this.#tellAccepted = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
  }

  get record(): TaskRecord {
    return this.#record;
  }

  /** Writes the new task together with its first intent, then goes on by itself. Rejects when it cannot be written. */
  async begin(): Promise<void> {
    const next = this.#decide();
    const created: Move = { move: 'created', record: this.#record };
    if (next.step !== 'ask') {
      await this.tools.store.write(this.#record.id, [created]);
      void this.#go(next);
      return;
    }
    const begun = this.#begun(next.account);
    try {
      await this.tools.store.write(this.#record.id, [created, begun]);
    } catch (error) {
      this.#giveBack(next.account, next.claim);
      throw error;
    }
    this.#apply(begun);
    void this.#go(next);
  }

  /** Goes on with a task that was running when the process died: asks for what was bought, buys nothing again. */
  async resume(spreadMs: number): Promise<void> {
    await this.#bookLost();
    const notBefore = this.tools.clock.now() + spreadMs;
    const taken = this.#record.attempts.findLastIndex(({ outcome }) => outcome === 'solving');
    const account = this.#accountOf(taken);
    this.#startDeadline(account ? notBefore + this.#grace(account) : 0);
    for (const [index, { outcome, upstreamId }] of this.#record.attempts.entries()) {
      const given =
        index < taken && outcome === 'timeout' && upstreamId !== null ? this.#accountOf(index) : undefined;
      if (given) this.#drain(index, given.rejoin(), notBefore);
    }
    if (account) {
      this.#tellAccepted();
      const pollEveryMs = account.account.timing(this.#record.task.kind).pollEveryMs;
      await this.#follow(taken, account.rejoin(), notBefore + pollEveryMs);
    }
    await this.#loop();
  }

  /** Submits that were under way are ambiguous, and what was bought at an account that is gone is lost. */
  async #bookLost(): Promise<void> {
    const lost = this.#record.attempts.flatMap(({ outcome }, index) => {
      if (outcome === 'submitting')
        return [this.#endedMove(index, new SolveError('timeout', { isAmbiguous: true }), 0)];
      const isGone = outcome === 'solving' && !this.#accountOf(index);
      return isGone ? [this.#endedMove(index, new SolveError('task_not_found'), 0)] : [];
    });
    if (lost.length === 0) return;
    await this.#save(lost);
    this.#finalIfBurnt(new SolveError('timeout'));
  }

  #accountOf(index: number): AccountState | undefined {
    const provider = this.#record.attempts[index]?.provider;
    return this.tools.accounts.find(({ id }) => id === provider);
  }

  /** A deadline that passed while nobody was there still leaves time to ask once for what was bought. */
  #grace(account: AccountState): number {
    const { pollEveryMs, answerWithinMs } = account.account.timing(this.#record.task.kind);
    return pollEveryMs + answerWithinMs;
  }

  /** Ends the task for the client. */
  cancel(): Promise<void> {
    return this.#settle({ status: 'cancelled', provider: null, solution: null, error: null });
  }

  /** Leaves the task as it stands on disk, for the next start. */
  stop(): void {
    this.#isSettling = true;
    this.#over.abort();
  }

  async #go(first: Next): Promise<void> {
    this.#startDeadline();
    if (first.step === 'ask') await this.#submit(0, first.account, first.claim);
    await this.#loop();
  }

  #startDeadline(notBefore = 0): void {
    this.#deadlineAt = Math.max(this.#record.deadlineAt, notBefore);
    const leftMs = this.#deadlineAt - this.tools.clock.now();
    const cancel = this.tools.clock.after(leftMs, () => void this.#fail(this.#deadlineError()));
    this.#over.signal.addEventListener('abort', cancel, { once: true });
  }

  #deadlineError(): TaskError {
    return { code: 'deadline', upstreamCode: null, detail: 'The deadline passed before an answer came.' };
  }

  async #loop(): Promise<void> {
    while (isOpen(this.#record) && !this.#isSettling) {
      const next = this.#decide();
      if (next.step === 'ask') await this.#ask(next.account, next.claim);
      else if (next.step === 'fail') await this.#fail(next.error);
      else await this.#wait(next.accounts);
    }
  }

  /** Until a thread is free, a drained attempt is through, or the task has ended. */
  async #wait(accounts: readonly string[]): Promise<void> {
    const { freed, cancel } = this.tools.room.wait(accounts);
    await Promise.race([freed, ...this.#draining, this.ended]);
    cancel();
    // A thread that was offered and is not needed any more goes to the next in the queue.
    if (this.#isSettling) for (const id of accounts) this.tools.room.freed(id);
  }

  #decide(): Next {
    const { accounts, routing, clock } = this.tools;
    const { task, options, deadlineAt } = this.#record;
    if (this.#final) return this.#waitOrFail(toTaskError(this.#final));
    const now = clock.now();
    const mostUsd = Math.min(options.maxUsd ?? Number.POSITIVE_INFINITY, routing.maxUsdPerTask);
    const allowance = { now, deadlineAt, leftUsd: mostUsd - spentUsd(this.#record) };
    const candidates = candidatesFor(this.#record, accounts, { client: this.client, routing }, now);
    const { order, passedOver, full, lastResort, again } = rank(candidates, allowance);
    this.#passedOver = passedOver;
    const bought = this.#record.attempts.filter(({ mayBeCharged }) => mayBeCharged).length;
    const mayBuy = bought < routing.maxAttempts;
    const id = mayBuy ? (order[0] ?? (full.length > 0 ? undefined : (lastResort ?? again[0]))) : undefined;
    const account = accounts.find((state) => state.id === id);
    if (account) return { step: 'ask', account, claim: account.claim(task.kind) };
    if (mayBuy && full.length > 0) return { step: 'wait', accounts: full };
    const kept = candidates.filter(({ tried, refuses }) => tried === 'no' && refuses === undefined);
    return this.#waitOrFail(
      verdictOn(
        this.#record,
        kept.map((candidate) => causeOf(candidate, allowance)),
      ),
    );
  }

  /** While somebody may still answer late, the task waits for that. */
  #waitOrFail(error: TaskError): Next {
    return this.#draining.size > 0 ? { step: 'wait', accounts: [] } : { step: 'fail', error };
  }

  async #ask(account: AccountState, claim: Claim): Promise<void> {
    const index = this.#record.attempts.length;
    const before = this.#record.attempts[index - 1];
    if (before) {
      const { id, task } = this.#record;
      const told = {
        taskId: String(id),
        kind: task.kind,
        from: before.provider,
        to: account.id,
        cause: before.outcome,
      };
      this.tools.events.emit('failover', told);
    }
    await this.#save([this.#begun(account)]);
    if (!isOpen(this.#record) || this.#isSettling) this.#giveBack(account, claim);
    else await this.#submit(index, account, claim);
  }

  #begun(account: AccountState): TaskMove {
    const { length } = this.#record.attempts;
    return { move: 'attempt-begun', attempt: length, provider: account.id, at: this.tools.clock.now() };
  }

  async #submit(index: number, account: AccountState, claim: Claim): Promise<void> {
    const { task } = this.#record;
    const { answerWithinMs } = account.account.timing(task.kind);
    const timeoutMs = Math.min(answerWithinMs, Math.max(1, this.#record.deadlineAt - this.tools.clock.now()));
    let accepted: Accepted;
    try {
      accepted = await account.submit(task, claim, { timeoutMs });
    } catch (thrown) {
      this.#release(account);
      await this.#failed(index, account, asSolveError(thrown), 0);
      return;
    }
    const move = {
      move: 'attempt-accepted',
      attempt: index,
      upstreamId: accepted.upstreamId,
      at: this.tools.clock.now(),
      costUsd: account.account.priceUsd(task.kind),
    } as const;
    if (accepted.solved) {
      this.#apply(move);
      this.#release(account);
      await this.#solved(index, account, accepted.solved, 0, [move]);
      return;
    }
    await this.#save([move]);
    this.tools.events.emit('task-accepted', { record: this.#record, provider: account.id });
    this.#tellAccepted();
    await this.#follow(index, account, 0);
  }

  /** Polls an accepted attempt to its end; when it is given up, it is drained in the background. */
  async #follow(index: number, account: AccountState, notBefore: number): Promise<void> {
    const verdict = await this.#poll(index, account, 1, notBefore);
    if (verdict.end === 'solved') {
      this.#release(account);
      await this.#solved(index, account, verdict.solved, verdict.polls);
      return;
    }
    if (verdict.end === 'aborted') {
      this.#release(account);
      return;
    }
    const error =
      verdict.end === 'failed' ? verdict.error : new SolveError('timeout', { detail: 'given up' });
    account.kind(this.#record.task.kind).score.failed();
    const mayStillCome = verdict.end === 'gave-up' || error.opens === 'ban';
    if (mayStillCome && isOpen(this.#record)) this.#drain(index, account, 0, verdict.polls);
    else this.#release(account);
    await this.#failed(index, account, error, verdict.polls);
  }

  #drain(index: number, account: AccountState, notBefore: number, polls?: number): void {
    const drained = this.#poll(index, account, DRAIN_FACTOR, notBefore, polls)
      .then(async (verdict) => {
        if (verdict.end === 'solved') await this.#solved(index, account, verdict.solved, verdict.polls);
      })
      .finally(() => {
        this.#draining.delete(drained);
        this.#release(account);
      });
    this.#draining.add(drained);
  }

  #poll(
    index: number,
    account: AccountState,
    slowness: number,
    notBefore: number,
    pollsMade?: number,
  ): Promise<Verdict> {
    const { clock } = this.tools;
    const attempt = this.#record.attempts[index];
    const pace = account.account.timing(this.#record.task.kind);
    const now = clock.now();
    const acceptedAt = attempt?.acceptedAt ?? now;
    const isDrain = slowness > 1;
    const timing = { ...pace, pollEveryMs: pace.pollEveryMs * slowness };
    const giveUpAt = isDrain
      ? this.#deadlineAt
      : Math.min(Math.max(acceptedAt + pace.giveUpMs, notBefore + 1), this.#deadlineAt);
    const firstPollAt = Math.max(
      acceptedAt + pace.firstPollMs,
      notBefore,
      isDrain ? now + timing.pollEveryMs : 0,
    );
    const pollsBefore = pollsMade ?? (notBefore > 0 ? mostPollsBy(now, acceptedAt, pace) : 0);
    const upstream = { upstreamId: attempt?.upstreamId ?? '', task: this.#record.task };
    return pollUntilVerdict(account, clock, {
      upstream,
      timing,
      firstPollAt,
      giveUpAt,
      pollsBefore,
      signal: this.#over.signal,
    });
  }

  async #solved(
    index: number,
    account: AccountState,
    solved: Solved,
    polls: number,
    before: TaskMove[] = [],
  ): Promise<void> {
    const at = this.tools.clock.now();
    const attempt = this.#record.attempts[index];
    account.kind(this.#record.task.kind).score.solved(at - (attempt?.startedAt ?? at));
    const ended = {
      move: 'attempt-ended',
      attempt: index,
      outcome: 'solved',
      upstreamCode: null,
      at,
      polls,
      mayBeCharged: true,
      costUsd: solved.costUsd ?? account.account.priceUsd(this.#record.task.kind),
    } as const;
    await this.#settle({ status: 'solved', provider: account.id, solution: solved.solution, error: null }, [
      ...before,
      ended,
    ]);
  }

  /** Books a failed attempt and draws the consequence for the task. */
  async #failed(index: number, account: AccountState, error: SolveError, polls: number): Promise<void> {
    const ended = this.#endedMove(index, error, polls, account);
    this.#finalIfBurnt(error, ended.mayBeCharged);
    const isStop = this.#stopsTask(error);
    if (isStop) this.#final = error;
    if (!isOpen(this.#record) || this.#isSettling) return;
    if (this.#final && (isStop || this.#draining.size === 0)) {
      await this.#settle(
        { status: 'failed', provider: null, solution: null, error: toTaskError(this.#final) },
        [ended],
      );
      return;
    }
    await this.#save([ended]);
    this.#tellEndedAttempt(index);
  }

  /** A proxy error without a proxy from the caller is the provider's own trouble. */
  #stopsTask(error: SolveError): boolean {
    if (error.code === 'proxy_error' && !this.#record.task.proxy) return false;
    return error.next === 'stop';
  }

  /** Single-use inputs that a provider took, or may have, are worth nothing to the next one. */
  #finalIfBurnt(
    error: SolveError,
    isTaken = this.#record.attempts.some(({ mayBeCharged }) => mayBeCharged),
  ): void {
    const inputs = singleUseInputs(this.#record.task);
    if (!isTaken || inputs.length === 0) return;
    this.#final ??= error.with({ detail: `${inputs.join(', ')} can be used once only: send fresh inputs.` });
  }

  #endedMove(index: number, error: SolveError, polls: number, account?: AccountState) {
    const attempt = this.#record.attempts[index];
    const mayBeCharged = attempt?.acceptedAt !== null || error.evidence.isAmbiguous === true;
    const price = account?.account.priceUsd(this.#record.task.kind) ?? attempt?.costUsd ?? null;
    return {
      move: 'attempt-ended',
      attempt: index,
      outcome: error.code,
      upstreamCode: error.evidence.upstreamCode ?? null,
      at: this.tools.clock.now(),
      polls,
      costUsd: mayBeCharged ? price : 0,
      mayBeCharged,
    } as const;
  }

  #fail(error: TaskError): Promise<void> {
    return this.#settle({ status: 'failed', provider: null, solution: null, error });
  }

  /** The first settlement stands: it goes to disk, then to whoever waits. */
  async #settle(
    outcome: Pick<Extract<Move, { move: 'settled' }>, 'status' | 'provider' | 'solution' | 'error'>,
    before: readonly TaskMove[] = [],
  ): Promise<void> {
    if (this.#isSettling || !isOpen(this.#record)) return;
    this.#isSettling = true;
    const at = this.tools.clock.now();
    const ended = new Set(before.flatMap((move) => (move.move === 'attempt-ended' ? [move.attempt] : [])));
    const dropped = this.#record.attempts.flatMap((attempt, index): TaskMove[] => {
      if (attempt.endedAt !== null || ended.has(index)) return [];
      const { acceptedAt, costUsd, polls } = attempt;
      return [
        {
          move: 'attempt-ended',
          attempt: index,
          outcome: 'cancelled',
          upstreamCode: null,
          at,
          polls,
          costUsd,
          mayBeCharged: acceptedAt !== null || attempt.outcome === 'submitting',
        },
      ];
    });
    const asked = new Set(this.#record.attempts.map(({ provider }) => provider));
    const passedOver = this.#passedOver.filter(({ provider }) => !asked.has(provider));
    const settled: TaskMove = { move: 'settled', at, passedOver, ...outcome };
    const fresh = before.filter((move) => move.move !== 'attempt-accepted');
    await this.#write([...before, ...dropped, settled]);
    for (const move of [...fresh, ...dropped, settled]) this.#apply(move);
    for (const move of [...fresh, ...dropped])
      if (move.move === 'attempt-ended') this.#tellEndedAttempt(move.attempt);
    this.#over.abort();
    this.tools.events.emit('task-ended', { record: this.#record });
    this.#tellAccepted();
    this.#tellEnded();
  }

  #tellEndedAttempt(index: number): void {
    const attempt = this.#record.attempts[index];
    if (attempt) this.tools.events.emit('attempt-ended', { record: this.#record, attempt });
  }

  #giveBack(account: AccountState, claim: Claim): void {
    account.unclaim(this.#record.task.kind, claim);
    this.tools.room.freed(account.id);
  }

  #release(account: AccountState): void {
    account.release();
    this.tools.room.freed(account.id);
  }

  #apply(move: TaskMove): void {
    this.#record = applyMove(this.#record, move);
  }

  async #save(moves: readonly TaskMove[]): Promise<void> {
    await this.#write(moves);
    for (const move of moves) this.#apply(move);
  }

  async #write(moves: readonly TaskMove[]): Promise<void> {
    try {
      await this.tools.store.write(this.#record.id, moves);
    } catch (error) {
      this.tools.onStoreError(error);
    }
  }
}

/** What kept a candidate away that could have taken the task. */
function causeOf({ closed, firstAnswerMs }: Candidate, { now, deadlineAt }: Allowance): string {
  if (closed) return closed.scope === 'operator' ? 'no_slot' : closed.cause;
  return now + firstAnswerMs > deadlineAt ? 'deadline' : 'no_slot';
}

function toTaskError(error: SolveError): TaskError {
  return {
    code: error.code,
    upstreamCode: error.evidence.upstreamCode ?? null,
    detail: error.evidence.detail ?? error.policy.title,
  };
}
