/** The ledger's file: whether it is there, whole, writable, free, and on a disk that lasts. */
import type { LedgerFileFacts } from '../../core/examination.js';
import { area, type Facts, type Found } from '../facts.js';
import { size } from '../places.js';

const MEBIBYTE = 1024 ** 2;
const NEARLY_FULL_BYTES = 1024 * MEBIBYTE;
const FULL_BYTES = 64 * MEBIBYTE;
const OTHERS_MAY_READ = 0o044;

/** Only what the config says, for it may name no file. */
export const LEDGER_CHOICE = area('store', ({ loaded }) => loaded, [
  {
    id: 'ledger-in-memory',
    severity: 'warning',
    title: '`store.path` is `:memory:`, so a restart forgets every task',
    find: ({ config: { store } }) =>
      store.use !== 'sqlite' || store.path !== ':memory:'
        ? []
        : [
            {
              where: 'store.path',
              what: 'Tasks are remembered in memory only.',
              cause: 'After a restart nobody asks for what was bought, and it is bought again.',
              fix: 'Write "data/gateway.db" at store.path',
            },
          ],
  },
]);

interface Ledger extends LedgerFileFacts {
  /** Whether the gateway of this config may be the one that has the file. */
  readonly isServed: boolean;
}

function partOf({ ledger, running, loaded }: Facts): Ledger | null | undefined {
  if (!ledger) return loaded ? undefined : null;
  return { ...ledger, isServed: running === null || running.state === 'gateway' };
}

/** The file of the embedded store. */
export const LEDGER = area('ledger', partOf, [
  {
    id: 'ledger-folder-unwritable',
    severity: 'fault',
    title: "this user may not write the ledger's folder",
    find: ({ isFolderWritable, folder }) =>
      isFolderWritable
        ? []
        : [about(`${folder} cannot be written.`, UNWRITABLE, `sudo chown "$(id -un)" ${folder}`)],
  },
  {
    id: 'ledger-unwritable',
    severity: 'fault',
    title: "this user may not write the ledger's file",
    find: ({ file, path }) =>
      file === null || file.isWritable
        ? []
        : [about(`${path} cannot be written.`, UNWRITABLE, `sudo chown "$(id -un)" ${path}`)],
  },
  {
    id: 'ledger-readable-by-others',
    severity: 'warning',
    title: "other users may read the ledger's file, which holds solutions and proxy passwords",
    find: ({ file, path }) =>
      file === null || file.mode === null || (file.mode & OTHERS_MAY_READ) === 0
        ? []
        : [
            about(
              `Other users of this machine may read ${path} (mode ${file.mode.toString(8)}).`,
              'The gateway makes it for its own user only; it was copied or changed since.',
              `chmod 600 ${path}`,
            ),
          ],
  },
  {
    id: 'disk-full',
    severity: 'fault',
    title: "the ledger's disk has less than 64 MiB left",
    find: ({ disk, folder }) =>
      disk === null || disk.freeBytes >= FULL_BYTES
        ? []
        : [about(`${size(disk.freeBytes)} are left at ${folder}.`, FILLS, LOOK_FOR_ROOM)],
  },
  {
    id: 'disk-nearly-full',
    severity: 'warning',
    title: "the ledger's disk has less than 1 GiB left",
    find: ({ disk, folder }) =>
      disk === null || disk.freeBytes < FULL_BYTES || disk.freeBytes >= NEARLY_FULL_BYTES
        ? []
        : [about(`${size(disk.freeBytes)} are left at ${folder}.`, FILLS, LOOK_FOR_ROOM)],
  },
  {
    id: 'ledger-on-network',
    severity: 'fault',
    title: 'the ledger is on a network file system',
    find: ({ disk, folder }) =>
      disk?.sort !== 'network'
        ? []
        : [
            about(
              `${folder} is on a network file system.`,
              "SQLite's locks and its log do not hold there: two gateways may write one file, and it breaks.",
              'Write the path of a local disk at store.path, or "postgres" at store.use',
            ),
          ],
  },
  {
    id: 'ledger-not-kept',
    severity: 'warning',
    title: "the ledger is on a disk in memory, or in a container's own layer",
    find: ({ disk, folder }) =>
      disk?.sort !== 'memory' && disk?.sort !== 'container'
        ? []
        : [
            about(
              `${folder} is ${disk.sort === 'memory' ? 'in memory' : "in the container's own layer"}.`,
              `It is gone with ${disk.sort === 'memory' ? 'the next boot' : 'the container'}, and what was bought with it.`,
              disk.sort === 'memory'
                ? 'Write the path of a disk that lasts at store.path'
                : `Mount a volume there: docker run -v captcha-gateway:${folder} …`,
            ),
          ],
  },
  {
    id: 'ledger-foreign',
    severity: 'fault',
    title: '`store.path` is a file of another program',
    find: ({ file, path }) =>
      file === null || file.damage !== null || (file.isDatabase && file.isOurs)
        ? []
        : [
            about(
              `${path} is no ledger of a gateway.`,
              'Another program made it.',
              'Write another path at store.path',
            ),
          ],
  },
  {
    id: 'ledger-newer',
    severity: 'fault',
    title: 'a newer version wrote the ledger',
    find: ({ file, path, knownVersion }) =>
      file === null || !file.isOurs || file.version <= knownVersion
        ? []
        : [
            about(
              `${path} has schema ${file.version}, this version knows ${knownVersion}.`,
              'A newer captcha-gateway ran here before.',
              'Start the newer version again, or write another path at store.path',
            ),
          ],
  },
  {
    id: 'ledger-damaged',
    severity: 'fault',
    title: "the ledger's file is damaged",
    find: ({ file, path }) =>
      file === null || file.damage === null
        ? []
        : [
            about(
              `${path} cannot be read: ${file.damage}.`,
              'It was copied while it was written, cut short, or the disk fails.',
              `Put a backup in its place, or start empty: mv ${path} ${path}.broken; mv -f ${path}-wal ${path}.broken-wal`,
            ),
          ],
  },
  {
    id: 'ledger-held',
    severity: 'fault',
    title: 'another process has the ledger, and the gateway of this config does not answer',
    find: ({ file, path, isServed }) =>
      file === null || !file.isHeld || isServed
        ? []
        : [
            about(
              `Another process has ${path}.`,
              'A second gateway with another port uses the same file, or one hangs.',
              `Find it with: fuser -v ${path}   and stop it, or write another path at store.path`,
            ),
          ],
  },
]);

const UNWRITABLE = 'It belongs to another user, or is mounted read-only.';
const FILLS =
  'The ledger grows with the tasks of a day; when nothing more can be written, tasks are refused.';
const LOOK_FOR_ROOM = 'Free some disk space, or write a path on another disk at store.path';

function about(what: string, cause: string, fix: string): Found {
  return { where: 'store.path', what, cause, fix };
}
