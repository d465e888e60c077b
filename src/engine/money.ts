/** Whether an account is out of money: a refused submit says so, and only its balance decides. */
import type { Clock } from '../core/clock.js';
import { SolveError } from '../core/errors.js';
import type { BreakerSettings } from '../core/gateway.js';
import type { TaskKind } from '../core/task.js';
import type { Balance } from './balance.js';
import { byCall, type CallMade } from './call.js';
import type { Comeback } from './comeback.js';
import type { Backoff, Gate } from './gate.js';

export interface MoneyOwner {
  readonly clock: Clock;
  readonly breaker: BreakerSettings;
  readonly gate: Gate;
  readonly balance: () => Balance;
  /** Least time between two balance calls. */
  readonly everyMs: () => number;
  /** There is money after all: no thread was free for this kind. */
  readonly onNoSlot: (kind: TaskKind, error: SolveError, call: CallMade) => void;
  readonly comeback: Comeback;
}

export class Money {
  /** Kinds refused for want of money, and by which call, until a balance tells whether that is so. */
  readonly #unpaid = new Map<TaskKind, CallMade>();

  constructor(private readonly owner: MoneyOwner) {}

  /** Closed for a check that rarely shows money less and less often. */
  get pace(): Backoff {
    const { everyMs, breaker } = this.owner;
    const cooldownMs = everyMs();
    return { cooldownMs, maxCooldownMs: Math.max(cooldownMs, breaker.maxCooldownMs) };
  }

  /** Money that is there after all means that no thread was free: capacity of this kind, nothing more. */
  refused(kind: TaskKind, error: SolveError, call: CallMade): void {
    const { clock, gate, onNoSlot, comeback } = this.owner;
    const balance = this.owner.balance();
    if (balance.isKnownPositive) {
      onNoSlot(kind, noSlot(error), call);
      return;
    }
    // A check that left after the first refusal decides on this one, too.
    const isDecidedSoon = gate.isOpen && this.#unpaid.size > 0 && balance.isAsking;
    if (!isDecidedSoon) gate.backOff('zero_balance', this.pace, { ...call, by: byCall(call, error) });
    if (!balance.isAsking && clock.now() < balance.askableAt) {
      comeback.later();
      return;
    }
    this.#unpaid.set(kind, call);
    void comeback.now();
  }

  /** What the balance says; asked for before the account was closed it says nothing. */
  judge(amount: number | null, askedAt: number): void {
    const { gate, breaker, onNoSlot, comeback } = this.owner;
    const refused = [...this.#unpaid];
    this.#unpaid.clear();
    if (!gate.isOpen) return;
    const call: CallMade = { call: 'balance', askedAt };
    const hasMoney = amount === null || amount > 0;
    const wasThere = refused.length > 0;
    if (hasMoney && gate.close({ by: byCall(call), askedAt, rampMs: wasThere ? 0 : breaker.rampMs })) {
      if (wasThere) gate.forget();
      for (const [kind, refusal] of refused) onNoSlot(kind, new SolveError('no_slot'), refusal);
    } else if (!hasMoney && !wasThere) {
      gate.backOff('zero_balance', this.pace, { askedAt, by: byCall(call) });
    }
    comeback.later();
  }
}

/** The refusal for what it was, with the provider's own word. */
function noSlot({ evidence }: SolveError): SolveError {
  return new SolveError('no_slot', { upstreamCode: evidence.upstreamCode });
}
