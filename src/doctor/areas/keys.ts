/** Keys of accounts, clients and the operator: none is ever repeated here, only its place. */
import { keySha256 } from '../../config/key.js';
import type { LoadedConfig } from '../../config/load.js';
import type { Account } from '../../core/provider.js';
import { area, type Found } from '../facts.js';
import { entryPath, hostOf } from '../places.js';

/** What people leave in samples. */
const PLACEHOLDER =
  /^(?:x{3,}|\*+|\.{3,}|1234\d*|test|key|secret|password|(?:your|my|the|some|insert|put|paste|enter)[-_ ].*|your.*key.*|.*change[-_]?me.*|api[-_]?key|.*placeholder.*|.*example.*|todo.*|<.*>|%\w+%|\$\w+|\$?\{.*\}?)$/i;

/** Written with less than this, a key can be tried out. */
const SHORTEST_KEY = 16;

/** Services whose keys have a form that no other service's keys have. */
const SHAPES: ReadonlyArray<readonly [use: string, shape: RegExp, looks: string]> = [
  ['capsolver', /^CAP-/, 'begins with CAP-'],
  ['nextcaptcha', /^next_/, 'begins with next_'],
];
/** Services that say their keys have 32 characters. */
const OF_32: readonly string[] = ['2captcha', 'captchaai'];
/** One company: their accounts are the same ones. */
const SAME_ACCOUNTS: readonly string[] = ['2captcha', 'rucaptcha'];

interface Keyed {
  readonly path: string;
  readonly key: string;
}

/** Keys that are written out; of hashes nothing can be said. */
function gatewayKeys({ config }: LoadedConfig): readonly Keyed[] {
  const clients = config.clients.map(({ key }, index) => ({ path: `clients[${index}].key`, key }));
  const all = config.admin ? [...clients, { path: 'admin.key', key: config.admin.key }] : clients;
  return all.filter(({ key }) => !key.startsWith('sha256:'));
}

const isPlaceholder = ({ key }: Keyed) => PLACEHOLDER.test(key);

/** What can be said of keys without asking anybody. */
export const KEYS = area('keys', ({ loaded }) => loaded, [
  {
    id: 'key-placeholder',
    severity: 'fault',
    title: 'a key is the text of a sample: `your-key`, `xxx`, `$NAME`, `changeme`',
    find: (loaded) => [
      ...providerKeys(loaded)
        .filter(isPlaceholder)
        .map(({ path }) => ({
          where: path,
          what: 'It is a placeholder, not a key.',
          cause: 'It was copied from a sample, or a variable was not filled in.',
          fix: `Write the account's key, or the name of its variable, as "\${NAME}", at ${path}`,
        })),
      ...gatewayKeys(loaded)
        .filter(isPlaceholder)
        .map(({ path }) => ({
          where: path,
          what: 'It is a placeholder that anybody can guess.',
          cause: 'It was copied from a sample.',
          fix: `Run captcha-gateway key new, and write the hash it prints at ${path}`,
        })),
    ],
  },
  {
    id: 'key-weak',
    severity: 'warning',
    title: 'a client key or the admin key has fewer than 16 characters, or hardly any different ones',
    find: (loaded) =>
      gatewayKeys(loaded)
        .filter((each) => !isPlaceholder(each) && isWeak(each.key))
        .map(({ path }) => ({
          where: path,
          what: 'The key is so short or so plain that it can be guessed.',
          cause: 'It was thought up, not drawn.',
          fix: `Run captcha-gateway key new, and write the hash it prints at ${path}`,
        })),
  },
  {
    id: 'key-opens-both',
    severity: 'fault',
    title: 'a client has the admin key',
    find: ({ config }) =>
      config.clients.flatMap(({ id, key }, index) =>
        config.admin && keySha256(key) === keySha256(config.admin.key)
          ? [
              {
                where: `clients[${index}].key`,
                what: `Client ${id} sends the admin key, so it sees every task and can hold every provider.`,
                cause: 'One key was used for two purposes.',
                fix: 'Run captcha-gateway key new, and write the hash it prints at admin.key',
              },
            ]
          : [],
      ),
  },
  {
    id: 'key-of-another-service',
    severity: 'fault',
    title: "an account's key has the form of another service's keys",
    find: (loaded) =>
      ofServices(loaded).flatMap((account) => {
        const shape = SHAPES.find(([use, form]) => use !== account.provider.id && form.test(account.apiKey));
        return shape ? [keyFound(loaded, account, `It ${shape[2]}, as keys of ${shape[0]} do.`)] : [];
      }),
  },
  {
    id: 'key-form',
    severity: 'warning',
    title: "an account's key has not the form that its service gives keys",
    find: (loaded) =>
      ofServices(loaded)
        .filter((account) => !PLACEHOLDER.test(account.apiKey))
        .flatMap((account) => formFault(account).map((what) => keyFound(loaded, account, what))),
  },
  {
    id: 'account-twice',
    severity: 'warning',
    title: 'two entries are one account, so neither stands in for the other',
    find: (loaded) =>
      doubles(loaded, (one, other) => isSame(one, other) && !bothCount(one, other)).map(([one, other]) => ({
        where: entryPath(loaded, other.id),
        what: `${other.id} is the same account as ${one.id}.`,
        cause: 'Both have one key at one address: when one is out of money or banned, so is the other.',
        fix: `Take ${entryPath(loaded, other.id)} out, or write another account's key at its apiKey`,
      })),
  },
  {
    id: 'threads-add-up',
    severity: 'fault',
    title: 'two entries of one account have `threads` each, and together take more than the plan has',
    find: (loaded) =>
      doubles(loaded, (one, other) => isSame(one, other) && bothCount(one, other)).map(([one, other]) => ({
        where: `${entryPath(loaded, other.id)}.threads`,
        what: `${one.id} and ${other.id} are one account, and together take ${(one.threads ?? 0) + (other.threads ?? 0)} tasks at once.`,
        cause: 'Threads are counted per entry; the service counts them per account.',
        fix: `Take ${entryPath(loaded, other.id)} out, and write the plan's threads at ${entryPath(loaded, one.id)}.threads`,
      })),
  },
  {
    id: 'key-at-two-services',
    severity: 'warning',
    title: 'one key stands at two services',
    find: (loaded) =>
      doubles(loaded, (one, other) => one.apiKey === other.apiKey && isElsewhere(one, other)).map(
        ([one, other]) => ({
          where: `${entryPath(loaded, other.id)}.apiKey`,
          what: `${other.id} at ${hostOf(other.baseUrl)} has the key of ${one.id} at ${hostOf(one.baseUrl)}.`,
          cause: 'An entry was copied, and its key left as it was: one of the two services will refuse it.',
          fix: `Write the key of ${hostOf(other.baseUrl)} at ${entryPath(loaded, other.id)}.apiKey`,
        }),
      ),
  },
]);

/** A service of the operator's own may take any key. */
function providerKeys(loaded: LoadedConfig): readonly Keyed[] {
  return loaded.accounts
    .filter(({ isPublic }) => isPublic)
    .map(({ id, apiKey }) => ({ path: `${entryPath(loaded, id)}.apiKey`, key: apiKey }));
}

/** Accounts at the services themselves: an address of the operator's own may take any key. */
function ofServices({ accounts }: LoadedConfig): readonly Account[] {
  return accounts.filter(({ baseUrl, provider }) => baseUrl === provider.baseUrl);
}

function formFault({ apiKey, provider }: Account): readonly string[] {
  const shape = SHAPES.find(([use]) => use === provider.id);
  if (shape && !shape[1].test(apiKey))
    return [`Keys of ${provider.title} are such that each ${shape[2]}; this one is not.`];
  if (OF_32.includes(provider.id) && apiKey.length !== 32)
    return [`Keys of ${provider.title} have 32 characters, this one has ${apiKey.length}.`];
  return [];
}

function keyFound(loaded: LoadedConfig, { id, provider }: Account, what: string): Found {
  const path = `${entryPath(loaded, id)}.apiKey`;
  const cause = "The key of another service was pasted, or only a part of this one's.";
  return { where: path, what, cause, fix: `Write the key from the site of ${provider.title} at ${path}` };
}

function isWeak(key: string): boolean {
  return key.length < SHORTEST_KEY || new Set(key).size < 6;
}

function isSame(one: Account, other: Account): boolean {
  return one.apiKey === other.apiKey && one.baseUrl === other.baseUrl;
}

function bothCount(one: Account, other: Account): boolean {
  return one.threads !== undefined && other.threads !== undefined;
}

function isElsewhere(one: Account, other: Account): boolean {
  const isOneCompany = [one, other].every(({ provider }) => SAME_ACCOUNTS.includes(provider.id));
  const isPublic = one.isPublic && other.isPublic;
  return isPublic && !isSame(one, other) && !isOneCompany && !PLACEHOLDER.test(one.apiKey);
}

/** Each account with the first one before it that it repeats. */
function doubles(
  { accounts }: LoadedConfig,
  isDouble: (one: Account, other: Account) => boolean,
): readonly (readonly [Account, Account])[] {
  return accounts.flatMap((other, index) => {
    const first = accounts.slice(0, index).find((one) => isDouble(one, other));
    return first ? [[first, other] as const] : [];
  });
}
