/** What an operator can do about a database file that will not work. */

/**
 * Matched against SQLite's words and Node's codes; the first match speaks.
 * The driver's own codes would not do: it has no name for many (SQLITE_READONLY_DIRECTORY) and none when it opens.
 */
const ADVICE: ReadonlyArray<readonly [pattern: RegExp, advice: string]> = [
  [
    /is locked/,
    'Another process has it open, probably another captcha-gateway: stop that one, or give this one another store.path.',
  ],
  [
    /malformed|not a database|no such (table|column)/,
    'The file is damaged, only half there, or not a SQLite database: move it and its -wal file away to start empty, or put a backup in its place.',
  ],
  [/disk is full|ENOSPC/, 'There is no room left: free some disk space, or give another store.path.'],
  [
    /readonly database|unable to open|access permission denied|\b(EACCES|EPERM|EROFS|ENOTDIR|EEXIST)\b/i,
    'It cannot be written: let the user that runs the gateway write the file and its folder, or give another store.path.',
  ],
  [/disk I\/O error/, 'The disk does not answer as it should: check it, or give another store.path.'],
];

/** The same error with the file's name and what to do about it; errors that are not about the file stay as they are. */
export function explainFault(error: unknown, path: string): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  const advice = ADVICE.find(([pattern]) => pattern.test(cause.message))?.[1];
  return advice
    ? new Error(`The database ${path} cannot be used. ${advice} (${cause.message})`, { cause })
    : cause;
}
