/** What the config says to the engine. A reload changes it in place: whoever holds a part of it reads what holds now. */
import type { Clock } from '../core/clock.js';
import type { Events } from '../core/events.js';
import type { BreakerSettings, Client, RoutingSettings } from '../core/gateway.js';
import { changeMembers } from '../core/live.js';
import type { Account, CalledAttempt, Transport } from '../core/provider.js';
import type { TaskStore } from '../core/store.js';

export interface EngineSettings {
  readonly accounts: readonly Account[];
  readonly clients: readonly Client[];
  readonly routing: RoutingSettings;
  readonly breaker: BreakerSettings;
  /** The lag, in ms, that one poll less is worth; what the config's default says when absent. */
  readonly pollCostMs?: number | undefined;
  /** How long a request whose answer nobody heard may be repeated without counting twice; 0 or absent for never. */
  readonly repeatWindowMs?: number | undefined;
}

/** What the engine works with. */
export interface EngineOptions extends EngineSettings {
  readonly clock: Clock;
  readonly events: Events;
  readonly store: TaskStore;
  readonly transport: Transport;
  readonly onStoreError: (error: unknown) => void;
  /** The address that a provider calls when an attempt is done; absent where nobody can call. */
  readonly callbackUrl?: ((attempt: CalledAttempt) => string | undefined) | undefined;
}

const POLL_COST_MS = 75;

/** The figures of the config; accounts and clients have a history, and so places of their own. */
export class Settings {
  readonly routing: RoutingSettings;
  readonly breaker: BreakerSettings;
  pollCostMs = POLL_COST_MS;
  repeatWindowMs = 0;

  constructor(first: EngineSettings) {
    this.routing = { ...first.routing };
    this.breaker = { ...first.breaker };
    this.change(first);
  }

  change({ routing, breaker, pollCostMs, repeatWindowMs }: EngineSettings): void {
    changeMembers(this.routing, routing);
    changeMembers(this.breaker, breaker);
    this.pollCostMs = pollCostMs ?? POLL_COST_MS;
    this.repeatWindowMs = repeatWindowMs ?? 0;
  }
}
