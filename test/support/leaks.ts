/** Secrets that tests plant wherever a gateway can get at them; none of its output may hold one. */

/** 32 characters, as the services' own keys have: some clients check. */
export const CLIENT_KEY = 'c11e27000000000000000000000000a1';
export const ADMIN_KEY = 'ad317000000000000000000000000000b2';
/** Followed by a number. */
export const UPSTREAM_KEY = 'upstream-key-';

/** Planted by tests that go looking for leaks. */
export const SEEDS = {
  proxyUser: 'seeded-proxy-user',
  proxyPassword: 'seeded proxy pässword',
  cookie: 'seeded-cookie-value',
  image: Buffer.from('seeded-image '.repeat(8)).toString('base64'),
  meta: 'seeded-meta',
  addressToken: 'seeded-token-in-an-address',
  wrongKey: 'c11e27ffffffffffffffffffffffffff',
  callbackSecret: `whsec_${Buffer.from('seeded callback secret').toString('base64')}`,
} as const;

interface Secret {
  readonly name: string;
  readonly pattern: RegExp;
}

const literal = (name: string, text: string): Secret => ({
  name,
  pattern: new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')),
});

const SECRETS: readonly Secret[] = [
  literal('the client key', CLIENT_KEY),
  literal('the admin key', ADMIN_KEY),
  { name: 'the key of an account', pattern: /upstream-key-\d/ },
  { name: 'a solution of the sandbox', pattern: /sandbox-?[67]\d{10}/ },
  { name: 'a token of the sandbox', pattern: /mVhXo1bRzq8KfLw3/ },
  { name: 'a callback secret', pattern: /whsec_\w/ },
  { name: 'a login in an address', pattern: /\/\/[^\s/"]+:[^\s/"]+@/ },
  ...Object.entries(SEEDS).map(([name, text]) => literal(`the seeded ${name}`, text)),
];

/** What of all secrets a text holds, by name, with its surroundings. */
export function leaksIn(text: string): readonly string[] {
  return SECRETS.flatMap(({ name, pattern }) => {
    const found = pattern.exec(text);
    if (!found) return [];
    const from = Math.max(0, found.index - 120);
    return [`${name}: …${text.slice(from, found.index + 40)}…`];
  });
}

/** Fails the test whose gateway has told a secret. @throws Error that names each. */
export function expectNoLeaks(output: string, whose: string): void {
  const leaks = leaksIn(output);
  if (leaks.length > 0) throw new Error(`${whose} has told secrets:\n${leaks.join('\n')}`);
}
