/** One account: every call to it passes here, and what its answers say about it is booked here. */
import { asSolveError, type ErrorCode, SolveError } from '../core/errors.js';
import type { Events } from '../core/events.js';
import type {
  Accepted,
  Account,
  Exchange,
  Polled,
  Solved,
  Transport,
  UpstreamReply,
  UpstreamReport,
  UpstreamTask,
} from '../core/provider.js';
import type { Task, TaskKind } from '../core/task.js';
import { AccountGates, type GateTools } from './account-gates.js';
import { BalanceWatch } from './balance-watch.js';
import {
  type Call,
  type CallLimits,
  type CallMade,
  isAboutAccount,
  isComplete,
  isFailedCall,
  type Limits,
  neutral,
  type SubmitLimits,
} from './call.js';
import { isOpenCircuit } from './circuit.js';
import { forgive } from './config-change.js';
import { Funds } from './funds.js';
import { Places, type TakenPlace } from './places.js';
import { PollDesk } from './poll-desk.js';
import { Pushes } from './pushes.js';
import { Tenure } from './tenure.js';
import { Unanswered } from './unanswered.js';
import { Voice } from './voice.js';

export interface AccountTools extends GateTools {
  readonly events: Events;
  readonly transport: Transport;
}

/** A place taken for one task. */
export interface Place extends TakenPlace {
  readonly account: AccountState;
  /** It is the try of an open gate. */
  readonly isProbe: boolean;
  /** The try is over: others may try. */
  readonly endTry: () => void;
}

/** The cause of errors by which nothing new is known. */
const NOT_SENT = new Error('the way was closed');
/** The share of the usual time that a probe gets. */
const PROBE_SHARE = 0.25;

export class AccountState {
  readonly gates: AccountGates;
  readonly funds: Funds;
  readonly watch: BalanceWatch;
  readonly places: Places;
  readonly polls: PollDesk;
  readonly pushes: Pushes;
  /** When it was in the config. */
  readonly tenure: Tenure;
  readonly #unanswered = new Unanswered();
  readonly #voice: Voice;
  #account: Account;

  /** `since`: when a reload has brought it; absent for one of the start. */
  constructor(
    account: Account,
    private readonly tools: AccountTools,
    since?: number,
  ) {
    this.#account = account;
    this.tenure = new Tenure(since);
    this.#voice = new Voice(tools.events, tools.room);
    const inside = { ...tools, events: this.#voice, room: this.#voice };
    this.gates = new AccountGates(this, inside, () => this.#askBalance());
    this.funds = new Funds(this, this.gates);
    this.watch = new BalanceWatch(this, tools);
    const { threads } = account.provider;
    const askThreads = threads && (() => this.#askAbout('threads', threads));
    this.places = new Places(this, { ...inside, gates: this.gates, askThreads });
    this.polls = new PollDesk(this, tools.clock);
    this.pushes = new Pushes((results) =>
      this.#voice.emit('calls-missed', { provider: account.id, results }),
    );
  }

  /** As the config has it now, or had it last. */
  get account(): Account {
    return this.#account;
  }

  /** Whether an entry means this account: same service, same address, same key. */
  isSame({ id, provider, baseUrl, apiKey }: Account): boolean {
    const own = this.#account;
    return id === own.id && provider === own.provider && baseUrl === own.baseUrl && apiKey === own.apiKey;
  }

  /** Takes new settings; everything else stays as it is, but for what a new entry may have put right. */
  change(account: Account): void {
    const isNewEntry = account.entry !== this.#account.entry;
    this.#account = account;
    this.gates.settingsChanged();
    this.watch.settingsChanged();
    if (isNewEntry) forgive(this.gates);
    this.gates.comeback.open();
  }

  /** Is out of the config: goes on with what it has in hand, and asks for nothing of its own accord. */
  retire(): void {
    this.tenure.end(this.tools.clock.now());
    this.#voice.isSilent = true;
    this.watch.close();
    this.gates.comeback.close();
  }

  /** Is in the config again; `change` says with which settings. */
  comeBack(): void {
    this.tenure.begin(this.tools.clock.now());
    this.#voice.isSilent = false;
    forgive(this.gates);
  }

  get id(): string {
    return this.account.id;
  }

  /** Why others are asked first; undefined when there is no reason. */
  get doubtful(): string | undefined {
    const { doubt } = this.gates;
    if (doubt.isRaised) return doubt.cause ?? undefined;
    return this.#unanswered.isSlow(() => this.tools.clock.now()) ? 'a submit hangs' : undefined;
  }

  /**
   * Takes a place for a task of this kind, at the moment of the decision. Through an open gate, or in doubt, it
   * is the probe or the last resort, and nobody else gets that place meanwhile.
   */
  claim(kind: TaskKind): Place {
    const tried = this.gates.toTry(kind);
    const endTry = this.gates.try(tried);
    const place = this.places.take(kind, endTry);
    return { ...place, account: this, isProbe: tried.length > 0, endTry };
  }

  /** Takes the place of a task that was here before the restart. */
  rejoin(kind: TaskKind): Place {
    const place = this.places.take(kind, () => {});
    place.held();
    return { ...place, account: this, isProbe: false, endTry: () => {} };
  }

  /**
   * Hands a task in. A probe goes past the open circuit with a quarter of the usual time.
   * @throws SolveError for every refusal; `isAmbiguous` when the task may have arrived all the same.
   */
  async submit(
    task: Task,
    { isProbe, endTry, held }: Place,
    { callbackUrl, ...limits }: SubmitLimits,
  ): Promise<Accepted> {
    const { provider } = this.account;
    const { submit } = provider;
    const exchange: typeof submit = { ...submit, ask: (asked) => submit.ask(asked, callbackUrl) };
    const askedAt = this.tools.clock.now();
    const call: CallMade = { call: 'submit', askedAt, taskId: limits.taskId, task };
    const timeoutMs = limits.timeoutMs * (isProbe ? PROBE_SHARE : 1);
    const answered = provider.answersAtOnce(task.kind) ? undefined : this.#unanswered.begin(askedAt);
    try {
      const ask = () => this.#exchange('submit', exchange, task, { ...limits, timeoutMs, isProbe, task });
      // The caller's faults say nothing about the provider: they pass the circuit as results.
      const { circuit } = this.gates.kind(task.kind);
      const outcome = await (isProbe ? ask() : circuit.run(() => ask().catch(neutral)));
      if (outcome instanceof SolveError) throw outcome;
      this.gates.accepted(task.kind, call);
      held();
      return outcome;
    } catch (thrown) {
      if (isOpenCircuit(thrown)) throw this.#notSent('no_slot');
      const error = asSolveError(thrown);
      if (error.evidence.cause !== NOT_SENT) this.gates.refused(task.kind, { error, call, isProbe });
      throw error;
    } finally {
      endTry();
      answered?.();
    }
  }

  /** Undefined while the task is being worked on. */
  async poll(task: UpstreamTask, limits: CallLimits): Promise<Solved | undefined> {
    return await this.#reach(limits, (probing) =>
      this.#exchange('poll', this.account.provider.poll, task, { ...probing, task: task.task }),
    );
  }

  /** Several at once; null when their answers cannot be told apart. */
  async pollMany(tasks: readonly UpstreamTask[], limits: CallLimits): Promise<readonly Polled[] | null> {
    const { pollMany } = this.account.provider;
    if (!pollMany) return null;
    const made: CallMade = { call: 'poll', askedAt: this.tools.clock.now() };
    const answers = await this.#reach(limits, (probing) => this.#exchange('poll', pollMany, tasks, probing));
    if (!answers) return null;
    return answers.map((answer, index) => {
      if (!(answer instanceof SolveError)) return answer;
      const error = this.#named('poll', answer);
      this.gates.failed(error, false, { ...made, task: tasks[index]?.task });
      return error;
    });
  }

  /** Tells the provider whether its answer worked; false, unasked, where it does not want to know. */
  async report(report: UpstreamReport): Promise<boolean> {
    const { provider } = this.account;
    if (!provider.report || !provider.reports(report)) return false;
    const timeoutMs = this.account.timing(report.task.kind).answerWithinMs;
    await this.#exchange('report', provider.report, report, { timeoutMs, isProbe: false, task: report.task });
    return true;
  }

  /** Keeps new tasks out until an operator lets them in again. */
  hold(reason: string): void {
    this.gates.hold(reason);
  }

  /** Lets tasks in again, whatever had closed the way, except a ban that still runs. */
  admit(reason: string): void {
    this.gates.admit(reason);
  }

  /** Ends its timers; calls under way go on. */
  close(): void {
    this.gates.close();
    this.watch.close();
  }

  async #askBalance(): Promise<number | null> {
    return await this.#askAbout('balance', this.account.provider.balance);
  }

  /** A question about the account itself. */
  async #askAbout<Output>(call: Call, exchange: Exchange<void, Output>): Promise<Output> {
    const timeoutMs = this.account.timing('image_to_text').answerWithinMs;
    return await this.#reach({ timeoutMs }, (probing) => this.#exchange(call, exchange, undefined, probing));
  }

  /** A call that, while the connection is known to be dead, is the one that tries it. */
  async #reach<Result>(limits: CallLimits, call: (limits: Limits) => Promise<Result>): Promise<Result> {
    const { transport } = this.gates;
    const isProbe = transport.isOpen;
    const endTry = this.gates.try(isProbe ? [transport] : []);
    try {
      return await call({ ...limits, isProbe, timeoutMs: limits.timeoutMs * (isProbe ? PROBE_SHARE : 1) });
    } finally {
      endTry();
    }
  }

  /** One call: sent, read, and booked by what it says about the account. */
  async #exchange<Input, Output>(
    call: Call,
    exchange: Exchange<Input, Output>,
    input: Input,
    { isProbe, timeoutMs, signal, taskId, task }: Limits,
  ): Promise<Output> {
    if (this.gates.silentUntil !== undefined) throw this.#notSent('banned');
    const startedAt = this.tools.clock.now();
    const made: CallMade = { call, askedAt: startedAt, taskId, task };
    const request = exchange.ask(input);
    const send = () => this.tools.transport.send(this.account, request, { timeoutMs, signal });
    let reply: UpstreamReply | undefined;
    try {
      reply = await (isProbe ? send() : this.gates.circuit.run(send));
      const output = exchange.read(reply, input);
      this.gates.answered(made);
      this.#tell(call, 'ok', startedAt);
      return output;
    } catch (thrown) {
      if (isOpenCircuit(thrown)) throw this.#notSent('timeout');
      const error = this.#named(call, asSolveError(thrown));
      const isUnreached = isFailedCall(call, error) && !(isAboutAccount(call) && isComplete(reply));
      if (!signal?.aborted) this.gates.failed(error, isUnreached, made);
      this.#tell(call, error.code, startedAt);
      throw error;
    }
  }

  /** The way was closed between the decision and the call: nothing was sent, and nothing new is known. */
  #notSent(code: ErrorCode): SolveError {
    return new SolveError(code, { provider: this.id, detail: 'not asked', opens: null, cause: NOT_SENT });
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
}
