/** What in a config is secret, so that it can be blanked wherever it turns up. */

/** Members that hold a secret, whatever section they stand in. */
const SECRET_NAME = /^(?:apiKey|key|secret|token|password)$|(?:Key|Secret|Token|Password)$/;
/** Shorter text is part of too many words. */
const SHORTEST = 6;

/** Every key, secret and password of a config; hashes and places of files are none. */
export function secretsIn(config: object): readonly string[] {
  const { tls: _files, ...server } = ('server' in config ? config.server : {}) as Record<string, unknown>;
  const found = [...collect({ ...config, server })].filter(
    (text) => text.length >= SHORTEST && !text.startsWith('sha256:'),
  );
  return longestFirst([...new Set(found)]);
}

/** So that none is blanked in part where one holds another. */
export function longestFirst(secrets: readonly string[]): readonly string[] {
  return [...secrets].sort((one, other) => other.length - one.length);
}

function* collect(value: unknown, name = ''): Generator<string> {
  if (typeof value === 'string') {
    if (SECRET_NAME.test(name)) yield value;
    else if (URL.canParse(value)) yield* loginOf(new URL(value));
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value))
      yield* collect(member, Array.isArray(value) ? name : key);
  }
}

/** As it is written, and as it is meant. */
function* loginOf({ password, searchParams }: URL): Generator<string> {
  if (password !== '') yield* [password, decoded(password)];
  for (const value of searchParams.values()) yield value;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
