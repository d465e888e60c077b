/** What keeps tasks and calls away from one account, what its answers say about that, and how it comes back. */
import type { Cancel, Clock } from '../core/clock.js';
import { SolveError } from '../core/errors.js';
import type { BreakerChange, BreakerScope, Events } from '../core/events.js';
import type { BreakerSettings } from '../core/gateway.js';
import type { Account } from '../core/provider.js';
import type { TaskKind } from '../core/task.js';
import { Balance } from './balance.js';
import { Circuit } from './circuit.js';
import { Doubt } from './doubt.js';
import { Gate } from './gate.js';
import { type KindState, KindStates } from './kind-states.js';
import type { Room } from './room.js';
import type { Score } from './scores.js';

export interface GateTools {
  readonly clock: Clock;
  readonly events: Events;
  readonly breaker: BreakerSettings;
  readonly room: Room;
}

/** A failed submit: when it left, and whether it was the try of an open gate. */
export interface Refusal {
  readonly error: SolveError;
  readonly askedAt: number;
  readonly isProbe: boolean;
}

/** What one call at a time may find out. */
interface Tryable {
  lease(): () => void;
}

/** How soon those who wait for somebody else's try look again. */
const PROBE_PAUSE_MS = 250;

export class AccountGates {
  readonly transport: Gate;
  readonly money: Gate;
  readonly key: Gate;
  readonly ban: Gate;
  readonly operator: Gate;
  readonly doubt: Doubt;
  readonly balance: Balance;
  /** In front of every call but tries. */
  readonly circuit: Circuit;
  readonly #kinds: KindStates;
  /** Kinds refused for want of money, and when they were asked, until a balance tells whether that is so. */
  readonly #unpaid = new Map<TaskKind, number>();
  #failuresInRow = 0;
  #cancelCheck: Cancel | undefined;
  #isClosed = false;

  constructor(
    private readonly account: Account,
    private readonly tools: GateTools,
    askBalance: () => Promise<number | null>,
  ) {
    this.transport = this.#gate('transport');
    this.money = this.#gate('money');
    this.key = this.#gate('key');
    this.ban = this.#gate('ban');
    this.operator = this.#gate('operator');
    this.#kinds = new KindStates(
      account.id,
      (kind) => this.#gate('kind', kind),
      () => tools.clock.now(),
    );
    this.doubt = new Doubt(tools.clock, tools.breaker);
    this.circuit = new Circuit(account.id);
    this.balance = new Balance(tools.clock, {
      everyMs: account.balanceCheckMs,
      mayAsk: () => this.#mayAskBalance(),
      ask: askBalance,
      onTold: (amount) => this.#judgeMoney(amount),
      currency: account.provider.currency,
    });
  }

  kind(kind: TaskKind): KindState {
    return this.#kinds.of(kind);
  }

  /** The account-wide gates that keep new tasks out, the gravest first. */
  get closedBy(): readonly Gate[] {
    this.#endBan();
    return [this.operator, this.ban, this.key, this.money, this.transport].filter(({ isOpen }) => isOpen);
  }

  /** Everything that keeps a task of this kind out, the gravest first. */
  closing(kind: TaskKind): readonly Gate[] {
    const { gate } = this.kind(kind);
    return gate.isOpen ? [...this.closedBy, gate] : this.closedBy;
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
    const ends = tried.map((each) => each.lease());
    return () => {
      if (ends.length === 0) return;
      for (const end of ends.splice(0)) end();
      this.tools.room.changed(this.account.id);
    };
  }

  /** A complete answer came: the account is reached. */
  answered(): void {
    this.#failuresInRow = 0;
    if (!this.transport.isOpen) return;
    this.transport.close();
    this.circuit.close();
    this.#checkLater();
  }

  /** What a failed call, sent at `askedAt`, says about the account as a whole. */
  failed(error: SolveError, isUnreached: boolean, askedAt: number): void {
    if (isUnreached) this.#unreached(error, askedAt);
    else this.answered();
    if (error.opens === 'key') this.key.open(error.code, null);
    if (error.opens === 'ban') this.ban.open(error.code, this.tools.clock.now() + pauseOf(error));
  }

  accepted(kind: TaskKind): void {
    const { gate, circuit } = this.kind(kind);
    this.doubt.clear();
    gate.close();
    circuit.close();
  }

  /** What a refused submit says about its kind and the money. */
  refused(kind: TaskKind, refusal: Refusal): void {
    const { error, isProbe, askedAt } = refusal;
    if (error.opens === 'transport') this.doubt.raise(error.code, askedAt);
    else this.doubt.clear();
    if (error.opens === 'money') this.#outOfMoney(kind, askedAt);
    if (error.opens === 'kind') this.#shutKind(kind, error, askedAt);
    if (error.opens !== 'transport') return;
    // One failure shuts nothing; but a stated pause is kept, and a failed try of the kind is a failed try.
    const isTry = isProbe && this.kind(kind).gate.isOpen;
    if (isTry || error.evidence.pauseMs !== undefined) this.#shutKind(kind, error, askedAt);
  }

  /** Lets tasks in again, whatever had closed the way, except a ban that still runs. */
  admit(): void {
    for (const gate of [this.operator, this.key, this.money, this.transport]) gate.close();
    this.#failuresInRow = 0;
    this.doubt.clear();
    this.circuit.close();
    for (const kind of this.#kinds.names) this.accepted(kind);
    this.#checkLater();
  }

  /** Closes again what an earlier process had closed, or what another one has; a ban that is over stays over. */
  restore({ scope, kind, cause, since, until }: Omit<BreakerChange, 'provider'>): void {
    if (scope === 'ban' && (until ?? 0) <= this.tools.clock.now()) return;
    const state = kind === null ? undefined : this.kind(kind);
    (state?.gate ?? this.#gateOf(scope)).open(cause, until, since);
    if (scope === 'kind') state?.circuit.open();
    if (scope === 'transport') this.circuit.open();
    this.#checkLater();
  }

  /** Whether the account is closed at this scope. */
  isShut(scope: BreakerScope): boolean {
    return this.#gateOf(scope).isOpen;
  }

  /** Opens again what was closed on somebody else's word. */
  open(scope: BreakerScope): void {
    this.#gateOf(scope).close();
  }

  /** The kinds whose score has changed since this was asked last. */
  changedScores(): readonly (readonly [TaskKind, Score])[] {
    return this.#kinds.changedScores();
  }

  #gateOf(scope: BreakerScope): Gate {
    const { transport, money, key, ban, operator } = this;
    return { transport, money, key, ban, operator, kind: transport }[scope];
  }

  /** Ends its timers. */
  close(): void {
    this.#isClosed = true;
    this.#cancelCheck?.();
    this.circuit.shutdown();
    this.#kinds.close();
  }

  #gate(scope: BreakerScope, kind: TaskKind | null = null): Gate {
    const { clock, events, room } = this.tools;
    const provider = this.account.id;
    return new Gate(scope, kind, { clock, events, provider, onClose: () => room.changed(provider) });
  }

  #endBan(): void {
    if (this.ban.isDue(this.tools.clock.now())) this.ban.close();
  }

  #unreached(error: SolveError, askedAt: number): void {
    const { breaker } = this.tools;
    this.#failuresInRow += 1;
    if (!this.transport.isOpen && this.#failuresInRow < breaker.failures) return;
    this.transport.backOff(error.code, breaker, { askedAt });
    this.circuit.open();
    this.#checkLater();
  }

  #shutKind(kind: TaskKind, error: SolveError, askedAt: number): void {
    const { clock, breaker } = this.tools;
    const { gate, circuit } = this.kind(kind);
    // Names that share a state share their fortune, but no judgement about one of them.
    if (error.code === 'unsupported' && !this.#kinds.has(kind)) return;
    circuit.open();
    if (error.code === 'unsupported') {
      gate.open(error.code, clock.now() + pauseOf(error));
      return;
    }
    // A published pause binds public hosts; emulators and tests on this machine may be faster.
    const atLeastMs = this.account.isPublic ? pauseOf(error) : Math.min(pauseOf(error), breaker.cooldownMs);
    gate.backOff(error.code, breaker, { askedAt, atLeastMs });
  }

  /** Money that is there after all means that no thread was free: capacity of this kind, nothing more. */
  #outOfMoney(kind: TaskKind, askedAt: number): void {
    if (this.balance.isKnownPositive) {
      this.#shutKind(kind, new SolveError('no_slot'), askedAt);
      return;
    }
    this.money.backOff('zero_balance', this.#moneyPace, { askedAt });
    if (!this.balance.isAsking && this.tools.clock.now() < this.balance.askableAt) {
      this.#checkLater();
      return;
    }
    this.#unpaid.set(kind, askedAt);
    void this.#check();
  }

  get #moneyPace() {
    const cooldownMs = this.account.balanceCheckMs;
    return { cooldownMs, maxCooldownMs: Math.max(cooldownMs, this.tools.breaker.maxCooldownMs) };
  }

  #mayAskBalance(): boolean {
    if (this.silentUntil !== undefined || this.key.isOpen) return false;
    return !this.transport.isOpen || this.transport.isTriable(this.tools.clock.now());
  }

  /** Checks again when the first open gate and the service's own pace allow it. */
  #checkLater(soonest = 0): void {
    this.#cancelCheck?.();
    this.#cancelCheck = undefined;
    const waiting = [this.transport, this.money].filter(({ isOpen }) => isOpen);
    if (waiting.length === 0 || this.key.isOpen || this.#isClosed) return;
    const dueAt = Math.min(...waiting.map(({ until }) => until ?? 0));
    const at = Math.max(dueAt, this.balance.askableAt, this.silentUntil ?? 0, soonest);
    this.#cancelCheck = this.tools.clock.after(at - this.tools.clock.now(), () => void this.#check());
  }

  async #check(): Promise<void> {
    await this.balance.refresh();
    this.#checkLater(this.tools.clock.now() + PROBE_PAUSE_MS);
  }

  #judgeMoney(amount: number | null): void {
    const refused = [...this.#unpaid];
    this.#unpaid.clear();
    if (!this.money.isOpen) return;
    if (amount === null || amount > 0) {
      this.money.close();
      for (const [kind, askedAt] of refused) this.#shutKind(kind, new SolveError('no_slot'), askedAt);
    } else if (refused.length === 0) {
      this.money.backOff('zero_balance', this.#moneyPace, { askedAt: this.tools.clock.now() });
    }
    this.#checkLater();
  }
}

function pauseOf(error: SolveError): number {
  return error.evidence.pauseMs ?? error.policy.pauseMs;
}
