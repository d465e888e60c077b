/** What an operator can do about a database server that will not work. */

/**
 * Matched against SQLSTATEs, Node's codes and the driver's words; the first match speaks.
 * Nothing of the address is ever repeated: it holds a password.
 */
const ADVICE: ReadonlyArray<readonly [pattern: RegExp, advice: string]> = [
  [/^28/, 'It refuses the user or the password: check store.url.'],
  [/^3D000/, 'There is no database of that name: create it, or check store.url.'],
  [/^(ENOTFOUND|EAI_AGAIN)/, 'The name of its host cannot be found: check store.url.'],
  [/^42501/, 'The user may not do that: let it create the schema captcha_gateway and own what is in it.'],
  [/^(53300|53400)/, 'It has no connection left: raise its max_connections, or close other connections.'],
  [/^(53100|53200)/, 'It has no room left: free some of its disk or memory.'],
  [/^25006/, 'It takes no writes: point store.url at the primary server.'],
  [/^(57014|55P03|40P01|40001)/, 'It took too long: look for what keeps it busy, or for long transactions.'],
  [
    /SSL|certificate|^DEPTH_ZERO|^SELF_SIGNED|^UNABLE_TO_VERIFY/i,
    'Its TLS does not fit: check sslmode in store.url.',
  ],
];

const UNREACHABLE = 'It does not answer: see that the server runs and that store.url leads to it.';

/** SQLSTATEs with which the server says that it is going or not there yet. */
const GOING = /^(08|57P0)/;

/** What a fault means for the call that met it. */
export interface StoreFault {
  /** To be thrown: says what to do. */
  readonly error: Error;
  /** There was no answer: whether the work was done is not known. */
  readonly isConnection: boolean;
}

/** The database did not do what it was asked. */
export class DatabaseFault extends Error {
  override readonly name = 'DatabaseFault';

  /** `code` is the server's SQLSTATE or the system's word; empty where there is none. */
  constructor(
    message: string,
    readonly code = '',
  ) {
    super(message);
  }
}

/** Turns whatever the driver throws into a fault that says what to do and repeats no secret. */
export function explainPostgres(thrown: unknown): StoreFault {
  if (thrown instanceof DatabaseFault) return { error: thrown, isConnection: true };
  const { code, message, isFromServer } = read(thrown);
  const isConnection = !isFromServer || GOING.test(code);
  const advice =
    ADVICE.find(([pattern]) => pattern.test(`${code} ${message}`))?.[1] ??
    (isConnection ? UNREACHABLE : undefined);
  const detail = isFromServer ? `${message}, ${code}` : code || 'no answer in time';
  return {
    error: new DatabaseFault(
      `The database cannot be used. ${advice ?? 'It refused a request.'} (${detail})`,
      code,
    ),
    isConnection,
  };
}

/** The server's own words name users and databases but no password; the driver's may hold the whole address. */
function read(thrown: unknown) {
  if (!(thrown instanceof Error)) return { code: '', message: '', isFromServer: false };
  const code = 'code' in thrown ? String(thrown.code) : codeOfMany(thrown);
  return { code, message: thrown.message, isFromServer: 'severity' in thrown };
}

/** A name with several addresses fails with one error for each. */
function codeOfMany(thrown: Error): string {
  const [first] = thrown instanceof AggregateError ? thrown.errors : [];
  return first instanceof Error && 'code' in first ? String(first.code) : '';
}

/** Whether the server refused what a request holds: others of the same batch may still be good. */
export function isAboutData(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    'severity' in thrown &&
    'code' in thrown &&
    /^(2[123]|40|54)/.test(String(thrown.code))
  );
}
