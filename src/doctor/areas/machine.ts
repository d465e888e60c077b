/** The machine: what the process may use of it, and its clock. */
import { area, type Facts } from '../facts.js';
import { duration, size } from '../places.js';

const OLDEST_NODE = [20, 19] as const;
const FEWEST_OPEN_FILES = 4_096;
const LEAST_MEMORY_BYTES = 256 * 1024 ** 2;
const MOST_SKEW_MS = 60_000;

/** The process and its surroundings. */
export const MACHINE = area('machine', ({ machine }) => machine, [
  {
    id: 'node-too-old',
    severity: 'fault',
    title: 'Node is older than 20.19',
    find: ({ nodeVersion }) => {
      const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
      const [oldestMajor, oldestMinor] = OLDEST_NODE;
      if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return [];
      return [
        {
          where: 'Node',
          what: `This is Node ${nodeVersion}.`,
          cause: 'The gateway and its database driver are built for Node 20.19 and later.',
          fix: 'Install Node 20.19, 22 or 24',
        },
      ];
    },
  },
  {
    id: 'open-files-low',
    severity: 'warning',
    title: 'the process may open fewer than 4,096 files and sockets',
    find: ({ openFiles }) =>
      openFiles === null || openFiles >= FEWEST_OPEN_FILES
        ? []
        : [
            {
              where: 'open files',
              what: `At most ${openFiles} files and sockets may be open at once.`,
              cause: 'Every held poll, client and provider connection is one.',
              fix: 'ulimit -n 65536 where the gateway starts, or LimitNOFILE=65536 in its unit file',
            },
          ],
  },
  {
    id: 'memory-limit-low',
    severity: 'warning',
    title: 'the container or service may use less than 256 MiB',
    find: ({ memoryLimitBytes }) =>
      memoryLimitBytes === null || memoryLimitBytes >= LEAST_MEMORY_BYTES
        ? []
        : [
            {
              where: 'memory',
              what: `The process is killed beyond ${size(memoryLimitBytes)}.`,
              cause: '10,000 tasks in flight take up to 250 MB.',
              fix: 'docker run --memory 512m …, or MemoryMax=512M in its unit file',
            },
          ],
  },
  {
    id: 'proxy-variables-ignored',
    severity: 'warning',
    title: '`HTTP_PROXY`, `HTTPS_PROXY` or `ALL_PROXY` is set; the gateway does not use it',
    find: ({ proxyVariables }) =>
      proxyVariables.length === 0
        ? []
        : [
            {
              where: proxyVariables.join(', '),
              what: 'The environment names a proxy, and the gateway connects without it.',
              cause: 'Other programs take their proxy from there; the gateway calls services directly.',
              fix: `Let this machine reach the services directly, then: unset ${proxyVariables.join(' ')}`,
            },
          ],
  },
]);

/** The clock, by the `Date` headers of the services. */
export const CLOCK = area('clock', skewOf, [
  {
    id: 'clock-skew',
    severity: 'warning',
    title: "the clock differs from the services' clocks by more than a minute",
    find: (skewMs) =>
      Math.abs(skewMs) <= MOST_SKEW_MS
        ? []
        : [
            {
              where: 'clock',
              what: `This machine's clock is ${duration(skewMs)} ${skewMs > 0 ? 'behind' : 'ahead'}.`,
              cause: "The services' Date headers agree on another time: nothing sets this clock.",
              fix: 'timedatectl set-ntp true',
            },
          ],
  },
]);

/** The median: one service with a wrong clock is its own affair. */
function skewOf({ services }: Facts): number | null {
  const skews = (services ?? []).flatMap(({ reach }) =>
    reach.status === 'reached' ? (reach.skewMs ?? []) : [],
  );
  return skews.sort((one, other) => one - other)[Math.floor(skews.length / 2)] ?? null;
}
