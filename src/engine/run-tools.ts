/** What every task works with. */
import type { Events } from '../core/events.js';
import type { Client, RoutingSettings } from '../core/gateway.js';
import type { CalledAttempt } from '../core/provider.js';
import type { TaskStore } from '../core/store.js';
import type { Accounts } from './accounts.js';
import type { Asks } from './asks.js';
import type { Budgets } from './budgets.js';
import type { TurnTools } from './turn.js';

export interface RunTools extends TurnTools {
  readonly events: Events;
  readonly store: TaskStore;
  readonly accounts: Accounts;
  /** Changed in place by a reload. */
  readonly routing: RoutingSettings;
  /** A client as the config has it now, or had it last. */
  readonly clientOf: (clientId: string) => Client | undefined;
  readonly budgets: Budgets;
  /** The lag, in ms, that one poll less is worth. */
  readonly pollCostMs: () => number;
  /** The address that a provider calls when this attempt is done; absent where nobody can call. */
  readonly callbackUrl?: ((attempt: CalledAttempt) => string | undefined) | undefined;
  /** When clients come back. */
  readonly asks: Asks;
  /** A fault of the gateway's own, such as a write that failed; the task goes on in memory. */
  readonly onStoreError: (error: unknown) => void;
}
