/** How long things are remembered, and how clients are told. */
import { area, type Facts } from '../facts.js';

/** Clients come for the answer this often, at the slowest. */
const SLOWEST_POLL_MS = 60_000;
const SHORTEST_SECRET_BYTES = 24;

/** The config, and whether the file has a section about callbacks. */
function partOf({ loaded, file: { written } }: Facts) {
  const isWritten = typeof written === 'object' && written !== null && 'callbacks' in written;
  return loaded && { config: loaded.config, isWritten };
}

/** Retention and callbacks. */
export const MEMORY = area('retention and callbacks', partOf, [
  {
    id: 'tasks-forgotten-early',
    severity: 'fault',
    title: '`retention.taskMs` ends before a client is told or has asked',
    find: ({ config }) => {
      const { taskMs } = config.store.retention;
      const needed = Math.max(SLOWEST_POLL_MS, config.callbacks.giveUpMs);
      if (taskMs >= needed) return [];
      return [
        {
          where: 'store.retention.taskMs',
          what: `Tasks are forgotten ${taskMs} ms after their end, and callbacks are tried for ${config.callbacks.giveUpMs} ms.`,
          cause: 'A task that is forgotten can be neither asked for nor told of.',
          fix: `Write ${needed} or more, better 86400000, at store.retention.taskMs`,
        },
      ];
    },
  },
  {
    id: 'solutions-forgotten-early',
    severity: 'warning',
    title: '`retention.solutionMs` ends before slow clients have asked',
    find: ({ config }) => {
      const { solutionMs } = config.store.retention;
      if (solutionMs >= SLOWEST_POLL_MS) return [];
      return [
        {
          where: 'store.retention.solutionMs',
          what: `Solutions are forgotten ${solutionMs} ms after they came.`,
          cause: 'A client that polls seldom finds its task solved and the solution gone.',
          fix: 'Write 1800000 at store.retention.solutionMs',
        },
      ];
    },
  },
  {
    id: 'callbacks-unsigned',
    severity: 'note',
    title: 'the config has a `callbacks` section, and no secret in it',
    find: ({ config, isWritten }) =>
      !isWritten || config.callbacks.secret !== undefined
        ? []
        : [
            {
              where: 'callbacks.secret',
              what: 'Callbacks are sent without a signature.',
              cause: 'There is no secret, so a receiver cannot tell the gateway from anybody else.',
              fix: 'Write "whsec_" and the output of: openssl rand -base64 32   at callbacks.secret',
            },
          ],
  },
  {
    id: 'callback-secret-short',
    severity: 'warning',
    title: '`callbacks.secret` has fewer than 24 bytes',
    find: ({ config }) => {
      const { secret } = config.callbacks;
      const bytes = Buffer.from(secret?.replace(/^whsec_/, '') ?? '', 'base64').length;
      if (secret === undefined || bytes >= SHORTEST_SECRET_BYTES) return [];
      return [
        {
          where: 'callbacks.secret',
          what: `The secret has ${bytes} bytes.`,
          cause: 'Standard Webhooks asks for 24 to 64 random bytes; receivers may refuse fewer.',
          fix: 'Write "whsec_" and the output of: openssl rand -base64 32   at callbacks.secret',
        },
      ];
    },
  },
]);
