/** One attempt at one account: handed in, asked for until there is a verdict, drained when it was given up. */
import { type Clock, sleepUntil } from '../core/clock.js';
import { asSolveError, type SolveError } from '../core/errors.js';
import type { Accepted, CalledAttempt, UpstreamId } from '../core/provider.js';
import type { Attempt } from '../core/store.js';
import type { AccountState, Place } from './account.js';
import type { Asks } from './asks.js';
import { begun, type Moment, type TaskMove } from './attempt-moves.js';
import type { Budgets, Payment, Purpose } from './budgets.js';
import { slowMs } from './expectations.js';
import type { TaskLease } from './lease.js';
import { drainPlan, followPlan, type PollTerms, resumePlan, type Schedule } from './poll-plan.js';
import { pollUntilVerdict, type Verdict } from './poller.js';
import type { Score } from './scores.js';
import { SolveWatch } from './solve-watch.js';
import type { TaskEnd } from './task-end.js';
import type { TaskLedger } from './task-ledger.js';

export interface AttemptTools {
  readonly clock: Clock;
  readonly ledger: TaskLedger;
  /** Says until when an answer is wanted. */
  readonly end: TaskEnd;
  readonly lease: TaskLease;
  readonly budgets: Budgets;
  /** The lag, in ms, that one poll less is worth. */
  readonly pollCostMs: () => number;
  /** The address that a provider calls when this attempt is done; absent where nobody can call. */
  readonly callbackUrl?: ((attempt: CalledAttempt) => string | undefined) | undefined;
  /** When clients come back. */
  readonly asks: Asks;
}

export interface AttemptTerms {
  readonly place: Place;
  /** Why it was this account's turn; undefined for an attempt of an earlier process. */
  readonly why?: string;
  readonly purpose?: Purpose;
  /** What pays for it; undefined for an attempt of an earlier process. */
  readonly payment?: Payment;
}

export class AttemptRun {
  /** Made so far, by this process. */
  #polls = 0;
  /** Whether its provider is asked to call: what a reload says later is for attempts made later. */
  #isAsked: boolean;

  constructor(
    readonly index: number,
    private readonly terms: AttemptTerms,
    private readonly tools: AttemptTools,
  ) {
    const { provider, callsBack = false } = this.account.account;
    const { callbackUrl, ledger } = tools;
    this.#isAsked =
      callsBack && callbackUrl !== undefined && !provider.answersAtOnce(ledger.record.task.kind);
  }

  get place(): Place {
    return this.terms.place;
  }

  /** The intent, before anything leaves. */
  get intent(): TaskMove {
    const { clock, ledger } = this.tools;
    return begun(ledger.record, { provider: this.account.id, why: this.terms.why, at: clock.now() });
  }

  /** It is made beside another one, which takes long. */
  get isHedge(): boolean {
    return this.terms.purpose === 'hedge';
  }

  /** It is not made after all: nothing has left. */
  withdraw(): void {
    this.place.release();
    this.terms.payment?.settle(false);
  }

  /** Settles what pays for it, when it is known whether the provider may charge for it. */
  settlePayment(): void {
    this.terms.payment?.settle(this.tools.ledger.record.attempts[this.index]?.mayBeCharged === true);
  }

  /** Waits for the time that nineteen in twenty stay within: whether `followed` is still under way then. */
  async isSlow(followed: Promise<void>): Promise<boolean> {
    const slow = slowMs(this.score, this.tools.clock.now());
    const startedAt = this.tools.ledger.record.attempts[this.index]?.startedAt;
    if (slow === null || startedAt === undefined) return false;
    const over = new AbortController();
    const end = () => over.abort();
    void followed.then(end, end);
    return await sleepUntil(this.tools.clock, startedAt + slow, over.signal);
  }

  get account(): AccountState {
    return this.place.account;
  }

  /** What there is to be said of it now. */
  get moment(): Moment {
    const { clock, ledger } = this.tools;
    const { task, attempts } = ledger.record;
    const polls = Math.max(this.#polls, attempts[this.index]?.polls ?? 0);
    return { index: this.index, at: clock.now(), polls, priceUsd: this.account.account.priceUsd(task.kind) };
  }

  get score(): Score {
    return this.account.gates.kind(this.tools.ledger.record.task.kind).score;
  }

  /** Hands the task in: what the provider made of it, or why it did not take it. */
  async submit(): Promise<Accepted | SolveError> {
    const { clock, ledger, end } = this.tools;
    const { task } = ledger.record;
    const { answerWithinMs } = this.account.account.timing(task.kind);
    const timeoutMs = Math.min(answerWithinMs, Math.max(1, end.deadlineAt - clock.now()));
    const callbackUrl = this.#callbackUrl;
    this.#isAsked = callbackUrl !== undefined;
    try {
      const limits = { timeoutMs, taskId: ledger.record.id, callbackUrl };
      return await this.account.submit(task, this.place, limits);
    } catch (thrown) {
      return asSolveError(thrown);
    }
  }

  /** Polls a fresh attempt at the provider's pace; slowly where the provider tells of its results. */
  follow(): Promise<Verdict> {
    return this.#learn(false, (terms) => followPlan({ ...terms, isPushed: () => this.#isPushed }));
  }

  /** Polls on after a restart, from `notBefore`. */
  resume(notBefore: number): Promise<Verdict> {
    return this.#learn(true, (terms) => resumePlan({ ...terms, isPushed: () => this.#isPushed }, notBefore));
  }

  /** Polls slowly for an answer that nobody counts on any more. */
  drain(notBefore?: number): Promise<Verdict> {
    return this.#poll((terms) => drainPlan(terms, notBefore));
  }

  /** What its provider is asked to call. */
  get #callbackUrl(): string | undefined {
    const { callbackUrl, ledger } = this.tools;
    if (!this.#isAsked) return undefined;
    return callbackUrl?.({ provider: this.account.id, taskId: ledger.record.id, attempt: this.index });
  }

  /** Whether its provider is expected to tell of the result. */
  get #isPushed(): boolean {
    return this.#isAsked && this.account.pushes.isReliable;
  }

  /** Polls, and learns from that how long the provider takes. */
  async #learn(isResumed: boolean, plan: (terms: PollTerms) => Schedule): Promise<Verdict> {
    const { clock } = this.tools;
    const acceptedAt = this.#attempt.acceptedAt ?? clock.now();
    const watch = new SolveWatch({ times: this.score.times, acceptedAt, isResumed });
    const isAsked = !isResumed && this.#isAsked;
    return await this.#poll(plan, (at, isThere, isExact) => {
      watch.saw(at, isThere, isExact);
      // Calls that came while nobody was there are missed by nobody's fault.
      if (isAsked && isThere && !isExact) this.account.pushes.missed(clock.now());
    });
  }

  #poll(
    plan: (terms: PollTerms) => Schedule,
    onSeen?: (at: number, isThere: boolean, isExact: boolean) => void,
  ): Promise<Verdict> {
    const { clock, ledger, end, lease, pollCostMs, asks } = this.tools;
    const { id, task, options } = ledger.record;
    const attempt = this.#attempt;
    const upstream = { upstreamId: attempt.upstreamId ?? '', task };
    const pace = this.account.account.timing(task.kind);
    const polls = Math.max(this.#polls, attempt.polls);
    const schedule = plan({
      attempt: { ...attempt, polls },
      pace,
      now: clock.now(),
      deadlineAt: end.deadlineAt,
      times: this.score.times,
      // A call that several tasks share costs each of them a part.
      costMs: () => pollCostMs() / this.account.polls.tasksPerCall(upstream),
      // Whoever is called back hears between two polls too.
      rhythm: () => (options.callbackUrl === undefined ? asks.rhythmOf(id) : undefined),
      heldMs: () => this.account.polls.longestHoldMs(upstream, pace),
    });
    const isOver = this.#expectCalls(upstream.upstreamId);
    return pollUntilVerdict(this.account, clock, {
      ...schedule,
      upstream,
      taskId: ledger.record.id,
      signal: end.signal,
      lease,
      onPoll: (made) => {
        this.#polls = made;
      },
      onSeen,
    }).finally(isOver);
  }

  /** A call of the provider asks for the result as soon as its floor allows; until what is returned is called. */
  #expectCalls(upstreamId: UpstreamId): () => void {
    const { callbackUrl, ledger } = this.tools;
    if (!callbackUrl) return () => {};
    const { pushes, polls } = this.account;
    return pushes.expect({ taskId: ledger.record.id, attempt: this.index }, () => polls.nudge(upstreamId));
  }

  get #attempt(): Attempt {
    const { record } = this.tools.ledger;
    const attempt = record.attempts[this.index];
    if (!attempt) throw new Error(`task ${record.id} has no attempt ${this.index}`);
    return attempt;
  }
}
