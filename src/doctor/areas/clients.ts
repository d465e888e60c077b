/** Clients: whether each can get anything solved with what it may use. */
import { toClients } from '../../config/accounts.js';
import type { LoadedConfig } from '../../config/load.js';
import { KIND_NAMES, type Kind } from '../../core/task.js';
import { area } from '../facts.js';
import { accountsFor, listed } from '../places.js';

type Entry = LoadedConfig['config']['clients'][number];

/** What clients may ask for, and whom. */
export const CLIENTS = area('clients', ({ loaded }) => loaded, [
  {
    id: 'client-unservable',
    severity: 'fault',
    title: 'no account that a client may use takes any kind that it may ask for',
    find: (loaded) =>
      loaded.config.clients.flatMap((client, index) =>
        servable(loaded, client).length > 0
          ? []
          : [
              {
                where: `clients[${index}]`,
                what: `Nothing that ${client.id} may ask for is taken by an account that it may use.`,
                cause: 'Its kinds and its providers, or the routing of these kinds, leave nobody.',
                fix: `Take clients[${index}].providers out, or name there an account that takes ${listed(kindsOf(client))}`,
              },
            ],
      ),
  },
  {
    id: 'client-kind-unserved',
    severity: 'warning',
    title: 'a client may ask for a kind that no account takes which it may use',
    find: (loaded) =>
      loaded.config.clients.flatMap((client, index) => {
        const served = servable(loaded, client);
        const unserved = (client.kinds ?? []).filter((kind) => !served.includes(kind));
        if (unserved.length === 0 || served.length === 0) return [];
        return [
          {
            where: `clients[${index}].kinds`,
            what: `Tasks of ${client.id} for ${listed(unserved)} are always refused.`,
            cause: 'No account that it may use takes them.',
            fix: `Take them out of clients[${index}].kinds, or add an account that takes them`,
          },
        ];
      }),
  },
  {
    id: 'client-limit-zero',
    severity: 'warning',
    title: 'a limit of 0 keeps a client from everything',
    find: ({ config }) =>
      config.clients.flatMap(({ id, limits = {} }, index) =>
        Object.entries(limits)
          .filter(([, limit]) => limit === 0)
          .map(([name]) => ({
            where: `clients[${index}].limits.${name}`,
            what: `It is 0, so every task of ${id} is refused.`,
            cause: 'A limit of 0 allows nothing; an absent one everything.',
            fix: `Take clients[${index}].limits.${name} out, or write a number above 0`,
          })),
      ),
  },
  {
    id: 'daily-limit-below-price',
    severity: 'fault',
    title: "a client's `usdPerDay` does not pay for one task",
    find: (loaded) =>
      loaded.config.clients.flatMap((client, index) => {
        const perDay = client.limits?.usdPerDay ?? 0;
        const cheapest = Math.min(...prices(loaded, client));
        if (perDay === 0 || !Number.isFinite(cheapest) || perDay >= cheapest) return [];
        return [
          {
            where: `clients[${index}].limits.usdPerDay`,
            what: `${client.id} may spend ${perDay} USD a day, and the cheapest task costs ${cheapest} USD.`,
            cause: 'The limit is the money of a whole day, not of a task.',
            fix: `Write at least ${cheapest}, better what a day may cost, at clients[${index}].limits.usdPerDay`,
          },
        ];
      }),
  },
  {
    id: 'targets-cancel-out',
    severity: 'fault',
    title: "a client's `targets.deny` takes back all that `targets.allow` gives",
    find: ({ config }) =>
      toClients(config).flatMap(({ id, targets }, index) => {
        const allow = targets?.allow ?? [];
        if (allow.length === 0 || !allow.every((host) => targets?.deny?.some((rule) => covers(rule, host))))
          return [];
        return [
          {
            where: `clients[${index}].targets`,
            what: `No site is left that ${id} may solve for.`,
            cause: 'Every host of targets.allow is in targets.deny too, and deny wins.',
            fix: `Take the hosts that you mean to allow out of clients[${index}].targets.deny`,
          },
        ];
      }),
  },
]);

function kindsOf(client: Entry): readonly Kind[] {
  return client.kinds ?? KIND_NAMES;
}

function usable(loaded: LoadedConfig, client: Entry, kind: Kind) {
  return accountsFor(loaded, kind).filter(({ id }) => client.providers?.includes(id) ?? true);
}

function servable(loaded: LoadedConfig, client: Entry): readonly Kind[] {
  return kindsOf(client).filter((kind) => usable(loaded, client, kind).length > 0);
}

/** What a task of each kind costs where it is cheapest; an unknown price counts as nothing. */
function prices(loaded: LoadedConfig, client: Entry): readonly number[] {
  return kindsOf(client).flatMap((kind) =>
    usable(loaded, client, kind).map(({ priceUsd }) => priceUsd(kind) ?? 0),
  );
}

/** Whether a rule for hosts takes in all of another. */
function covers(rule: string, host: string): boolean {
  return rule === host || (rule.startsWith('*.') && host.endsWith(rule.slice(1)));
}
