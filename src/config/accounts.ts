/** Turns a valid config into the accounts and clients that the engine works with. */
import type { Client, Targets } from '../core/gateway.js';
import type { Account, Provider, Timing } from '../core/provider.js';
import { isKind, type TaskKind } from '../core/task.js';
import { isPrivateBase, normalizeBaseUrl } from './base-url.js';
import { keySha256 } from './key.js';
import type { ClientEntry, Config, ProviderEntry } from './schema.js';

export { isPrivateBase } from './base-url.js';

/** Published by the services: balance calls closer together than this get an account banned. */
const PUBLIC_BALANCE_CHECK_MS = 60_000;

/**
 * The accounts in the order of their priority, then of their position in the config.
 * @throws Error when an entry uses a provider that is not there; a loaded config has none.
 */
export function toAccounts(config: Config, providers: ReadonlyMap<string, Provider>): readonly Account[] {
  const accounts = config.providers.map((entry, index) => {
    const provider = overWire(providers.get(entry.use), entry.wire);
    if (!provider) throw new Error(`there is no provider ${entry.use} over ${entry.wire ?? 'its wire'}`);
    return toAccount(config, entry, provider, index + 1);
  });
  return accounts.sort((one, other) => one.priority - other.priority);
}

function toAccount(config: Config, entry: ProviderEntry, provider: Provider, position: number): Account {
  const baseUrl = normalizeBaseUrl(entry.baseUrl ?? provider.baseUrl);
  const isPublic = !isPrivateBase(baseUrl);
  return {
    id: entry.id,
    entry: JSON.stringify(entry),
    provider,
    baseUrl,
    apiKey: entry.apiKey,
    priority: entry.priority ?? position,
    weight: entry.weight,
    shadow: entry.shadow,
    kinds: entry.kinds ?? provider.kinds,
    takesPassed: entry.kinds === undefined,
    threads: entry.threads,
    // Nobody has published a pace for a service that only the config knows.
    timing: (kind) => paced(provider.timing(kind), entry.timing ?? {}, isPublic && provider.baseUrl !== ''),
    priceUsd: (kind) => priceUsd(entry, provider, kind),
    balanceCheckMs: balanceCheckMs(config, { baseUrl }),
    balanceEveryMs: balanceEveryMs(config, isPublic),
    alerts: {
      balanceBelowUsd: entry.alerts?.balanceBelowUsd ?? config.alerts.balanceBelowUsd,
      emptyWithinHours: entry.alerts?.emptyWithinHours ?? config.alerts.emptyWithinHours,
    },
    callsBack: callsBack(config, entry, provider, isPublic),
    isPublic,
  };
}

/** Whether the service is asked to call; unless told, none that would have to reach into a private network. */
function callsBack(
  { server: { publicUrl } }: Config,
  { callbacks }: ProviderEntry,
  provider: Provider,
  isPublic: boolean,
): boolean {
  if (publicUrl === undefined || provider.callsBack === undefined) return false;
  return callbacks ?? (provider.callsBack === 'always' && !(isPublic && isPrivateBase(publicUrl)));
}

/** The provider over the wished wire; undefined when it does not speak that. */
export function overWire(provider: Provider | undefined, wire: string | undefined): Provider | undefined {
  if (wire === undefined || provider?.wire === wire) return provider;
  return wire === 'classic' || wire === 'json' ? provider?.over?.[wire] : undefined;
}

/** The wished pace; at a public host never faster than the published one. */
function paced(published: Timing, wished: Partial<Timing>, isPublic: boolean): Timing {
  const free = {
    firstPollMs: wished.firstPollMs ?? published.firstPollMs,
    pollEveryMs: wished.pollEveryMs ?? published.pollEveryMs,
    maxPolls: wished.maxPolls ?? published.maxPolls,
    giveUpMs: wished.giveUpMs ?? published.giveUpMs,
    answerWithinMs: wished.answerWithinMs ?? published.answerWithinMs,
  };
  const wishedFloorMs = wished.floorMs ?? wished.pollEveryMs ?? published.floorMs;
  if (!isPublic) return withFloor(free, wishedFloorMs);
  const publishedFloorMs = published.floorMs ?? published.pollEveryMs;
  const kept = {
    ...free,
    firstPollMs: Math.max(free.firstPollMs, published.firstPollMs),
    pollEveryMs: Math.max(free.pollEveryMs, published.pollEveryMs),
    maxPolls: Math.min(free.maxPolls, published.maxPolls),
  };
  return withFloor(kept, Math.max(wishedFloorMs ?? 0, publishedFloorMs));
}

/** A floor that is no lower than the pace is the pace. */
function withFloor(timing: Timing, floorMs: number | undefined): Timing {
  return floorMs === undefined || floorMs >= timing.pollEveryMs ? timing : { ...timing, floorMs };
}

function priceUsd(entry: ProviderEntry, provider: Provider, kind: TaskKind): number | null {
  if (!isKind(kind)) return null;
  const per1000 = entry.pricesUsdPer1000?.[kind] ?? provider.pricesUsdPer1000[kind];
  return per1000 === undefined ? null : per1000 / 1_000;
}

/** Least time between two balance checks of this account. */
export function balanceCheckMs(config: Config, account: Pick<Account, 'baseUrl'>): number {
  const wished = config.breaker.balanceCheckMs;
  return isPrivateBase(account.baseUrl) ? wished : Math.max(wished, PUBLIC_BALANCE_CHECK_MS);
}

/** Between two readings that nobody asks for; 0 for none. */
function balanceEveryMs({ polling: { balanceEveryMs: wished } }: Config, isPublic: boolean): number {
  return isPublic && wished > 0 ? Math.max(wished, PUBLIC_BALANCE_CHECK_MS) : wished;
}

/** The clients in the order of the config, their keys hashed. */
export function toClients(config: Config): readonly Client[] {
  return config.clients.map((entry) => toClient(entry, config.polling.holdMs));
}

function toClient(entry: ClientEntry, holdMs: number): Client {
  return {
    id: entry.id,
    keySha256: keySha256(entry.key),
    kinds: entry.kinds,
    providers: entry.providers,
    holdMs: entry.holdMs ?? holdMs,
    targets: entry.targets && toTargets(entry.targets),
    limits: entry.limits,
  };
}

/** Hosts in the form in which page URLs give them: lower case, international names in ASCII. */
function toTargets({ allow, deny }: Targets): Targets {
  return { allow: allow?.map(asHost), deny: deny?.map(asHost) };
}

function asHost(written: string): string {
  const [, wildcard = '', name = written] = /^(\*\.)?(.*)$/.exec(written) ?? [];
  const url = `http://${name}`;
  return wildcard + (URL.canParse(url) ? new URL(url).hostname : name.toLowerCase());
}
