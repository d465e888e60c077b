/** The gateway that runs: whether it is the one of this config, and what keeps its accounts out. */
import type { RunningProvider } from '../../core/examination.js';
import { area, type Facts } from '../facts.js';
import { duration, entryPath, listed } from '../places.js';

const DAY_MS = 86_400_000;
const MANY_CALLBACKS = 10;

/** Whether it answers at all. */
export const RUNNING_DOOR = area('running gateway', ({ running }) => running, [
  {
    id: 'gateway-silent',
    severity: 'fault',
    title: 'no gateway answers at `--url`',
    find: ({ isNamed, state, url }) =>
      !isNamed || state === 'gateway'
        ? []
        : [
            {
              where: url,
              what:
                state === 'silent' ? 'Nobody answers there.' : 'What answers there is no captcha-gateway.',
              cause: 'The gateway is not started, or has another address.',
              fix: 'captcha-gateway serve --config FILE, or give its address with --url',
            },
          ],
  },
  {
    id: 'gateway-key-refused',
    severity: 'warning',
    title: 'the running gateway refuses the admin key, or there is none to send',
    find: ({ told, hasKey, url }) =>
      told !== 401
        ? []
        : [
            {
              where: url,
              what: hasKey
                ? 'The running gateway has another admin key, so public services were not asked for balances.'
                : 'The running gateway wants its admin key, so public services were not asked for balances.',
              cause: hasKey
                ? 'The key was changed since it was started.'
                : 'The config has only its hash, or was not read.',
              fix: hasKey
                ? 'Restart the gateway, or give its key with --key'
                : 'Give it with --key, or set GATEWAY_ADMIN_KEY',
            },
          ],
  },
  {
    id: 'gateway-not-ready',
    severity: 'fault',
    title: 'the running gateway cannot write its ledger, or is stopping',
    find: ({ state, isReady, url }) =>
      state !== 'gateway' || isReady
        ? []
        : [
            {
              where: url,
              what: '/readyz says that it is not ready: new tasks are refused.',
              cause: 'Its ledger cannot be written, or it is about to stop.',
              fix: 'See the log lines with "event":"fault", and mend the store that they name',
            },
          ],
  },
]);

function partOf({ running, loaded, now, version }: Facts) {
  if (!running) return null;
  const { version: runs } = running;
  if (runs === null) return running.state === 'gateway' ? null : undefined;
  return { ...running, version: runs, loaded, now, ownVersion: version };
}

/** What it tells of itself. */
export const RUNNING = area('running accounts', partOf, [
  {
    id: 'gateway-other-version',
    severity: 'warning',
    title: 'the running gateway has another version than this command',
    find: ({ version, ownVersion, url }) =>
      version === ownVersion
        ? []
        : [
            {
              where: url,
              what: `Version ${version} runs, and this is ${ownVersion}.`,
              cause: 'It was not restarted after an update, or this command is another installation.',
              fix: 'Restart the gateway',
            },
          ],
  },
  {
    id: 'gateway-older-config',
    severity: 'warning',
    title: 'the running gateway has other accounts than the config',
    find: ({ loaded, providers, url }) => {
      if (!loaded) return [];
      const served = providers.map(signature);
      const written = loaded.accounts.map(({ id, provider, priority }) =>
        signature({ id, use: provider.id, priority }),
      );
      const differing = [...served, ...written].filter(
        (each) => !(served.includes(each) && written.includes(each)),
      );
      if (differing.length === 0) return [];
      const ids = new Set(differing.map((each) => each.split(' ')[0] ?? ''));
      return [
        {
          where: url,
          what: `What runs and what the config says differ in ${listed([...ids])}.`,
          cause: 'The config was changed since the gateway read it, or this is another gateway.',
          fix: 'captcha-gateway reload, or name its config with --config',
        },
      ];
    },
  },
  {
    id: 'provider-held-out',
    severity: 'warning',
    title: 'an account has been held out by hand for more than a day',
    find: ({ providers, now }) =>
      providers
        .filter(({ state, since }) => state === 'held-out' && age(since, now) > DAY_MS)
        .map(({ id, since, cause }) => ({
          where: id,
          what: `${id} has been held out for ${duration(age(since, now))}: ${cause ?? 'no reason was given'}.`,
          cause: 'Somebody held it and nobody admitted it again.',
          fix: `captcha-gateway admit ${id}`,
        })),
  },
  {
    id: 'account-open-for-key',
    severity: 'fault',
    title: 'the running gateway has closed an account because its key is refused',
    find: ({ providers, loaded, now }) =>
      providers
        .filter(
          ({ state, cause, comesBack }) => state === 'open' && comesBack === 'operator' && cause === 'auth',
        )
        .map(({ id, since }) => ({
          where: id,
          what: `${id} has taken no tasks for ${duration(age(since, now))}: the service refuses its key.`,
          cause: 'Only a right key helps, so nothing is tried meanwhile.',
          fix: `Write the right key at ${loaded ? entryPath(loaded, id) : 'its entry'}.apiKey, restart the gateway, then: captcha-gateway admit ${id}`,
        })),
  },
  {
    id: 'account-open',
    severity: 'warning',
    title: 'the running gateway has closed an account: calls failed in a row, or a ban runs',
    find: ({ providers, now }) =>
      providers.filter(isOpen).map(({ id, since, cause }) => ({
        where: id,
        what: `${id} has taken no tasks for ${duration(age(since, now))}: ${cause}.`,
        cause: 'The gateway tries it again and again, with growing pauses; during a ban it makes no call.',
        fix: `Mend what it names; then, to try it at once: captcha-gateway admit ${id}`,
      })),
  },
  {
    id: 'deadline-below-solve-time',
    severity: 'warning',
    title: 'a kind usually takes longer than `deadlineMs`, as the running gateway has measured',
    find: ({ providers, loaded }) => {
      const deadlineMs = loaded?.config.routing.deadlineMs ?? Number.POSITIVE_INFINITY;
      return providers.flatMap(({ id, kinds }) =>
        kinds
          .filter(({ p50Ms }) => (p50Ms ?? 0) >= deadlineMs)
          .map(({ kind, p50Ms }) => ({
            where: 'routing.deadlineMs',
            what: `${kind} at ${id} takes ${duration(p50Ms ?? 0)} as often as not, and tasks end after ${duration(deadlineMs)}.`,
            cause: 'Answers come when nobody waits for them any more, and are paid for.',
            fix: `Write ${Math.ceil(((p50Ms ?? 0) * 2) / 1_000) * 1_000} at routing.deadlineMs`,
          })),
      );
    },
  },
  {
    id: 'callbacks-given-up',
    severity: 'warning',
    title: 'ten or more callbacks to clients were given up',
    find: ({ deadCallbacks, url }) =>
      deadCallbacks < MANY_CALLBACKS
        ? []
        : [
            {
              where: url,
              what: `${deadCallbacks} callbacks were given up: their receivers did not answer with 2xx.`,
              cause:
                'A receiver is gone, refuses the signature, or is at a private address that is not allowed.',
              fix: `See whose with: curl -H "X-Api-Key: $GATEWAY_ADMIN_KEY" ${url}/admin/callbacks`,
            },
          ],
  },
]);

function signature({ id, use, priority }: Pick<RunningProvider, 'id' | 'use' | 'priority'>): string {
  return `${id} ${use} ${priority}`;
}

function age(since: string | null, now: number): number {
  return since === null ? 0 : now - Date.parse(since);
}

/** Without money it is told of with its balance. */
function isOpen({ state, comesBack, balanceUsd }: RunningProvider): boolean {
  const isBroke = comesBack === 'balance' && balanceUsd !== null && balanceUsd <= 0;
  return state === 'open' && comesBack !== 'operator' && !isBroke;
}
