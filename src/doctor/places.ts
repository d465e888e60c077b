/** Where things stand in the config, and how amounts are written. */
import type { LoadedConfig } from '../config/load.js';
import type { Account } from '../core/provider.js';
import { KIND_NAMES, type Kind } from '../core/task.js';

/** `providers[2]` of an account's id. */
export function entryPath({ config }: LoadedConfig, id: string): string {
  return `providers[${config.providers.findIndex((entry) => entry.id === id)}]`;
}

/** Accounts that a task of this kind can go to, whichever client it is from. */
export function accountsFor({ config, accounts }: LoadedConfig, kind: Kind): readonly Account[] {
  const named = config.routing.kinds[kind]?.providers;
  return accounts.filter(({ id, kinds }) => kinds.includes(kind) && (named?.includes(id) ?? true));
}

/** Kinds that some account takes. */
export function servedKinds(loaded: LoadedConfig): readonly Kind[] {
  return KIND_NAMES.filter((kind) => accountsFor(loaded, kind).length > 0);
}

/** Kinds that the config names somewhere: the operator counts on them. */
export function namedKinds({ config }: LoadedConfig): readonly Kind[] {
  const named = new Set<Kind>([
    ...config.clients.flatMap(({ kinds }) => kinds ?? []),
    ...config.providers.flatMap(({ kinds }) => kinds ?? []),
    ...KIND_NAMES.filter((kind) => config.routing.kinds[kind] !== undefined),
  ]);
  return KIND_NAMES.filter((kind) => named.has(kind));
}

const MOST_NAMED = 6;

/** A list that stays readable: the first few, and how many more. */
export function listed(names: readonly string[]): string {
  const rest = names.length - MOST_NAMED;
  return rest > 0 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${rest} more` : names.join(', ');
}

/** The host of an address, as people know it. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** A duration in the unit that suits it. */
export function duration(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1_000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** A size in MiB or GiB. */
export function size(bytes: number): string {
  const mebibytes = bytes / 1024 ** 2;
  return mebibytes < 1024 ? `${Math.round(mebibytes)} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}
