/** What the gateway has to offer: kinds, money and room to one client; who serves to the operator. */
import type { Clock } from '../core/clock.js';
import type { Client, KindOffer, RoutingSettings, Usage, UsageScope } from '../core/gateway.js';
import type { KindServing } from '../core/status.js';
import type { TaskStore } from '../core/store.js';
import { KIND_NAMES } from '../core/task.js';
import type { AccountState } from './account.js';
import type { Accounts } from './accounts.js';
import { type Activity, roomOf } from './activity.js';
import { startOfDay } from './clients.js';
import { servingOf } from './serving.js';

export interface OfferTools {
  readonly clock: Clock;
  readonly store: TaskStore;
  readonly accounts: Accounts;
  readonly activity: Activity;
  readonly routing: RoutingSettings;
  /** Waits for an event, at most so long, and no longer than the gateway itself. */
  readonly until: (event: Promise<unknown>, waitMs: number) => Promise<void>;
}

/** How long a client waits for balances that are not known yet. */
const BALANCE_WAIT_MS = 2_500;

export class Offers {
  constructor(private readonly tools: OfferTools) {}

  /** The sum of the accounts that this client may use, no more than what is left of its day. Rejects with the store. */
  async balanceUsd(client: Client): Promise<number> {
    const balances = this.#accountsOf(client).map(({ gates }) => gates.balance);
    const answers = Promise.all(balances.map((balance) => balance.refresh()));
    const isUnknown = balances.some(({ usd }) => usd === null);
    if (isUnknown) await this.tools.until(answers, BALANCE_WAIT_MS);
    const sum = balances.reduce((total, { usd }) => total + (usd ?? 0), 0);
    return Math.max(0, Math.min(sum, await this.#leftUsd(client)));
  }

  async #leftUsd({ id, limits }: Client): Promise<number> {
    if (limits?.usdPerDay === undefined) return Number.POSITIVE_INFINITY;
    const { store, clock } = this.tools;
    return limits.usdPerDay - (await store.spentUsd(id, startOfDay(clock.now())));
  }

  /** What this client may have solved, and by whom. */
  kinds(client: Client): readonly KindOffer[] {
    const allowed = KIND_NAMES.filter((kind) => client.kinds?.includes(kind) ?? true);
    const accounts = this.#accountsOf(client);
    return allowed.map((kind) => {
      const able = accounts.filter(({ account }) => account.kinds.includes(kind));
      return { kind, providers: able.map(({ id }) => id) };
    });
  }

  /** Who would be asked for each kind now, whoever the client. */
  serving(): readonly KindServing[] {
    const { accounts, routing, clock } = this.tools;
    return servingOf({ accounts: accounts.configured, routing, clock });
  }

  usage({ client, kind }: UsageScope): Usage {
    const { accounts, activity, clock } = this.tools;
    return {
      ...roomOf(client ? this.#accountsOf(client) : accounts.configured, clock.now(), kind),
      ...activity.means(kind),
      hours: client ? activity.hoursOf(client.id) : [],
    };
  }

  #accountsOf({ providers }: Client): readonly AccountState[] {
    return this.tools.accounts.configured.filter(({ id }) => providers?.includes(id) ?? true);
  }
}
