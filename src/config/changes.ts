/** What a new config changes: as JSON paths, never as values, which may be secrets. */
import { formatPath, type Path } from './config-error.js';
import type { Config } from './schema.js';

/** Bound to sockets and files that are open: a new value waits for the next start. */
const FIXED = /^(?:log\.format|server\.(?:host|port|tls|tls\.port)|store(?:\.(?!retention(?:\.|$)).+)?)$/;

/**
 * Every path whose value is another one. Entries of `clients` and `providers` are matched by their ids and named by
 * their place in the new config, those that are gone by their old place; a new order of theirs is the list's own path.
 */
export function changedPaths(before: Config, after: Config): readonly string[] {
  return [...new Set(differences(before, after, []).map(formatPath))];
}

/** Those of them that a running gateway cannot follow. */
export function fixedPaths(changed: readonly string[]): readonly string[] {
  return changed.filter((path) => FIXED.test(path));
}

/** The config that a gateway started with `first` can run on when it is told `next`. */
export function withoutFixed(first: Config, next: Config): Config {
  const { host, port, tls } = first.server;
  const kept = tls && next.server.tls ? { ...next.server.tls, port: tls.port } : tls;
  return {
    ...next,
    server: { ...next.server, host, port, tls: kept },
    log: { ...next.log, format: first.log.format },
    store: { ...first.store, retention: next.store.retention },
  };
}

function differences(before: unknown, after: unknown, path: Path): Path[] {
  if (Object.is(before, after)) return [];
  if (isEntries(before) && isEntries(after)) return entryDifferences(before, after, path);
  if (Array.isArray(before) && Array.isArray(after))
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [path];
  if (!isObject(before) || !isObject(after)) return [path];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => differences(before[key], after[key], [...path, key]));
}

interface Entry {
  readonly id: string;
}

function entryDifferences(before: readonly Entry[], after: readonly Entry[], path: Path): Path[] {
  const [idsBefore, idsAfter] = [before.map(({ id }) => id), after.map(({ id }) => id)];
  const gone = idsBefore.flatMap((id, index) => (idsAfter.includes(id) ? [] : [[...path, index]]));
  const others = after.flatMap((entry, index) => {
    const known = before.find(({ id }) => id === entry.id);
    return known ? differences(known, entry, [...path, index]) : [[...path, index]];
  });
  const common = (ids: readonly string[], other: readonly string[]) => ids.filter((id) => other.includes(id));
  const isReordered = common(idsBefore, idsAfter).join(' ') !== common(idsAfter, idsBefore).join(' ');
  return [...(isReordered ? [path] : []), ...gone, ...others];
}

function isEntries(value: unknown): value is readonly Entry[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => isObject(each) && 'id' in each);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
