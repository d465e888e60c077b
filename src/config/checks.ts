/** What no single key can tell: whether the entries of the config fit each other and the providers there are. */
import { z } from 'zod';
import type { Provider } from '../core/provider.js';
import { isKind, type Kind } from '../core/task.js';
import { overWire } from './accounts.js';
import type { Fault, Path } from './config-error.js';
import { didYouMean, notOneOf } from './faults.js';
import { keySha256 } from './key.js';

const text = z.string().optional().catch(undefined);
const texts = z.array(text).catch([]);
const flag = z.boolean().optional().catch(undefined);

/** The config as far as it can be read: a fault in one place must not hide those of another. */
const looseConfig = z
  .object({
    clients: z.array(z.object({ id: text, key: text, providers: texts }).catch({ providers: [] })).catch([]),
    providers: z
      .array(
        z
          .object({
            id: text,
            use: text,
            baseUrl: text,
            wire: text,
            kinds: texts.optional(),
            callbacks: flag,
          })
          .catch({}),
      )
      .catch([]),
    server: z.object({ publicUrl: z.unknown() }).catch({ publicUrl: undefined }),
    routing: z
      .object({
        kinds: z.record(z.string(), z.object({ providers: texts }).catch({ providers: [] })).catch({}),
      })
      .catch({ kinds: {} }),
  })
  .catch({ clients: [], providers: [], routing: { kinds: {} }, server: { publicUrl: undefined } });

type LooseConfig = z.output<typeof looseConfig>;
type Entry = LooseConfig['providers'][number];
type Texts = readonly (string | undefined)[];
type Providers = ReadonlyMap<string, Provider>;

/** Every fault between entries; `input` may have any number of faults of its own. */
export function crossFaults(input: unknown, providers: Providers): Fault[] {
  const config = looseConfig.parse(input);
  const hashes = config.clients.map(({ key }) => (key === undefined ? undefined : keySha256(key)));
  return [
    ...repeated('clients', 'id', idsOf(config.clients)),
    ...repeated('clients', 'key', hashes),
    ...repeated('providers', 'id', idsOf(config.providers)),
    ...config.providers.flatMap((entry, index) => entryFaults(entry, ['providers', index], providers)),
    ...config.providers.flatMap((entry, index) =>
      callbackFaults(entry, ['providers', index, 'callbacks'], config.server, providers),
    ),
    ...unknownIds(config),
    ...wrongRoutes(config, providers),
  ];
}

function idsOf(entries: readonly { readonly id?: string | undefined }[]): Texts {
  return entries.map(({ id }) => id);
}

function repeated(list: string, key: string, values: Texts): Fault[] {
  return values.flatMap((value, index) => {
    const first = values.indexOf(value);
    if (value === undefined || first === index) return [];
    return [{ path: [list, index, key], message: `is the same as ${list}[${first}].${key}` }];
  });
}

function entryFaults(entry: Entry, path: Path, providers: Providers): Fault[] {
  if (entry.use === undefined) return [];
  const service = providers.get(entry.use);
  if (!service) return [notOneOf([...path, 'use'], entry.use, [...providers.keys()].sort())];
  const provider = overWire(service, entry.wire);
  if (!provider) return isOldWire(entry.wire) ? [wrongWire(path, service)] : [];
  const unspoken = (entry.kinds ?? []).flatMap((kind, index): Fault[] => {
    if (!isKnownKind(kind) || provider.speaks.includes(kind)) return [];
    return [{ path: [...path, 'kinds', index], message: `${provider.id} does not speak ${kind}` }];
  });
  if (provider.baseUrl !== '' || entry.baseUrl !== undefined) return unspoken;
  return [
    ...unspoken,
    { path: [...path, 'baseUrl'], message: `is required: ${provider.id} has no address of its own` },
  ];
}

function callbackFaults(
  entry: Entry,
  path: Path,
  { publicUrl }: LooseConfig['server'],
  providers: Providers,
): Fault[] {
  if (entry.callbacks !== true) return [];
  const provider = entry.use === undefined ? undefined : overWire(providers.get(entry.use), entry.wire);
  if (provider && provider.callsBack === undefined)
    return [{ path, message: `${provider.id} calls nobody back`, hint: 'leave this key out' }];
  return publicUrl === undefined ? [{ path, message: 'needs server.publicUrl, which it would call' }] : [];
}

function isOldWire(wire: string | undefined): boolean {
  return wire === 'classic' || wire === 'json';
}

function wrongWire(path: Path, { id, wire }: Provider): Fault {
  const hint = `${id} speaks the ${wire} wire: leave this key out`;
  return { path: [...path, 'wire'], message: `${id} has one wire only`, hint };
}

function unknownIds({ clients, providers, routing }: LooseConfig): Fault[] {
  const ids = providers.flatMap(({ id }) => id ?? []);
  // While an account's own id cannot be read, any id might be its.
  if (ids.length < providers.length || ids.length === 0) return [];
  const check = (named: Texts, path: Path) =>
    named.flatMap((id, index): Fault[] => {
      if (id === undefined || ids.includes(id)) return [];
      return [{ path: [...path, index], message: 'is not the id of a provider', hint: didYouMean(id, ids) }];
    });
  return [
    ...clients.flatMap((client, index) => check(client.providers, ['clients', index, 'providers'])),
    ...Object.entries(routing.kinds).flatMap(([kind, route]) =>
      check(route.providers, ['routing', 'kinds', kind, 'providers']),
    ),
  ];
}

function wrongRoutes(config: LooseConfig, providers: Providers): Fault[] {
  const kindsById = new Map(config.providers.map((entry) => [entry.id, kindsOf(entry, providers)]));
  return Object.entries(config.routing.kinds).flatMap(([kind, route]) =>
    route.providers.flatMap((id, index): Fault[] => {
      const kinds = kindsById.get(id);
      if (id === undefined || !isKnownKind(kind) || !kinds || kinds.includes(kind)) return [];
      const path = ['routing', 'kinds', kind, 'providers', index];
      return [
        { path, message: `is not asked for ${kind}`, hint: 'add the kind to its kinds, or take it out here' },
      ];
    }),
  );
}

/** Undefined while the entry's own faults leave its kinds open. */
function kindsOf(entry: Entry, providers: Providers): readonly Kind[] | undefined {
  const provider = entry.use === undefined ? undefined : overWire(providers.get(entry.use), entry.wire);
  if (!provider || entry.kinds === undefined) return provider?.kinds;
  const known = entry.kinds.filter(isKnownKind);
  return known.length === entry.kinds.length && known.length > 0 ? known : undefined;
}

function isKnownKind(name: string | undefined): name is Kind {
  return name !== undefined && isKind(name);
}
