/** Times, prices and candidates: whether tasks can end well with what the config allows them. */
import type { LoadedConfig } from '../../config/load.js';
import { KIND_NAMES, type Kind } from '../../core/task.js';
import { area } from '../facts.js';
import { accountsFor, entryPath, listed, namedKinds, servedKinds } from '../places.js';

/** Three of the known clients hang up after this long without an answer. */
const CLIENTS_WAIT_MS = 5_000;

/** Whom tasks go to, and what bounds them. */
export const ROUTING = area('routing', ({ loaded }) => loaded, [
  {
    id: 'single-account',
    severity: 'warning',
    title: 'there is one account only, so nothing can fail over',
    find: ({ accounts }) =>
      accounts.length > 1
        ? []
        : [
            {
              where: 'providers',
              what: `${accounts[0]?.id} is the only account: when it fails, every task does.`,
              cause: 'A gateway fails over between accounts.',
              fix: 'Add a second entry to providers, at another service',
            },
          ],
  },
  {
    id: 'kind-without-failover',
    severity: 'warning',
    title: 'a kind that the config names has one account only',
    find: (loaded) => {
      const alone = namedKinds(loaded).filter((kind) => accountsFor(loaded, kind).length === 1);
      if (alone.length === 0 || loaded.accounts.length === 1) return [];
      const [kind = ''] = alone;
      return [
        {
          where: 'providers',
          what: `Only one account takes ${listed(alone.map((each) => `${each} (${accountsFor(loaded, each)[0]?.id})`))}.`,
          cause: "The other accounts' kinds, or routing.kinds, leave it out.",
          fix: `Add ${kind} to the kinds of a second account, or name one more account at routing.kinds.${kind}.providers`,
        },
      ];
    },
  },
  {
    id: 'route-unserved',
    severity: 'warning',
    title: 'routing speaks of a kind that no account takes',
    find: (loaded) =>
      KIND_NAMES.filter(
        (kind) => loaded.config.routing.kinds[kind] && accountsFor(loaded, kind).length === 0,
      ).map((kind) => ({
        where: `routing.kinds.${kind}`,
        what: `No account takes ${kind}: every such task is refused.`,
        cause: 'The accounts that took it are gone, or their kinds leave it out.',
        fix: `Take routing.kinds.${kind} out, or add ${kind} to the kinds of an account`,
      })),
  },
  {
    id: 'price-above-cap',
    severity: 'warning',
    title: 'every account asks more for a kind than `maxUsdPerTask`',
    find: (loaded) => {
      const cap = loaded.config.routing.maxUsdPerTask;
      const dear = servedKinds(loaded).filter((kind) => cheapest(loaded, kind) > cap);
      if (dear.length === 0) return [];
      const needed = Math.max(...dear.map((kind) => cheapest(loaded, kind)));
      return [
        {
          where: 'routing.maxUsdPerTask',
          what: `${listed(dear)} cost more than ${cap} USD everywhere, so such tasks are refused.`,
          cause: 'The cap holds for one task and all its attempts together.',
          fix: `Write ${needed} or more at routing.maxUsdPerTask`,
        },
      ];
    },
  },
  {
    id: 'deadline-before-first-poll',
    severity: 'fault',
    title: 'tasks end before any account may be asked for the answer',
    find: (loaded) => {
      const { deadlineMs } = loaded.config.routing;
      const late = servedKinds(loaded).filter((kind) => firstAnswerMs(loaded, kind) >= deadlineMs);
      if (late.length === 0) return [];
      const needed = Math.max(...late.map((kind) => firstAnswerMs(loaded, kind)));
      return [
        {
          where: 'routing.deadlineMs',
          what: `Tasks end after ${deadlineMs} ms, and for ${listed(late)} nobody may be asked before that.`,
          cause: 'Services publish how long to wait before the first poll, and ban who asks sooner.',
          fix: `Write more than ${needed}, better 180000, at routing.deadlineMs`,
        },
      ];
    },
  },
  {
    id: 'give-up-after-deadline',
    severity: 'warning',
    title: "an account's own `giveUpMs` leaves no time for a second account",
    find: (loaded) => {
      const { config, accounts } = loaded;
      const { deadlineMs } = config.routing;
      return config.providers
        .filter(({ timing }) => accounts.length > 1 && (timing?.giveUpMs ?? 0) >= deadlineMs)
        .map(({ id, timing }) => ({
          where: `${entryPath(loaded, id)}.timing.giveUpMs`,
          what: `${id} is waited for ${timing?.giveUpMs} ms, and the task ends after ${deadlineMs} ms.`,
          cause: 'An account that accepts and never solves uses up the time of all others.',
          fix: `Write ${Math.floor(deadlineMs / 2)} at ${entryPath(loaded, id)}.timing.giveUpMs, or more at routing.deadlineMs`,
        }));
    },
  },
  {
    id: 'accept-too-late',
    severity: 'warning',
    title: '`acceptWithinMs` is longer than clients wait',
    find: ({ config }) =>
      config.routing.acceptWithinMs < CLIENTS_WAIT_MS
        ? []
        : [
            {
              where: 'routing.acceptWithinMs',
              what: `A submit may stay without an answer for ${config.routing.acceptWithinMs} ms.`,
              cause: 'Some clients hang up after 5 s and submit the same captcha again.',
              fix: 'Write 3500 at routing.acceptWithinMs',
            },
          ],
  },
  {
    id: 'hold-too-long',
    severity: 'warning',
    title: '`polling.holdMs` is longer than clients wait',
    find: ({ config }) =>
      config.polling.holdMs < CLIENTS_WAIT_MS
        ? []
        : [
            {
              where: 'polling.holdMs',
              what: `Polls of every client are held for up to ${config.polling.holdMs} ms.`,
              cause: 'Some clients hang up after 5 s, and a few of them end then.',
              fix: 'Write 3000 at polling.holdMs, and more at clients[].holdMs of those that wait longer',
            },
          ],
  },
]);

/** What the cheapest account asks; an unknown price counts as nothing, as it does for the cap. */
function cheapest(loaded: LoadedConfig, kind: Kind): number {
  return Math.min(...accountsFor(loaded, kind).map(({ priceUsd }) => priceUsd(kind) ?? 0));
}

/** When the first of the accounts may be asked for an answer. */
function firstAnswerMs(loaded: LoadedConfig, kind: Kind): number {
  const waits = accountsFor(loaded, kind).map(({ timing, provider }) =>
    provider.answersAtOnce(kind) ? 0 : timing(kind).firstPollMs,
  );
  return Math.min(...waits);
}
