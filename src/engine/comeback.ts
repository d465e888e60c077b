/** When an account that is closed is asked for its balance: the way back of its connection and of its money. */
import type { Cancel, Clock } from '../core/clock.js';
import type { Balance } from './balance.js';
import type { Gate } from './gate.js';

export interface ComebackOwner {
  readonly clock: Clock;
  readonly balance: () => Balance;
  readonly transport: Gate;
  readonly money: Gate;
  readonly key: Gate;
  readonly silentUntil: () => number | undefined;
  /** How long a real task goes first where no balance call has ever worked. */
  readonly graceMs: () => number;
}

/** How soon those who wait for somebody else's try look again. */
export const PROBE_PAUSE_MS = 250;

export class Comeback {
  #cancel: Cancel | undefined;
  #isClosed = false;
  #hasFailed = false;

  constructor(private readonly owner: ComebackOwner) {}

  /** Whether the balance may be asked for at all now. */
  get mayAsk(): boolean {
    const { clock, transport, key, silentUntil } = this.owner;
    if (silentUntil() !== undefined || key.isOpen) return false;
    return !transport.isOpen || transport.isTriable(clock.now());
  }

  /** Checks again when the first open gate and the service's own pace allow it. */
  later(soonest = 0): void {
    const { clock, transport, money, key, silentUntil } = this.owner;
    this.#cancel?.();
    this.#cancel = undefined;
    const waiting = [transport, money].filter(({ isOpen }) => isOpen);
    if (waiting.length === 0 || key.isOpen || this.#isClosed) return;
    const dueAt = Math.min(...waiting.map((gate) => this.#dueAt(gate)));
    const at = Math.max(dueAt, this.owner.balance().askableAt, silentUntil() ?? 0, soonest);
    this.#cancel = clock.after(at - clock.now(), () => void this.now());
  }

  /** Checks now, unless that may not be. */
  async now(): Promise<void> {
    const { clock } = this.owner;
    const balance = this.owner.balance();
    const askableAt = balance.askableAt;
    await balance.refresh();
    this.#hasFailed = balance.toldAt === null && balance.askableAt !== askableAt;
    this.later(clock.now() + PROBE_PAUSE_MS);
  }

  /** Checks from now on, as the settings stand. */
  open(): void {
    this.#isClosed = false;
    this.later();
  }

  /** Ends its timer. */
  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
  }

  /** A balance call that has never worked may be all that does not work: a real task goes first. */
  #dueAt({ scope, until }: Gate): number {
    const isDoubtful = scope === 'transport' && this.#hasFailed;
    return (until ?? 0) + (isDoubtful ? this.owner.graceMs() : 0);
  }
}
