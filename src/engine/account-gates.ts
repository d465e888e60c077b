/** What keeps tasks and calls away from one account, what its answers say about that, and how it comes back. */
import type { Clock } from '../core/clock.js';
import type { SolveError } from '../core/errors.js';
import type { BreakerScope } from '../core/events.js';
import type { BreakerSettings } from '../core/gateway.js';
import type { Account } from '../core/provider.js';
import type { TaskKind } from '../core/task.js';
import { Balance } from './balance.js';
import { byCall, byOther, type CallMade, isCallFailure, pauseOf, type Refusal } from './call.js';
import { Circuit } from './circuit.js';
import { Comeback, PROBE_PAUSE_MS } from './comeback.js';
import { Doubt } from './doubt.js';
import { Gate, type GateMemory } from './gate.js';
import { History } from './history.js';
import { type KindState, KindStates } from './kind-states.js';
import { Money } from './money.js';
import { Tries, type Tryable } from './tries.js';
import type { Awaited, Told } from './voice.js';

export interface GateTools {
  readonly clock: Clock;
  readonly events: Told;
  /** Changed in place by a reload. */
  readonly breaker: BreakerSettings;
  readonly room: Awaited;
}

const NOT_CLOSED: readonly Gate[] = [];

export class AccountGates {
  readonly transport: Gate;
  readonly money: Gate;
  readonly key: Gate;
  readonly ban: Gate;
  readonly operator: Gate;
  readonly doubt: Doubt;
  readonly balance: Balance;
  readonly history = new History();
  /** In front of every call but tries. */
  readonly circuit: Circuit;
  readonly #kinds: KindStates;
  readonly #judgement: Money;
  readonly comeback: Comeback;
  readonly #tries: Tries;
  #failuresInRow = 0;

  constructor(
    private readonly owner: { readonly account: Account },
    private readonly tools: GateTools,
    askBalance: () => Promise<number | null>,
  ) {
    const { clock, breaker } = tools;
    this.transport = this.#gate('transport');
    this.money = this.#gate('money');
    this.key = this.#gate('key');
    this.ban = this.#gate('ban');
    this.operator = this.#gate('operator');
    this.#kinds = new KindStates(
      owner,
      (kind) => this.#gate('kind', kind),
      () => clock.now(),
    );
    this.doubt = new Doubt(clock, breaker);
    const { id } = owner.account;
    this.circuit = new Circuit(id);
    const longestMs = () => owner.account.timing('image_to_text').answerWithinMs;
    this.#tries = new Tries(clock, longestMs, () => tools.room.changed(id));
    const { transport, money, key } = this;
    const balance = () => this.balance;
    const silentUntil = () => this.silentUntil;
    const graceMs = () => breaker.cooldownMs;
    const everyMs = () => owner.account.balanceCheckMs;
    this.comeback = new Comeback({ clock, balance, transport, money, key, silentUntil, graceMs });
    this.#judgement = new Money({
      clock,
      breaker,
      gate: money,
      balance,
      everyMs,
      onNoSlot: (kind, error, call) => this.#shutKind(kind, error, call),
      comeback: this.comeback,
    });
    this.balance = new Balance(clock, {
      everyMs,
      mayAsk: () => this.comeback.mayAsk,
      ask: askBalance,
      onTold: (amount, askedAt) => this.#judgement.judge(amount, askedAt),
      currency: owner.account.provider.currency,
    });
  }

  kind(kind: TaskKind): KindState {
    return this.#kinds.of(kind);
  }

  /** The account has other settings now. */
  settingsChanged(): void {
    this.#kinds.settingsChanged();
  }

  /** The kinds that have a state. */
  get kinds(): Iterable<TaskKind> {
    return this.#kinds.names;
  }

  /** Every gate of the account as a whole, the gravest first. */
  get all(): readonly Gate[] {
    this.#endBan();
    return [this.operator, this.ban, this.key, this.money, this.transport];
  }

  /** The account-wide gates that keep new tasks out, the gravest first. */
  get closedBy(): readonly Gate[] {
    return this.all.filter(({ isOpen }) => isOpen);
  }

  /** Everything that keeps a task of this kind out, the gravest first; asked for each candidate of each task. */
  closing(kind: TaskKind, { gate }: KindState = this.kind(kind)): readonly Gate[] {
    if (gate.isOpen) return [...this.closedBy, gate];
    const { operator, ban, key, money, transport } = this;
    const isShut = operator.isOpen || ban.isOpen || key.isOpen || money.isOpen || transport.isOpen;
    return isShut ? this.closedBy : NOT_CLOSED;
  }

  /** The share of the tasks of this kind that ask here first: less than 1 for a while after it came back. */
  share(kind: TaskKind, { gate }: KindState = this.kind(kind)): number {
    const { clock } = this.tools;
    const { transport, money } = this;
    return Math.min(transport.ramp.share(clock), money.ramp.share(clock), gate.ramp.share(clock));
  }

  /** Until when not a single call may be made; undefined when calls are welcome. */
  get silentUntil(): number | undefined {
    this.#endBan();
    return this.ban.until ?? undefined;
  }

  /** Until when polls have to wait: a ban, or a connection that is known to be dead and tried by somebody else. */
  get pollableAt(): number {
    const now = this.tools.clock.now();
    if (this.silentUntil !== undefined) return this.silentUntil;
    if (!this.transport.isOpen || this.transport.isTriable(now)) return now;
    return Math.max(this.transport.until ?? 0, now + PROBE_PAUSE_MS);
  }

  /** What a task of this kind would try, were it handed in now. */
  toTry(kind: TaskKind): readonly Tryable[] {
    const open = [this.transport, this.kind(kind).gate].filter(({ isOpen }) => isOpen);
    return this.doubt.isDue ? [...open, this.doubt] : open;
  }

  /** Takes these for one try; what is returned ends it, and lets those decide anew who waited for it. */
  try(tried: readonly Tryable[]): () => void {
    return this.#tries.begin(tried);
  }

  /** A complete answer came: the account is reached. */
  answered(call: CallMade, error?: SolveError): void {
    this.#failuresInRow = 0;
    const { rampMs } = this.tools.breaker;
    if (!this.transport.close({ by: byCall(call, error), askedAt: call.askedAt, rampMs })) return;
    this.circuit.close();
    this.comeback.later();
  }

  /** What a failed call says about the account as a whole. */
  failed(error: SolveError, isUnreached: boolean, call: CallMade): void {
    if (isUnreached) this.#unreached(error, call);
    else this.answered(call, error);
    const by = byCall(call, error);
    if (error.opens === 'key') this.key.open(error.code, null, by);
    if (error.opens === 'ban') this.ban.open(error.code, this.tools.clock.now() + pauseOf(error), by);
  }

  accepted(kind: TaskKind, call: CallMade): void {
    const { gate, circuit } = this.kind(kind);
    this.doubt.clear(call.askedAt);
    const closing = { by: byCall(call), askedAt: call.askedAt, rampMs: this.tools.breaker.rampMs };
    if (gate.close(closing)) circuit.close();
  }

  /** What a refused submit says about its kind and the money. */
  refused(kind: TaskKind, { error, isProbe, call }: Refusal): void {
    if (error.opens === 'transport') this.doubt.raise(error.code, call.askedAt, byCall(call, error));
    else this.doubt.clear(call.askedAt);
    if (error.opens === 'money') this.#judgement.refused(kind, error, call);
    const { gate, limit } = this.kind(kind);
    if (error.code === 'no_slot' && isProbe && gate.isOpen) limit.refusedAgain();
    if (error.opens === 'kind') this.#shutKind(kind, error, call);
    if (error.opens !== 'transport') return;
    // One failure shuts nothing; but a stated pause is kept, and a failed try of the kind is a failed try.
    const isTry =
      (isProbe && gate.isOpen) || (gate.isRelapse(call.askedAt) && isCallFailure(gate.ramp.cause));
    if (isTry || error.evidence.pauseMs !== undefined) this.#shutKind(kind, error, call);
  }

  /** Keeps new tasks out until an operator lets them in again. */
  hold(reason: string): void {
    this.operator.open(reason, null, byOther('operator', reason));
  }

  /** Lets all tasks in again at once, whatever had closed the way, except a ban that still runs. */
  admit(reason: string): void {
    const by = byOther('operator', reason);
    const kinds = [...this.#kinds.names].map((kind) => this.kind(kind));
    const { operator, key, money, transport } = this;
    for (const gate of [operator, key, money, transport, ...kinds.map((state) => state.gate)]) {
      gate.close({ by });
      gate.forget();
    }
    this.#failuresInRow = 0;
    this.doubt.clear();
    for (const { circuit } of [this, ...kinds]) circuit.close();
    this.comeback.later();
  }

  /** Closes again what an earlier process had closed, or what another one has; a ban that is over stays over. */
  restore({ scope, kind, cause, since, until, openings, openedBy }: GateMemory, isHint: boolean): void {
    if (scope === 'ban' && (until ?? 0) <= this.tools.clock.now()) return;
    const state = kind === null ? undefined : this.kind(kind);
    const by = isHint ? { ...(openedBy ?? byOther('replica')), by: 'replica' as const } : openedBy;
    const { cooldownMs: firstMs, maxCooldownMs } =
      scope === 'money' ? this.#judgement.pace : this.tools.breaker;
    const cooldownMs = openings > 0 ? Math.min(firstMs * 2 ** (openings - 1), maxCooldownMs) : 0;
    const remembered = { since, openings, cooldownMs, isNoted: !isHint };
    (state?.gate ?? this.at(scope)).open(cause, until, by, remembered);
    if (scope === 'kind') state?.circuit.open();
    if (scope === 'transport') this.circuit.open();
    this.comeback.later();
  }

  /** What has been learnt of which kinds since this was asked last. */
  get learnt(): Pick<KindStates, 'changedScores' | 'changedAcceptances'> {
    return this.#kinds;
  }

  /** Ends its timers. */
  close(): void {
    this.comeback.close();
    this.#tries.close();
    this.circuit.shutdown();
    this.#kinds.close();
  }

  /** The gate of the account as a whole at this scope. */
  at(scope: BreakerScope): Gate {
    const { transport, money, key, ban, operator } = this;
    return { transport, money, key, ban, operator, kind: transport }[scope];
  }

  #gate(scope: BreakerScope, kind: TaskKind | null = null): Gate {
    const { clock, events, room } = this.tools;
    const provider = this.owner.account.id;
    const onClose = () => room.changed(provider);
    return new Gate(scope, kind, { clock, events, provider, history: this.history, onClose });
  }

  #endBan(): void {
    if (this.ban.isOpen && this.ban.isDue(this.tools.clock.now())) this.ban.close({ by: byOther('time') });
  }

  #unreached(error: SolveError, call: CallMade): void {
    const { breaker } = this.tools;
    if (this.transport.isBefore(call.askedAt)) return;
    this.#failuresInRow += 1;
    const isRelapse = call.call !== 'balance' && this.transport.isRelapse(call.askedAt);
    const isOneEnough = this.transport.isOpen || isRelapse;
    if (!isOneEnough && this.#failuresInRow < breaker.failures) return;
    this.transport.backOff(error.code, breaker, { ...call, by: byCall(call, error) });
    this.circuit.open();
    this.comeback.later();
  }

  #shutKind(kind: TaskKind, error: SolveError, call: CallMade): void {
    const { clock, breaker } = this.tools;
    const { gate, circuit, limit } = this.kind(kind);
    if (error.code === 'no_slot' && !gate.isOpen) limit.refused();
    // Names that share a state share their fortune, but no judgement about one of them.
    if (error.code === 'unsupported' && !this.#kinds.has(kind)) return;
    const by = byCall(call, error);
    circuit.open();
    if (error.code === 'unsupported') {
      gate.open(error.code, clock.now() + pauseOf(error), by);
      return;
    }
    // A published pause binds public hosts; emulators and tests on this machine may be faster.
    const atLeastMs = this.owner.account.isPublic
      ? pauseOf(error)
      : Math.min(pauseOf(error), breaker.cooldownMs);
    gate.backOff(error.code, breaker, { askedAt: call.askedAt, atLeastMs, by });
  }
}
