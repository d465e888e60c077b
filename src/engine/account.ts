/** One account: every call to it passes here, and what its answers say about it is remembered here. */
import type { Cancel, Clock } from '../core/clock.js';
import { asSolveError, SolveError } from '../core/errors.js';
import type { Events } from '../core/events.js';
import type { BreakerSettings } from '../core/gateway.js';
import type {
  Accepted,
  Account,
  Exchange,
  Solved,
  Transport,
  UpstreamReport,
  UpstreamTask,
} from '../core/provider.js';
import type { Kind, Task } from '../core/task.js';
import { Balance } from './balance.js';
import { Circuit, isOpenCircuit } from './circuit.js';
import { Doubt } from './doubt.js';
import { Gate } from './gate.js';
import { Score } from './scores.js';

export interface AccountTools {
  readonly clock: Clock;
  readonly events: Events;
  readonly transport: Transport;
  readonly breaker: BreakerSettings;
}

/** Capacity and quality of one kind at this account. */
export interface KindState {
  readonly circuit: Circuit;
  readonly gate: Gate;
  readonly score: Score;
}

/** A place taken for one task. */
export interface Claim {
  readonly isProbe: boolean;
}

type Call = 'submit' | 'poll' | 'balance' | 'report';

export interface CallLimits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** While a submit has gone unanswered for this long, other accounts are asked first. */
const SLOW_SUBMIT_MS = 1_500;
/** How soon a poll looks again whether somebody else's probe has come back. */
const PROBE_PAUSE_MS = 250;
/** The share of the usual time that a kind's probe gets. */
const PROBE_SHARE = 0.25;

export class AccountState {
  /** Tasks at the provider or on their way to it. */
  inFlight = 0;
  readonly balance: Balance;
  readonly transport: Gate;
  readonly money: Gate;
  readonly key: Gate;
  readonly ban: Gate;
  readonly operator: Gate;
  readonly doubt: Doubt;
  readonly #circuit: Circuit;
  readonly #kinds = new Map<Kind, KindState>();
  readonly #unanswered = new Set<{ readonly since: number }>();
  #failuresInRow = 0;
  #cancelCheck: Cancel | undefined;
  #isClosed = false;

  constructor(
    readonly account: Account,
    private readonly tools: AccountTools,
  ) {
    const owner = { ...tools, provider: account.id };
    this.transport = new Gate('transport', null, owner);
    this.money = new Gate('money', null, owner);
    this.key = new Gate('key', null, owner);
    this.ban = new Gate('ban', null, owner);
    this.operator = new Gate('operator', null, owner);
    this.doubt = new Doubt(tools.clock, tools.breaker);
    this.balance = new Balance(tools.clock, account.balanceCheckMs, () => this.#askBalance());
    this.#circuit = new Circuit(account.id);
  }

  get id(): string {
    return this.account.id;
  }

  kind(kind: Kind): KindState {
    const known = this.#kinds.get(kind);
    if (known) return known;
    const gate = new Gate('kind', kind, { ...this.tools, provider: this.id });
    const state = { circuit: new Circuit(`${this.id} ${kind}`), gate, score: new Score() };
    this.#kinds.set(kind, state);
    return state;
  }

  /** The account-wide gate that keeps new tasks out, the gravest first. */
  get closedBy(): Gate | undefined {
    this.#endBan();
    return [this.operator, this.ban, this.key, this.money, this.transport].find((gate) => gate.isOpen);
  }

  /** Until when not a single call may be made; undefined when calls are welcome. */
  get silentUntil(): number | undefined {
    this.#endBan();
    return this.ban.until ?? undefined;
  }

  /** The ban that runs, as the error that every call would be answered with. */
  get silence(): { readonly until: number; readonly error: SolveError } | undefined {
    const until = this.silentUntil;
    return until === undefined
      ? undefined
      : { until, error: new SolveError('banned', { provider: this.id }) };
  }

  /** Until when polls have to wait: a ban, or a connection that is known to be dead and tried by somebody else. */
  get pollableAt(): number {
    const now = this.tools.clock.now();
    if (this.silentUntil !== undefined) return this.silentUntil;
    if (!this.transport.isOpen || this.transport.isTriable(now)) return now;
    return Math.max(this.transport.until ?? 0, now + PROBE_PAUSE_MS);
  }

  /** Why others are asked first; undefined when there is no reason. */
  get doubtful(): string | undefined {
    if (this.doubt.isRaised) return this.doubt.cause ?? undefined;
    const [oldest] = this.#unanswered;
    const isSlow = oldest !== undefined && this.tools.clock.now() - oldest.since > SLOW_SUBMIT_MS;
    return isSlow ? 'a submit hangs' : undefined;
  }

  get hasRoom(): boolean {
    return this.account.threads === undefined || this.inFlight < this.account.threads;
  }

  /**
   * Takes a place for a task of this kind, at the moment of the decision. Through an open gate it is the
   * probe or the last resort, and nobody else gets that place meanwhile.
   */
  claim(kind: Kind): Claim {
    const { gate } = this.kind(kind);
    const isProbe = gate.isOpen || this.transport.isOpen || this.doubt.isDue;
    if (gate.isOpen) gate.isProbing = true;
    if (this.transport.isOpen) this.transport.isProbing = true;
    if (this.doubt.isDue) this.doubt.isTrying = true;
    this.inFlight += 1;
    return { isProbe };
  }

  /** Takes the place of a task that was here before the restart. */
  rejoin(): this {
    this.inFlight += 1;
    return this;
  }

  /** Gives back a place that was not used: nothing was sent. */
  unclaim(kind: Kind, { isProbe }: Claim): void {
    if (isProbe) this.#endProbe(kind);
    this.release();
  }

  #endProbe(kind: Kind): void {
    this.kind(kind).gate.isProbing = false;
    this.transport.isProbing = false;
    this.doubt.isTrying = false;
  }

  /** Gives the place back: the task has left the provider. */
  release(): void {
    this.inFlight -= 1;
  }

  /**
   * Hands a task in. A probe goes past the open circuit with a quarter of the usual time.
   * @throws SolveError for every refusal; `isAmbiguous` when the task may have arrived all the same.
   */
  async submit(task: Task, { isProbe }: Claim, limits: CallLimits): Promise<Accepted> {
    const { gate, circuit } = this.kind(task.kind);
    const timeoutMs = limits.timeoutMs * (isProbe ? PROBE_SHARE : 1);
    const waiting = { since: this.tools.clock.now() };
    // Where the solution comes with the answer, taking long is no bad sign.
    if (!this.account.provider.answersAtOnce(task.kind)) this.#unanswered.add(waiting);
    try {
      const ask = () =>
        this.#exchange('submit', this.account.provider.submit, task, { ...limits, timeoutMs });
      // The caller's faults say nothing about the provider: they pass the circuit as results.
      const outcome = await (isProbe ? ask() : circuit.run(() => ask().catch(neutral)));
      this.doubt.clear();
      if (outcome instanceof SolveError) throw outcome;
      gate.close();
      circuit.close();
      return outcome;
    } catch (thrown) {
      if (isOpenCircuit(thrown)) throw new SolveError('no_slot', { provider: this.id, cause: thrown });
      this.#bookSubmit(task.kind, asSolveError(thrown), limits);
      throw thrown;
    } finally {
      if (isProbe) this.#endProbe(task.kind);
      this.#unanswered.delete(waiting);
    }
  }

  /** Undefined while the task is being worked on. */
  async poll(task: UpstreamTask, limits: CallLimits): Promise<Solved | undefined> {
    const isProbe = this.transport.isOpen;
    if (isProbe) this.transport.isProbing = true;
    try {
      return await this.#exchange('poll', this.account.provider.poll, task, limits);
    } finally {
      if (isProbe) this.transport.isProbing = false;
    }
  }

  /** Tells the provider whether its answer worked, where it wants to know. */
  async report(report: UpstreamReport): Promise<void> {
    const { provider } = this.account;
    if (!provider.report || !provider.reports(report) || this.silentUntil !== undefined) return;
    const { answerWithinMs } = this.account.timing(report.task.kind);
    await this.#exchange('report', provider.report, report, { timeoutMs: answerWithinMs });
  }

  /** Keeps new tasks out until an operator lets them in again. */
  hold(reason: string): void {
    this.operator.open(reason, null);
  }

  /** Lets tasks in again, whatever had closed the way, except a ban that still runs. */
  admit(): void {
    for (const gate of [this.operator, this.key, this.money, this.transport]) gate.close();
    this.#failuresInRow = 0;
    this.doubt.clear();
    this.#circuit.close();
    for (const { gate, circuit } of this.#kinds.values()) {
      gate.close();
      circuit.close();
    }
  }

  /** Ends its timers; calls under way go on. */
  close(): void {
    this.#isClosed = true;
    this.#cancelCheck?.();
    this.#circuit.shutdown();
    for (const { circuit } of this.#kinds.values()) circuit.shutdown();
  }

  #endBan(): void {
    if (this.ban.isDue(this.tools.clock.now())) this.ban.close();
  }

  async #askBalance(): Promise<number | null> {
    if (this.silentUntil !== undefined || this.key.isOpen)
      throw new SolveError('banned', { provider: this.id });
    const timeoutMs = this.account.timing('image_to_text').answerWithinMs;
    return await this.#exchange('balance', this.account.provider.balance, undefined, { timeoutMs });
  }

  /** One call: sent, read, and booked by what it says about the account. */
  async #exchange<Input, Output>(
    call: Call,
    exchange: Exchange<Input, Output>,
    input: Input,
    limits: CallLimits,
  ): Promise<Output> {
    const startedAt = this.tools.clock.now();
    const request = exchange.ask(input);
    const send = () => this.tools.transport.send(this.account, request, limits);
    try {
      // Whoever comes here while the gate is open is its probe; the circuit keeps out what raced past it.
      const isProbe = this.transport.isOpen && (call === 'balance' || this.transport.isProbing);
      const reply = await (isProbe ? send() : this.#circuit.run(send));
      const output = exchange.read(reply, input);
      this.#answered();
      this.#tell(call, 'ok', startedAt);
      return output;
    } catch (thrown) {
      if (isOpenCircuit(thrown)) throw new SolveError('timeout', { provider: this.id, detail: 'not asked' });
      const error = this.#named(call, asSolveError(thrown));
      if (!limits.signal?.aborted) this.#book(call, error);
      this.#tell(call, error.code, startedAt);
      throw error;
    }
  }

  /** A submit whose answer makes no sense did arrive, so it may be charged. */
  #named(call: Call, error: SolveError): SolveError {
    const isGarbled = error.code === 'bad_reply' && call === 'submit';
    return error.with({ provider: this.id, ...(isGarbled ? { isAmbiguous: true } : {}) });
  }

  #tell(call: Call, outcome: string, startedAt: number): void {
    const tookMs = this.tools.clock.now() - startedAt;
    this.tools.events.emit('exchange', { provider: this.id, call, outcome, tookMs });
  }

  #answered(): void {
    this.#failuresInRow = 0;
    if (!this.transport.isOpen) return;
    this.transport.close();
    this.#circuit.close();
  }

  /** What an error says about the account as a whole. */
  #book(call: Call, error: SolveError): void {
    if (isFailedCall(call, error)) this.#failed(error);
    else this.#answered();
    if (error.opens === 'key') this.key.open(error.code, null);
    if (error.opens !== 'ban') return;
    this.ban.open(error.code, this.tools.clock.now() + (error.evidence.pauseMs ?? error.policy.pauseMs));
  }

  #failed(error: SolveError): void {
    const { breaker } = this.tools;
    this.#failuresInRow += 1;
    if (!this.transport.isOpen && this.#failuresInRow < breaker.failures) return;
    this.transport.backOff(error.code, breaker);
    this.#circuit.open();
    this.#checkLater();
  }

  /** What a refused submit says about the kind and the money. */
  #bookSubmit(kind: Kind, error: SolveError, { signal }: CallLimits): void {
    if (signal?.aborted) return;
    if (error.opens === 'transport') this.doubt.raise(error.code);
    else this.doubt.clear();
    if (error.opens === 'money') this.#outOfMoney(kind);
    if (error.opens === 'kind') this.#closeKind(kind, error);
  }

  #closeKind(kind: Kind, error: SolveError): void {
    const { breaker } = this.tools;
    const { gate, circuit } = this.kind(kind);
    circuit.open();
    const pauseMs = error.evidence.pauseMs ?? error.policy.pauseMs;
    if (error.code === 'unsupported') gate.open(error.code, this.tools.clock.now() + pauseMs);
    // A published pause binds public hosts; emulators and tests on this machine may be faster.
    else
      gate.backOff(
        error.code,
        breaker,
        this.account.isPublic ? pauseMs : Math.min(pauseMs, breaker.cooldownMs),
      );
  }

  /** Money that is there after all means that no thread was free: capacity of this kind, nothing more. */
  #outOfMoney(kind: Kind): void {
    if (this.balance.isKnownPositive) {
      this.#closeKind(kind, new SolveError('no_slot'));
      return;
    }
    const cooldownMs = this.account.balanceCheckMs;
    const maxCooldownMs = Math.max(cooldownMs, this.tools.breaker.maxCooldownMs);
    this.money.backOff('zero_balance', { cooldownMs, maxCooldownMs });
    if (this.tools.clock.now() < this.balance.askableAt) this.#checkLater();
    else void this.#check(kind);
  }

  /** Checks again when the first open gate and the service's own pace allow it. */
  #checkLater(): void {
    this.#cancelCheck?.();
    const waiting = [this.transport, this.money].filter((gate) => gate.isOpen).map((gate) => gate.until ?? 0);
    if (waiting.length === 0 || this.#isClosed) return;
    const at = Math.max(Math.min(...waiting), this.balance.askableAt, this.silentUntil ?? 0);
    this.#cancelCheck = this.tools.clock.after(at - this.tools.clock.now(), () => void this.#check());
  }

  async #check(emptyAt?: Kind): Promise<void> {
    const isAnswered = await this.balance.refresh();
    if (isAnswered && this.money.isOpen) this.#judgeMoney(emptyAt);
    this.#checkLater();
  }

  #judgeMoney(emptyAt: Kind | undefined): void {
    const { usd } = this.balance;
    if (usd === null || usd > 0) {
      this.money.close();
      if (emptyAt) this.#closeKind(emptyAt, new SolveError('no_slot'));
    } else if (!emptyAt) {
      const cooldownMs = this.account.balanceCheckMs;
      const maxCooldownMs = Math.max(cooldownMs, this.tools.breaker.maxCooldownMs);
      this.money.backOff('zero_balance', { cooldownMs, maxCooldownMs });
    }
  }
}

/** Whether a call failed as a call; a service that says a task took too long has answered. */
function isFailedCall(call: Call, error: SolveError): boolean {
  return error.opens === 'transport' && (call === 'submit' || error.evidence.upstreamCode === undefined);
}

/** An error that opens nothing, as a result; anything else is thrown on. */
function neutral(thrown: unknown): SolveError {
  const error = asSolveError(thrown);
  if (error.opens === 'kind' || error.opens === 'transport') throw error;
  return error;
}
